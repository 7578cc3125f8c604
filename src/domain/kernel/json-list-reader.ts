import { afterJsonBlanks, afterJsonScalar, jsonBytes } from './json-bytes.ts';
import { JsonElementGuess } from './json-element-guess.ts';
import { type JsonPiece, unexpectedByte } from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import { JsonValueSkip } from './json-value-skip.ts';
import { parseJson } from './parse-json.ts';

const { comma, colon, closeBracket, openBrace, closeBrace } = jsonBytes;

/** Follows a list from element to element. */
export class JsonListReader {
  readonly #maxPieceBytes: number;
  readonly #span: JsonSpan;
  readonly #skip = new JsonValueSkip();
  readonly #guess = new JsonElementGuess();
  #place: 'start' | 'next' | 'after' | 'element' | 'scalar' | 'end' = 'end';
  #offset = 0;
  /** Where the element before ended in the chunk at hand; 0 where it did not. */
  #elementEnd = 0;
  #line: number | undefined;
  #found: JsonPiece | undefined;

  constructor(maxPieceBytes: number) {
    this.#maxPieceBytes = maxPieceBytes;
    this.#span = new JsonSpan(maxPieceBytes);
  }

  /** Whether the list has ended. */
  get done(): boolean {
    return this.#place === 'end';
  }

  /** Whether the reader stands in a string. */
  get inString(): boolean {
    return this.#place === 'element' && this.#skip.inString;
  }

  /** Whether the reader stands behind an element, where another token than a value comes next. */
  get wantsNoValue(): boolean {
    return this.#place === 'after';
  }

  /** In the stream: the first line in the element at hand that could be a value of its own. */
  get line(): number | undefined {
    return this.#place === 'element' ? this.#line : undefined;
  }

  /** Begins behind the bracket that stands at `offset` in the stream. */
  begin(offset: number): void {
    this.#place = 'start';
    this.#offset = offset;
  }

  /** Goes on in a chunk, or begins it anew. */
  enter(): void {
    this.#elementEnd = 0;
  }

  /** A line that could be a value of its own begins at `offset` in the stream. */
  meetLine(offset: number): void {
    this.#line ??= offset;
  }

  /** Reads on from `from`: to the end of an element or of the list, or to `end`. */
  read(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    if (this.#place === 'element') return this.#readElement(chunk, from, end);
    if (this.#place === 'scalar') return this.#readScalar(chunk, from);
    const at = afterJsonBlanks(chunk, from);
    if (at >= end) return end;
    const byte = chunk[at] as number;
    if (byte === closeBracket && this.#place !== 'next') {
      this.#place = 'end';
      return at + 1;
    }
    if (this.#place === 'after') {
      if (byte !== comma) throw unexpectedByte(chunkOffset + at);
      this.#place = 'next';
      return at + 1;
    }
    if (byte === comma || byte === colon || byte === closeBracket || byte === closeBrace) {
      throw unexpectedByte(chunkOffset + at);
    }
    return this.#beginElement(chunk, at, chunkOffset);
  }

  /** Keeps what the chunk holds of an element that it does not end. */
  hold(chunk: Buffer): void {
    if (this.#place === 'element' || this.#place === 'scalar') this.#span.hold(chunk, chunk.length);
  }

  /** The element that has been found, once. */
  take(): JsonPiece | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** The element, or the list, where it breaks off. */
  abandon(): JsonPiece {
    const inElement = this.#place === 'element';
    this.#span.drop();
    this.#place = 'end';
    this.#elementEnd = 0;
    return {
      kind: inElement ? 'element' : 'envelope',
      text: '',
      value: undefined,
      offset: inElement ? this.#span.offset : this.#offset,
      listKeys: 0,
    };
  }

  /** A copy of what earlier chunks held of the element from `offset` of the stream on. */
  heldSince(offset: number): Buffer {
    return this.#span.heldSince(offset);
  }

  #beginElement(chunk: Buffer, at: number, chunkOffset: number): number {
    const byte = chunk[at] as number;
    this.#span.begin(at, chunkOffset);
    this.#line = undefined;
    if (byte === openBrace) {
      if (this.#elementEnd > 0) this.#guess.learn(chunk, this.#elementEnd, at);
      const guessed = this.#guess.element(chunk, at, this.#maxPieceBytes);
      if (guessed !== undefined) {
        this.#elementEnd = 0;
        this.#place = 'after';
        this.#found = this.#piece(guessed.text, guessed.value);
        return guessed.end;
      }
    }
    this.#skip.begin(byte, 0);
    this.#place = this.#skip.done ? 'scalar' : 'element';
    return at + 1;
  }

  #readElement(chunk: Buffer, from: number, end: number): number {
    const at = this.#skip.read(chunk, from, end);
    if (this.#skip.done) this.#endElement(chunk, at);
    return at;
  }

  #readScalar(chunk: Buffer, from: number): number {
    const at = afterJsonScalar(chunk, from);
    if (at < chunk.length) this.#endElement(chunk, at);
    return at;
  }

  #endElement(chunk: Buffer, end: number): void {
    const text = this.#span.take(chunk, end);
    this.#elementEnd = end;
    this.#place = 'after';
    this.#found = this.#piece(text, parseJson(text));
  }

  #piece(text: string, value: JsonPiece['value']): JsonPiece {
    return { kind: 'element', text, value, offset: this.#span.offset, listKeys: 0 };
  }
}
