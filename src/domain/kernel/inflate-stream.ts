import type { ByteSource } from './byte-source.ts';
import { Inflater } from './inflater.ts';

/** So much is inflated at a time. Deflate makes at most 1032 bytes of one, 32 MiB of a slice. */
const sliceBytes = 32 * 1024;

/**
 * Inflates a stream of gzip members, slice by slice; one is inflated while the one before it is being used.
 *
 * @param head The first bytes; the rest of `source` follows them. It is closed where nobody reads on.
 * @throws {GzipError} `damaged-gzip` or `truncated`, after what was inflated before it.
 */
export async function* inflateStream(head: Uint8Array, source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const slices = inflatedSlices(head, source);
  try {
    let ahead = settled(slices.next());
    for (let step = await ahead; ; step = await ahead) {
      if ('error' in step) throw step.error;
      if (step.value.done === true) return;
      ahead = settled(slices.next());
      yield* step.value.value;
    }
  } finally {
    // The slice ahead may wait for a source that has stalled; a generator cannot return while it waits.
    await source.close();
    await slices.return();
  }
}

/** Its failure waits to be asked for: a promise that nobody awaits any more must not end the process. */
function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  return promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function* inflatedSlices(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[], void> {
  const inflater = new Inflater();
  try {
    for await (const slice of sliced(head, rest)) {
      yield await inflater.inflate(slice);
      if (inflater.fault !== undefined) throw inflater.fault;
    }
    yield await inflater.end();
    if (inflater.fault !== undefined) throw inflater.fault;
  } finally {
    inflater.close();
  }
}

async function* sliced(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* slicesOf(head);
  for await (const chunk of rest) yield* slicesOf(chunk);
}

function* slicesOf(chunk: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < chunk.length; at += sliceBytes) yield chunk.subarray(at, at + sliceBytes);
}
