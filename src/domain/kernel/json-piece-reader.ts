import { JsonElementReader } from './json-element-reader.ts';
import type { JsonLineStarts } from './json-line-starts.ts';
import { JsonListReader } from './json-list-reader.ts';
import { JsonObjectReader } from './json-object-reader.ts';
import type { JsonParser, JsonPiece } from './json-piece.ts';
import type { ElementScan } from './record-scan/element-scan.ts';

export interface JsonPieceReaderOptions<Value> {
  readonly parse: JsonParser<Value>;
  readonly listKey: string | undefined;
  readonly scan: ElementScan | undefined;
  readonly maxPieceBytes: number;
  readonly isTolerant: boolean;
}

/** Follows what a brace or a bracket has begun at the top level: an object that is a record or an envelope, or an array. */
export class JsonPieceReader<Value> {
  readonly #isTolerant: boolean;
  #place: 'end' | 'value' | 'envelope' | 'list' = 'end';
  /** Of an object, where that is one record. */
  readonly #value: JsonElementReader<Value>;
  /** Of an object, where it may hold a list. */
  readonly #envelope: JsonObjectReader<Value>;
  readonly #list: JsonListReader<Value>;
  #listInObject = false;
  #found: JsonPiece<Value> | undefined;

  constructor({ parse, listKey, scan, maxPieceBytes, isTolerant }: JsonPieceReaderOptions<Value>) {
    this.#isTolerant = isTolerant;
    this.#value = new JsonElementReader('value', parse, maxPieceBytes, isTolerant);
    this.#envelope = new JsonObjectReader(parse, listKey, maxPieceBytes);
    this.#list = new JsonListReader(parse, maxPieceBytes, isTolerant, scan);
  }

  /** Whether what was begun has ended. */
  get done(): boolean {
    return this.#place === 'end';
  }

  get inList(): boolean {
    return this.#place === 'list';
  }

  /** Where the piece at hand begins in the stream, if there is one. */
  get start(): number | undefined {
    return this.inList ? this.#list.start : this.#reader?.start;
  }

  /** In the stream: the first line in the piece at hand that could be a value of its own. */
  get line(): number | undefined {
    return this.#reader?.line;
  }

  /** The record at hand, which breaks where its structure shows it; none where the reader is not tolerant. */
  get record(): JsonElementReader<Value> | undefined {
    if (!this.#isTolerant) return undefined;
    return this.#place === 'value' ? this.#value : this.#element;
  }

  /** Begins with the brace at `at` in a chunk that begins at `chunkOffset` in the stream. */
  beginObject(brace: number, at: number, chunkOffset: number): void {
    this.#place = this.#isTolerant ? 'value' : 'envelope';
    if (this.#isTolerant) this.#value.begin(brace, at, chunkOffset);
    else this.#envelope.begin(at, chunkOffset);
  }

  /** Begins with the bracket at `offset` in the stream. */
  beginList(offset: number): void {
    this.#place = 'list';
    this.#listInObject = false;
    this.#list.begin(offset);
  }

  /** Goes on in a chunk, or begins it anew. */
  enter(): void {
    this.#list.enter();
  }

  /** A line that could be a value of its own begins at `offset` in the stream. */
  meetLine(offset: number): void {
    this.#reader?.meetLine(offset);
  }

  /** Whether the line at `at` of the chunk shows that what stands before it has broken off. */
  breaksAtLine(lines: JsonLineStarts, at: number): boolean {
    const reader = this.#reader;
    if (reader === undefined) {
      if (!this.inList) return false;
      // Between two elements only a comma is missing, which the list's reader hands over.
      if (this.#list.isBehindElement) return !this.#isTolerant;
    } else if (reader.inString || reader.wantsNoValue) {
      return true;
    }
    return !lines.mayBeginValue(at);
  }

  /** Reads on from `from`: to the end of a piece or of a list, to where a record breaks, or to `end`. */
  read(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    if (this.#place === 'list') return this.#readList(chunk, from, end, chunkOffset);
    if (this.#place === 'envelope') return this.#readEnvelope(chunk, from, end, chunkOffset);
    const at = this.#value.read(chunk, from, end, chunkOffset);
    if (this.#value.done) this.#end(this.#value.take(chunk, at));
    return at;
  }

  /** The piece that has been found, once. */
  take(): JsonPiece<Value> | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** Keeps what the chunk holds of a piece that it does not end. */
  hold(chunk: Buffer): void {
    if (this.#place === 'value') this.#value.hold(chunk);
    else if (this.#place === 'envelope') this.#envelope.hold(chunk);
    else if (this.#place === 'list') this.#list.hold(chunk);
  }

  /** A copy of what earlier chunks held of the piece from `offset` of the stream on. */
  heldSince(offset: number): Buffer | undefined {
    return this.#reader?.heldSince(offset);
  }

  /** The record at hand, which breaks off before `end` of the chunk, or before the chunk; a list around it goes on. */
  abandonRecord(chunk: Buffer, end: number): JsonPiece<Value> {
    if (this.inList) return this.#list.abandonElement(chunk, end);
    this.#place = 'end';
    return this.#value.abandon(chunk, end, 'broken-off');
  }

  /** The piece at hand, which breaks off before `end` of the chunk, or before the chunk, and so does what is around it. */
  abandon(chunk: Buffer, end: number): JsonPiece<Value> | undefined {
    const { inList } = this;
    const isBetweenElements = inList && this.#list.isBehindElement;
    const inEnvelope = this.#place === 'envelope' || (inList && this.#listInObject);
    if (this.#place === 'value') return this.abandonRecord(chunk, end);
    this.#place = 'end';
    const broken = inList ? this.#list.abandon(chunk, end, 'broken-off') : undefined;
    const around = inEnvelope ? this.#envelope.abandon(chunk, end, 'broken-off') : undefined;
    return isBetweenElements ? (around ?? broken) : (broken ?? around);
  }

  /** What the end of the stream, at `offset`, breaks off; only where the reader is tolerant. */
  unfinished(nothing: Buffer, offset: number): JsonPiece<Value> {
    const { inList } = this;
    this.#place = 'end';
    return inList
      ? this.#list.abandon(nothing, 0, 'incomplete', offset)
      : this.#value.abandon(nothing, 0, 'incomplete');
  }

  #readEnvelope(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    const at = this.#envelope.read(chunk, from, end, chunkOffset);
    if (this.#envelope.inList) {
      this.beginList(chunkOffset + at - 1);
      this.#listInObject = true;
    } else if (this.#envelope.done) {
      this.#end(this.#envelope.take(chunk, at));
    }
    return at;
  }

  #readList(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    const at = this.#list.read(chunk, from, end, chunkOffset);
    this.#found = this.#list.take();
    if (!this.#list.done) return at;
    this.#place = this.#listInObject ? 'envelope' : 'end';
    if (this.#listInObject) this.#envelope.endList(at - 1);
    return at;
  }

  #end(piece: JsonPiece<Value>): void {
    this.#place = 'end';
    this.#found = piece;
  }

  get #element(): JsonElementReader<Value> | undefined {
    return this.inList ? this.#list.element : undefined;
  }

  /** What follows the piece at hand, where that could break off. */
  get #reader(): JsonObjectReader<Value> | JsonElementReader<Value> | undefined {
    if (this.#place === 'value') return this.#value;
    return this.#place === 'envelope' ? this.#envelope : this.#element;
  }
}
