import { JsonStructureError } from './json-piece.ts';
import { type Utf8Text, utf8Text } from './utf8-text.ts';

const nothing = Buffer.alloc(0);
/** From Node's pool of small buffers, as most pieces that are held are short. */
const firstCapacity = 1024;
const keptCapacity = 1024 * 1024;
/** Of a piece that is too large, so much is held. */
const beginningBytes = 16 * 1024;

/** A piece of the stream from its first byte to its last, which may stand in different chunks. */
export class JsonSpan {
  readonly #maxBytes: number;
  readonly #isTolerant: boolean;
  /** Whether the piece is too large, and only its beginning is held. */
  #overflows = false;
  /** What earlier chunks held of the piece. */
  #held = nothing;
  #heldLength = 0;
  /** Bytes of the piece in earlier chunks. */
  #length = 0;
  /** Where it goes on in the chunk at hand. */
  #from = 0;
  #offset = 0;

  /** @param isTolerant Whether of a piece of more bytes the beginning is held, instead of an error thrown. */
  constructor(maxBytes: number, isTolerant = false) {
    this.#maxBytes = maxBytes;
    this.#isTolerant = isTolerant;
  }

  /** Whether the piece is larger than what is held of it. */
  get overflows(): boolean {
    return this.#overflows;
  }

  /** Bytes of the piece, as many as have been held or left out for want of room. */
  get length(): number {
    return this.#length;
  }

  /** Of its first byte in the stream. */
  get offset(): number {
    return this.#offset;
  }

  /** Begins at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(at: number, chunkOffset: number): void {
    this.#from = at;
    this.#offset = chunkOffset + at;
    this.#overflows = false;
    this.#length = 0;
  }

  /** Keeps what the chunk holds of the piece before `end`. It goes on with the next chunk. */
  hold(chunk: Uint8Array, end: number): void {
    const from = this.#from;
    this.#from = 0;
    this.#length += end - from;
    if (this.#overflows) return;
    const length = this.#heldLength + end - from;
    if (this.#isTooLarge(length)) {
      this.#holdBeginning(chunk, from, end);
      return;
    }
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(firstCapacity, 2 * this.#held.length, length));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(chunk.subarray(from, end), this.#heldLength);
    this.#heldLength = length;
  }

  /** Leaves out what stands between what is held and `at`. */
  resume(at: number): void {
    this.#from = at;
  }

  /** Ends before `end`: the whole text. It is decoded in one go, so that no chunk border splits a character. */
  take(chunk: Buffer, end: number): Utf8Text {
    if (this.#heldLength === 0 && !this.#isTooLarge(end - this.#from)) {
      return utf8Text(chunk.subarray(this.#from, end));
    }
    this.hold(chunk, end);
    const text = utf8Text(this.#held.subarray(0, this.#heldLength));
    this.drop();
    return text;
  }

  /** The text up to `end`, which lies before the chunk's start where it is negative: the piece breaks off there. */
  takeBroken(chunk: Buffer, end: number): Utf8Text {
    if (end >= 0) return this.take(chunk, end);
    const text = utf8Text(
      this.#held.subarray(0, this.#overflows ? this.#heldLength : this.#heldLength + end),
    );
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
    if (this.#held.length > keptCapacity) this.#held = nothing;
  }

  /** The last bytes before `end`, as Latin-1. */
  tail(length: number, chunk: Buffer, end: number): string {
    const held = Math.max(0, length - end);
    return (
      this.#held.toString('latin1', this.#heldLength - held, this.#heldLength) +
      chunk.toString('latin1', Math.max(0, end - length), end)
    );
  }

  #holdBeginning(chunk: Uint8Array, from: number, end: number): void {
    // As much, wherever the chunks' borders are.
    const size = Math.min(beginningBytes, this.#maxBytes);
    const held = this.#held.subarray(0, Math.min(this.#heldLength, size));
    const more = chunk.subarray(from, Math.min(end, from + size - held.length));
    this.#held = Buffer.concat([held, more]);
    this.#heldLength = this.#held.length;
    this.#overflows = true;
  }

  #isTooLarge(length: number): boolean {
    if (length <= this.#maxBytes) return false;
    if (this.#isTolerant) return true;
    throw new JsonStructureError(
      'too-large',
      this.#offset,
      `holds more than ${this.#maxBytes} bytes in one piece, from byte ${this.#offset} on`,
    );
  }
}
