import { braceBit, jsonBytes } from './json-bytes.ts';

const { quote, backslash, openBrace, closeBrace } = jsonBytes;

/** Finds where a string or a container of a JSON stream ends, over any chunk borders. */
export class JsonValueSkip {
  #depth = 0;
  #floor = 0;
  #inString = false;
  #escaped = false;

  /** Whether the value has ended. */
  get done(): boolean {
    return this.#depth === this.#floor && !this.#inString;
  }

  get inString(): boolean {
    return this.#inString;
  }

  /**
   * Begins a value, of which the first byte has been read; one that is neither string nor container is done.
   *
   * @param floor How many containers are around it.
   */
  begin(firstByte: number, floor: number): void {
    this.#floor = floor;
    this.#depth = (firstByte | braceBit) === openBrace ? floor + 1 : floor;
    this.#inString = firstByte === quote;
    this.#escaped = false;
  }

  /** Reads on from `from`: to the end of the value, or to `end`. */
  read(bytes: Uint8Array, from: number, end: number): number {
    const floor = this.#floor;
    let depth = this.#depth;
    let at = this.#inString ? this.#readString(bytes, from, end) : from;
    while (at < end && (depth > floor || this.#inString)) {
      const byte = bytes[at] as number;
      at += 1;
      if (byte === quote) {
        at = this.#readString(bytes, at, end);
      } else if ((byte | braceBit) === openBrace) {
        depth += 1;
      } else if ((byte | braceBit) === closeBrace) {
        depth -= 1;
      }
    }
    this.#depth = depth;
    return at;
  }

  /** To behind the closing quote, or to `end`. */
  #readString(bytes: Uint8Array, from: number, end: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    this.#inString = true;
    while (at < end) {
      const byte = bytes[at] as number;
      at += 1;
      if (byte === quote) {
        this.#inString = false;
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
