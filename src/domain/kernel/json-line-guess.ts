import { isJsonBlank, jsonBytes } from './json-bytes.ts';
import type { GuessedElement } from './json-element-guess.ts';
import type { JsonParser } from './json-piece.ts';
import { utf8Text } from './utf8-text.ts';

/**
 * Guesses that a top-level object ends with its line, as in JSON lines. A guess that parses is certain, as no JSON object
 * is the beginning of another. So JSON lines need not be followed byte by byte.
 */
export class JsonLineGuess<Value> {
  readonly #parse: JsonParser<Value>;
  /** In the chunk at hand: where the line ends that was tried last. */
  #lineEnd = 0;

  constructor(parse: JsonParser<Value>) {
    this.#parse = parse;
  }

  /** Goes on in a chunk, or begins it anew. */
  enter(): void {
    this.#lineEnd = 0;
  }

  /** The object that begins at `at`, if the guess comes true. A line is tried once, however many objects it holds. */
  object(chunk: Buffer, at: number, maxBytes: number): GuessedElement<Value> | undefined {
    if (at < this.#lineEnd) return undefined;
    const lineEnd = chunk.indexOf(jsonBytes.newline, at);
    this.#lineEnd = lineEnd === -1 ? chunk.length : lineEnd;
    let end = lineEnd;
    while (end > at && isJsonBlank(chunk[end - 1] as number)) end -= 1;
    if (chunk[end - 1] !== jsonBytes.closeBrace || end - at > maxBytes) return undefined;
    const text = utf8Text(chunk.subarray(at, end));
    const value = this.#parse(text.text);
    return value === undefined ? undefined : { ...text, value, end };
  }
}
