import { describe, expect, jest, test } from '@jest/globals';
import type { JsonPiece } from '../../../src/domain/kernel/json-piece.ts';
import { JsonRecordSplitter } from '../../../src/domain/kernel/json-record-splitter.ts';
import { JsonValueSkip } from '../../../src/domain/kernel/json-value-skip.ts';
import { parseJson } from '../../../src/domain/kernel/parse-json.ts';
import fc from '../../seeded-properties.ts';

interface Split {
  readonly pieces: readonly JsonPiece[];
  readonly error: unknown;
}

function split(text: string | Buffer, size: number, maxPieceBytes = 1000): Split {
  const splitter = new JsonRecordSplitter({ parse: parseJson, listKey: 'items', maxPieceBytes });
  const bytes = Buffer.from(text);
  const pieces: JsonPiece[] = [];
  try {
    for (let at = 0; at < bytes.length; at += size) {
      for (const piece of splitter.push(bytes.subarray(at, at + size))) pieces.push(piece);
    }
    for (const piece of splitter.end()) pieces.push(piece);
  } catch (error) {
    return { pieces, error };
  }
  return { pieces, error: undefined };
}

describe('JsonRecordSplitter', () => {
  test.each([
    ['nothing', '', []],
    ['blanks', ' \r\n\t', []],
    ['an empty list', '[ ]', []],
    [
      'a list',
      '[{"a":1}, "x,]", 5 ,[[]],null]',
      ['element@1', 'element@10', 'element@17', 'element@20', 'element@25'],
    ],
    ['an envelope', '{"items":[{"a":1}]}', ['element@10', 'envelope@0:1']],
    ['an envelope with its list last', '{"x":[{"items":[]}],"items":[1]}', ['element@29', 'envelope@0:1']],
    ['an envelope with two lists', '{"items":[1],"items":[2]}', ['element@10', 'element@22', 'envelope@0:2']],
    ['an escaped key', '{"\\u0069tem\\u0073":[1]}', ['element@20', 'envelope@0:1']],
    ['a key whose escapes are another', '{"\\u0068tems":[1]}', ['value@0:0']],
    ['a key whose escapes are wrong', '{"\\x69tems":[1]}', ['value@0:0']],
    ['a list key that holds none', '{"items":{"items":[1]}}', ['value@0:1']],
    ['a list key that holds a scalar before a list', '{"items":1,"a":[1]}', ['value@0:1']],
    ['a value that is the list key', '{"a":"items","b":[1]}', ['value@0:0']],
    ['objects on lines', '{"a":1}\n{"b":2}', ['value@0:0', 'value@8:0']],
    ['text on lines', 'a b\n{"b":2}\nc', ['value@0:0', 'value@4:0', 'value@12:0']],
  ])('splits %s', (_form, text, expected) => {
    for (const size of [1, 2, 3, 1000]) {
      const { pieces, error } = split(text, size);
      const seen = pieces.map(
        ({ kind, offset, listKeys }) => `${kind}@${offset}${kind === 'element' ? '' : `:${listKeys}`}`,
      );
      expect([size, error, seen]).toEqual([size, undefined, expected]);
    }
  });

  test('gives each piece as it stands, and what it holds', () => {
    const record = '{ "é😀" : "\\u00e9\\"]" }';
    for (const size of [1, 5, 1000]) {
      const { pieces } = split(`{"a":1,"items":[${record},nope]}`, size);
      expect(pieces.map(({ text, value }) => [text, value])).toEqual([
        [record, { 'é😀': 'é"]' }],
        ['nope', undefined],
        ['{"a":1,"items":[]}', { a: 1, items: [] }],
      ]);
    }
  });

  test('counts the values that have begun', () => {
    const splitter = new JsonRecordSplitter({ parse: parseJson, listKey: 'items', maxPieceBytes: 1000 });
    expect(splitter.values).toBe(0);
    expect([...splitter.push(Buffer.from('[] {"a":1} {"items":['))]).toHaveLength(1);
    expect(splitter.values).toBe(3);
  });

  test.each([
    ['[1,]', 'unexpected', 3],
    ['[1 2]', 'unexpected', 3],
    ['{"items":[1}', 'unexpected', 11],
    ['[1', 'incomplete', 2],
    ['{"a":1', 'incomplete', 6],
    ['[]{"items":[]', 'incomplete', 13],
    [`[1,"${'x'.repeat(20)}"]`, 'too-large', 3],
    [`[1,${'1'.repeat(21)}]`, 'too-large', 3],
    [`[]{"a":"${'x'.repeat(20)}"}`, 'too-large', 2],
    [`[] ${'x'.repeat(21)}`, 'too-large', 3],
  ])('stops at %s', (text, reason, offset) => {
    for (const size of [1, 3, 1000]) {
      expect(split(text, size, 20).error).toMatchObject({ name: 'JsonStructureError', reason, offset });
    }
  });

  test('holds large pieces too, one after the other', () => {
    const large = [3_000_000, 10, 2_000_000].map(length => `"${'é'.repeat(length)}"`);
    const { pieces } = split(`[${large.join()}]`, 700_001, 10_000_000);
    expect(pieces.map(({ text }, place) => text === large[place])).toEqual([true, true, true]);
  });
});

