import { braceBit, jsonBytes } from './json-bytes.ts';
import { JsonStringSkip } from './json-string-skip.ts';

const { quote, openBrace, closeBrace } = jsonBytes;

/** Finds where a string or a container of a JSON stream ends, over any chunk borders. */
export class JsonValueSkip {
  #depth = 0;
  #floor = 0;
  readonly #string = new JsonStringSkip();

  /** Whether the value has ended. */
  get done(): boolean {
    return this.#depth === this.#floor && !this.inString;
  }

  get inString(): boolean {
    return this.#string.isInside;
  }

  /**
   * Begins a value, of which the first byte has been read; one that is neither string nor container is done.
   *
   * @param floor How many containers are around it.
   */
  begin(firstByte: number, floor: number): void {
    this.#floor = floor;
    this.#depth = (firstByte | braceBit) === openBrace ? floor + 1 : floor;
    this.#string.begin(firstByte === quote);
  }

  /** Reads on from `from`: to the end of the value, or to `end`. */
  read(bytes: Uint8Array, from: number, end: number): number {
    const floor = this.#floor;
    const string = this.#string;
    let depth = this.#depth;
    let at = string.isInside ? string.read(bytes, from, end) : from;
    while (at < end && depth > floor) {
      const byte = bytes[at] as number;
      at += 1;
      if (byte === quote) {
        at = string.read(bytes, at, end);
      } else if ((byte | braceBit) === openBrace) {
        depth += 1;
      } else if ((byte | braceBit) === closeBrace) {
        depth -= 1;
      }
    }
    this.#depth = depth;
    return at;
  }
}
