/** A source that is in memory is taken in parts of so many bytes, as if it were streamed. */
const partBytes = 1024 * 1024;

/** The bytes of a file, pulled as they are needed, and counted. */
export class ByteSource implements AsyncIterable<Buffer> {
  readonly #source: Uint8Array | AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined;
  readonly #counts: { bytes: number };
  #state: 'open' | 'ended' | 'failed' | 'closed' = 'open';
  #failure: unknown;
  /** Lets go of the pull that is being waited for. */
  #stopWaiting: (() => void) | undefined;

  /** @param counts What the bytes that are pulled are counted in. */
  constructor(source: Uint8Array | AsyncIterable<Uint8Array>, counts: { bytes: number } = { bytes: 0 }) {
    this.#source = source;
    this.#counts = counts;
  }

  /** How many bytes have been pulled. */
  get bytes(): number {
    return this.#counts.bytes;
  }

  /** Whether all bytes have been pulled. A source that failed, or that was closed before, has not ended. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Whether the source was let go of before its end. */
  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** At least so many bytes, or all there are before the end or the source's failure, which the next pull throws. */
  async read(size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let length = 0; length < size; ) {
      const chunk = await this.#pull();
      if (chunk === undefined) break;
      chunks.push(chunk);
      length += chunk.length;
    }
    const [first] = chunks;
    return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
  }

  /** The chunks that have not been read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    for (let chunk = await this.#pull(); chunk !== undefined; chunk = await this.#pull()) yield chunk;
    if (this.#state === 'failed') throw this.#failure;
  }

  /**
   * Lets go of a source that is not read to its end, also where it has stalled: then it is told, and not waited for, as
   * an async generator does not return before it has something to give.
   */
  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    const returned = this.#return();
    const stopWaiting = this.#stopWaiting;
    if (stopWaiting === undefined) return returned;
    stopWaiting();
    returned.catch(() => undefined);
  }

  async #return(): Promise<void> {
    this.#iterator ??= iteratorOf(this.#source);
    const returned = this.#iterator.return?.();
    // The iterator of a stream that has not begun, or that waits, leaves the stream open.
    if (isDestroyable(this.#source)) this.#source.destroy();
    await returned;
  }

  /** The next chunk; `undefined` at the end, and where the source failed or is closed. */
  async #pull(): Promise<Buffer | undefined> {
    if (this.#state !== 'open') return undefined;
    try {
      const { done, value } = await this.#next();
      if (this.closed) return undefined;
      if (done === true) {
        this.#state = 'ended';
        return undefined;
      }
      this.#counts.bytes += value.length;
      return asBuffer(value);
    } catch (error) {
      this.#state = 'failed';
      this.#failure = error;
      return undefined;
    }
  }

  #next(): IteratorResult<Uint8Array> | Promise<IteratorResult<Uint8Array>> {
    this.#iterator ??= iteratorOf(this.#source);
    const next = this.#iterator.next();
    return 'then' in next ? this.#wait(next) : next;
  }

  /** What comes, unless the source is let go of before. */
  async #wait(next: Promise<IteratorResult<Uint8Array>>): Promise<IteratorResult<Uint8Array>> {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>();
    this.#stopWaiting = () => resolve({ done: true, value: undefined });
    next.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.#stopWaiting = undefined;
    }
  }
}

function iteratorOf(
  source: Uint8Array | AsyncIterable<Uint8Array>,
): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : partsOf(source);
}

function* partsOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

function isDestroyable(source: object): source is { destroy(): void } {
  return 'destroy' in source && typeof source.destroy === 'function';
}

/** The same bytes as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
