import { SaxesParser } from 'saxes';
import { BrokenDocumentError } from './reading-errors.ts';

/** What a walk through an XML part meets. Names of elements and attributes come without their prefix. */
export interface XmlVisitor {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Elements within elements; no honest part comes near. */
const deepest = 1_000;

/**
 * Walks through one XML part in UTF-8 or UTF-16. A part that is not well-formed, or that declares a document type
 * (entities are a way to hide and to inflate; Open XML forbids them), is a `BrokenDocumentError`.
 */
export function walkXml(bytes: Uint8Array, visitor: XmlVisitor): void {
  const text = decodeXml(bytes);
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('doctype', () => {
    throw new BrokenDocumentError('an XML part declares a document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > deepest) throw new BrokenDocumentError('an XML part is nested too deeply');
    if (visitor.open === undefined) return;
    const local = Object.entries(attributes).map(([key, value]) => [localName(key), value]);
    visitor.open(localName(name), Object.fromEntries(local));
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    visitor.close?.(localName(name));
  });
  parser.on('text', chunk => visitor.text?.(chunk));
  parser.on('cdata', chunk => visitor.text?.(chunk));
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof BrokenDocumentError) throw error;
    // The parser's message may quote the part.
    throw new BrokenDocumentError('an XML part is not well-formed');
  }
}

function decodeXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new BrokenDocumentError('an XML part is in no Unicode encoding');
  }
  const declared = /^<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)/.exec(text)?.[1]?.toLowerCase();
  if (declared !== undefined && !/^(?:utf-8|utf-16(?:le|be)?|us-ascii)$/.test(declared))
    throw new BrokenDocumentError('an XML part is in no Unicode encoding');
  return text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
