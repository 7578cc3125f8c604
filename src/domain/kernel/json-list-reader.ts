import { afterJsonBlanks, afterJsonScalar, jsonBytes } from './json-bytes.ts';
import { JsonElementGuess } from './json-element-guess.ts';
import {
  type JsonParser,
  type JsonPiece,
  type JsonPieceFault,
  misplacedByte,
  unexpectedByte,
} from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import { JsonValueSkip } from './json-value-skip.ts';
import type { Utf8Text } from './utf8-text.ts';

const { comma, colon, closeBracket, openBrace, closeBrace } = jsonBytes;

/** Follows a list from element to element. */
export class JsonListReader<Value> {
  readonly #parse: JsonParser<Value>;
  readonly #maxPieceBytes: number;
  readonly #isTolerant: boolean;
  readonly #span: JsonSpan;
  readonly #skip = new JsonValueSkip();
  readonly #guess: JsonElementGuess<Value>;
  #place: 'start' | 'next' | 'after' | 'element' | 'scalar' | 'end' = 'end';
  #offset = 0;
  /** Where the element before ended in the chunk at hand; 0 where it did not. */
  #elementEnd = 0;
  #line: number | undefined;
  #found: JsonPiece<Value> | undefined;

  /** @param isTolerant Whether misplaced bytes and elements of more bytes are handed over, instead of an error thrown. */
  constructor(parse: JsonParser<Value>, maxPieceBytes: number, isTolerant: boolean) {
    this.#parse = parse;
    this.#guess = new JsonElementGuess(parse);
    this.#maxPieceBytes = maxPieceBytes;
    this.#isTolerant = isTolerant;
    this.#span = new JsonSpan(maxPieceBytes, isTolerant);
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

  /** Where the element at hand begins in the stream, if there is one. */
  get start(): number | undefined {
    return this.#place === 'element' || this.#place === 'scalar' ? this.#span.offset : undefined;
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
      if (byte !== comma) return this.#misplaced(byte, at, chunkOffset);
      this.#place = 'next';
      return at + 1;
    }
    if (beginsNoValue(byte)) return this.#misplaced(byte, at, chunkOffset);
    return this.#beginElement(chunk, at, chunkOffset);
  }

  /** Keeps what the chunk holds of an element that it does not end. */
  hold(chunk: Buffer): void {
    if (this.#place === 'element' || this.#place === 'scalar') this.#span.hold(chunk, chunk.length);
  }

  /** The element that has been found, once. */
  take(): JsonPiece<Value> | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** The element, or the list, which breaks off before `end` of the chunk, or, where that is negative, before the chunk. */
  abandon(chunk: Buffer, end: number, fault: JsonPieceFault): JsonPiece<Value> {
    const inElement = this.#place === 'element' || this.#place === 'scalar';
    this.#place = 'end';
    this.#elementEnd = 0;
    if (inElement) return { ...this.#piece(this.#span.takeBroken(chunk, end), undefined), fault };
    return {
      kind: 'envelope',
      text: '',
      isUtf8: true,
      value: undefined,
      fault,
      offset: this.#offset,
      listKeys: 0,
    };
  }

  /** A copy of what earlier chunks held of the element from `offset` of the stream on. */
  heldSince(offset: number): Buffer {
    return this.#span.heldSince(offset);
  }

  #misplaced(byte: number, at: number, chunkOffset: number): number {
    if (!this.#isTolerant) throw unexpectedByte(chunkOffset + at);
    this.#found = misplacedByte(byte, chunkOffset + at);
    if (byte === closeBracket) this.#place = 'end';
    if (beginsNoValue(byte)) return at + 1;
    // Only a comma is missing.
    this.#place = 'next';
    return at;
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
        this.#found = this.#piece(guessed, guessed.value);
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
    this.#found = this.#span.overflows
      ? { ...this.#piece(text, undefined), fault: 'too-large' }
      : this.#piece(text, this.#parse(text.text));
  }

  #piece(text: Utf8Text, value: Value | undefined): JsonPiece<Value> {
    return {
      kind: 'element',
      text: text.text,
      isUtf8: text.isUtf8,
      value,
      offset: this.#span.offset,
      listKeys: 0,
    };
  }
}

function beginsNoValue(byte: number): boolean {
  return byte === comma || byte === colon || byte === closeBracket || byte === closeBrace;
}
