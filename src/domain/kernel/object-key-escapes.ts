import type { Escape } from './object-key-escape.ts';
import { foldLookAlike } from './object-key-look-alikes.ts';
import { readPercentEscape } from './object-key-percent.ts';

/** Passes over text in which nothing can begin an escape. */
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

const longestEscape = 12;

/** Units looked at to tell a number from an escape: a 256-bit number is all one token. */
const longestNumber = 72;

export function holdsEscape(text: string): boolean {
  return mayHoldEscape.test(text);
}

/** Reads the escape that begins at `at`, in constant time. */
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
      return readLookAlike(text, at);
  }
}

/** `&#46;`, `&#x2e;` (the semicolon may be missing, as browsers allow) or `&period;`. */
function readEntity(text: string, at: number): Escape | undefined {
  const window = text.slice(at, at + longestEscape);
  const numeric = /^&#(?:x([\da-f]{1,8})|(\d{1,8}));?/i.exec(window);
  if (numeric !== null) {
    const digits = numeric[1] ?? numeric[2] ?? '';
    const codePoint = Number.parseInt(digits, numeric[1] === undefined ? 10 : 16);
    return { kind: 'entity', length: numeric[0].length, value: characterOf(codePoint) };
  }
  const named = /^&([a-z]{2,8});/i.exec(window);
  const value = namedEntities.get(named?.[1] ?? '');
  return named === null || value === undefined
    ? undefined
    : { kind: 'entity', length: named[0].length, value };
}

/** The escapes of C, Java, JSON and JavaScript; of the octal ones only those of `.`, `/` and `\`. */
function readBackslashEscape(text: string, at: number): Escape | undefined {
  const window = text.slice(at, at + longestEscape);
  const hexadecimal = /^\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\}|U([\da-f]{8}))/i.exec(window);
  if (hexadecimal !== null) {
    const digits = hexadecimal.slice(1).find(group => group !== undefined) ?? '';
    const value = characterOf(Number.parseInt(digits, 16));
    return { kind: 'backslash', length: hexadecimal[0].length, value };
  }
  const octal = /^\\0?(56|57|134)/.exec(window);
  if (octal?.[1] === undefined) return undefined;
  return { kind: 'backslash', length: octal[0].length, value: characterOf(Number.parseInt(octal[1], 8)) };
}

/**
 * `0x2e`, `0x2f`, `0x5c`, unless the digits go on to a longer number (`0x2f9a.bin`); any character where one such
 * escape follows another (`0x250x320x65`), as it does in no number.
 */
function readBareHexadecimal(text: string, at: number): Escape | undefined {
  const window = text.slice(at, at + longestNumber);
  const match =
    /^0x(2e|2f|5c)(?![\da-f]+(?:[^\da-z]|$))/i.exec(window) ??
    /^0x([\da-f]{2}|[\da-f]{4})(?=0x)/i.exec(window) ??
    (/0x(?:[\da-f]{2}){1,2}$/i.test(text.slice(Math.max(0, at - 6), at))
      ? /^0x([\da-f]{2})/i.exec(window)
      : null);
  if (match?.[1] === undefined) return undefined;
  return {
    kind: 'bare-hexadecimal',
    length: match[0].length,
    value: characterOf(Number.parseInt(match[1], 16)),
  };
}

function readLookAlike(text: string, at: number): Escape | undefined {
  const codePoint = text.codePointAt(at) ?? 0;
  if (codePoint < 0x80) return undefined;
  // Raw bytes C0 AF that someone has read as Latin-1.
  if (/^[\u00c0\u00c1][\u0080-\u00bf]/.test(text.slice(at, at + 2))) {
    const byte = ((codePoint & 1) << 6) | (text.charCodeAt(at + 1) & 0x3f);
    return { kind: 'overlong', length: 2, value: String.fromCharCode(byte) };
  }
  const character = String.fromCodePoint(codePoint);
  const value = foldLookAlike(character);
  return value === character ? undefined : { kind: 'look-alike', length: character.length, value };
}

/** The character of a code point that an escape names; U+FFFD where Unicode ends before it. */
function characterOf(codePoint: number): string {
  return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint) : '\ufffd';
}
