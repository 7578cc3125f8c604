import { describe, expect, jest, test } from '@jest/globals';
import type { JsonPiece } from '../../../src/domain/kernel/json-piece.ts';
import { JsonRecordSplitter } from '../../../src/domain/kernel/json-record-splitter.ts';
import { JsonStructureSkip } from '../../../src/domain/kernel/json-structure-skip.ts';
import { parseJson } from '../../../src/domain/kernel/parse-json.ts';
import fc from '../../seeded-properties.ts';

function split(text: string, size: number, maxPieceBytes: number): readonly JsonPiece[] {
  const splitter = new JsonRecordSplitter({ parse: parseJson, maxPieceBytes, isTolerant: true });
  const bytes = Buffer.from(text);
  const pieces: JsonPiece[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const piece of splitter.push(bytes.subarray(at, at + size))) pieces.push(piece);
  }
  for (const piece of splitter.end()) pieces.push(piece);
  return pieces;
}

const seen = (pieces: readonly JsonPiece[]) =>
  pieces.map(({ value, fault, offset, text }) => {
    const state = fault ?? (value === undefined ? 'no-json' : 'ok');
    return `${state}@${offset} ${text}`;
  });

describe('a tolerant splitter goes on with the next object', () => {
  const next = '{"b":1}';

  test.each<[string, string, readonly string[]]>([
    ['a brace is missing', `[{"a":1,${next}]`, ['broken-off@1 {"a":1,', `ok@8 ${next}`]],
    ['a brace is missing, and the comma', `[{"a":1 ${next}]`, ['broken-off@1 {"a":1 ', `ok@8 ${next}`]],
    ['a brace is too many', `[{${next}]`, ['broken-off@1 {', `ok@2 ${next}`]],
    ['a bracket is too many', `[[${next}]`, ['broken-off@1 [', `ok@2 ${next}`]],
    ['a bracket has another kind', `[{"a":[1},${next}]`, ['broken-off@1 {"a":[1},', `ok@10 ${next}`]],
    ['a quote is missing', `[{"a":"x},${next}]`, ['broken-off@1 {"a":"x},', `ok@10 ${next}`]],
    ['a quote is too many', `[{"a":"x"y"},${next}]`, ['broken-off@1 {"a":"x"y"},', `ok@13 ${next}`]],
    ['a quote has not begun', `[{"a":x"},${next}]`, ['broken-off@1 {"a":x"},', `ok@10 ${next}`]],
    [
      'a quote has not begun, and no other follows',
      '[{"a":x"},{1}]',
      ['broken-off@1 {"a":x"},', 'no-json@10 {1}'],
    ],
    [
      'a quote is missing twice',
      `[{"a":"x},{"y},${next}]`,
      ['broken-off@1 {"a":"x},', 'broken-off@10 {"y},', `ok@15 ${next}`],
    ],
    ['a bracket stands for a brace', `[{"a":1],${next}]`, ['broken-off@1 {"a":1],', `ok@9 ${next}`]],
    ['two commas stand in a list', `[{"a":[1,,${next}]`, ['broken-off@1 {"a":[1,,', `ok@10 ${next}`]],
    ['a comma stands first in a list', `[{"a":[,${next}]`, ['broken-off@1 {"a":[,', `ok@8 ${next}`]],
    ['a comma is missing in a list', `[{"a":[1 ${next}]`, ['broken-off@1 {"a":[1 ', `ok@9 ${next}`]],
    [
      'the brace of an object is missing',
      `["a":1},${next}]`,
      ['ok@1 "a"', 'broken-off@4 :1},', `ok@8 ${next}`],
    ],
    ['an element touches another', `["a"x,${next}]`, ['ok@1 "a"', 'broken-off@4 x,', `ok@6 ${next}`]],
    [
      'a comma is missing between elements',
      `["a" x,${next}]`,
      ['ok@1 "a"', 'misplaced@5 x', 'no-json@5 x', `ok@7 ${next}`],
    ],
    ['an object on its line lacks a brace', `{"a":1,${next}`, ['broken-off@0 {"a":1,', `ok@7 ${next}`]],
    [
      'words stand before it',
      `x, ${next} y\n${next}`,
      ['no-json@0 x, ', `ok@3 ${next}`, 'no-json@11 y', `ok@13 ${next}`],
    ],
    [
      'an object before it ends within a list, and a line before it does too',
      `[\n{"a":[\n{"c":1},\n{"a":"x"y},${next}]`,
      ['broken-off@2 {"a":[\n', 'ok@9 {"c":1}', 'broken-off@18 {"a":"x"y},', `ok@29 ${next}`],
    ],
    ['nothing follows', '[{"a":"x"y,1]', ['no-json@1 {"a":"x"y,1]']],
  ])('where %s', (_damage, text, expected) => {
    for (const size of [1, 3, 1000]) expect([size, seen(split(text, size, 100))]).toEqual([size, expected]);
  });

  test('but not within what is too large to be held', () => {
    const large = `{"a":"${'x'.repeat(40)}","b":"y}`;
    for (const size of [1, 3, 1000]) {
      const pieces = split(`[${large},${next},${next}]`, size, 30);
      expect([size, pieces.map(({ fault, offset, wholeBytes }) => [fault, offset, wholeBytes])]).toEqual([
        size,
        [
          ['broken-off', 1, large.length + next.length + 2],
          [undefined, large.length + next.length + 3, undefined],
        ],
      ]);
    }
  });

  test('and takes no fault that leaves the structure for a break', () => {
    const elements = [
      '{"a":NaN,"b":[{"c":1},{"d":2}]}',
      '{"a":1,}',
      '{"a":"x" "b":[{"c":1},{"d":2}]}',
      '{"a":01}',
    ];
    const pieces = seen(split(`[${elements.join()}]`, 1000, 100));
    expect(pieces.map(piece => piece.replace(/^\S+ /, ''))).toEqual(elements);
  });

  test('and tells containers apart that stand deep, but not the deepest', () => {
    const deep = (levels: number) => `[{"a":${'['.repeat(levels)}${'}'.repeat(levels)},${next}]`;
    expect(seen(split(deep(60), 1000, 1000)).at(-1)).toBe(`ok@${deep(60).indexOf(next)} ${next}`);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const whole = `[{"a":${open.repeat(10_000)}1${close.repeat(10_000)}},${next}]`;
      expect(split(whole, 1000, 1_000_000).map(({ fault }) => fault)).toEqual([undefined, undefined]);
    }
  });
});

