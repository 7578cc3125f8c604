import { ZlibInflater } from './zlib-inflater.ts';

/**
 * Inflates a stream of gzip members with zlib.
 *
 * @param head The first bytes; `rest` follows them.
 * @throws {GzipError} `damaged-gzip` or `truncated`, after what was inflated before it, but for what zlib inflated in one
 * go with damage.
 */
export async function* inflateStream(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const inflater = new ZlibInflater();
  try {
    for await (const chunk of chunksOf(head, rest)) {
      yield* inflater.inflate(chunk);
      if (inflater.fault !== undefined) throw inflater.fault;
    }
    yield* inflater.end();
    if (inflater.fault !== undefined) throw inflater.fault;
  } finally {
    inflater.close();
  }
}

async function* chunksOf(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}
