import type { JsonValue } from '../../ports/json.ts';
import { afterJsonBlanks, braceBit, isJsonBlank, jsonBytes } from './json-bytes.ts';
import { JsonElementGuess } from './json-element-guess.ts';
import { JsonObjectReader } from './json-object-reader.ts';
import { type JsonPiece, JsonStructureError } from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import { JsonValueSkip } from './json-value-skip.ts';
import { parseJson } from './parse-json.ts';

export interface JsonRecordSplitterOptions {
  /** The key whose array, at the first level of a top-level object, holds records. */
  readonly listKey: string;
  /** A piece of more bytes ends the reading. */
  readonly maxPieceBytes: number;
}

const { newline, quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;
const byteOrderMark = [0xef, 0xbb, 0xbf];

type State =
  | 'start'
  | 'between'
  | 'line'
  | 'object'
  | 'list-start'
  | 'list-next'
  | 'list-after'
  | 'element'
  | 'scalar';

/**
 * Splits a stream of JSON into the texts of its records, holding one record at a time: envelopes
 * (`{"Records":[…]}`), arrays, and objects one after the other (JSON lines), mixed as they may be. The bounds of a piece
 * are found by its quotes and brackets; all of it is parsed. The rest (commas and blanks) is checked.
 *
 * @example
 * const splitter = new JsonRecordSplitter({ listKey: 'Records', maxPieceBytes: 1_000_000 });
 * for await (const chunk of chunks) for (const piece of splitter.push(chunk)) use(piece);
 * for (const piece of splitter.end()) use(piece);
 */
export class JsonRecordSplitter {
  readonly #maxPieceBytes: number;

  #state: State = 'start';
  #markBytes = 0;
  /** Of the chunk's first byte in the stream. */
  #chunkOffset = 0;
  #values = 0;

  readonly #element: JsonSpan;
  readonly #elementSkip = new JsonValueSkip();
  readonly #guess = new JsonElementGuess();
  /** Where the element before ended in the chunk at hand; 0 where it did not. */
  #elementEnd = 0;

  readonly #object: JsonObjectReader;
  #listInObject = false;

  #found: JsonPiece | undefined;

  constructor({ listKey, maxPieceBytes }: JsonRecordSplitterOptions) {
    this.#maxPieceBytes = maxPieceBytes;
    this.#element = new JsonSpan(maxPieceBytes);
    this.#object = new JsonObjectReader(listKey, maxPieceBytes);
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
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#elementEnd = 0;
    let at = 0;
    while (at < bytes.length) {
      at = this.#step(bytes, at);
      if (this.#found !== undefined) {
        const piece = this.#found;
        this.#found = undefined;
        yield piece;
      }
    }
    this.#hold(bytes);
    this.#chunkOffset += bytes.length;
  }

  /**
   * The piece that only the end of the stream ends, if there is one.
   *
   * @throws {JsonStructureError} where the stream ends within a value.
   */
  *end(): Generator<JsonPiece, void> {
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

  /** Reads on from `at`, and says from where to read next. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        return this.#readMark(bytes, at);
      case 'between':
        return this.#readBetween(bytes, at);
      case 'line':
        return this.#readLine(bytes, at);
      case 'object':
        return this.#readObject(bytes, at);
      case 'element':
        return this.#readElement(bytes, at);
      case 'scalar':
        return this.#readScalar(bytes, at);
      default:
        return this.#readList(bytes, at);
    }
  }

  #readMark(bytes: Buffer, at: number): number {
    if (bytes[at] !== byteOrderMark[this.#markBytes]) {
      if (this.#markBytes > 0) throw this.#unexpected(at);
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
      this.#state = 'list-start';
      this.#listInObject = false;
      return at + 1;
    }
    this.#state = 'line';
    this.#element.begin(at, this.#chunkOffset);
    return at;
  }

  #readLine(bytes: Buffer, from: number): number {
    const at = bytes.indexOf(newline, from);
    if (at === -1) return bytes.length;
    this.#state = 'between';
    this.#found = this.#linePiece(bytes, at);
    return at + 1;
  }

  #readObject(bytes: Buffer, from: number): number {
    const at = this.#object.read(bytes, from, this.#chunkOffset);
    if (this.#object.inList) {
      this.#state = 'list-start';
      this.#listInObject = true;
    } else if (this.#object.done) {
      this.#state = 'between';
      this.#found = this.#object.take(bytes, at);
    }
    return at;
  }

  #readList(bytes: Buffer, from: number): number {
    const at = afterJsonBlanks(bytes, from);
    if (at === bytes.length) return at;
    const byte = bytes[at] as number;
    if (byte === closeBracket && this.#state !== 'list-next') {
      this.#state = this.#listInObject ? 'object' : 'between';
      if (this.#listInObject) this.#object.endList(at);
      return at + 1;
    }
    if (this.#state === 'list-after') {
      if (byte !== comma) throw this.#unexpected(at);
      this.#state = 'list-next';
      return at + 1;
    }
    if (byte === comma || byte === colon || byte === closeBracket || byte === closeBrace) {
      throw this.#unexpected(at);
    }
    return this.#beginElement(bytes, at);
  }

  #beginElement(bytes: Buffer, at: number): number {
    const byte = bytes[at] as number;
    this.#element.begin(at, this.#chunkOffset);
    if (byte === openBrace) {
      if (this.#elementEnd > 0) this.#guess.learn(bytes, this.#elementEnd, at);
      const guessed = this.#guess.element(bytes, at, this.#maxPieceBytes);
      if (guessed !== undefined) {
        this.#elementEnd = 0;
        this.#state = 'list-after';
        this.#found = this.#piece('element', guessed.text, guessed.value);
        return guessed.end;
      }
    }
    this.#elementSkip.begin(byte, 0);
    this.#state = this.#elementSkip.done ? 'scalar' : 'element';
    return at + 1;
  }

  #readElement(bytes: Buffer, from: number): number {
    const at = this.#elementSkip.read(bytes, from);
    if (this.#elementSkip.done) this.#endElement(bytes, at);
    return at;
  }

  /** A number, `true`, `false`, `null`, or what stands in the place of one: up to the next token. */
  #readScalar(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      const folded = byte | braceBit;
      if (
        folded !== openBrace &&
        folded !== closeBrace &&
        byte !== comma &&
        byte !== quote &&
        !isJsonBlank(byte)
      ) {
        continue;
      }
      this.#endElement(bytes, at);
      return at;
    }
    return bytes.length;
  }

  #endElement(bytes: Buffer, end: number): void {
    const text = this.#element.take(bytes, end);
    this.#elementEnd = end;
    this.#state = 'list-after';
    this.#found = this.#piece('element', text, parseJson(text));
  }

  #linePiece(bytes: Buffer, end: number): JsonPiece {
    const text = this.#element.take(bytes, end);
    return this.#piece('value', text, parseJson(text));
  }

  #piece(kind: JsonPiece['kind'], text: string, value: JsonValue | undefined): JsonPiece {
    return { kind, text, value, offset: this.#element.offset, listKeys: 0 };
  }

  /** Keeps what the chunk holds of a piece that it does not end. */
  #hold(bytes: Buffer): void {
    switch (this.#state) {
      case 'line':
      case 'element':
      case 'scalar':
        this.#element.hold(bytes, bytes.length);
        break;
      case 'object':
        this.#object.hold(bytes);
    }
  }

  #unexpected(at: number): JsonStructureError {
    const offset = this.#chunkOffset + at;
    return new JsonStructureError('unexpected', offset, `has an unexpected byte at ${offset}`);
  }
}