const damaged = fc
  .array(
    fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ',',
        ':',
        '\n',
        '\n{',
        ' ',
        '1',
        '"a":',
        '{"a":1}',
        '{"a":"b"},',
        ',"x":[',
      ],
      ...['\\', 'é', 'a', ',\n{"a":[', '"b"', '{"a":{"b":1}}'],
    ),
    { maxLength: 60 },
  )
  .map(tokens => tokens.join(''));

test('each byte is in one piece, or separates two, wherever chunks end', () => {
  const separators = /^[\s,[\]]*$/;
  fc.assert(
    fc.property(
      damaged,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 4, max: 90 }),
      (text, size, most) => {
        const pieces = split(text, 100_000, most);
        expect(split(text, size, most)).toEqual(pieces);
        const bytes = Buffer.from(text);
        let end = 0;
        for (const piece of pieces.filter(({ kind }) => kind !== 'envelope')) {
          const between = bytes.subarray(end, piece.offset).toString();
          expect([piece.offset >= end, between]).toEqual([true, expect.stringMatching(separators)]);
          // What begins a value comes again, as a part of it.
          const comesAgain = piece.fault === 'misplaced' && !/[}\],:]/.test(piece.text);
          const length = piece.wholeBytes ?? Buffer.byteLength(piece.text);
          end = piece.offset + (comesAgain ? 0 : length);
        }
        expect(bytes.subarray(end).toString()).toMatch(separators);
      },
    ),
    { numRuns: 3000 },
  );
});

test.each([
  ['strings that hold objects', '{"a":"x,{"b":"y'],
  ['strings that hold escapes', '{"a":"x,{\\"b\\":1"c'],
  ['lists that do not end', '{"a":[\n{"b":[1,,'],
  ['words beside strings', ',{"a"b'],
])('damage of %s costs a few times the reading of what is sound', (_damage, part) => {
  const text = `[${part.repeat(5000)}`;
  for (const size of [1000, 200_000]) {
    const read = jest.spyOn(JsonStructureSkip.prototype, 'read');
    split(text, size, 20_000);
    const bytes = read.mock.calls.map(([, from], call) => Number(read.mock.results[call]?.value) - from);
    read.mockRestore();
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(4 * text.length + 20_000);
  }
});
