import { jsonBytes } from './json-bytes.ts';
import type { JsonParser } from './json-piece.ts';
import { type Utf8Text, utf8Text } from './utf8-text.ts';

/** A record is hardly longer: further its end is not looked for. */
const windowBytes = 64 * 1024;
const longestNeedle = 64;
/** Wrong guesses may cost so much at first, and from then on a quarter of what right ones bring. */
const firstLoss = 8 * windowBytes;

export interface GuessedElement<Value> extends Utf8Text {
  readonly value: Value;
  /** Behind its last byte. */
  readonly end: number;
}

/**
 * Guesses where an element of a list ends: where the bytes stand again that stood between the two before it (`},{"id"`).
 * A guess that parses is certain, as no JSON object is the beginning of another. So machine-written lists need not be
 * followed byte by byte.
 */
export class JsonElementGuess<Value> {
  readonly #parse: JsonParser<Value>;
  #needle: Buffer | undefined;
  /** Bytes of elements that were guessed rightly. */
  #gained = 0;
  /** Bytes that were searched or parsed in vain. */
  #lost = 0;

  constructor(parse: JsonParser<Value>) {
    this.#parse = parse;
  }

  /** Learns how an element that ends at `end` is followed by the one that begins at `next`. */
  learn(chunk: Buffer, end: number, next: number): void {
    if (this.#isGivenUp) return;
    const near = chunk.subarray(end - 1, end + longestNeedle);
    const key = near.indexOf(jsonBytes.quote, next - end + 1);
    const keyEnd = key === -1 ? -1 : near.indexOf(jsonBytes.quote, key + 1);
    const learnable = near[0] === jsonBytes.closeBrace && keyEnd !== -1;
    this.#needle = learnable ? Buffer.from(near.subarray(0, keyEnd + 1)) : undefined;
  }

  /** The object that begins at `at`, if the guess comes true. */
  element(chunk: Buffer, at: number, maxBytes: number): GuessedElement<Value> | undefined {
    if (this.#needle === undefined || this.#isGivenUp) return undefined;
    const window = chunk.subarray(at, at + Math.min(windowBytes, maxBytes));
    const found = window.indexOf(this.#needle);
    if (found === -1) {
      this.#lost += window.length;
      return undefined;
    }
    const length = found + 1;
    const text = utf8Text(window.subarray(0, length));
    const value = this.#parse(text.text);
    if (value === undefined) {
      this.#lost += length;
      return undefined;
    }
    this.#gained += length;
    return { ...text, value, end: at + length };
  }

  get #isGivenUp(): boolean {
    return this.#lost > firstLoss + this.#gained / 4;
  }
}
