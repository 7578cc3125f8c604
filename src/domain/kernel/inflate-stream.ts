import type { ByteSource } from './byte-source.ts';
import { Inflater } from './inflater.ts';

/** What is inflated in one go: the way to zlib's thread and back takes as long as some 50 KiB. */
const partBytes = 512 * 1024;
/** Smaller chunks of the source are put together. */
const sliceBytes = 128 * 1024;

/**
 * Inflates a stream of gzip members, slice by slice; one part is inflated while the one before it is being used.
 *
 * @param head The first bytes; the rest of `source` follows them. It is closed where nobody reads on.
 * @param isReleasing Whether a part is freed when the next one is asked for.
 * @throws {GzipError} `damaged-gzip` or `truncated`, after what was inflated before it.
 */
export async function* inflateStream(
  head: Uint8Array,
  source: ByteSource,
  isReleasing: boolean,
): AsyncGenerator<Uint8Array, void> {
  const parts = inflatedParts(head, source);
  try {
    let ahead = settled(parts.next());
    for (let step = await ahead; ; step = await ahead) {
      if ('error' in step) throw step.error;
      if (step.value.done === true) return;
      ahead = settled(parts.next());
      await begun();
      yield step.value.value;
      if (isReleasing) release(step.value.value);
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

/**
 * Frees the buffer that a part ends; in one that is not full, zlib goes on. As garbage, the parts would pile up, and each new
 * one would be new memory to be mapped.
 */
function release({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
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
  // One for all of them: zlib has done with a slice when the next one is asked for.
  const slice = Buffer.allocUnsafe(sliceBytes);
  let length = 0;
  try {
    for await (const chunk of rest) {
      if (length + chunk.length > slice.length && length > 0) {
        yield slice.subarray(0, length);
        length = 0;
      }
      if (chunk.length > slice.length) {
        yield chunk;
      } else {
        slice.set(chunk, length);
        length += chunk.length;
      }
    }
  } catch (error) {
    // What came before a failure of the source is inflated, too.
    if (length > 0) yield slice.subarray(0, length);
    throw error;
  }
  if (length > 0) yield slice.subarray(0, length);
}
