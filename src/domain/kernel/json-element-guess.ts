import type { JsonValue } from '../../ports/json.ts';
import { jsonBytes } from './json-bytes.ts';
import { parseJson } from './parse-json.ts';

/** A record is hardly longer, and a wrong guess costs no more than to read so much. */
const windowBytes = 64 * 1024;
const longestNeedle = 64;

export interface GuessedElement {
  readonly text: string;
  readonly value: JsonValue;
  /** Behind its last byte. */
  readonly end: number;
}

/**
 * Guesses where an element of a list ends: where the bytes stand again that stood between the two before it (`},{"id"`).
 * A guess that parses is certain, as no JSON object is the beginning of another. So machine-written lists need not be
 * followed byte by byte.
 */
export class JsonElementGuess {
  #needle: Buffer | undefined;
  #hits = 0;
  #misses = 0;

  /** Learns how an element that ends at `end` is followed by the one that begins at `next`. */
  learn(chunk: Buffer, end: number, next: number): void {
    const key = chunk.indexOf(jsonBytes.quote, next);
    const keyEnd = key === -1 ? -1 : chunk.indexOf(jsonBytes.quote, key + 1);
    const learnable =
      chunk[end - 1] === jsonBytes.closeBrace && keyEnd !== -1 && keyEnd - end < longestNeedle;
    this.#needle = learnable ? Buffer.from(chunk.subarray(end - 1, keyEnd + 1)) : undefined;
  }

  /** The object that begins at `at`, if the guess comes true. */
  element(chunk: Buffer, at: number, maxBytes: number): GuessedElement | undefined {
    if (this.#needle === undefined || this.#misses > 8 + this.#hits / 4) return undefined;
    const found = chunk.subarray(at, at + Math.min(windowBytes, maxBytes)).indexOf(this.#needle);
    if (found !== -1) {
      const end = at + found + 1;
      const text = chunk.toString('utf8', at, end);
      const value = parseJson(text);
      if (value !== undefined) {
        this.#hits += 1;
        return { text, value, end };
      }
    }
    this.#misses += 1;
    return undefined;
  }
}