describe('where the splitter guesses the end of an element', () => {
  const texts = (text: string) => split(text, 100_000, 10_000).pieces.map(piece => piece.text);

  test.each([
    [
      'what looks like the next element is within',
      ['{"id":1}', '{"id":2}', '{"id":3,"a":[{"b":1},{"id":2}]}', '{"id":4}'],
    ],
    [
      'it is written in another way',
      ['{"id":1}', '{"id":2}', '{ "id":3}', '{"di":4}', '{"id":5}', '{}', '{"id":6}'],
    ],
    ['it is no object', ['{"id":1}', '{"id":2}', '5', '{"id":3}', '"},{\\"id\\""', '{"id":4}']],
    ['it is no JSON', ['{"id":1}', '{"id":2}', '{"id":nope}', '{"id":3}', '{"id":4}']],
    ['it is long', ['{"id":1}', '{"id":2}', `{"id":"${'x'.repeat(9000)}"}`, '{"id":4}']],
    ['it begins with a long key', [1, 2, 3].map(value => `{"${'x'.repeat(100)}":${value}}`)],
    [
      'the guess fails again and again',
      Array.from({ length: 90 }, (_, id) => `{"id":{"a":[{"b":1},{"id":${id}}]}}`),
    ],
  ])('it is right, when %s', (_form, elements) => {
    expect(texts(`[${elements.join()}]`)).toEqual(elements);
    expect(texts(`[${elements.join(',\n  ')}]`)).toEqual(elements);
  });

  test('a comma that is missing there is found', () => {
    const elements = Array.from({ length: 20 }, (_, id) => `{"id":${id}}`);
    const { pieces, error } = split(`[${elements.join()},{"id":20}{"id":21}]`, 100_000);
    expect([pieces.length, error]).toEqual([21, expect.objectContaining({ reason: 'unexpected' })]);
  });

  test('a piece is no larger for it', () => {
    const large = `{"id":"${'x'.repeat(80)}"}`;
    const { pieces, error } = split(`[{"id":1},{"id":2},${large},{"id":3}]`, 1000, 80);
    expect([pieces.length, error]).toEqual([2, expect.objectContaining({ reason: 'too-large' })]);
  });
});

