import { fileTypeFromBuffer } from 'file-type';
import { decodePlainText } from './decode-plain-text.ts';

/** What a document sets out to be, by its first bytes. */
export type Recognised = { readonly signature?: string } & (
  | { readonly form: 'empty' | 'pdf' | 'ole' | 'zip' | 'other' }
  | { readonly form: 'text'; readonly text: string }
);

/** Readers look for the header of a PDF within the first 1024 bytes (ISO 32000-2, annex I). */
const pdfHeaderWithin = 1024;

const oleMagic = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** Tells the form by the first bytes: those at the very start come first, so that a polyglot counts as its outer file. */
export async function recogniseDocument(bytes: Buffer): Promise<Recognised> {
  if (bytes.length === 0) return { form: 'empty' };
  const told = await signatureOf(bytes);
  const signature = told === undefined ? {} : { signature: told };
  if (bytes.subarray(0, oleMagic.length).equals(oleMagic)) return { ...signature, form: 'ole' };
  if (/^PK(?:\x03\x04|\x05\x06)/.test(bytes.toString('latin1', 0, 4))) return { ...signature, form: 'zip' };
  if (bytes.subarray(0, pdfHeaderWithin).includes('%PDF-')) return { ...signature, form: 'pdf' };
  const text = decodePlainText(bytes);
  if (text === undefined) return { ...signature, form: 'other' };
  // A text may begin with the letters of a binary signature (`BM`, `MZ`, `ID3`): no such file is free of controls.
  const textual = textSignature(text) ?? (told !== undefined && isTextual(told) ? told : undefined);
  return { ...(textual !== undefined && { signature: textual }), form: 'text', text };
}

async function signatureOf(bytes: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime.toLowerCase();
  } catch {
    return undefined;
  }
}

function isTextual(type: string): boolean {
  return /^text\/|^application\/(?:xml|rtf|postscript)$|\+xml$/.test(type);
}

/** Kinds of text that programs act on and that have no magic number. */
function textSignature(text: string): string | undefined {
  const start = withoutComments(text.slice(0, 1024));
  if (start.startsWith('#!')) return 'text/x-shellscript';
  if (/^<(?:!doctype\s+html|html|head|body|script|iframe)\b/i.test(start)) return 'text/html';
  return undefined;
}

/** HTML may begin with comments. */
function withoutComments(text: string): string {
  let rest = text.trimStart();
  while (rest.startsWith('<!--') && rest.includes('-->', 4)) {
    rest = rest.slice(rest.indexOf('-->', 4) + 3).trimStart();
  }
  return rest;
}
