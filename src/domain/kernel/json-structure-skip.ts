import { braceBit, isJsonBlank, jsonBytes } from './json-bytes.ts';
import { JsonStringSkip } from './json-string-skip.ts';

const { quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace } = jsonBytes;

/** Levels on which objects are told from lists; further in, levels are only counted. */
const toldLevels = 64;

const [other, blank, string, separator, colonAfterName, open, close] = [0, 1, 2, 3, 4, 5, 6];
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isJsonBlank(byte)) return blank;
  if (byte === quote) return string;
  if (byte === comma) return separator;
  if (byte === colon) return colonAfterName;
  if (byte === openBracket || byte === openBrace) return open;
  return byte === closeBracket || byte === closeBrace ? close : other;
});

/**
 * Finds where a string or a container of a JSON stream ends, or where its structure breaks, which no JSON does: a quote,
 * a brace or a bracket is missing or too many before that byte. What is wrong but leaves the structure as it is (a
 * comma at the end of a list, a word that is no value) breaks nothing.
 */
export class JsonStructureSkip {
  readonly #string = new JsonStringSkip();
  /** By level: whether the container there is an object. */
  readonly #isObject = new Uint8Array(toldLevels);
  #depth = 0;
  /** The byte before, by its kind, and the one before it that is no blank; a string counts as one. */
  #last = other;
  #token = other;
  #stringStart = 0;
  #isBroken = false;

  /** Whether the value has ended. */
  get done(): boolean {
    return this.#depth === 0 && !this.inString;
  }

  get inString(): boolean {
    return this.#string.isInside;
  }

  /** Whether the structure has broken, at the byte up to which it has been read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether a list or an object cannot begin next. */
  get wantsNoContainer(): boolean {
    if (this.#isInObject) return this.#token !== colonAfterName;
    return this.#isTold && this.#token !== separator && this.#token !== open;
  }

  /** In the stream: where the last string begins; the value itself where it holds none. */
  get stringStart(): number {
    return this.#stringStart;
  }

  /**
   * Begins a value, of which the first byte has been read.
   *
   * @param floor How many containers are told around it: none.
   * @param offset Where it begins in the stream.
   */
  begin(firstByte: number, floor: 0, offset: number): void {
    this.#depth = floor;
    if ((firstByte | braceBit) === openBrace) this.#open(firstByte);
    this.#string.begin(firstByte === quote);
    this.#last = this.#token = kinds[firstByte] as number;
    this.#stringStart = offset;
    this.#isBroken = false;
  }

  /** Reads on from `from`: to the end of the value, to where its structure breaks, or to `end`. */
  read(bytes: Uint8Array, from: number, end: number, chunkOffset: number): number {
    let at = this.inString ? this.#string.read(bytes, from, end) : from;
    let last = this.#last;
    while (at < end && this.#depth > 0) {
      const byte = bytes[at] as number;
      const kind = kinds[byte] as number;
      if (kind !== blank) {
        if (this.#breaks(kind, byte, last)) {
          this.#isBroken = true;
          return at;
        }
        this.#token = kind;
      }
      last = kind;
      at += 1;
      if (kind === string) {
        this.#stringStart = chunkOffset + at - 1;
        at = this.#string.read(bytes, at, end);
      } else if (kind === open) {
        this.#open(byte);
      } else if (kind === close) {
        this.#depth -= 1;
      }
    }
    this.#last = last;
    return at;
  }

  #breaks(kind: number, byte: number, last: number): boolean {
    // A word that touches a string: one of the quotes is none.
    if (kind === other) return last === string;
    if (kind === string) return last === other;
    if (kind === separator) return this.#token === open || this.#token === separator;
    if (kind === open) return this.wantsNoContainer || this.#isListOfObjects(byte);
    return kind === close && this.#isTold && (byte === closeBrace) !== this.#isInObject;
  }

  /** Whether the value is a list and begins with an object: rather, a bracket is too many. */
  #isListOfObjects(byte: number): boolean {
    return this.#depth === 1 && !this.#isInObject && this.#token === open && byte === openBrace;
  }

  /** Whether it is known what the container around is. */
  get #isTold(): boolean {
    return this.#depth > 0 && this.#depth <= toldLevels;
  }

  get #isInObject(): boolean {
    return this.#depth > 0 && this.#isObject[this.#depth - 1] === 1;
  }

  #open(byte: number): void {
    // Further in, the array takes nothing.
    this.#isObject[this.#depth] = byte === openBrace ? 1 : 0;
    this.#depth += 1;
  }
}
