/** The bytes of a log, pulled as they are needed, and counted. */
export class LogSource implements AsyncIterable<Buffer> {
  readonly #source: Uint8Array | AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined;
  #bytes = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: Uint8Array | AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  /** How many bytes have been pulled. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether all bytes have been pulled. A source that failed has not ended. */
  get ended(): boolean {
    return this.#ended;
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
    return Buffer.concat(chunks);
  }

  /** The chunks that have not been read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    for (let chunk = await this.#pull(); chunk !== undefined; chunk = await this.#pull()) yield chunk;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Lets go of a source that is not read to its end. */
  async close(): Promise<void> {
    if (this.#ended || this.#failure !== undefined) return;
    this.#ended = true;
    await this.#iterator?.return?.();
  }

  /** The next chunk; `undefined` at the end, and where the source failed. */
  async #pull(): Promise<Buffer | undefined> {
    if (this.#ended || this.#failure !== undefined) return undefined;
    try {
      this.#iterator ??= iteratorOf(this.#source);
      const { done, value } = await this.#iterator.next();
      if (done === true) {
        this.#ended = true;
        return undefined;
      }
      this.#bytes += value.length;
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    } catch (error) {
      this.#failure = { error };
      return undefined;
    }
  }
}

function iteratorOf(
  source: Uint8Array | AsyncIterable<Uint8Array>,
): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : [source][Symbol.iterator]();
}
