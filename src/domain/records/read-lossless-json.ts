import type { LosslessJson } from '../../ports/record-store.ts';

export type LosslessReading =
  | { readonly outcome: 'read'; readonly value: LosslessJson; readonly repeatsName: boolean }
  | { readonly outcome: 'too-deep' };

/**
 * Reads text that is known to be JSON, keeping each number as it is written. Of a name that an object repeats the last
 * value stands, as with `JSON.parse`, and is told.
 *
 * @param maximumDepth Containers that may stand within each other.
 */
export function readLosslessJson(text: string, maximumDepth: number): LosslessReading {
  const reader = new LosslessReader(text, maximumDepth);
  const value = reader.read();
  if (reader.isTooDeep) return { outcome: 'too-deep' };
  return { outcome: 'read', value, repeatsName: reader.repeatsName };
}

/** Of what may stand between tokens the last; what comes before it is blank, too. */
const space = 0x20;
const number = /[-+.eE0-9]+/y;

class LosslessReader {
  readonly #text: string;
  readonly #maximumDepth: number;
  #at = 0;
  #depth = 0;
  /** Where the next backslash stands, from the string at hand on. */
  #backslash = -1;
  repeatsName = false;
  isTooDeep = false;

  constructor(text: string, maximumDepth: number) {
    this.#text = text;
    this.#maximumDepth = maximumDepth;
  }

  read(): LosslessJson {
    switch (this.#next()) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#list());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  /** The next character that is no blank; reading stands at it. */
  #next(): string {
    while (this.#text.charCodeAt(this.#at) <= space) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #nested(read: () => LosslessJson): LosslessJson {
    if (this.#depth === this.#maximumDepth) this.isTooDeep = true;
    if (this.isTooDeep) return null;
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): LosslessJson {
    const members = new Map<string, LosslessJson>();
    this.#at += 1;
    for (let token = this.#next(); token !== '}' && !this.isTooDeep; token = this.#next()) {
      if (token === ',') {
        this.#at += 1;
        this.#next();
      }
      const name = this.#string();
      this.#next();
      this.#at += 1;
      if (members.has(name)) this.repeatsName = true;
      members.set(name, this.read());
    }
    this.#at += 1;
    return members;
  }

  #list(): LosslessJson {
    const elements: LosslessJson[] = [];
    this.#at += 1;
    for (let token = this.#next(); token !== ']' && !this.isTooDeep; token = this.#next()) {
      if (token === ',') this.#at += 1;
      elements.push(this.read());
    }
    this.#at += 1;
    return elements;
  }

  #string(): string {
    const text = this.#text;
    const from = this.#at;
    if (this.#backslash < from) {
      const found = text.indexOf('\\', from);
      this.#backslash = found === -1 ? text.length : found;
    }
    let end = text.indexOf('"', from + 1);
    if (end < this.#backslash) {
      this.#at = end + 1;
      return text.slice(from + 1, end);
    }
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    this.#at = end + 1;
    return JSON.parse(text.slice(from, end + 1)) as string;
  }

  #word(word: string, value: LosslessJson): LosslessJson {
    this.#at += word.length;
    return value;
  }

  #number(): LosslessJson {
    number.lastIndex = this.#at;
    const digits = number.exec(this.#text)?.[0] ?? '';
    this.#at += digits.length;
    return { digits };
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
