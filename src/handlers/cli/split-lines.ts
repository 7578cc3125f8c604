const lineFeed = 0x0a;

/**
 * Splits bytes into lines that end at LF and nowhere else; a last line without LF counts. Yields the lines of
 * one chunk at a time, so that a caller can answer as input arrives.
 *
 * @param maxBytes What is kept of a line; the rest of a longer one is dropped unread.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<readonly Uint8Array[]> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  const hold = (bytes: Uint8Array): void => {
    const kept = bytes.subarray(0, maxBytes - held);
    if (kept.length > 0) pieces.push(kept);
    held += kept.length;
  };
  const close = (): Uint8Array => {
    const [only] = pieces;
    const line = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    pieces = [];
    held = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      hold(chunk.subarray(start, end));
      lines.push(close());
      start = end + 1;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (held > 0) yield [close()];
}
