import type { JsonValue } from '../../ports/json.ts';
import { afterJsonBlanks, jsonBytes } from './json-bytes.ts';
import { JsonLineGuess } from './json-line-guess.ts';
import { JsonLineStarts } from './json-line-starts.ts';
import { JsonListReader } from './json-list-reader.ts';
import { JsonObjectReader } from './json-object-reader.ts';
import {
  type JsonParser,
  type JsonPiece,
  JsonStructureError,
  misplacedByte,
  unexpectedByte,
} from './json-piece.ts';
import { JsonSpan } from './json-span.ts';

export interface JsonRecordSplitterOptions<Value> {
  /** Reads the text of a piece; which texts are JSON tells where pieces end. */
  readonly parse: JsonParser<Value>;
  /**
   * The key whose array, at the first level of a top-level object, holds records. @defaultValue none: an object is one
   * record
   */
  readonly listKey?: string;
  /** A piece of more bytes ends the reading, or is handed over as `too-large`. */
  readonly maxPieceBytes: number;
  /** Whether faults of structure are handed over as pieces, and reading goes on, instead of ending with an error. */
  readonly isTolerant?: boolean;
}

const { newline, comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;
const separators = new Set<number>([comma, colon, closeBracket, closeBrace]);
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
 * A tolerant splitter hands over what it cannot follow as pieces with a fault, and never throws. What stands behind an
 * array that broke off (its commas, its closing bracket) it passes over.
 *
 * @example
 * const splitter = new JsonRecordSplitter({ parse: parseJson, listKey: 'Records', maxPieceBytes: 1_000_000 });
 * for await (const chunk of chunks) for (const piece of splitter.push(chunk)) use(piece);
 * for (const piece of splitter.end()) use(piece);
 */
export class JsonRecordSplitter<Value = JsonValue> {
  readonly #parse: JsonParser<Value>;
  /** None where an object may hold a list of records. */
  readonly #guess: JsonLineGuess<Value> | undefined;
  readonly #maxPieceBytes: number;
  readonly #isTolerant: boolean;

  #state: 'start' | 'between' | 'line' | 'object' | 'list' = 'start';
  #markBytes = 0;
  /** Of the chunk's first byte in the stream. */
  #chunkOffset = 0;
  #values = 0;

  readonly #lineSpan: JsonSpan;
  readonly #object: JsonObjectReader<Value>;
  readonly #list: JsonListReader<Value>;
  #listInObject = false;
  /** Whether an array has broken off, whose separators may follow. */
  #listRemains = false;

  readonly #lines = new JsonLineStarts();
  /** What earlier chunks held of a broken piece, from the line on with which reading goes on. */
  #again: Buffer | undefined;
  /** How many bytes have been read once more. */
  #reread = 0;

  #found: JsonPiece<Value> | undefined;

  constructor({ parse, listKey, maxPieceBytes, isTolerant = false }: JsonRecordSplitterOptions<Value>) {
    this.#parse = parse;
    this.#guess = listKey === undefined ? new JsonLineGuess(parse) : undefined;
    this.#maxPieceBytes = maxPieceBytes;
    this.#isTolerant = isTolerant;
    this.#lineSpan = new JsonSpan(maxPieceBytes, isTolerant);
    this.#object = new JsonObjectReader(parse, listKey, maxPieceBytes, isTolerant);
    this.#list = new JsonListReader(parse, maxPieceBytes, isTolerant);
  }

  /** How many top-level values have begun. */
  get values(): number {
    return this.#values;
  }

  /** Where, in bytes from the start of the stream, the piece begins that has not ended yet; else how far the stream goes. */
  get pending(): number {
    if (this.#state === 'line') return this.#lineSpan.offset;
    return this.#reader?.start ?? this.#chunkOffset;
  }

  /**
   * The pieces that end in the chunk. Each is to be taken before the next chunk is pushed.
   *
   * @throws {JsonStructureError} after the pieces before the fault, unless tolerant. Nothing can be pushed after it.
   */
  push(chunk: Uint8Array): Generator<JsonPiece<Value>, void> {
    return this.#read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /**
   * The pieces that only the end of the stream ends.
   *
   * @throws {JsonStructureError} where the stream ends within a value, unless tolerant.
   */
  *end(): Generator<JsonPiece<Value>, void> {
    while (this.#lineToGoBackTo(this.#chunkOffset) !== undefined) {
      this.#breakOff(Buffer.alloc(0), 0);
      yield* this.#settle();
    }
    if (this.#state === 'line') {
      this.#state = 'between';
      yield this.#linePiece(Buffer.alloc(0), 0);
    } else if (this.#state !== 'between' && (this.#state !== 'start' || this.#markBytes > 0)) {
      if (this.#isTolerant) {
        yield* this.#unfinished();
        return;
      }
      throw new JsonStructureError(
        'incomplete',
        this.#chunkOffset,
        `ends within a value, at byte ${this.#chunkOffset}`,
      );
    }
  }

  /** What the end of the stream breaks off. */
  *#unfinished(): Generator<JsonPiece<Value>, void> {
    const nothing = Buffer.alloc(0);
    const state = this.#state;
    this.#state = 'between';
    if (state === 'object') yield this.#object.abandon(nothing, 0, 'incomplete');
    else if (state === 'list') yield this.#list.abandon(nothing, 0, 'incomplete');
    else yield { ...misplacedByte(byteOrderMark[0] ?? 0, 0), fault: 'incomplete' };
  }

  *#read(bytes: Buffer): Generator<JsonPiece<Value>, void> {
    this.#enter(bytes);
    for (let at = 0; at < bytes.length; ) {
      const next = this.#step(bytes, at);
      const goesBack = next < at || this.#again !== undefined;
      at = next;
      if (this.#found === undefined) continue;
      if (this.#again === undefined) yield this.#takeFound(this.#found);
      else yield* this.#settle();
      if (goesBack) this.#enter(bytes);
    }
    this.#hold(bytes);
    this.#lines.end();
    this.#chunkOffset += bytes.length;
  }

  #takeFound(found: JsonPiece<Value>): JsonPiece<Value> {
    this.#found = undefined;
    return found;
  }

  #enter(bytes: Buffer): void {
    this.#lines.begin(bytes);
    this.#list.enter();
    this.#guess?.enter();
  }

  /** Hands over what has been found, and reads again what must be. */
  *#settle(): Generator<JsonPiece<Value>, void> {
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
      if (this.#breaksAt(at)) return this.#breakOff(bytes, at);
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
      if (this.#markBytes > 0) {
        if (!this.#isTolerant) throw unexpectedByte(this.#chunkOffset + at);
        this.#found = misplacedByte(byteOrderMark[0] ?? 0, 0);
      }
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

  /** One that belongs to an array that broke off tells nothing new. */
  #passSeparator(byte: number, at: number): number {
    const belongs = this.#listRemains && (byte === comma || byte === closeBracket);
    if (!belongs) this.#found = misplacedByte(byte, this.#chunkOffset + at);
    if (byte === closeBracket) this.#listRemains = false;
    return at + 1;
  }

  #readLine(bytes: Buffer, from: number): number {
    const at = bytes.indexOf(newline, from);
    if (at === -1) return bytes.length;
    this.#state = 'between';
    this.#found = this.#linePiece(bytes, at);
    return at + 1;
  }

  #linePiece(bytes: Buffer, end: number): JsonPiece<Value> {
    const text = this.#lineSpan.take(bytes, end);
    const piece = { kind: 'value', ...text, offset: this.#lineSpan.offset, listKeys: 0 } as const;
    return this.#lineSpan.overflows
      ? { ...piece, value: undefined, fault: 'too-large' }
      : { ...piece, value: this.#parse(text.text) };
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
  get #reader(): JsonObjectReader<Value> | JsonListReader<Value> | undefined {
    if (this.#state === 'object') return this.#object;
    return this.#state === 'list' ? this.#list : undefined;
  }

  /** Whether the line at `at` shows that what stands before it has broken off. */
  #breaksAt(at: number): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    // Between two elements only a comma is missing, which the list's reader hands over.
    if (this.#isTolerant && reader === this.#list && this.#list.wantsNoValue) return false;
    return reader.inString || reader.wantsNoValue || !this.#lines.mayBeginValue(at);
  }

  /** In the stream: the line within the piece at hand with which reading goes on, where that breaks off at `now`. */
  #lineToGoBackTo(now: number): number | undefined {
    const reader = this.#reader;
    const line = reader?.line;
    // What is too large is not held, so its lines cannot be read again.
    if (this.#isTolerant && now - (reader?.start ?? now) > this.#maxPieceBytes) return undefined;
    // So reading again never costs more than reading.
    return line !== undefined && this.#reread + now - line <= now + this.#maxPieceBytes ? line : undefined;
  }

  /** Gives the piece at hand up, and says from where to read next. */
  #breakOff(bytes: Buffer, at: number): number {
    const now = this.#chunkOffset + at;
    const next = this.#lineToGoBackTo(now) ?? now;
    this.#reread += now - next;
    if (next < this.#chunkOffset) this.#again = this.#reader?.heldSince(next);
    const isBetweenElements = this.#state === 'list' && this.#list.wantsNoValue;
    const end = next - this.#chunkOffset;
    const inList = this.#state === 'list';
    const inObject = !inList || this.#listInObject;
    const broken = inList ? this.#list.abandon(bytes, end, 'broken-off') : undefined;
    const around = inObject ? this.#object.abandon(bytes, end, 'broken-off') : undefined;
    this.#found = isBetweenElements ? (around ?? broken) : (broken ?? around);
    this.#listRemains = inList;
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
