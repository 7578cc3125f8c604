import type { LosslessJson } from '../../ports/record-store.ts';
import { isJsonBlank, jsonBytes } from '../kernel/json-bytes.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { shortDigits } from './decimal.ts';

export type LosslessReading =
  | {
      readonly outcome: 'read';
      readonly value: LosslessJson;
      readonly repeatsName: boolean;
      /** Whether there is no escape, no half of a surrogate pair, no exponent and no number of more than 30 characters. */
      readonly isPlain: boolean;
    }
  | { readonly outcome: 'too-deep' };

/**
 * Reads JSON, keeping the digits of each number; those of an absurdly long one, short. Of a name that an object repeats the last value stands, as with
 * `JSON.parse`, and is told.
 *
 * @param maximumDepth Containers that may stand within each other.
 * @returns `undefined` where `JSON.parse` would throw.
 */
export function readLosslessJson(text: string, maximumDepth: number): LosslessReading | undefined {
  const reader = new LosslessReader(text, maximumDepth);
  const value = reader.read();
  if (reader.fault === 'no-json') return undefined;
  // What stands deeper has not been read.
  if (reader.fault === 'too-deep') return parseJson(text) === undefined ? undefined : { outcome: 'too-deep' };
  return { outcome: 'read', value, repeatsName: reader.repeatsName, isPlain: reader.isPlain };
}

const { quote, comma, colon, openBracket, backslash, closeBracket, openBrace, closeBrace } = jsonBytes;
const [t, f, n] = [0x74, 0x66, 0x6e];
/** What must not stand in a string but escaped. */
const control = /[\0-\x1f]/;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainNumber = /^[-.\d]{1,30}$/;

class LosslessReader {
  readonly #text: string;
  readonly #maximumDepth: number;
  readonly #holdsControls: boolean;
  #at = 0;
  #depth = 0;
  /** Where the next backslash stands, from the string at hand on. */
  #backslash = -1;
  repeatsName = false;
  isPlain: boolean;
  /** What has ended the reading early. */
  fault: 'no-json' | 'too-deep' | undefined;

  constructor(text: string, maximumDepth: number) {
    this.#text = text;
    this.#maximumDepth = maximumDepth;
    this.#holdsControls = control.test(text);
    this.isPlain = text.isWellFormed();
  }

  /** The whole text; anything where there is a fault. */
  read(): LosslessJson {
    const value = this.#value();
    this.#next();
    return this.#at < this.#text.length ? this.#fail() : value;
  }

  #value(): LosslessJson {
    const token = this.#next();
    if (token === quote) return this.#string();
    if (token === openBrace || token === openBracket) return this.#container(token);
    if (token === t) return this.#word('true', true);
    if (token === f) return this.#word('false', false);
    return token === n ? this.#word('null', null) : this.#number();
  }

  /** The next unit that is no blank, `NaN` at the end; reading stands at it. */
  #next(): number {
    let unit = this.#text.charCodeAt(this.#at);
    while (isJsonBlank(unit)) {
      this.#at += 1;
      unit = this.#text.charCodeAt(this.#at);
    }
    return unit;
  }

  #container(token: number): LosslessJson {
    if (this.#depth === this.#maximumDepth) return this.#fail('too-deep');
    this.#depth += 1;
    this.#at += 1;
    const value = token === openBrace ? this.#object() : this.#list();
    this.#depth -= 1;
    return value;
  }

  #object(): LosslessJson {
    const members = new Map<string, LosslessJson>();
    if (this.#passes(closeBrace)) return members;
    let count = 0;
    do {
      if (this.#next() !== quote) return this.#fail();
      const name = this.#string();
      if (!this.#passes(colon)) return this.#fail();
      members.set(name, this.#value());
      count += 1;
    } while (this.#passes(comma));
    if (!this.#passes(closeBrace)) return this.#fail();
    if (members.size < count) this.repeatsName = true;
    return members;
  }

  #list(): LosslessJson {
    const elements: LosslessJson[] = [];
    if (this.#passes(closeBracket)) return elements;
    do elements.push(this.#value());
    while (this.#passes(comma));
    return this.#passes(closeBracket) ? elements : this.#fail();
  }

  #passes(token: number): boolean {
    if (this.#next() !== token) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const text = this.#text;
    const from = this.#at;
    if (this.#backslash < from) {
      const found = text.indexOf('\\', from);
      this.#backslash = found === -1 ? text.length : found;
    }
    let end = text.indexOf('"', from + 1);
    if (end < this.#backslash && end !== -1) {
      this.#at = end + 1;
      const plain = text.slice(from + 1, end);
      if (this.#holdsControls && control.test(plain)) this.#fail();
      return plain;
    }
    this.isPlain = false;
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    this.#at = end + 1;
    const value = end === -1 ? undefined : parseJson(text.slice(from, this.#at));
    if (typeof value === 'string') return value;
    this.#fail();
    return '';
  }

  #word(word: string, value: LosslessJson): LosslessJson {
    if (!this.#text.startsWith(word, this.#at)) return this.#fail();
    this.#at += word.length;
    return value;
  }

  #number(): LosslessJson {
    number.lastIndex = this.#at;
    if (!number.test(this.#text)) return this.#fail();
    const digits = this.#text.slice(this.#at, number.lastIndex);
    this.#at = number.lastIndex;
    if (plainNumber.test(digits)) return { digits };
    this.isPlain = false;
    return { digits: shortDigits(digits) };
  }

  /** Ends the reading: from the end of the text on, nothing is found any more. */
  #fail(fault: 'no-json' | 'too-deep' = 'no-json'): null {
    this.fault ??= fault;
    this.#at = this.#text.length;
    return null;
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
}
