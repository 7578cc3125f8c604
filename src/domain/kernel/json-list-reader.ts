import { afterJsonBlanks, afterJsonScalar, jsonBytes } from './json-bytes.ts';
import { type GuessedElement, JsonElementGuess } from './json-element-guess.ts';
import { JsonElementReader } from './json-element-reader.ts';
import {
  type JsonParser,
  type JsonPiece,
  type JsonPieceFault,
  misplacedByte,
  unexpectedByte,
} from './json-piece.ts';
import { JsonPieceSpan } from './json-piece-span.ts';
import type { ElementScan } from './record-scan/element-scan.ts';
import { utf8Text } from './utf8-text.ts';

const { quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;

/** Follows a list from element to element. */
export class JsonListReader<Value> {
  readonly #parse: JsonParser<Value>;
  readonly #maxPieceBytes: number;
  readonly #isTolerant: boolean;
  readonly #element: JsonElementReader<Value>;
  readonly #scalar: JsonPieceSpan<Value>;
  readonly #guess: JsonElementGuess<Value>;
  readonly #scan: ElementScan | undefined;
  #place: 'start' | 'next' | 'after' | 'element' | 'scalar' | 'end' = 'end';
  #offset = 0;
  /** Where the element before ended in the chunk at hand; 0 where it did not. */
  #elementEnd = 0;
  /** Whether the byte before ends a text, or what stands in the place of a number or a word. */
  #isBehindWord = false;
  #found: JsonPiece<Value> | undefined;

  /**
   * @param isTolerant Whether misplaced bytes and elements of more bytes are handed over, instead of an error thrown.
   * @param scan Which elements are passed over unread.
   */
  constructor(parse: JsonParser<Value>, maxPieceBytes: number, isTolerant: boolean, scan?: ElementScan) {
    this.#parse = parse;
    this.#scan = scan;
    this.#guess = new JsonElementGuess(parse);
    this.#maxPieceBytes = maxPieceBytes;
    this.#isTolerant = isTolerant;
    this.#element = new JsonElementReader('element', parse, maxPieceBytes, isTolerant);
    this.#scalar = new JsonPieceSpan('element', parse, maxPieceBytes, isTolerant);
  }

  /** Whether the list has ended. */
  get done(): boolean {
    return this.#place === 'end';
  }

  /** The element at hand, if there is one that could break off. */
  get element(): JsonElementReader<Value> | undefined {
    return this.#place === 'element' ? this.#element : undefined;
  }

  /** Whether the reader stands behind an element, where another token than a value comes next. */
  get isBehindElement(): boolean {
    return this.#place === 'after';
  }

  /** Where the element at hand begins in the stream, if there is one. */
  get start(): number | undefined {
    if (this.#place === 'scalar') return this.#scalar.start;
    return this.element?.start;
  }

  /** Begins behind the bracket that stands at `offset` in the stream. */
  begin(offset: number): void {
    this.#place = 'start';
    this.#offset = offset;
    this.#isBehindWord = false;
  }

  /** Goes on in a chunk, or begins it anew. */
  enter(): void {
    this.#elementEnd = 0;
    this.#scan?.enter();
  }

  /** Reads on from `from`: to the end of an element or of the list, to where the element breaks, or to `end`. */
  read(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    if (this.#place === 'element') return this.#readElement(chunk, from, end, chunkOffset);
    if (this.#place === 'scalar') return this.#readScalar(chunk, from);
    const at = afterJsonBlanks(chunk, from);
    if (at > from) this.#isBehindWord = false;
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
    if (this.#place === 'scalar') this.#scalar.hold(chunk);
    else this.element?.hold(chunk);
  }

  /** The element that has been found, once. */
  take(): JsonPiece<Value> | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** The element at hand, which breaks off before `end` of the chunk, or before the chunk; the list goes on there. */
  abandonElement(chunk: Buffer, end: number): JsonPiece<Value> {
    this.#place = 'next';
    this.#elementEnd = 0;
    return this.#element.abandon(chunk, end, 'broken-off');
  }

  /**
   * The element, or the list, which breaks off before `end` of the chunk, or, where that is negative, before the chunk.
   *
   * @param offset Where the list breaks off in the stream, if that is to be told rather than where it begins.
   */
  abandon(chunk: Buffer, end: number, fault: JsonPieceFault, offset = this.#offset): JsonPiece<Value> {
    const place = this.#place;
    this.#place = 'end';
    this.#elementEnd = 0;
    if (place === 'element') return this.#element.abandon(chunk, end, fault);
    if (place === 'scalar') return this.#scalar.takeBroken(chunk, end, fault);
    return { kind: 'envelope', text: '', isUtf8: true, value: undefined, fault, offset, listKeys: 0 };
  }

  #misplaced(byte: number, at: number, chunkOffset: number): number {
    if (!this.#isTolerant) throw unexpectedByte(chunkOffset + at);
    const isWord = !beginsNoValue(byte) && byte !== openBrace && byte !== openBracket;
    if (byte === colon || (this.#isBehindWord && isWord)) {
      // The brace of an object is missing, or a quote: from here on, what looks like elements need not be any.
      this.#place = 'element';
      this.#element.beginLost(at, chunkOffset);
      return at;
    }
    this.#found = misplacedByte(byte, chunkOffset + at);
    if (byte === closeBracket) this.#place = 'end';
    if (beginsNoValue(byte)) return at + 1;
    // Only a comma is missing.
    this.#place = 'next';
    return at;
  }

  #beginElement(chunk: Buffer, at: number, chunkOffset: number): number {
    const byte = chunk[at] as number;
    if (byte === openBrace) {
      const passedEnd = this.#scan?.pass(chunk, at) ?? at;
      if (passedEnd > at) return this.#endPassed(chunkOffset + at, passedEnd);
      if (this.#elementEnd > 0) this.#guess.learn(chunk, this.#elementEnd, at);
      const guessed = this.#scanned(chunk, at) ?? this.#guess.element(chunk, at, this.#maxPieceBytes);
      if (guessed !== undefined) {
        const { end, ...read } = guessed;
        this.#elementEnd = 0;
        this.#isBehindWord = false;
        this.#place = 'after';
        this.#found = { kind: 'element', ...read, offset: chunkOffset + at, listKeys: 0 };
        return end;
      }
    }
    const isScalar = byte !== openBrace && byte !== openBracket && byte !== quote;
    this.#isBehindWord = isScalar || byte === quote;
    this.#place = isScalar ? 'scalar' : 'element';
    if (isScalar) this.#scalar.begin(at, chunkOffset);
    else this.#element.begin(byte, at, chunkOffset);
    return at + 1;
  }

  #endPassed(offset: number, end: number): number {
    const count = this.#scan?.passed ?? 0;
    this.#elementEnd = 0;
    this.#isBehindWord = false;
    this.#place = 'after';
    this.#found = { kind: 'passed', count, text: '', isUtf8: true, value: undefined, offset, listKeys: 0 };
    return end;
  }

  /** The object that begins at `at`, if the scan saw where it ends. As with a guess, one that parses is certain. */
  #scanned(chunk: Buffer, at: number): GuessedElement<Value> | undefined {
    const end = this.#scan?.endOf(at);
    if (end === undefined) return undefined;
    const text = utf8Text(chunk.subarray(at, end));
    const value = this.#parse(text.text);
    return value === undefined ? undefined : { ...text, value, end };
  }

  #readElement(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    const at = this.#element.read(chunk, from, end, chunkOffset);
    if (this.#element.done) this.#endElement(this.#element.take(chunk, at), at);
    return at;
  }

  #readScalar(chunk: Buffer, from: number): number {
    const at = afterJsonScalar(chunk, from);
    if (at < chunk.length) this.#endElement(this.#scalar.take(chunk, at), at);
    return at;
  }

  #endElement(element: JsonPiece<Value>, end: number): void {
    this.#elementEnd = end;
    this.#place = 'after';
    this.#found = element;
  }
}

function beginsNoValue(byte: number): boolean {
  return byte === comma || byte === colon || byte === closeBracket || byte === closeBrace;
}
