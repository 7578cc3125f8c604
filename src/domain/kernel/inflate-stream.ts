import type { ByteSource } from './byte-source.ts';
import { Inflater } from './inflater.ts';

/** What is inflated in one go: the way to zlib's thread and back takes as long as some 50 KiB. */
const partBytes = 1024 * 1024;
/** Smaller chunks of the source are put together. */
const sliceBytes = 128 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Inflates a stream of gzip members, slice by slice; one part is inflated while the one before it is being used.
 *
 * @param head The first bytes; the rest of `source` follows them. It is closed where nobody reads on.
 * @throws {GzipError} `damaged-gzip` or `truncated`, after what was inflated before it.
 */
export async function* inflateStream(head: Uint8Array, source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const parts = inflatedParts(head, source);
  try {
    let ahead = settled(parts.next());
    for (let step = await ahead; ; step = await ahead) {
      if ('error' in step) throw step.error;
      if (step.value.done === true) return;
      ahead = settled(parts.next());
      await begun();
      yield step.value.value;
    }
  } finally {
    // The part ahead may wait for a source that has stalled; a generator cannot return while it waits.
    await source.close();
    await parts.return();
  }
}

/**
 * Lets what is ahead get as far as zlib's thread. It passes through several promises on its way, and whoever uses the part
 * at hand would keep it from that for as long as the using takes.
 */
function begun(): Promise<void> {
  return new Promise(resolve => process.nextTick(resolve));
}

/** Its failure waits to be asked for: a promise that nobody awaits any more must not end the process. */
function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  return promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function* inflatedParts(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const inflater = new Inflater(partBytes);
  try {
    for await (const slice of sliced(head, rest)) {
      yield* inflater.inflate(slice);
      if (inflater.fault !== undefined) throw inflater.fault;
    }
    yield* inflater.end();
    if (inflater.fault !== undefined) throw inflater.fault;
  } finally {
    inflater.close();
  }
}

async function* sliced(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  let small: Uint8Array[] = [];
  let length = 0;
  const together = () => {
    const [first = nothing] = small;
    const slice = small.length > 1 ? Buffer.concat(small) : first;
    small = [];
    length = 0;
    return slice;
  };
  try {
    for await (const chunk of rest) {
      small.push(chunk);
      length += chunk.length;
      if (length >= sliceBytes) yield together();
    }
  } catch (error) {
    // What came before a failure is inflated, too.
    if (length > 0) yield together();
    throw error;
  }
  if (length > 0) yield together();
}
