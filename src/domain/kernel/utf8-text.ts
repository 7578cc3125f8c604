export interface Utf8Text {
  readonly text: string;
  /** Whether the bytes are UTF-8: where not, U+FFFD stands for what is none. */
  readonly isUtf8: boolean;
}

/** The text of bytes, and whether they are any. */
export function utf8Text(bytes: Buffer): Utf8Text {
  const text = bytes.toString('utf8');
  // U+FFFD may have been written as such.
  return { text, isUtf8: !text.includes('\ufffd') || Buffer.from(text).equals(bytes) };
}
