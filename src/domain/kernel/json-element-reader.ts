import { jsonBytes } from './json-bytes.ts';
import { JsonNextObject } from './json-next-object.ts';
import type { JsonParser, JsonPiece, JsonPieceFault } from './json-piece.ts';
import { JsonPieceSpan } from './json-piece-span.ts';
import { JsonStructureSkip } from './json-structure-skip.ts';
import { JsonValueSkip } from './json-value-skip.ts';

/**
 * Follows one value of a list or of JSON lines to its end.
 *
 * Where it is tolerant, the value may break: its structure shows that it should have ended before. Then whoever reads
 * goes back to where the next one seems to begin, or lets the reader look for that further on.
 */
export class JsonElementReader<Value> {
  readonly #span: JsonPieceSpan<Value>;
  readonly #structure: JsonStructureSkip | undefined;
  readonly #skip: JsonStructureSkip | JsonValueSkip;
  readonly #nextObject = new JsonNextObject();
  #place: 'end' | 'within' | 'lost' | 'next' = 'end';
  #line: number | undefined;

  /** @param isTolerant Whether a value that breaks, or is of more bytes, is handed over, instead of an error thrown. */
  constructor(kind: 'element' | 'value', parse: JsonParser<Value>, maxBytes: number, isTolerant: boolean) {
    this.#span = new JsonPieceSpan(kind, parse, maxBytes, isTolerant);
    this.#structure = isTolerant ? new JsonStructureSkip() : undefined;
    this.#skip = this.#structure ?? new JsonValueSkip();
  }

  /** Whether the value has ended. */
  get done(): boolean {
    return this.#place === 'end';
  }

  /** Whether the value has broken, at the byte up to which it has been read. */
  get isBroken(): boolean {
    return this.#place === 'within' && this.#structure?.isBroken === true;
  }

  /** Whether the reader, after it was lost, stands before what seems to be the next object. */
  get isAtNext(): boolean {
    return this.#place === 'next';
  }

  get inString(): boolean {
    return this.#place === 'within' && this.#skip.inString;
  }

  /** Whether a list or an object cannot begin next. */
  get wantsNoValue(): boolean {
    return this.#place === 'lost' || (this.#place === 'within' && this.#structure?.wantsNoContainer === true);
  }

  /** Where the value begins in the stream. */
  get start(): number {
    return this.#span.start;
  }

  /** In the stream: the first line in the value that could be a value of its own. */
  get line(): number | undefined {
    return this.done ? undefined : this.#line;
  }

  /** Begins with the byte at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(byte: number, at: number, chunkOffset: number): void {
    this.#span.begin(at, chunkOffset);
    this.#line = undefined;
    this.#place = 'within';
    this.#skip.begin(byte, 0, chunkOffset + at);
  }

  /** Begins with the byte at `at`, which belongs to no value. */
  beginLost(at: number, chunkOffset: number): void {
    this.#span.begin(at, chunkOffset);
    this.#line = undefined;
    this.lose();
  }

  /** A line that could be a value of its own begins at `offset` in the stream. */
  meetLine(offset: number): void {
    this.#line ??= offset;
  }

  /** Reads on from `from`: to the end of the value, to where it breaks, to what seems to be the next, or to `end`. */
  read(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    if (this.#place !== 'within') {
      const at = this.#nextObject.read(chunk, from, end);
      if (at < end) this.#place = 'next';
      return at;
    }
    const at = this.#skip.read(chunk, from, end, chunkOffset);
    if (this.#skip.done) this.#place = 'end';
    return at;
  }

  /**
   * In the stream: where, in what is held of a broken value, the next object seems to begin. It is looked for from
   * the last string on, as a missing quote makes the end of one value and the beginning of the next a string.
   *
   * @param at Where the value breaks in the chunk.
   */
  nextBefore(chunk: Buffer, at: number, chunkOffset: number): number | undefined {
    if (chunk[at] === jsonBytes.openBrace) return chunkOffset + at;
    const from = this.#structure?.stringStart ?? 0;
    this.#nextObject.begin();
    if (from < chunkOffset) {
      const held = this.heldSince(from);
      const found = this.#nextObject.read(held, 0, held.length);
      if (found < held.length) return from + found;
    }
    const found = this.#nextObject.read(chunk, Math.max(0, from - chunkOffset), at);
    return found < at ? chunkOffset + found : undefined;
  }

  /** Lets the reader look for the next object from here on. */
  lose(): void {
    this.#nextObject.begin();
    this.#place = 'lost';
  }

  /** Keeps what the chunk holds of a value that it does not end. */
  hold(chunk: Buffer): void {
    this.#span.hold(chunk);
  }

  /** The value, which has ended before `end`. */
  take(chunk: Buffer, end: number): JsonPiece<Value> {
    return this.#span.take(chunk, end);
  }

  /** The value, which breaks off before `end` of the chunk, or, where that is negative, before the chunk. */
  abandon(chunk: Buffer, end: number, fault: JsonPieceFault): JsonPiece<Value> {
    // What has broken before is not cut off by the end of the stream.
    const isWithoutEnd = this.#place === 'lost' && fault === 'incomplete';
    this.#place = 'end';
    return this.#span.takeBroken(chunk, end, isWithoutEnd ? undefined : fault);
  }

  /** A copy of what earlier chunks held of the value from `offset` of the stream on. */
  heldSince(offset: number): Buffer {
    return this.#span.heldSince(offset);
  }
}
