import type { ByteSource } from './byte-source.ts';
import { gzipMagic } from './gzip-inflate/gzip-header.ts';
import { GzipInflater } from './gzip-inflate/gzip-inflater.ts';
import { inflateKernels } from './gzip-inflate/inflate-kernel.ts';
import { inflateStream } from './inflate-stream.ts';

/**
 * The bytes of a file, inflated if they are gzip, which the first two tell. What can be inflated before a fault comes
 * before the error; without WebAssembly, what zlib inflated together with the damage does not.
 *
 * @param isBorrowed Whether what comes out of gzip need not outlast the next one's coming. @defaultValue false
 * @throws {GzipError} `damaged-gzip` or `truncated`; and what the source throws, as it is.
 */
export async function* inflateBytes(
  source: ByteSource,
  isBorrowed: boolean = false,
): AsyncGenerator<Uint8Array, void> {
  const head = await source.read(gzipMagic.length);
  if (!gzipMagic.every((byte, place) => head[place] === byte)) {
    if (head.length > 0) yield head;
    yield* source;
    return;
  }
  const kernel = inflateKernels().take();
  if (kernel === undefined) {
    yield* inflateStream(head, source);
    return;
  }
  try {
    const inflater = new GzipInflater(kernel);
    for (let chunk = head; inflater.fault === undefined && chunk.length > 0; ) {
      // The last chunk is known as such once there is no other.
      const next = await source.read(1);
      for (const part of inflater.push(chunk, next.length === 0)) yield isBorrowed ? part : Buffer.from(part);
      chunk = next;
    }
    // What the source failed with is the first fault.
    if (inflater.fault?.code !== 'damaged-gzip') yield* source;
    if (inflater.fault !== undefined) throw inflater.fault;
  } finally {
    inflateKernels().giveBack(kernel);
  }
}
