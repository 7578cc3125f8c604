import { type Escape, type EscapeKind, matchAt } from './object-key-escape.ts';
import { foldLookAlike } from './object-key-look-alikes.ts';
import { readPercentEscape } from './object-key-percent.ts';
import { mayHoldWrappedPath, readWrappedPath } from './object-key-wrapped-path.ts';

/** Passes over text in which nothing can begin an escape within a segment. */
const mayHoldEscape = /[%&\\\u0080-\uffff]|0x/i;

/** References to ASCII characters that HTML names and that matter in a path (HTML §13.5). */
const namedEntities = new Map([
  ['amp', '&'],
  ['bsol', '\\'],
  ['colon', ':'],
  ['NewLine', '\n'],
  ['num', '#'],
  ['percnt', '%'],
  ['period', '.'],
  ['quest', '?'],
  ['semi', ';'],
  ['sol', '/'],
  ['Tab', '\t'],
]);

/** `&#46;`, `&#x2e;` (the semicolon may be missing, as browsers allow). */
const numericEntity = /&#(?:x([\da-f]{1,8})|(\d{1,8}));?/iy;
const namedEntity = /&([a-z]{2,8});/iy;

/** The escapes of C, Java, JSON and JavaScript. */
const hexadecimalEscape = /\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\}|U([\da-f]{8}))/iy;

/** Of the octal ones only `.`, `/` and `\`: a directory may begin with a number (`a\101.jpg`). */
const octalEscape = /\\0?(56|57|134)/y;

/**
 * `0x2e`, `0x2f`, `0x5c`, unless the segment begins with what may be a longer number (`0x2f9a.bin`); any byte where
 * one such escape follows another (`0x250x320x65`), as it does in no number.
 */
const bareHexadecimal =
  /0x(?:(2e|2f|5c)(?:(?<=[^/\\]0x..)|(?![\da-f]+(?:[^\da-z]|$)))|([\da-f]{2})(?:(?=0x)|(?<=0x[\da-f]{2}0x..)))/iy;

/** The raw bytes C0 AF, read as Latin-1. */
const overlongInLatin1 = /[\u00c0\u00c1][\u0080-\u00bf]/y;

export function holdsEscape(text: string): boolean {
  return mayHoldEscape.test(text) || mayHoldWrappedPath(text);
}

/** Reads the escape that begins at `at`, in a time in proportion to its length. */
export function readEscape(text: string, at: number): Escape | undefined {
  switch (text.charAt(at)) {
    case '%':
      return readPercentEscape(text, at);
    case '&':
      return readEntity(text, at);
    case '\\':
      return readBackslashEscape(text, at);
    case '0':
      return readBareHexadecimal(text, at);
    default:
      return readWrappedPath(text, at) ?? readLookAlike(text, at);
  }
}

function readEntity(text: string, at: number): Escape | undefined {
  const numeric = matchAt(numericEntity, text, at);
  if (numeric !== null) return escapeOf('entity', numeric, numeric[1] === undefined ? 10 : 16);
  const named = matchAt(namedEntity, text, at);
  const value = namedEntities.get(named?.[1] ?? '');
  if (named === null || value === undefined) return undefined;
  return { kind: 'entity', length: named[0].length, value };
}

function readBackslashEscape(text: string, at: number): Escape | undefined {
  const hexadecimal = matchAt(hexadecimalEscape, text, at);
  if (hexadecimal !== null) return escapeOf('backslash', hexadecimal, 16);
  const octal = matchAt(octalEscape, text, at);
  return octal === null ? undefined : escapeOf('backslash', octal, 8);
}

function readBareHexadecimal(text: string, at: number): Escape | undefined {
  const match = matchAt(bareHexadecimal, text, at);
  return match === null ? undefined : escapeOf('bare-hexadecimal', match, 16);
}

function readLookAlike(text: string, at: number): Escape | undefined {
  const codePoint = text.codePointAt(at) ?? 0;
  if (codePoint < 0x80) return undefined;
  if (matchAt(overlongInLatin1, text, at) !== null) {
    const byte = ((codePoint & 1) << 6) | (text.charCodeAt(at + 1) & 0x3f);
    return { kind: 'overlong', length: 2, value: String.fromCharCode(byte) };
  }
  const character = String.fromCodePoint(codePoint);
  const value = foldLookAlike(character);
  return value === character ? undefined : { kind: 'look-alike', length: character.length, value };
}

/** The escape that a match stands for: its one group that matched holds the digits of a code point. */
function escapeOf(kind: EscapeKind, match: RegExpExecArray, radix: number): Escape {
  const digits = match.slice(1).find(group => group !== undefined) ?? '';
  return { kind, length: match[0].length, value: characterOf(Number.parseInt(digits, radix)) };
}

/** The character of a code point that an escape names; U+FFFD where Unicode ends before it. */
function characterOf(codePoint: number): string {
  return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint) : '\ufffd';
}