describe('where lines break off', () => {
  const seen = (text: string, size: number, maxPieceBytes?: number) => {
    const { pieces, error } = split(text, size, maxPieceBytes);
    const written = pieces.map(
      ({ kind, offset, text: own, fault }) => `${kind}@${offset} ${fault === undefined ? own : ''}`,
    );
    // Of a piece that breaks off there is all that stands before the line with which reading goes on.
    const broken = pieces.flatMap((piece, place) =>
      piece.fault === undefined || piece.kind === 'envelope'
        ? []
        : [{ piece, next: pieces[place + 1] ?? piece }],
    );
    for (const { piece, next } of broken) {
      if (next !== piece)
        expect(piece.text).toBe(text.slice(piece.offset, text.lastIndexOf('\n', next.offset) + 1));
    }
    return { pieces: written, reason: (error as { reason?: string } | undefined)?.reason };
  };

  test.each([
    ['a string', '{"a":"x\n{"b":1}', ['value@0 ', 'value@8 {"b":1}']],
    ['a string at a bracket', '{"a":"x\n[1]', ['value@0 ', 'element@9 1']],
    ['a string within a string', '{"a":"x\n{"b":"y\n{"c":1}', ['value@0 ', 'value@8 ', 'value@16 {"c":1}']],
    ['a member', '{"a":{\n{"b":1}\n{"c":1}', ['value@0 ', 'value@7 {"b":1}', 'value@15 {"c":1}']],
    ['a list', '[1\n{"b":1}', ['element@1 1', 'envelope@0 ', 'value@3 {"b":1}']],
    ['an envelope', '{"items":[1\n{"b":1}', ['element@10 1', 'envelope@0 ', 'value@12 {"b":1}']],
    ['what follows a list', '{"items":[],"a":"\n{"b":1}', ['envelope@0 ', 'value@18 {"b":1}']],
    ['an element', '{"items":[{"a":"\n{"b":1}', ['element@10 ', 'value@17 {"b":1}']],
    ['an element of an array', '[[["\n{"b":1}', ['element@1 ', 'value@5 {"b":1}']],
    [
      'a list behind an element of many lines',
      '[{"a":[\n{}]}\n{"b":1}',
      ['element@1 {"a":[\n{}]}', 'envelope@0 ', 'value@13 {"b":1}'],
    ],
    ['all but the last', '{"a":[\n{"b":[\n[{}]', ['value@0 ', 'value@7 ', 'element@15 {}']],
  ])('%s: it goes on with the line', (_place, text, pieces) => {
    for (const size of [1, 2, 3, 4, 5, 1000])
      expect([size, seen(text, size)]).toEqual([size, { pieces, reason: undefined }]);
  });

  test.each([
    ['a line that begins with a blank', '{"a":"x\n {"b":1}', []],
    ['a list within the object', '{"items":[1],"a":[\n{"b":1}', ['element@10 1']],
  ])('%s is not gone back to', (_line, text, pieces) => {
    for (const size of [1, 3, 1000]) expect(seen(text, size)).toEqual({ pieces, reason: 'incomplete' });
  });

  test('reading again costs no more than reading did, and one piece', () => {
    const text = '{"a":[\n'.repeat(3000);
    for (const size of [1000, 100_000]) {
      const read = jest.spyOn(JsonValueSkip.prototype, 'read');
      const { reason, pieces } = seen(text, size, text.length);
      const bytes = read.mock.calls.map(([, from], call) => Number(read.mock.results[call]?.value) - from);
      read.mockRestore();
      expect([reason, pieces[0]]).toEqual(['incomplete', 'value@0 ']);
      expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(4 * text.length);
    }
  });
});

