import { JsonStructureError } from './json-piece.ts';

const firstCapacity = 16 * 1024;
const keptCapacity = 1024 * 1024;

/** A piece of the stream from its first byte to its last, which may stand in different chunks. */
export class JsonSpan {
  readonly #maxBytes: number;
  /** What earlier chunks held of the piece. */
  #held = Buffer.alloc(0);
  #heldLength = 0;
  /** Where it goes on in the chunk at hand. */
  #from = 0;
  #offset = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Of its first byte in the stream. */
  get offset(): number {
    return this.#offset;
  }

  /** Begins at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(at: number, chunkOffset: number): void {
    this.#from = at;
    this.#offset = chunkOffset + at;
  }

  /** Keeps what the chunk holds of the piece before `end`. It goes on with the next chunk. */
  hold(chunk: Uint8Array, end: number): void {
    const length = this.#heldLength + end - this.#from;
    this.#checkSize(length);
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(firstCapacity, 2 * this.#held.length, length));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(chunk.subarray(this.#from, end), this.#heldLength);
    this.#heldLength = length;
    this.#from = 0;
  }

  /** Leaves out what stands between what is held and `at`. */
  resume(at: number): void {
    this.#from = at;
  }

  /** Ends before `end`: the whole text. It is decoded in one go, so that no chunk border splits a character. */
  take(chunk: Buffer, end: number): string {
    if (this.#heldLength === 0) {
      this.#checkSize(end - this.#from);
      return chunk.toString('utf8', this.#from, end);
    }
    this.hold(chunk, end);
    const text = this.#held.toString('utf8', 0, this.#heldLength);
    this.drop();
    return text;
  }

  /** A copy of what earlier chunks held from `offset` of the stream on. */
  heldSince(offset: number): Buffer {
    return Buffer.from(this.#held.subarray(offset - this.#offset, this.#heldLength));
  }

  /** Lets go of the piece. */
  drop(): void {
    this.#heldLength = 0;
    if (this.#held.length > keptCapacity) this.#held = Buffer.alloc(0);
  }

  /** The last bytes before `end`, as Latin-1. */
  tail(length: number, chunk: Buffer, end: number): string {
    const held = Math.max(0, length - end);
    return (
      this.#held.toString('latin1', this.#heldLength - held, this.#heldLength) +
      chunk.toString('latin1', Math.max(0, end - length), end)
    );
  }

  #checkSize(length: number): void {
    if (length <= this.#maxBytes) return;
    throw new JsonStructureError(
      'too-large',
      this.#offset,
      `holds more than ${this.#maxBytes} bytes in one piece, from byte ${this.#offset} on`,
    );
  }
}
