import type { JsonValue } from '../../ports/json.ts';
import { asBuffer } from './byte-source.ts';
import { firstMarkByte, JsonByteOrderMark } from './json-byte-order-mark.ts';
import { afterJsonBlanks, jsonBytes } from './json-bytes.ts';
import { JsonLineGuess } from './json-line-guess.ts';
import { JsonLineStarts } from './json-line-starts.ts';
import { type JsonPiece, JsonStructureError, misplacedByte, unexpectedByte } from './json-piece.ts';
import { JsonPieceReader } from './json-piece-reader.ts';
import type { JsonRecordSplitterOptions } from './json-record-splitter-options.ts';
import { JsonTextLineReader } from './json-text-line-reader.ts';

const { comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;
const separators = new Set<number>([comma, colon, closeBracket, closeBrace]);
const nothing = Buffer.alloc(0);

/**
 * Splits a stream of JSON into the texts of its records, holding one record at a time: envelopes
 * (`{"Records":[…]}`), arrays, and objects one after the other (JSON lines), mixed as they may be. The bounds of a piece
 * are found by its quotes and brackets; all of it is parsed. The rest (commas and blanks) is checked.
 *
 * A line that begins with a brace or a bracket where no value can begin (within a string, say) shows that the value
 * before it has broken off. That one is a piece without a value, and reading goes on with the line; or with the first
 * such line that had been taken for a part of the broken piece.
 *
 * A tolerant splitter hands over what it cannot follow as pieces with a fault, and never throws. Where a record lacks a
 * brace, a bracket or a quote, the next one is found without lines, too: by its brace, behind a comma or another record.
 * What stands behind an array that broke off (its commas, its closing bracket) is passed over.
 *
 * @example
 * const splitter = new JsonRecordSplitter({ parse: parseJson, listKey: 'Records', maxPieceBytes: 1_000_000 });
 * for await (const chunk of chunks) for (const piece of splitter.push(chunk)) use(piece);
 * for (const piece of splitter.end()) use(piece);
 */
export class JsonRecordSplitter<Value = JsonValue> {
  /** None where an object may hold a list of records. */
  readonly #guess: JsonLineGuess<Value> | undefined;
  readonly #maxPieceBytes: number;
  readonly #isTolerant: boolean;

  #state: 'start' | 'between' | 'line' | 'piece' = 'start';
  readonly #mark = new JsonByteOrderMark();
  /** Of the chunk's first byte in the stream. */
  #chunkOffset = 0;
  #values = 0;

  readonly #line: JsonTextLineReader<Value>;
  readonly #piece: JsonPieceReader<Value>;
  /** Whether an array has broken off, or began unseen, whose separators may follow. */
  #listRemains = false;

  readonly #lines = new JsonLineStarts();
  /** What earlier chunks held of a broken piece, from where reading goes on. */
  #again: Buffer | undefined;
  /** How many bytes have been read once more. */
  #reread = 0;

  #found: JsonPiece<Value> | undefined;

  constructor({ parse, listKey, scan, maxPieceBytes, isTolerant = false }: JsonRecordSplitterOptions<Value>) {
    this.#guess = listKey === undefined ? new JsonLineGuess(parse) : undefined;
    this.#maxPieceBytes = maxPieceBytes;
    this.#isTolerant = isTolerant;
    this.#line = new JsonTextLineReader(parse, maxPieceBytes, isTolerant);
    this.#piece = new JsonPieceReader({ parse, listKey, scan, maxPieceBytes, isTolerant });
  }

  /** How many top-level values have begun. */
  get values(): number {
    return this.#values;
  }

  /** Where, in bytes from the start of the stream, the piece begins that has not ended yet; else how far the stream goes. */
  get pending(): number {
    if (this.#state === 'line') return this.#line.start;
    return this.#piece.start ?? this.#chunkOffset;
  }

  /**
   * The pieces that end in the chunk. Each is to be taken before the next chunk is pushed.
   *
   * @throws {JsonStructureError} after the pieces before the fault, unless tolerant. Nothing can be pushed after it.
   */
  push(chunk: Uint8Array): Generator<JsonPiece<Value>, void> {
    return this.#read(asBuffer(chunk));
  }

  /**
   * The pieces that only the end of the stream ends.
   *
   * @throws {JsonStructureError} where the stream ends within a value, unless tolerant.
   */
  *end(): Generator<JsonPiece<Value>, void> {
    while (this.#lineToGoBackTo(this.#chunkOffset) !== undefined) {
      this.#breakOff(nothing, 0);
      yield* this.#settle();
    }
    if (this.#state === 'line') {
      this.#state = 'between';
      yield this.#line.last(nothing);
    } else if (this.#state !== 'between' && (this.#state !== 'start' || this.#mark.isPartial)) {
      if (this.#isTolerant) {
        yield this.#unfinished();
        return;
      }
      const end = this.#chunkOffset;
      throw new JsonStructureError('incomplete', end, `ends within a value, at byte ${end}`);
    }
  }

  /** What the end of the stream breaks off. */
  #unfinished(): JsonPiece<Value> {
    const isInMark = this.#state === 'start';
    this.#state = 'between';
    return isInMark
      ? { ...misplacedByte(firstMarkByte, 0), fault: 'incomplete' }
      : this.#piece.unfinished(nothing, this.#chunkOffset);
  }

  *#read(bytes: Buffer): Generator<JsonPiece<Value>, void> {
    this.#enter(bytes);
    for (let at = 0; at < bytes.length; ) {
      const next = this.#step(bytes, at);
      const goesBack = next < at || this.#again !== undefined;
      at = next;
      if (this.#again !== undefined) yield* this.#settle();
      else if (this.#found !== undefined) yield this.#takeFound(this.#found);
      if (goesBack) this.#enter(bytes);
    }
    if (this.#state === 'line') this.#line.hold(bytes);
    else this.#piece.hold(bytes);
    this.#lines.end();
    this.#chunkOffset += bytes.length;
  }

  #takeFound(found: JsonPiece<Value>): JsonPiece<Value> {
    this.#found = undefined;
    return found;
  }

  #enter(bytes: Buffer): void {
    this.#lines.begin(bytes);
    this.#piece.enter();
    this.#guess?.enter();
  }

  /** Hands over what has been found, and reads again what must be. */
  *#settle(): Generator<JsonPiece<Value>, void> {
    const again = this.#again;
    this.#again = undefined;
    if (this.#found !== undefined) yield this.#takeFound(this.#found);
    if (again === undefined) return;
    this.#chunkOffset -= again.length;
    yield* this.#read(again);
  }

  /** Reads on from `at`, and says from where to read next. */
  #step(bytes: Buffer, at: number): number {
    let end = this.#lines.next(at);
    if (end === at) {
      if (this.#piece.breaksAtLine(this.#lines, at)) return this.#breakOff(bytes, at);
      this.#piece.meetLine(this.#chunkOffset + at);
      end = this.#lines.next(at + 1);
    }
    const room = this.#roomFor(at);
    if (room === 0) return this.#breakOff(bytes, at);
    end = Math.min(end, at + room);
    switch (this.#state) {
      case 'start':
        return this.#readMark(bytes, at);
      case 'between':
        return this.#readBetween(bytes, at);
      case 'line':
        return this.#readLine(bytes, at);
      case 'piece':
        return this.#readPiece(bytes, at, end);
    }
  }

  #readMark(bytes: Buffer, at: number): number {
    if (this.#mark.passes(bytes[at])) {
      if (this.#mark.isWhole) this.#state = 'between';
      return at + 1;
    }
    if (this.#mark.isPartial) {
      if (!this.#isTolerant) throw unexpectedByte(this.#chunkOffset + at);
      this.#found = misplacedByte(firstMarkByte, 0);
    }
    this.#state = 'between';
    return at;
  }

  #readBetween(bytes: Buffer, from: number): number {
    const at = afterJsonBlanks(bytes, from);
    if (at === bytes.length) return at;
    const byte = bytes[at] as number;
    if (this.#isTolerant && separators.has(byte)) return this.#passSeparator(byte, at);
    this.#values += 1;
    if (byte === openBrace) {
      const guessed = this.#guess?.object(bytes, at, this.#maxPieceBytes);
      if (guessed !== undefined) {
        const { end, ...read } = guessed;
        this.#found = { kind: 'value', ...read, offset: this.#chunkOffset + at, listKeys: 0 };
        return end;
      }
      this.#state = 'piece';
      this.#piece.beginObject(byte, at, this.#chunkOffset);
      return at + 1;
    }
    if (byte === openBracket) {
      this.#state = 'piece';
      this.#piece.beginList(this.#chunkOffset + at);
      return at + 1;
    }
    this.#state = 'line';
    this.#line.begin(at, this.#chunkOffset);
    return at;
  }

  /** One that belongs to an array that broke off, or that began unseen, tells nothing new. */
  #passSeparator(byte: number, at: number): number {
    const belongs = this.#listRemains && (byte === comma || byte === closeBracket);
    if (!belongs) this.#found = misplacedByte(byte, this.#chunkOffset + at);
    this.#listRemains = byte === comma || (this.#listRemains && byte !== closeBracket);
    return at + 1;
  }

  #readLine(bytes: Buffer, from: number): number {
    const at = this.#line.read(bytes, from);
    this.#found = this.#line.take();
    if (this.#found !== undefined) this.#state = 'between';
    return at;
  }

  #readPiece(bytes: Buffer, from: number, end: number): number {
    const at = this.#piece.read(bytes, from, end, this.#chunkOffset);
    this.#found = this.#piece.take();
    if (this.#piece.done) this.#state = 'between';
    const { record } = this.#piece;
    if (record === undefined) return at;
    const now = this.#chunkOffset + at;
    if (record.isAtNext) return this.#goOnAt(now, bytes, now);
    if (!record.isBroken) return at;
    if (this.#lineToGoBackTo(now) !== undefined) return this.#breakOff(bytes, at);
    const next = record.nextBefore(bytes, at, this.#chunkOffset);
    if (next !== undefined && this.#mayGoBack(now, next)) return this.#goOnAt(next, bytes, now);
    record.lose();
    return at;
  }

  /** In the stream: the line within the piece at hand with which reading goes on, where that breaks off at `now`. */
  #lineToGoBackTo(now: number): number | undefined {
    const { line } = this.#piece;
    return line !== undefined && this.#mayGoBack(now, line) ? line : undefined;
  }

  #mayGoBack(now: number, next: number): boolean {
    // What is too large is not held, so it cannot be read again.
    if (this.#isTolerant && now - (this.#piece.start ?? now) > this.#maxPieceBytes) return false;
    // So reading again never costs more than reading.
    return this.#reread + now - next <= now + this.#maxPieceBytes;
  }

  /**
   * How many bytes the piece at hand may still have before it is too large, if it holds a line that could be a value of
   * its own: then it is rather one that has not ended.
   */
  #roomFor(at: number): number {
    const now = this.#chunkOffset + at;
    if (!this.#isTolerant || this.#lineToGoBackTo(now) === undefined) return Number.POSITIVE_INFINITY;
    return (this.#piece.start ?? now) + this.#maxPieceBytes - now;
  }

  /** Gives the record at hand up, where the next one begins at `next` in the stream, and says from where to read next. */
  #goOnAt(next: number, bytes: Buffer, now: number): number {
    this.#goBack(next, now);
    const end = next - this.#chunkOffset;
    this.#found = this.#piece.abandonRecord(bytes, end);
    if (this.#piece.done) this.#state = 'between';
    return Math.max(0, end);
  }

  /** Gives the piece at hand up, and the list around it, at a line, and says from where to read next. */
  #breakOff(bytes: Buffer, at: number): number {
    const now = this.#chunkOffset + at;
    const next = this.#lineToGoBackTo(now) ?? now;
    this.#goBack(next, now);
    const end = next - this.#chunkOffset;
    if (this.#piece.inList) this.#listRemains = true;
    this.#found = this.#piece.abandon(bytes, end);
    this.#state = 'between';
    return Math.max(0, end);
  }

  #goBack(next: number, now: number): void {
    this.#reread += now - next;
    if (next < this.#chunkOffset) this.#again = this.#piece.heldSince(next);
  }
}
