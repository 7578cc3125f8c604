import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { JsonElementGuess } from '../../../src/domain/kernel/json-element-guess.ts';
import { JsonRecordSplitter } from '../../../src/domain/kernel/json-record-splitter.ts';
import { parseJson } from '../../../src/domain/kernel/parse-json.ts';
import type { JsonValue } from '../../../src/ports/json.ts';

const most = 1_000_000;

/** One that has learned how the first of the elements is followed by the second. */
function taught(text: string): { guess: JsonElementGuess<JsonValue>; chunk: Buffer; next: number } {
  const chunk = Buffer.from(text);
  const next = text.indexOf('{', 1);
  const guess = new JsonElementGuess(parseJson);
  guess.learn(chunk, text.indexOf('}') + 1, next);
  return { guess, chunk, next };
}

describe('JsonElementGuess', () => {
  test('guesses an element that is followed as the one before it was', () => {
    const { guess, chunk, next } = taught('{"id":1},\n {"id":"é"},\n {"id":3}');
    expect(guess.element(chunk, next, most)).toEqual({
      text: '{"id":"é"}',
      isUtf8: true,
      value: { id: 'é' },
      end: 22,
    });
    expect(guess.element(chunk, 25, most)).toBeUndefined();
  });

  test.each([
    ['has learned nothing', '{1},{2},{3}'],
    ['the next one begins in another way', '{"id":1},{"id":2},{"di":3}'],
    ['the text until there is no JSON', '{"id":1},{"id":nope},{"id":3}'],
  ])('guesses nothing, where it %s', (_why, text) => {
    const { guess, chunk, next } = taught(text);
    expect(guess.element(chunk, next, most)).toBeUndefined();
  });

  test('learns a beginning of up to 64 bytes', () => {
    const guessed = [60, 61].map(length => {
      const key = 'k'.repeat(length);
      const { guess, chunk, next } = taught(`{"${key}":1},{"${key}":2},{"${key}":3}`);
      return guess.element(chunk, next, most)?.text.length;
    });
    expect(guessed).toEqual([66, undefined]);
  });

  test.each([
    ['64 KiB', 65_536, most, [true, false]],
    ['what a piece may hold', 100, 100, [true, false]],
  ])('looks as far as %s', (_limit, bytes, limit, expected) => {
    // What it looks for is `},{"id"`, of which the brace belongs to the element.
    const found = [bytes - 6, bytes - 5].map(length => {
      const second = `{"id":"${'x'.repeat(length - 9)}"}`;
      const { guess, chunk, next } = taught(`{"id":1},${second},{"id":3}`);
      return guess.element(chunk, next, limit)?.text === second;
    });
    expect(found).toEqual(expected);
  });

  test('gives up, once wrong guesses cost too much beside right ones', () => {
    const { guess, chunk, next } = taught('{"id":1},{"id":2},{"id":3}');
    const wrong = Buffer.alloc(65_536, ' ');
    for (let cost = 0; cost < 8; cost += 1) expect(guess.element(wrong, 0, most)).toBeUndefined();
    for (let gain = 0; gain < 5; gain += 1) expect(guess.element(chunk, next, most)).toBeDefined();
    // A quarter of 5 × 8 bytes is still borne; 13 are more than a quarter of 6 × 8.
    expect(guess.element(wrong, 65_536 - 10, most)).toBeUndefined();
    expect(guess.element(chunk, next, most)).toBeDefined();
    expect(guess.element(wrong, 65_536 - 3, most)).toBeUndefined();
    expect(guess.element(chunk, next, most)).toBeUndefined();
    guess.learn(chunk, 8, next);
    expect(guess.element(chunk, next, most)).toBeUndefined();
  });
});

describe('what is searched for the ends of elements', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** How many bytes are looked at by searches, for each byte of a list of so many bytes. */
  function searched(elements: readonly string[], bytes: number): number {
    const unit = elements.map(element => `${element},`).join('');
    const list = Buffer.from(`[${unit.repeat(Math.ceil(bytes / unit.length))}0]`);
    const indexOf = Buffer.prototype.indexOf;
    let looked = 0;
    jest.spyOn(Buffer.prototype, 'indexOf').mockImplementation(function (this: Buffer, value, from) {
      const found: number = indexOf.call(this, value, from);
      looked += (found === -1 ? this.length : found) - Number(from ?? 0);
      return found;
    });
    const splitter = new JsonRecordSplitter({ parse: parseJson, listKey: 'Records', maxPieceBytes: most });
    let pieces = 0;
    for (const { value } of splitter.push(list)) pieces += value === undefined ? 0 : 1;
    jest.restoreAllMocks();
    expect(pieces).toBe(elements.length * Math.ceil(bytes / unit.length) + 1);
    return looked / list.length;
  }

  const others = (key: string) => Array.from({ length: 6 }, () => `{"${key}":1}`);

  test.each([
    ['are empty', ['{}']],
    ['are empty, among those that are not', ['{}', '{"id":1}', '{"id":2}']],
    ['are numbers', ['5']],
    ['begin in one way for a while, then in another', ['a', 'b', 'c'].flatMap(others)],
    ['hold what looks like their end', ['{"id":[{"a":1},{"id":2}]}']],
    ['are what is expected', ['{"id":1}']],
  ])('grows with the list, not faster, where they %s', (_form, elements) => {
    expect(searched(elements, 50_000)).toBeLessThan(30);
    expect(searched(elements, 300_000)).toBeLessThan(30);
  });
});
