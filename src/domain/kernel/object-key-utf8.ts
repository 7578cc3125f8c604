/** What the bytes of one would-be UTF-8 sequence say to a decoder that follows RFC 3629, and to one that does not. */
export interface Utf8Sequence {
  /** Bytes consumed. */
  readonly length: number;
  /** What a lax decoder, which masks the bits and checks nothing, reads. */
  readonly codePoint: number;
  /** Whether every byte after the lead is a continuation byte, as if somebody meant a sequence. */
  readonly continued: boolean;
  readonly wellFormed: boolean;
}

/** Bytes that a lead byte beyond ASCII announces, in the original scheme of up to six; 0: it is not a lead byte. */
function announcedLength(lead: number): number {
  if (lead < 0xc0 || lead > 0xfd) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  if (lead < 0xf8) return 4;
  return lead < 0xfc ? 5 : 6;
}

/** Bytes that stand nowhere in UTF-8 (RFC 3629 §1): only a forger of overlong sequences writes them. */
export function neverInUtf8(byte: number): boolean {
  return byte === 0xc0 || byte === 0xc1 || byte >= 0xf5;
}

/**
 * Reads the sequence that begins with a lead byte beyond ASCII; `byteAt(1)` is the byte after it. `undefined` where
 * the bytes end before the sequence does, or where the first is no lead byte.
 */
export function readUtf8Sequence(
  lead: number,
  byteAt: (index: number) => number | undefined,
): Utf8Sequence | undefined {
  const length = announcedLength(lead);
  if (length === 0) return undefined;
  let codePoint = lead & (0x7f >> length);
  let continued = true;
  for (let index = 1; index < length; index++) {
    const byte = byteAt(index);
    if (byte === undefined) return undefined;
    if (byte >> 6 !== 0b10) continued = false;
    codePoint = codePoint * 0x40 + (byte & 0x3f);
  }
  // Least code point that needs so many bytes; in shorter ones it would be overlong (RFC 3629 §3).
  const least = 2 ** (length === 2 ? 7 : 5 * length - 4);
  const scalar = codePoint <= 0x10_ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return { length, codePoint, continued, wellFormed: continued && scalar && codePoint >= least };
}

/** Whether a text takes no more than so many bytes of UTF-8. */
export function fitsIn(text: string, maxBytes: number): boolean {
  return unitsWithin(text, maxBytes) === text.length;
}

/**
 * Most UTF-16 units from the start of a text that fit in so many bytes of UTF-8; reads no further.
 * A lone surrogate counts as the three bytes of U+FFFD.
 */
export function unitsWithin(text: string, maxBytes: number): number {
  // No unit takes more than three bytes.
  if (text.length * 3 <= maxBytes) return text.length;
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    const codePoint = text.codePointAt(index) ?? 0;
    bytes += bytesOf(codePoint);
    if (bytes > maxBytes) return index;
    index += codePoint > 0xffff ? 2 : 1;
  }
  return index;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint > 0xffff ? 4 : 3;
}
