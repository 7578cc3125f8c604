import { type Escape, matchAt } from './object-key-escape.ts';
import { neverInUtf8, readUtf8Sequence, type Utf8Sequence } from './object-key-utf8.ts';

const percent = 0x25;
const percentByte = /%[\da-f]{2}/iy;
const percentU = /%u(?:[\da-f]{4}|\{[\da-f]{1,4}\})/iy;

/** Reads the percent escape at `at`, where a `%` stands: one byte, a whole UTF-8 sequence, or `%uXXXX`. */
export function readPercentEscape(text: string, at: number): Escape | undefined {
  if (text.charCodeAt(at + 1) === percent) return readDoubledPercent(text, at);
  const byte = hexadecimalByte(text, at);
  if (byte === undefined) return readPercentU(text, at) ?? readForgedSequence(text, at);
  if (byte < 0x80) return { kind: 'percent', length: 3, value: String.fromCharCode(byte) };
  return readByteSequence(text, at, byte);
}

/** `%%32%65`: a decoder that passes over the stray `%` makes the escape `%2e` of it. */
function readDoubledPercent(text: string, at: number): Escape | undefined {
  if (hexadecimalByte(text, at + 1) === undefined) return undefined;
  return { kind: 'doubled-percent', length: 1, value: '%' };
}

/** `%uXXXX` of ECMAScript's `escape`, which IIS and others decode although no standard has it; also `%u{XX}`. */
function readPercentU(text: string, at: number): Escape | undefined {
  const match = matchAt(percentU, text, at);
  if (match === null) return undefined;
  const digits = match[0].replaceAll(/[%u{}]/gi, '');
  const unit = Number.parseInt(digits, 16);
  return { kind: 'percent', length: match[0].length, value: String.fromCharCode(unit) };
}

/** A sequence whose lead byte is written with digits beyond `f` (`%bg%qf`); anything else so written is text. */
function readForgedSequence(text: string, at: number): Escape | undefined {
  const lead = laxByte(text, at);
  if (lead === undefined || !neverInUtf8(lead)) return undefined;
  const sequence = readByteSequence(text, at, lead);
  return sequence.kind === 'overlong' ? sequence : undefined;
}

/** The sequence of escaped bytes that begins with one beyond ASCII. */
function readByteSequence(text: string, at: number, lead: number): Escape {
  const sequence = readUtf8Sequence(lead, index => laxByte(text, at + 3 * index));
  if (sequence !== undefined && sequence.codePoint < 0x80) {
    return { kind: 'overlong', length: 3 * sequence.length, value: String.fromCharCode(sequence.codePoint) };
  }
  if (sequence?.wellFormed === true) {
    return { kind: 'percent', length: 3 * sequence.length, value: String.fromCodePoint(sequence.codePoint) };
  }
  // Otherwise a byte of an older encoding (`caf%E9.pdf`), or chance (`100%fat-free.pdf`).
  const kind = isForged(text, at, lead, sequence) ? 'malformed' : 'percent';
  return { kind, length: 3, value: '\ufffd' };
}

/** Whether bytes that are not UTF-8 are there on purpose. C0 and C1 can only begin an overlong sequence. */
function isForged(text: string, at: number, lead: number, sequence: Utf8Sequence | undefined): boolean {
  if (lead === 0xc0 || lead === 0xc1 || sequence?.continued === true) return true;
  return neverInUtf8(lead) && laxByte(text, at + 3) !== undefined;
}

/** The byte of `%XX` with hexadecimal digits. */
function hexadecimalByte(text: string, at: number): number | undefined {
  return matchAt(percentByte, text, at) === null ? undefined : laxByte(text, at);
}

/** The byte of `%XX` for a decoder that subtracts `a` from any letter: `%9v` is AF, `%qf` is AF. */
function laxByte(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) !== percent) return undefined;
  const high = laxDigit(text.charCodeAt(at + 1));
  const low = laxDigit(text.charCodeAt(at + 2));
  return high === undefined || low === undefined ? undefined : (high * 16 + low) & 0xff;
}

function laxDigit(unit: number): number | undefined {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 + 10 : undefined;
}
