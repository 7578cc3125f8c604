import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLosslessJson } from '../../../src/domain/records/read-lossless-json.ts';
import type { LosslessJson } from '../../../src/ports/record-store.ts';

const losslessOf = (text: string) => {
  const reading = readLosslessJson(text, 100);
  return reading.outcome === 'read' ? reading.value : reading.outcome;
};

/** What `JSON.parse` would have made of it. */
function plain(value: LosslessJson): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  }
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? Number((value as { digits: string }).digits) : value;
}

describe('readLosslessJson', () => {
  test.each(['12345678901234567890.12345678901234567890', '1.0', '-0', '1E+2', '0.1e-400', '1e400'])(
    'keeps %s as it is written',
    digits => {
      expect(losslessOf(` [ ${digits} ] `)).toEqual([{ digits }]);
    },
  );

  test('tells an object apart from a number, and takes every name', () => {
    expect(losslessOf('{"digits":"1","__proto__":{"a":null},"constructor":[]}')).toEqual(
      new Map<string, LosslessJson>([
        ['digits', '1'],
        ['__proto__', new Map([['a', null]])],
        ['constructor', []],
      ]),
    );
  });

  test.each([
    ['{"a":1,"a":2}', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"b":[{"a":1,"a":1}]}', true],
    ['{"a":{"a":1},"b":{"a":2}}', false],
  ])('of %s tells whether it repeats a name', (text, repeatsName) => {
    expect(readLosslessJson(text, 9)).toMatchObject({ outcome: 'read', repeatsName });
  });

  test('goes as deep as it may', () => {
    expect(readLosslessJson('{"a":[{}]}', 3)).toMatchObject({ outcome: 'read' });
    expect(readLosslessJson('{"a":[{}]}', 2)).toEqual({ outcome: 'too-deep' });
    expect(readLosslessJson(`${'['.repeat(500_000)}${']'.repeat(500_000)}`, 33)).toEqual({
      outcome: 'too-deep',
    });
  });

  test('reads what JSON.parse reads, however it is written', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(undefined, 1, '\t'),
        fc.boolean(),
        (value, space, escaped) => {
          const written = JSON.stringify(value, null, space);
          const text = escaped
            ? written.replaceAll(/[^\0-\x7f]/gu, units =>
                Array.from(
                  { length: units.length },
                  (_, at) => `\\u${units.charCodeAt(at).toString(16).padStart(4, '0')}`,
                ).join(''),
              )
            : written;
          expect(plain(losslessOf(text))).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
