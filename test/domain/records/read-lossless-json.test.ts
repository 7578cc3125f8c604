import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../src/domain/kernel/parse-json.ts';
import { readLosslessJson } from '../../../src/domain/records/read-lossless-json.ts';
import type { LosslessJson } from '../../../src/ports/record-store.ts';
import fc from '../../seeded-properties.ts';

const losslessOf = (text: string) => {
  const reading = readLosslessJson(text, 100);
  return reading?.outcome === 'read' ? reading.value : reading?.outcome;
};

/** What `JSON.parse` would have made of it. */
function plain(value: LosslessJson | undefined): unknown {
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
    ['{"a":1,"a":2,"b":3}', true],
    ['[{"a":1,"a":2},{"b":3}]', true],
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

  test.each([
    ...[
      '',
      ' ',
      '{',
      '[',
      '"',
      '-',
      '[1',
      '{"a"',
      '{"a":',
      '{"a":1',
      '[1,]',
      '[,1]',
      '{,}',
      '{"a":1,}',
      '{"a" 1}',
    ],
    ...[
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '-a',
      '1 2',
      '[1 2]',
      'nul',
      'NaN',
      'true1',
      '{a:1}',
      "{'a':1}",
      '[]]',
      '\u00a01',
    ],
    ...[
      '"\n"',
      '"\t"',
      '"\0"',
      '"\\x"',
      '"\\u12g4"',
      '"\\"',
      '"\\\n"',
      '["a\nb",1]',
      '["a\\',
      '\ufeff1',
      '1\0',
    ],
  ])('finds no JSON in %j', text => {
    expect(readLosslessJson(text, 9)).toBeUndefined();
  });

  test('finds JSON where JSON.parse does, and the same', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ',',
        ':',
        '\n',
        ' ',
        '\t',
        '\0',
        '\\',
        '\\u0041',
        '\\n',
        '\u00a0',
        'é',
        '-',
        '.',
      ],
      ...['0', '1', 'e', 'E', '+', 'true', 'null', 'fals', '"a"', '"a":', '{"a":1}', '[1,2]'],
    );
    // One place of sound JSON is written anew: mere noise is hardly ever JSON.
    const edited = fc
      .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1), fc.nat(), fc.nat(2), token)
      .map(([value, space, place, taken, put]) => {
        const text = JSON.stringify(value, null, space);
        const at = place % (text.length + 1);
        return text.slice(0, at) + put + text.slice(at + taken);
      });
    const noise = fc.array(token, { maxLength: 9 }).map(tokens => tokens.join(''));
    const seen = { json: 0, none: 0 };
    fc.assert(
      fc.property(fc.oneof(edited, noise), text => {
        const reading = readLosslessJson(text, 100);
        const value = parseJson(text);
        seen[value === undefined ? 'none' : 'json'] += 1;
        if (value === undefined) expect(reading).toBeUndefined();
        else expect(reading?.outcome === 'read' && plain(reading.value)).toEqual(value);
      }),
      { numRuns: 5000 },
    );
    expect([seen.json > 200, seen.none > 200]).toEqual([true, true]);
  });

  test.each(['{"a":', '[[[[1]]]', '[[[[1}]]]', '[[[[1]]]]]'])(
    'finds no JSON in %s, too deep as it is',
    text => {
      expect(readLosslessJson(text, 0)).toBeUndefined();
    },
  );

  test.each([
    ['{"é📄":[-1.25,true,null,"123456789012345678901234567890123456"]}', true],
    [`[${'1'.repeat(30)}]`, true],
    [`[${'1'.repeat(31)}]`, false],
    ['[1e5]', false],
    ['["\\n"]', false],
    ['{"\\u0061":1}', false],
    ['["\ud800"]', false],
  ])('tells of %j whether it is plain', (text, isPlain) => {
    expect(readLosslessJson(text, 9)).toMatchObject({ outcome: 'read', isPlain });
  });
});