describe('a tolerant splitter', () => {
  const goOn = (text: string | Buffer, size: number, maxPieceBytes = 1000) => {
    const splitter = new JsonRecordSplitter({ parse: parseJson, maxPieceBytes, isTolerant: true });
    const bytes = Buffer.from(text);
    const pieces: string[] = [];
    const take = (found: Iterable<JsonPiece>) => {
      for (const { value, fault, offset, text: own, isUtf8 } of found) {
        const state = fault ?? (value === undefined ? 'no-json' : 'ok');
        pieces.push(`${isUtf8 ? '' : '!'}${state}@${offset} ${own}`);
      }
    };
    for (let at = 0; at < bytes.length; at += size) take(splitter.push(bytes.subarray(at, at + size)));
    take(splitter.end());
    return pieces;
  };
  const long = `"${'x'.repeat(40)}"`;

  test.each<[string, string | Buffer, readonly string[]]>([
    ['an object with lists', '{"Records":[1]}', ['ok@0 {"Records":[1]}']],
    ['a comma too many', '[1,,2]', ['ok@1 1', 'misplaced@3 ,', 'ok@4 2']],
    ['a comma before the end', '[1,]{}', ['ok@1 1', 'misplaced@3 ]', 'ok@4 {}']],
    ['a missing comma', '[{} {}]', ['ok@1 {}', 'misplaced@4 {', 'ok@4 {}']],
    ['a missing comma at a line', '[{}\n{},\n{}]', ['ok@1 {}', 'misplaced@4 {', 'ok@4 {}', 'ok@8 {}']],
    ['a colon in a list', '[1:2]', ['ok@1 1:2'.replace('ok', 'no-json')]],
    ['brackets too many', '{}}]{}', ['ok@0 {}', 'misplaced@2 }', 'misplaced@3 ]', 'ok@4 {}']],
    ['a brace in a list', '[1}, 2]', ['ok@1 1', 'misplaced@2 }', 'ok@5 2']],
    [
      'an element that breaks off within an array of lines',
      '[\n{"a":"x,\n{"b":1},\n{"c":1}\n]\n{}',
      ['broken-off@2 {"a":"x,\n', 'ok@11 {"b":1}', 'ok@20 {"c":1}', 'ok@30 {}'],
    ],
    [
      'a bracket behind the rest of an array',
      '[\n{"a":"\n{}]\n]',
      ['broken-off@2 {"a":"\n', 'ok@9 {}', 'misplaced@13 ]'],
    ],
    ['a large element', `[1,${long},2]`, ['ok@1 1', `too-large@3 ${long.slice(0, 30)}`, 'ok@46 2']],
    ['a large object', `{"a":${long}}{}`, [`too-large@0 {"a":${long.slice(0, 25)}`, 'ok@48 {}']],
    ['a large line', `${long}\n{}`, [`too-large@0 ${long.slice(0, 30)}`, 'ok@43 {}']],
    ['a large scalar', `[${'1'.repeat(40)},2]`, [`too-large@1 ${'1'.repeat(30)}`, 'ok@42 2']],
    [
      'a large element that breaks off',
      `[{"a":[${long},\n{"b":"\n{"c":1}`,
      [`broken-off@1 {"a":[${long.slice(0, 24)}`, 'ok@58 {"c":1}'],
    ],
    ['an array cut off', '[1,', ['ok@1 1', 'incomplete@3 ']],
    ['an element cut off', '[1,{"a":"x', ['ok@1 1', 'incomplete@3 {"a":"x']],
    ['a scalar cut off', '[1,tru', ['ok@1 1', 'incomplete@3 tru']],
    ['an object cut off', '{}\n{"a":', ['ok@0 {}', 'incomplete@3 {"a":']],
    ['a mark cut off', Buffer.from([0xef, 0xbb]), ['!incomplete@0 \u00ef']],
    ['half a mark', Buffer.from([0xef, 0xbb, 0x7b, 0x7d]), ['!misplaced@0 \u00ef', 'ok@2 {}']],
    [
      'bytes that are no UTF-8',
      Buffer.from('["\xff", "\xc3\xa9"]', 'latin1'),
      ['!ok@1 "\ufffd"', 'ok@6 "é"'],
    ],
    ['a replacement character', '["\ufffd"]', ['ok@1 "\ufffd"']],
  ])('goes on behind %s', (_fault, text, expected) => {
    for (const size of [1, 2, 5, 1000]) expect([size, goOn(text, size, 30)]).toEqual([size, expected]);
  });

  test('holds the beginning of what is too large, and no more', () => {
    for (const size of [1000, 7_000, 5_000_000]) {
      const pieces = goOn(`["${'x'.repeat(3_000_000)}",1]`, size, 30_000);
      expect(pieces.map(piece => piece.length)).toEqual([
        `too-large@1 `.length + 16 * 1024,
        'ok@3000004 1'.length,
      ]);
    }
  });

  test('parses each byte twice at most, in whatever way lines deceive', () => {
    for (const line of ['{}', '{} ', '{}{}{"}', '{"a":1},', '{\n}']) {
      const text = `${line.repeat(2000)}\n`.repeat(3);
      const parse = jest.fn(parseJson);
      const splitter = new JsonRecordSplitter({ parse, maxPieceBytes: 1_000_000, isTolerant: true });
      const pieces = [...splitter.push(Buffer.from(text)), ...splitter.end()];
      const parsed = parse.mock.calls.reduce((sum, [piece]) => sum + piece.length, 0);
      expect([pieces.length > 0, parsed <= 2 * text.length]).toEqual([true, true]);
    }
  });

  test('hands over the same, wherever the chunks of whatever it is given end', () => {
    const text = fc
      .array(
        fc.constantFrom(
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
          '\\',
          'é',
        ),
        {
          maxLength: 40,
        },
      )
      .map(tokens => tokens.join(''));
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 4, max: 60 }),
        (given, size, most) => {
          expect(goOn(given, size, most)).toEqual(goOn(given, 1000, most));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
