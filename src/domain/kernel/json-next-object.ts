import { isJsonBlank, jsonBytes } from './json-bytes.ts';

const { comma, openBrace, closeBrace } = jsonBytes;

/**
 * Looks for the brace that the next object of a list, or of objects one after the other, seems to begin with: nothing but
 * blanks is between it and a comma or the brace of the object before.
 */
export class JsonNextObject {
  #isBehindOne = false;

  /** Forgets what has been read. */
  begin(): void {
    this.#isBehindOne = false;
  }

  /** Reads on from `from`: to such a brace, or to `end`. */
  read(bytes: Uint8Array, from: number, end: number): number {
    let isBehindOne = this.#isBehindOne;
    let at = from;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (isBehindOne && byte === openBrace) break;
      if (!isJsonBlank(byte)) isBehindOne = byte === comma || byte === closeBrace;
    }
    this.#isBehindOne = isBehindOne;
    return at;
  }
}
