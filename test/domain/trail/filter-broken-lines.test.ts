import { describe, expect, test } from '@jest/globals';
import { chunked, readLog } from './fixtures/read-log.ts';
import { SeededRandom } from './fixtures/seeded-random.ts';

const sizes = [1, 2, 7, 100_000];

/** A line of JSON lines: a match, with what could be mistaken for other things in it. */
function line(id: number, random: SeededRandom): string {
  const inner = random.pick([
    '{"a":{"b":[1,{"c":[]},[{"d":2}]]},"e":[[]]}',
    '"\\"},{\\"eventName\\":\\"StopLogging\\"\\n{\\\\"',
    '[{"eventName":"StopLogging"},{"Records":[{"eventName":"StopLogging"}]}]',
    'null',
  ]);
  const members = [`"n":${inner}`, `"eventID":"${id}"`, '"é":[12, true]', '"eventName":"ConsoleLogin"'];
  return `{${random.chance(0.5) ? members.join() : members.toReversed().join(', ')}}`;
}

async function idsOf(text: string, size: number) {
  const { matches, error } = await readLog(chunked(Buffer.from(text), size));
  return { ids: matches.map(({ record }) => record['eventID']), error };
}

describe('JSON lines of which some break off', () => {
  test('lose no other line, wherever the lines break off', async () => {
    for (let seed = 0; seed < 600; seed += 1) {
      const random = new SeededRandom(seed);
      const ending = random.pick(['\n', '\r\n', '\n\n']);
      const kept: string[] = [];
      const lines = Array.from({ length: 2 + random.below(9) }, (_, id) => {
        const whole = line(id, random);
        if (random.chance(0.6)) {
          kept.push(String(id));
          return whole;
        }
        return Buffer.from(whole)
          .subarray(0, 1 + random.below(whole.length - 1))
          .toString('latin1');
      });
      const { ids, error } = await idsOf(lines.join(ending) + ending, random.pick(sizes));
      expect([seed, ids]).toEqual([seed, kept]);
      expect([seed, error !== undefined]).toEqual([seed, kept.length < lines.length]);
    }
  });

  test.each<[string, string, string[], string, string]>([
    [
      'within a string',
      '{"eventName":"ConsoleLogin","x":"tr\n',
      ['1', '2'],
      'not-json',
      'Record 0, at byte 0,',
    ],
    ['behind a backslash', '{"x":"tr\\\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    ['behind a brace', '{\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    ['behind a comma', '{"a":1,\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    ['behind a colon', '{"a":\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    ['within what it nests', '{"a":[{"b":{"c":[1,\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    [
      'behind a bracket',
      '[\n',
      ['1', '2'],
      'not-json',
      'The array at byte 0, around its elements, is no JSON',
    ],
    ['behind an element', '[5\n', ['1', '2'], 'not-json', 'The array at byte 0, around its elements,'],
    ['in an element', '[5,{"a":"\n', ['1', '2'], 'not-json', 'Record 1, at byte 3,'],
    ['in what an element nests', '[5,{"a":[1,\n', ['1', '2'], 'not-json', 'Record 1, at byte 3,'],
    ['in an envelope', '{"Records":[{"a":"\n', ['1', '2'], 'not-json', 'Record 0, at byte 12,'],
    [
      'behind an element of an envelope',
      '{"Records":[5\n',
      ['1', '2'],
      'not-json',
      'The object at byte 0, around its Records, is no JSON',
    ],
    [
      'behind the list of an envelope',
      '{"Records":[{"a":1}],"x":\n',
      ['2'],
      'not-json',
      'The object at byte 0, around its Records, is no JSON',
    ],
    ['twice', '{"a":\n{"x":"tr\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
    ['and text follows', '{"a":1,\nhello\n', ['1', '2'], 'not-json', 'Record 0, at byte 0,'],
  ])('%s', async (_place, before, ids, code, message) => {
    const text = `${before}{"eventName":"StopLogging","eventID":"1"}\n{"eventName":"StopLogging","eventID":"2"}\n`;
    for (const size of sizes) {
      const read = await idsOf(text, size);
      expect([size, read.ids]).toEqual([size, ids]);
      expect(read.error).toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  test('a line that is an array may follow', async () => {
    for (const size of sizes) {
      const { ids } = await idsOf('{"a":{"b":1,\n[{"eventName":"StopLogging","eventID":"1"}]\n', size);
      expect([size, ids]).toEqual([size, ['1']]);
    }
  });

  test('one line may follow, and be the last', async () => {
    for (const size of sizes) {
      const { ids, error } = await idsOf('{"a":{"b":1,\n{"eventName":"StopLogging","eventID":"1"}', size);
      expect([size, ids]).toEqual([size, ['1']]);
      expect(error).toMatchObject({ code: 'not-json', message: 'Record 0, at byte 0, is no JSON' });
    }
  });

  test('the line after one that breaks off between two elements is taken for an element', async () => {
    const good = '{"Records":[{"eventName":"StopLogging","eventID":"1"}]}';
    const { ids, error } = await idsOf(`[5,\n${good}\n${good}\n`, 100);
    expect(ids).toEqual(['1']);
    expect(error).toMatchObject({ code: 'not-a-log', message: expect.stringContaining('Record 1,') });
  });
});

describe('values over many lines', () => {
  const record = { eventName: 'StopLogging', n: [{ a: [{}, []] }, 5], eventID: '1', m: [[{}], { b: {} }] };

  test.each([
    ['indented', JSON.stringify(record, null, 2)],
    ['not indented', JSON.stringify(record, null, 1).replaceAll(/^ +/gm, '')],
    ['a token a line', JSON.stringify(record).replaceAll(/(?<=[[\]{},:])|(?=[[\]{},:])/g, '\n')],
    ['elements', JSON.stringify([record, record], null, 1).replaceAll(/^ +/gm, '')],
    [
      'an envelope',
      JSON.stringify({ a: [{}], Records: [record, 5, record], b: [{}] }, null, 1).replaceAll(/^ +/gm, ''),
    ],
  ])('are read whole (%s)', async (_form, text) => {
    for (const size of sizes) {
      const { ids, error } = await idsOf(`${text}\n${text}\n`, size);
      expect(error).toBeUndefined();
      expect([size, new Set(ids)]).toEqual([size, new Set(['1'])]);
      expect(ids.length).toBe(text.split('StopLogging').length * 2 - 2);
    }
  });

  test('that break off do not take the next one with them', async () => {
    const text = JSON.stringify(record, null, 2);
    for (const size of sizes) {
      const { ids, error } = await idsOf(`${text.slice(0, 60)}\n${text}`, size);
      expect([size, ids]).toEqual([size, ['1']]);
      expect(error).toMatchObject({ code: 'not-json', message: 'Record 0, at byte 0, is no JSON' });
    }
  });
});
