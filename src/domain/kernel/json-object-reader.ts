import { isJsonBlank, jsonBytes } from './json-bytes.ts';
import type { JsonParser, JsonPiece, JsonPieceFault } from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import { JsonValueSkip } from './json-value-skip.ts';
import { parseJson } from './parse-json.ts';
import type { Utf8Text } from './utf8-text.ts';

const { quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;

const noText: Utf8Text = { text: '', isUtf8: true };

/** Which token comes next at the object's first level, as far as that tells keys from values. */
type Phase = 'key' | 'after-key' | 'value' | 'after-value';

/**
 * Follows a top-level object at its first level, to find its list and its end. It keeps the object's text without the
 * elements of the list; whether the text is JSON tells whether it has been followed rightly.
 */
export class JsonObjectReader<Value> {
  readonly #parse: JsonParser<Value>;
  readonly #listKey: string | undefined;
  /** As many bytes as the key has when each of its characters is escaped, and quotes. */
  readonly #maxKeyBytes: number;
  readonly #span: JsonSpan;
  readonly #member = new JsonValueSkip();
  #place: 'first-level' | 'member' | 'list' | 'end' = 'end';
  #phase: Phase = 'key';
  /** Of the key at hand, in the stream. */
  #keyOffset = 0;
  #isListKey = false;
  #listKeys = 0;
  #lists = 0;
  #line: number | undefined;

  constructor(parse: JsonParser<Value>, listKey: string | undefined, maxBytes: number) {
    this.#parse = parse;
    this.#listKey = listKey;
    this.#maxKeyBytes = 2 + 6 * (listKey ?? '').length;
    this.#span = new JsonSpan(maxBytes);
  }

  /** Whether the reader stands in the object's list, which is read by others. */
  get inList(): boolean {
    return this.#place === 'list';
  }

  /** Whether the object has ended. */
  get done(): boolean {
    return this.#place === 'end';
  }

  /** Whether the reader stands in a string. */
  get inString(): boolean {
    return this.#place === 'member' && this.#member.inString;
  }

  /** Whether the reader stands at the first level, where another token than a value comes next. */
  get wantsNoValue(): boolean {
    return this.#place === 'first-level' && this.#phase !== 'value';
  }

  /** Where the object begins in the stream. */
  get start(): number {
    return this.#span.offset;
  }

  /** In the stream: the first line in the object that could be a value of its own; none in one that has a list. */
  get line(): number | undefined {
    return this.#lists > 0 ? undefined : this.#line;
  }

  /** Begins with the brace at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(at: number, chunkOffset: number): void {
    this.#span.begin(at, chunkOffset);
    this.#place = 'first-level';
    this.#phase = 'key';
    this.#isListKey = false;
    this.#listKeys = 0;
    this.#lists = 0;
    this.#line = undefined;
  }

  /** A line that could be a value of its own begins at `offset` in the stream. */
  meetLine(offset: number): void {
    this.#line ??= offset;
  }

  /** Reads on from `from`: to behind the object, or behind the bracket that begins its list, or to `end`. */
  read(chunk: Buffer, from: number, end: number, chunkOffset: number): number {
    let at = from;
    while (at < end && !this.inList && !this.done) {
      at =
        this.#place === 'member'
          ? this.#readMember(chunk, at, end, chunkOffset)
          : this.#readByte(chunk, at, chunkOffset);
    }
    return at;
  }

  /** Goes on with the bracket at `at`, which ends the list. */
  endList(at: number): void {
    this.#span.resume(at);
    this.#place = 'first-level';
  }

  /** Keeps what the chunk holds of the object. */
  hold(chunk: Buffer): void {
    this.#span.hold(chunk, chunk.length);
  }

  /** The object that ends before `end`. */
  take(chunk: Buffer, end: number): JsonPiece<Value> {
    const text = this.#span.take(chunk, end);
    return this.#piece(text, this.#parse(text.text));
  }

  /** The object, which breaks off before `end` of the chunk, or, where that is negative, before the chunk. */
  abandon(chunk: Buffer, end: number, fault: JsonPieceFault): JsonPiece<Value> {
    this.#place = 'end';
    const hasText = this.#lists === 0;
    const text = hasText ? this.#span.takeBroken(chunk, end) : noText;
    this.#span.drop();
    return { ...this.#piece(text, undefined), fault };
  }

  /** A copy of what earlier chunks held from `offset` of the stream on, of an object that has no list. */
  heldSince(offset: number): Buffer {
    return this.#span.heldSince(offset);
  }

  #piece(text: Utf8Text, value: Value | undefined): JsonPiece<Value> {
    const kind = this.#lists > 0 ? 'envelope' : 'value';
    return {
      kind,
      text: text.text,
      isUtf8: text.isUtf8,
      value,
      offset: this.#span.offset,
      listKeys: this.#listKeys,
    };
  }

  #readByte(chunk: Buffer, at: number, chunkOffset: number): number {
    const byte = chunk[at] as number;
    if (isJsonBlank(byte)) return at + 1;
    if (byte === closeBrace || byte === closeBracket) this.#place = 'end';
    else if (byte === openBracket && this.#phase === 'value' && this.#isListKey) this.#beginList(chunk, at);
    else if (byte === quote || byte === openBracket || byte === openBrace)
      this.#beginMember(byte, at + chunkOffset);
    else if (byte === colon) this.#phase = 'value';
    else if (byte === comma) this.#phase = 'key';
    else this.#phase = 'after-value';
    return at + 1;
  }

  #beginList(chunk: Buffer, at: number): void {
    this.#span.hold(chunk, at + 1);
    this.#place = 'list';
    this.#phase = 'after-value';
    this.#lists += 1;
  }

  #beginMember(byte: number, offset: number): void {
    this.#place = 'member';
    this.#member.begin(byte, 1);
    if (this.#phase === 'key') this.#keyOffset = offset;
    else this.#phase = 'after-value';
  }

  #readMember(chunk: Buffer, from: number, limit: number, chunkOffset: number): number {
    const end = this.#member.read(chunk, from, limit);
    if (!this.#member.done) return end;
    this.#place = 'first-level';
    if (this.#phase === 'key') {
      this.#phase = 'after-key';
      this.#isListKey = this.#endsListKey(chunk, end, chunkOffset + end - this.#keyOffset);
      if (this.#isListKey) this.#listKeys += 1;
    }
    return end;
  }

  #endsListKey(chunk: Buffer, end: number, length: number): boolean {
    if (this.#listKey === undefined) return false;
    if (length < this.#listKey.length + 2 || length > this.#maxKeyBytes) return false;
    const key = this.#span.tail(length, chunk, end);
    return key === `"${this.#listKey}"` || (key.includes('\\') && parseJson(key) === this.#listKey);
  }
}
