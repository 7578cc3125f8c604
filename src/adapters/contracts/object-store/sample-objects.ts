import assert from 'node:assert/strict';
import { isPortError } from '../../../ports/failure.ts';
import type {
  ObjectBody,
  ObjectRef,
  ObjectStore,
  ObjectTarget,
  PutOutcome,
  WriteOptions,
} from '../../../ports/object-store.ts';

export const mebibyte = 1024 * 1024;

export async function stored(
  store: ObjectStore,
  target: ObjectTarget,
  body: ObjectBody,
  options?: WriteOptions,
): Promise<ObjectRef> {
  const outcome = await store.put(target, body, options);
  assert.equal(outcome.outcome, 'stored');
  return outcome.ref;
}

export async function contentOf(store: ObjectStore, ref: ObjectRef): Promise<Uint8Array> {
  const read = await store.read(ref);
  assert.ok(read !== undefined, 'the version is there');
  return collect(read.body);
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}

/** A store may refuse one of two writes at once for now; what counts is how it ends. */
export async function persistently(write: () => Promise<PutOutcome>): Promise<PutOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === 10 || !isPortError(error) || error.kind !== 'retryable') throw error;
    }
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes whose order and number show. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

export function* chunks(content: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let position = 0;
  for (let index = 0; position < content.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield content.subarray(position, position + size);
    position += size;
  }
}

export function* endless(): Generator<Uint8Array> {
  for (;;) yield pattern(10_000);
}

export function streamed(parts: Iterable<Uint8Array>, size: number): ObjectBody {
  const stream = async function* () {
    yield* parts;
  };
  return { stream: stream(), size };
}

/** Faster than a deep comparison of megabytes. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
