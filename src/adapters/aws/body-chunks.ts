import type { Readable } from 'node:stream';
import { PortError } from '../../ports/failure.ts';

export interface BodyCircumstances {
  /** The port and its operation, for example `ObjectStore.read`. */
  readonly operation: string;
  readonly bucket: string;
  /** Milliseconds for which the body may send nothing while a chunk is waited for. */
  readonly idleTimeoutMs: number;
}

/**
 * The chunks of an answer's body. One that breaks off or stalls is a `PortError` (`retryable`, `BodyInterrupted`).
 * A reader that leaves early, even before the first chunk, destroys the stream and with it the connection.
 */
export function bodyChunks(
  body: Readable,
  { operation, bucket, idleTimeoutMs }: BodyCircumstances,
): AsyncIterable<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const idle = setTimeout(() => body.destroy(new Error('The body sends nothing')), idleTimeoutMs);
    try {
      return await chunks.next();
    } catch (error) {
      throw new PortError({
        kind: 'retryable',
        operation,
        code: 'BodyInterrupted',
        message: `${operation} on ${bucket} failed: the body ended before its time, or stalled`,
        cause: error,
      });
    } finally {
      clearTimeout(idle);
    }
  };
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    body.destroy();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}
