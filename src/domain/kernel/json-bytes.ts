/** The bytes that JSON's structure is made of (RFC 8259, section 2). */
export const jsonBytes = {
  newline: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** Makes an opening bracket an opening brace, and a closing one a closing one; no other byte becomes either. */
export const braceBit = 0x20;

export function isJsonBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Where the blanks from `at` on end. */
export function afterJsonBlanks(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && isJsonBlank(bytes[end] as number)) end += 1;
  return end;
}

/** Where a number, `true`, `false`, `null`, or what stands in the place of one, ends: before the next token. */
export function afterJsonScalar(bytes: Uint8Array, at: number): number {
  const { quote, comma, openBrace, closeBrace } = jsonBytes;
  for (let end = at; end < bytes.length; end += 1) {
    const byte = bytes[end] as number;
    const folded = byte | braceBit;
    if (folded === openBrace || folded === closeBrace) return end;
    if (byte === comma || byte === quote || isJsonBlank(byte)) return end;
  }
  return bytes.length;
}
