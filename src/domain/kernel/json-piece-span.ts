import type { JsonParser, JsonPiece, JsonPieceFault } from './json-piece.ts';
import { JsonSpan } from './json-span.ts';
import type { Utf8Text } from './utf8-text.ts';

/** Holds what has been read of a piece, and makes the piece of it. */
export class JsonPieceSpan<Value> {
  readonly #kind: 'element' | 'value';
  readonly #parse: JsonParser<Value>;
  readonly #span: JsonSpan;

  /** @param isTolerant Whether a piece of more bytes is handed over as `too-large`, instead of an error thrown. */
  constructor(kind: 'element' | 'value', parse: JsonParser<Value>, maxBytes: number, isTolerant: boolean) {
    this.#kind = kind;
    this.#parse = parse;
    this.#span = new JsonSpan(maxBytes, isTolerant);
  }

  /** Where the piece begins in the stream. */
  get start(): number {
    return this.#span.offset;
  }

  /** Begins at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(at: number, chunkOffset: number): void {
    this.#span.begin(at, chunkOffset);
  }

  /** Keeps what the chunk holds of the piece. It goes on with the next chunk. */
  hold(chunk: Buffer): void {
    this.#span.hold(chunk, chunk.length);
  }

  /** The piece, which ends before `end`. */
  take(chunk: Buffer, end: number): JsonPiece<Value> {
    const text = this.#span.take(chunk, end);
    return this.#span.overflows
      ? { ...this.#piece(text, undefined), fault: 'too-large' }
      : this.#piece(text, this.#parse(text.text));
  }

  /** The piece without a value, which breaks off before `end`; that lies before the chunk's start where it is negative. */
  takeBroken(chunk: Buffer, end: number, fault?: JsonPieceFault): JsonPiece<Value> {
    const piece = this.#piece(this.#span.takeBroken(chunk, end), undefined);
    return fault === undefined ? piece : { ...piece, fault };
  }

  /** A copy of what earlier chunks held of the piece from `offset` of the stream on. */
  heldSince(offset: number): Buffer {
    return this.#span.heldSince(offset);
  }

  #piece({ text, isUtf8 }: Utf8Text, value: Value | undefined): JsonPiece<Value> {
    const { offset, overflows, length } = this.#span;
    const piece = { kind: this.#kind, text, isUtf8, value, offset, listKeys: 0 };
    return overflows ? { ...piece, wholeBytes: length } : piece;
  }
}
