/** A token of PDF syntax (ISO 32000-2, 7.2 and 7.3). */
export interface PdfToken {
  readonly kind: 'name' | 'string' | 'word' | 'open' | 'close';
  /** Names and strings decoded; numbers, keywords and brackets as they stand. */
  readonly value: string;
  /** Dictionaries and arrays around it. */
  readonly depth: number;
}

export interface PdfObjectHead {
  readonly tokens: readonly PdfToken[];
  /** Where the bytes of its stream begin; absent where it is no stream. */
  readonly streamStart?: number;
}

const space = /(?:[\0\t\n\f\r ]+|%[^\r\n]*)*/y;
const regular = /[^\0\t\n\f\r ()<>[\]{}/%]*/y;
const hexString = /[^>]*>/y;
const stringBreak = /[()\\]/g;
const endOfObject = new Set(['endobj', 'obj', 'xref', 'startxref']);

/** Tokens that one object may have: above it, it is no object but noise or an attack. */
const mostTokens = 2_000_000;

/**
 * Reads the tokens of the object that begins at an offset, up to its end or its stream. `text` holds one byte a
 * character. Never throws: what is no PDF syntax ends the object.
 */
export function readPdfObject(text: string, start: number, end: number = text.length): PdfObjectHead {
  const tokens: PdfToken[] = [];
  let depth = 0;
  let at = skipSpace(text, start);
  while (at < end && tokens.length < mostTokens) {
    const found = tokenAt(text, at);
    if (found === undefined || (found.kind === 'word' && endOfObject.has(found.value))) break;
    if (found.kind === 'word' && found.value === 'stream')
      return { tokens, streamStart: afterLineEnd(text, found.end) };
    if (found.kind === 'close') depth = Math.max(0, depth - 1);
    tokens.push({ kind: found.kind, value: found.value, depth });
    if (found.kind === 'open') depth += 1;
    at = skipSpace(text, found.end);
  }
  return { tokens };
}

/** One token and where it ends; undefined where a string never does. */
function tokenAt(text: string, at: number): (Omit<PdfToken, 'depth'> & { readonly end: number }) | undefined {
  const char = text.charAt(at);
  if (text.startsWith('<<', at)) return { kind: 'open', value: '<<', end: at + 2 };
  if (text.startsWith('>>', at)) return { kind: 'close', value: '>>', end: at + 2 };
  switch (char) {
    case '[':
      return { kind: 'open', value: char, end: at + 1 };
    case ']':
      return { kind: 'close', value: char, end: at + 1 };
    case '(':
      return literalString(text, at);
    case '<':
      return hexadecimalString(text, at);
    case '/': {
      const name = match(regular, text, at + 1);
      return { kind: 'name', value: decodeName(name), end: at + 1 + name.length };
    }
    default: {
      const word = match(regular, text, at);
      // A bracket that opens nothing is noise; it must not be met again.
      return { kind: 'word', value: word, end: at + Math.max(1, word.length) };
    }
  }
}

/** Values of the outermost dictionary by key, each as its tokens. */
export function dictionaryOf({ tokens }: PdfObjectHead): ReadonlyMap<string, readonly PdfToken[]> {
  const entries = new Map<string, PdfToken[]>();
  let value: PdfToken[] | undefined;
  for (const token of tokens) {
    if (token.depth === 1 && token.kind === 'name' && (value === undefined || value.length > 0)) {
      value = [];
      entries.set(token.value, value);
    } else if (token.depth > 0) value?.push(token);
  }
  return entries;
}

interface PdfString {
  readonly kind: 'string';
  readonly value: string;
  readonly end: number;
}

/** `#xx` within a name stands for a byte: `/J#61vaScript` is `/JavaScript`. */
function decodeName(name: string): string {
  return name.replaceAll(/#([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Parentheses nest; a backslash takes the next character along. */
function literalString(text: string, start: number): PdfString | undefined {
  let depth = 0;
  stringBreak.lastIndex = start;
  for (let found = stringBreak.exec(text); found !== null; found = stringBreak.exec(text)) {
    if (found[0] === '\\') stringBreak.lastIndex += 1;
    else depth += found[0] === '(' ? 1 : -1;
    if (depth === 0) {
      const value = text.slice(start + 1, found.index).replaceAll(/\\([0-7]{1,3}|\r\n|.)/gs, unescaped);
      return { kind: 'string', value, end: found.index + 1 };
    }
  }
  return undefined;
}

/** An octal code stands for a character, a line end for nothing (ISO 32000-2, 7.3.4.2). */
function unescaped(_: string, after: string): string {
  if (/^[0-7]/.test(after)) return String.fromCharCode(Number.parseInt(after, 8) & 0xff);
  if (/^[\r\n]/.test(after)) return '';
  return after === 'n' || after === 'r' || after === 't' ? ' ' : after;
}

function hexadecimalString(text: string, start: number): PdfString | undefined {
  hexString.lastIndex = start + 1;
  const found = hexString.exec(text)?.[0];
  if (found === undefined) return undefined;
  const value = Buffer.from(found.replaceAll(/[^\da-f]/gi, ''), 'hex').toString('latin1');
  return { kind: 'string', value, end: start + 1 + found.length };
}

function skipSpace(text: string, at: number): number {
  return at + match(space, text, at).length;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function afterLineEnd(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return /[\r\n]/.test(text.charAt(at)) ? at + 1 : at;
}
