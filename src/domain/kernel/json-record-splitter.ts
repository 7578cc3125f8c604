import { afterJsonBlanks, jsonBytes } from './json-bytes.ts';
import { JsonLineStarts } from './json-line-starts.ts';
import { JsonListReader } from './json-list-reader.ts';
import { JsonObjectReader } from './json-object-reader.ts';
import { type JsonPiece, JsonStructureError, unexpectedByte } from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import { parseJson } from './parse-json.ts';

export interface JsonRecordSplitterOptions {
  /** The key whose array, at the first level of a top-level object, holds records. */
  readonly listKey: string;
  /** A piece of more bytes ends the reading. */
  readonly maxPieceBytes: number;
}

const { newline, openBracket, openBrace } = jsonBytes;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * Splits a stream of JSON into the texts of its records, holding one record at a time: envelopes
 * (`{"Records":[…]}`), arrays, and objects one after the other (JSON lines), mixed as they may be. The bounds of a piece
 * are found by its quotes and brackets; all of it is parsed. The rest (commas and blanks) is checked.
 *
 * A line that begins with a brace or a bracket where no value can begin (within a string, say) shows that the value
 * before it has broken off. That one is a piece without a value, and reading goes on with the line; or with the first
 * such line that had been taken for a part of the broken piece.
 *
 * @example
 * const splitter = new JsonRecordSplitter({ listKey: 'Records', maxPieceBytes: 1_000_000 });
 * for await (const chunk of chunks) for (const piece of splitter.push(chunk)) use(piece);
 * for (const piece of splitter.end()) use(piece);
 */
export class JsonRecordSplitter {
  readonly #maxPieceBytes: number;

  #state: 'start' | 'between' | 'line' | 'object' | 'list' = 'start';
  #markBytes = 0;
  /** Of the chunk's first byte in the stream. */
  #chunkOffset = 0;
  #values = 0;

  readonly #lineSpan: JsonSpan;
  readonly #object: JsonObjectReader;
  readonly #list: JsonListReader;
  #listInObject = false;

  readonly #lines = new JsonLineStarts();
  /** What earlier chunks held of a broken piece, from the line on with which reading goes on. */
  #again: Buffer | undefined;
  /** How many bytes have been read once more. */
  #reread = 0;

  #found: JsonPiece | undefined;

  constructor({ listKey, maxPieceBytes }: JsonRecordSplitterOptions) {
    this.#maxPieceBytes = maxPieceBytes;
    this.#lineSpan = new JsonSpan(maxPieceBytes);
    this.#object = new JsonObjectReader(listKey, maxPieceBytes);
    this.#list = new JsonListReader(maxPieceBytes);
  }

  /** How many top-level values have begun. */
  get values(): number {
    return this.#values;
  }

  /**
   * The pieces that end in the chunk. Each is to be taken before the next chunk is pushed.
   *
   * @throws {JsonStructureError} after the pieces before the fault. Nothing can be pushed after it.
   */
  *push(chunk: Uint8Array): Generator<JsonPiece, void> {
    yield* this.#read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /**
   * The pieces that only the end of the stream ends.
   *
   * @throws {JsonStructureError} where the stream ends within a value.
   */
  *end(): Generator<JsonPiece, void> {
    while (this.#lineToGoBackTo(this.#chunkOffset) !== undefined) {
      this.#breakOff(0);
      yield* this.#settle();
    }
    if (this.#state === 'line') {
      this.#state = 'between';
      yield this.#linePiece(Buffer.alloc(0), 0);
    } else if (this.#state !== 'between' && (this.#state !== 'start' || this.#markBytes > 0)) {
      throw new JsonStructureError(
        'incomplete',
        this.#chunkOffset,
        `ends within a value, at byte ${this.#chunkOffset}`,
      );
    }
  }

  *#read(bytes: Buffer): Generator<JsonPiece, void> {
    this.#enter(bytes);
    for (let at = 0; at < bytes.length; ) {
      const next = this.#step(bytes, at);
      const goesBack = next < at || this.#again !== undefined;
      at = next;
      if (this.#found === undefined) continue;
      yield* this.#settle();
      if (goesBack) this.#enter(bytes);
    }
    this.#hold(bytes);
    this.#lines.end();
    this.#chunkOffset += bytes.length;
  }

  #enter(bytes: Buffer): void {
    this.#lines.begin(bytes);
    this.#list.enter();
  }

