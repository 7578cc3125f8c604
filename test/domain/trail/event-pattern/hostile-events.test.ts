import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../../src/domain/trail/event-pattern/compile-event-pattern.ts';

// None of these measures time: what takes more than linear time does not end within a test's.

/** The value within so many lists. */
function enclose(value: unknown, levels: number): unknown {
  let enclosed = value;
  for (let level = 0; level < levels; level += 1) enclosed = [enclosed];
  return enclosed;
}

describe('a compiled pattern, on events made to be slow', () => {
  test('searches texts for wildcards of many pieces', () => {
    const text = 'a'.repeat(200_000);
    expect(compileEventPattern({ f: [{ wildcard: `${'*a'.repeat(2000)}*b` }] }).matches({ f: text })).toBe(
      false,
    );
    expect(compileEventPattern({ f: [{ wildcard: `*${'a'.repeat(50_000)}b*` }] }).matches({ f: text })).toBe(
      false,
    );
    expect(compileEventPattern({ f: [{ wildcard: `*b${'a'.repeat(50_000)}*` }] }).matches({ f: text })).toBe(
      false,
    );
    expect(compileEventPattern({ f: [{ wildcard: `*${'a'.repeat(50_000)}*` }] }).matches({ f: text })).toBe(
      true,
    );
  });

  test('tries many wildcards on one text', () => {
    const wildcards = Array.from({ length: 1000 }, (_, index) => ({ wildcard: `*a*${index}*b*` }));
    expect(compileEventPattern({ f: wildcards }).matches({ f: 'a'.repeat(5000) })).toBe(false);
  });

  test('finds short pieces of wildcards in long texts as in short ones', () => {
    const wildcards = Array.from({ length: 100 }, (_, index) => ({ wildcard: `*aab${index}*c*d` }));
    const pattern = compileEventPattern({ f: wildcards });
    for (const filling of [1, 2000]) {
      const text = 'a'.repeat(filling);
      expect(pattern.matches({ f: `${text}aab7aacd` })).toBe(true);
      expect(pattern.matches({ f: `${text}aab7aad` })).toBe(false);
    }
  });

  test('looks addresses up among 50 000 ranges', () => {
    const ranges = Array.from({ length: 25_000 }, (_, index) => ({
      cidr: `10.${index % 250}.${index % 256}.0/${24 + (index % 8)}`,
    }));
    const addresses = Array.from({ length: 25_000 }, (_, index) => `2001:db8::${index.toString(16)}`);
    const pattern = compileEventPattern({ f: [...ranges, ...addresses] });
    const others = Array.from({ length: 5000 }, (_, index) => `198.51.100.${index % 256}`);
    expect(pattern.matches({ f: others })).toBe(false);
    expect(pattern.matches({ f: [...others, '10.7.7.1'] })).toBe(true);
    expect(pattern.matches({ f: [...others, '2001:db8:0:0::61a7'] })).toBe(true);
    expect(pattern.matches({ f: [...others, '2001:db8:0:0::61a8'] })).toBe(false);
  });

  test('compares many values in any case', () => {
    const names = Array.from({ length: 999 }, (_, index) => ({
      'equals-ignore-case': `aaaaaaaaaaaa${index}`,
    }));
    const values = Array.from({ length: 2000 }, () => 'AAAAAAAAAAAAxx');
    const pattern = compileEventPattern({ f: names });
    expect(pattern.matches({ f: values })).toBe(false);
    expect(pattern.matches({ f: [...values, 'AAAAAAAAAAAA998'] })).toBe(true);
  });

  test('does not combine the elements of many lists', () => {
    const lists = 'abcdefghij'.split('');
    const elements = Array.from({ length: 1000 }, (_, x) => ({ x, y: 1000 - x }));
    const event = Object.fromEntries(lists.map(list => [list, elements]));
    const asked = Object.fromEntries(lists.map(list => [list, { x: [999], y: [1] }]));
    expect(compileEventPattern(asked).matches(event)).toBe(true);
    expect(compileEventPattern({ ...asked, j: { x: [999], y: [2] } }).matches(event)).toBe(false);
  });

  test('does not combine the elements of lists within each other', () => {
    let event: unknown = { x: 1, y: 2 };
    let asked: unknown = { x: [1], y: [1] };
    for (let level = 0; level < 6; level += 1) {
      event = { x: 1, y: 2, l: Array.from({ length: 6 }, () => event) };
      asked = { x: [1], y: [2], l: asked };
    }
    expect(compileEventPattern(asked).matches(event)).toBe(false);
  });

  test('looks through a thousand lists, and no more', () => {
    const pattern = compileEventPattern({ f: { g: ['x'] } });
    expect(pattern.matches({ f: enclose({ g: 'x' }, 1000) })).toBe(true);
    expect(pattern.matches({ f: enclose({ g: 'x' }, 1001) })).toBe(false);
    expect(pattern.matches({ f: enclose({ g: 'x' }, 100_000) })).toBe(false);
  });

  test.each([
    // As many lists as the path has spellings, of each one element: one leaf more than lists cannot be had.
    ['are all tried', 3, 4, true],
    ['are all tried in vain', 3, 5, false],
    ['count as a match once they are too many', 8, 129, true],
  ])('elements that names with dots entangle %s', (_name, steps, leaves, matches) => {
    const path = Array.from({ length: steps }, (_, step) => `s${step}`);
    const elements = Array.from({ length: leaves }, (_, leaf) => ({ [`x${leaf}`]: 1 }));
    const asked = Object.fromEntries(elements.map((_, leaf) => [`x${leaf}`, [1]]));
    expect(compileEventPattern({ [path.join('.')]: asked }).matches(spelledOut(path, elements))).toBe(
      matches,
    );
  });
});

/** An object that has a list at each spelling of a path: with a level or a dot between each two of its steps. */
function spelledOut(path: readonly string[], elements: readonly object[]): object {
  const names = path.map((_, index) => path.slice(0, index + 1).join('.'));
  return Object.fromEntries(
    names.map((name, index) => {
      const rest = path.slice(index + 1);
      return [name, rest.length === 0 ? [...elements] : spelledOut(rest, elements)];
    }),
  );
}
