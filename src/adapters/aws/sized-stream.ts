import { Readable } from 'node:stream';

export interface SizedStreamOptions {
  readonly source: AsyncIterable<Uint8Array>;
  /** Bytes. */
  readonly size: number;
  /** Makes the error for a source of another size. */
  readonly mismatch: () => Error;
}

/**
 * A source as the body of a request. Where the source fails, or has another size than it said, the stream neither
 * ends nor emits an error: the first would complete the request, the second goes unhandled in the streams that the
 * SDK lays over it. It stops, and `failed` rejects; the caller aborts the request and destroys the stream.
 */
export class SizedStream extends Readable {
  /** Rejects as the source fails; never resolves. */
  readonly failed: Promise<never>;
  /** What the source failed with. */
  sourceFailure: { readonly error: unknown } | undefined;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #size: number;
  readonly #mismatch: () => Error;
  #reject: (error: unknown) => void = () => undefined;
  #length = 0;

  constructor({ source, size, mismatch }: SizedStreamOptions) {
    super();
    this.#iterator = source[Symbol.asyncIterator]();
    this.#size = size;
    this.#mismatch = mismatch;
    this.failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // A failure that comes when nobody waits any more is no unhandled rejection.
    this.failed.catch(() => undefined);
  }

  override _read(): void {
    void this.#pull();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    void this.#leave().finally(() => callback(error));
  }

  /** Ends the loop of the source, which may hold a connection; how it ends is of no interest any more. */
  async #leave(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      // The request has its answer already.
    }
  }

  async #pull(): Promise<void> {
    try {
      const chunk = await this.#nextChunk();
      if (chunk === undefined && this.#length !== this.#size) throw this.#mismatch();
      this.push(chunk ?? null);
    } catch (error) {
      this.sourceFailure = { error };
      this.#reject(error);
    }
  }

  /** The next chunk that is not empty: pushing an empty one would ask for no other. */
  async #nextChunk(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { done, value } = await this.#iterator.next();
      if (done === true) return undefined;
      this.#length += value.length;
      if (this.#length > this.#size) throw this.#mismatch();
      if (value.length > 0) return value;
    }
  }
}