  /** Hands over what has been found, and reads again what must be. */
  *#settle(): Generator<JsonPiece, void> {
    const found = this.#found;
    const again = this.#again;
    this.#found = undefined;
    this.#again = undefined;
    if (found !== undefined) yield found;
    if (again === undefined) return;
    this.#chunkOffset -= again.length;
    yield* this.#read(again);
  }

  /** Reads on from `at`, and says from where to read next. */
  #step(bytes: Buffer, at: number): number {
    let line = this.#lines.next(at);
    if (line === at) {
      if (this.#breaksAt(at)) return this.#breakOff(at);
      this.#reader?.meetLine(this.#chunkOffset + at);
      line = this.#lines.next(at + 1);
    }
    switch (this.#state) {
      case 'start':
        return this.#readMark(bytes, at);
      case 'between':
        return this.#readBetween(bytes, at);
      case 'line':
        return this.#readLine(bytes, at);
      case 'object':
        return this.#readObject(bytes, at, line);
      case 'list':
        return this.#readList(bytes, at, line);
    }
  }

  #readMark(bytes: Buffer, at: number): number {
    if (bytes[at] !== byteOrderMark[this.#markBytes]) {
      if (this.#markBytes > 0) throw unexpectedByte(this.#chunkOffset + at);
      this.#state = 'between';
      return at;
    }
    this.#markBytes += 1;
    if (this.#markBytes === byteOrderMark.length) this.#state = 'between';
    return at + 1;
  }

  #readBetween(bytes: Buffer, from: number): number {
    const at = afterJsonBlanks(bytes, from);
    if (at === bytes.length) return at;
    this.#values += 1;
    const byte = bytes[at];
    if (byte === openBrace) {
      this.#state = 'object';
      this.#object.begin(at, this.#chunkOffset);
      return at + 1;
    }
    if (byte === openBracket) {
      this.#beginList(at, false);
      return at + 1;
    }
    this.#state = 'line';
    this.#lineSpan.begin(at, this.#chunkOffset);
    return at;
  }

  #readLine(bytes: Buffer, from: number): number {
    const at = bytes.indexOf(newline, from);
    if (at === -1) return bytes.length;
    this.#state = 'between';
    this.#found = this.#linePiece(bytes, at);
    return at + 1;
  }

  #linePiece(bytes: Buffer, end: number): JsonPiece {
    const text = this.#lineSpan.take(bytes, end);
    return { kind: 'value', text, value: parseJson(text), offset: this.#lineSpan.offset, listKeys: 0 };
  }

  #readObject(bytes: Buffer, from: number, end: number): number {
    const at = this.#object.read(bytes, from, end, this.#chunkOffset);
    if (this.#object.inList) {
      this.#beginList(at - 1, true);
    } else if (this.#object.done) {
      this.#state = 'between';
      this.#found = this.#object.take(bytes, at);
    }
    return at;
  }

  #beginList(bracket: number, inObject: boolean): void {
    this.#state = 'list';
    this.#listInObject = inObject;
    this.#list.begin(this.#chunkOffset + bracket);
  }

  #readList(bytes: Buffer, from: number, end: number): number {
    const at = this.#list.read(bytes, from, end, this.#chunkOffset);
    this.#found = this.#list.take();
    if (!this.#list.done) return at;
    this.#state = this.#listInObject ? 'object' : 'between';
    if (this.#listInObject) this.#object.endList(at - 1);
    return at;
  }

  /** What follows the piece at hand, where that could break off. */
  get #reader(): JsonObjectReader | JsonListReader | undefined {
    if (this.#state === 'object') return this.#object;
    return this.#state === 'list' ? this.#list : undefined;
  }

  /** Whether the line at `at` shows that what stands before it has broken off. */
  #breaksAt(at: number): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    return reader.inString || reader.wantsNoValue || !this.#lines.mayBeginValue(at);
  }

  /** In the stream: the line within the piece at hand with which reading goes on, where that breaks off at `now`. */
  #lineToGoBackTo(now: number): number | undefined {
    const line = this.#reader?.line;
    // So reading again never costs more than reading.
    return line !== undefined && this.#reread + now - line <= now + this.#maxPieceBytes ? line : undefined;
  }

  /** Gives the piece at hand up, and says from where to read next. */
  #breakOff(at: number): number {
    const now = this.#chunkOffset + at;
    const next = this.#lineToGoBackTo(now) ?? now;
    this.#reread += now - next;
    if (next < this.#chunkOffset) this.#again = this.#reader?.heldSince(next);
    const isBetweenElements = this.#state === 'list' && this.#list.wantsNoValue;
    const broken = this.#state === 'list' ? this.#list.abandon() : undefined;
    const around = this.#object.abandon();
    this.#found = broken === undefined || (isBetweenElements && this.#listInObject) ? around : broken;
    this.#state = 'between';
    return Math.max(0, next - this.#chunkOffset);
  }

  /** Keeps what the chunk holds of a piece that it does not end. */
  #hold(bytes: Buffer): void {
    if (this.#state === 'line') this.#lineSpan.hold(bytes, bytes.length);
    else if (this.#state === 'object') this.#object.hold(bytes);
    else if (this.#state === 'list') this.#list.hold(bytes);
  }
}
