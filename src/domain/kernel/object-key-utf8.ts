/** What the bytes of one would-be UTF-8 sequence say to a decoder that follows RFC 3629, and to one that does not. */
export interface Utf8Sequence {
  /** Bytes consumed. */
  readonly length: number;
  /** What a lax decoder, which masks the bits and checks nothing, reads. */
  readonly codePoint: number;
  readonly wellFormed: boolean;
}

/** Least code point that needs a sequence of the given length; shorter ones in it are overlong (RFC 3629 §3). */
const leastOfLength = [0, 0, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];

/** Bytes that a lead byte announces, itself included, in the original six-byte scheme; 0: not a lead byte. */
function announcedLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  if (lead < 0xf8) return 4;
  if (lead < 0xfc) return 5;
  return lead < 0xfe ? 6 : 0;
}

/** Bytes that stand nowhere in UTF-8 (RFC 3629 §1): only a forger of overlong sequences writes them. */
export function neverInUtf8(byte: number): boolean {
  return byte === 0xc0 || byte === 0xc1 || byte >= 0xf5;
}

/**
 * Reads one sequence from `byteAt(0)` on. `undefined` where the bytes end before the sequence does,
 * or where the first is a stray continuation byte.
 */
export function readUtf8Sequence(byteAt: (index: number) => number | undefined): Utf8Sequence | undefined {
  const lead = byteAt(0);
  if (lead === undefined) return undefined;
  const length = announcedLength(lead);
  if (length === 0) return undefined;
  if (length === 1) return { length, codePoint: lead, wellFormed: true };
  let codePoint = lead & (0x7f >> length);
  let wellFormed = length <= 4;
  for (let index = 1; index < length; index++) {
    const byte = byteAt(index);
    if (byte === undefined) return undefined;
    if (byte >> 6 !== 0b10) wellFormed = false;
    codePoint = codePoint * 0x40 + (byte & 0x3f);
  }
  const least = leastOfLength[length] ?? 0;
  const scalar = codePoint <= 0x10_ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return { length, codePoint, wellFormed: wellFormed && scalar && codePoint >= least };
}

/** Bytes of UTF-8 that a string takes; a lone surrogate counts as the three of U+FFFD. */
export function utf8Length(text: string, start = 0, end = text.length): number {
  let bytes = 0;
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPairAt(text, index)) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
}

/** Whether a high and a low surrogate stand at the index. */
function isPairAt(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}

/** Most UTF-16 units from the start of the text that fit in so many bytes. Stops reading there. */
export function unitsWithin(text: string, maxBytes: number): number {
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    const units = isPairAt(text, index) ? 2 : 1;
    bytes += utf8Length(text, index, index + units);
    if (bytes > maxBytes) return index;
    index += units;
  }
  return index;
}
