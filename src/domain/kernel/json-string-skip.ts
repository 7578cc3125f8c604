import { jsonBytes } from './json-bytes.ts';

const { quote, backslash } = jsonBytes;

/** Finds where a string of a JSON stream ends, over any chunk borders. */
export class JsonStringSkip {
  #isInside = false;
  #escaped = false;

  /** Whether the string has begun and not ended. */
  get isInside(): boolean {
    return this.#isInside;
  }

  /** Forgets the string before. @param isInside Whether the opening quote of one has been read. */
  begin(isInside: boolean): void {
    this.#isInside = isInside;
    this.#escaped = false;
  }

  /** Reads on within a string: to behind its closing quote, or to `end`. */
  read(bytes: Uint8Array, from: number, end: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    this.#isInside = true;
    while (at < end) {
      const byte = bytes[at] as number;
      at += 1;
      if (byte === quote) {
        this.#isInside = false;
        return at;
      }
      if (byte === backslash) {
        if (at === end) this.#escaped = true;
        else at += 1;
      }
    }
    return end;
  }
}
