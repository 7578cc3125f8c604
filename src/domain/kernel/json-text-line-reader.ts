import { jsonBytes } from './json-bytes.ts';
import { JsonNextObject } from './json-next-object.ts';
import type { JsonParser, JsonPiece } from './json-piece.ts';
import { JsonPieceSpan } from './json-piece-span.ts';

/** Reads a line that begins with neither brace nor bracket; a tolerant one, up to an object of a list that it may hold. */
export class JsonTextLineReader<Value> {
  readonly #isTolerant: boolean;
  readonly #span: JsonPieceSpan<Value>;
  readonly #nextObject = new JsonNextObject();
  #found: JsonPiece<Value> | undefined;

  constructor(parse: JsonParser<Value>, maxBytes: number, isTolerant: boolean) {
    this.#isTolerant = isTolerant;
    this.#span = new JsonPieceSpan('value', parse, maxBytes, isTolerant);
  }

  /** Where the line begins in the stream. */
  get start(): number {
    return this.#span.start;
  }

  /** Begins at `at` in a chunk that begins at `chunkOffset` in the stream. */
  begin(at: number, chunkOffset: number): void {
    this.#span.begin(at, chunkOffset);
    this.#nextObject.begin();
  }

  /** Reads on from `from`: to behind the line, to the object, or to the end of the chunk. */
  read(chunk: Buffer, from: number): number {
    const feed = chunk.indexOf(jsonBytes.newline, from);
    const end = feed === -1 ? chunk.length : feed;
    const at = this.#isTolerant ? this.#nextObject.read(chunk, from, end) : end;
    if (at === chunk.length) return at;
    this.#found = this.#span.take(chunk, at);
    return at === end ? at + 1 : at;
  }

  /** The line that has been found, once. */
  take(): JsonPiece<Value> | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** The line that the end of the stream ends. */
  last(nothing: Buffer): JsonPiece<Value> {
    return this.#span.take(nothing, 0);
  }

  /** Keeps what the chunk holds of a line that it does not end. */
  hold(chunk: Buffer): void {
    this.#span.hold(chunk);
  }
}
