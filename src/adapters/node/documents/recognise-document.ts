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

/**
 * Elements with which HTML begins, also as a fragment: those of WHATWG MIME Sniffing, 7.1, and others that browsers show
 * without an outer element.
 */
const htmlStart =
  /^<(?:!doctype\s+html|html|head|body|script|iframe|h[1-6]|div|font|table|a|style|title|b|br|p|meta|link|base|span|img|ul|ol|li|dl|pre|center|form|i|u|em|strong|section|article|main|header|nav|hr|input|button|template|object|embed|video|audio|blockquote)(?:[\s/>]|$)/i;

/** Kinds of text that programs act on and that have no magic number. */
function textSignature(text: string): string | undefined {
  if (text.startsWith('#!')) return 'text/x-shellscript';
  const head = text.slice(0, 4_096).trimStart();
  const start = afterProlog(head);
  // Under an XML declaration, short names of elements are anybody's.
  const begins = head.startsWith('<?xml') ? /^<(?:!doctype\s+html|html)[\s>]/i : htmlStart;
  if (begins.test(start)) return 'text/html';
  return /^<svg[\s>]/i.test(start) ? 'image/svg+xml' : undefined;
}

/** HTML may begin with comments; XHTML with an XML declaration as well. */
function afterProlog(text: string): string {
  let rest = text.trimStart();
  for (;;) {
    const close = rest.startsWith('<!--') ? '-->' : rest.startsWith('<?') ? '?>' : undefined;
    const end = close === undefined ? -1 : rest.indexOf(close, 2);
    if (close === undefined || end < 0) return rest;
    rest = rest.slice(end + close.length).trimStart();
  }
}
