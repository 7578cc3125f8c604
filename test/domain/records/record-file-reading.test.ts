import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { type RecordFileLimits, RecordFileReading } from '../../../src/domain/records/record-file-reading.ts';
import fc from '../../seeded-properties.ts';
import { chunked } from '../trail/fixtures/read-log.ts';
import { recordText } from './record-fixtures.ts';

async function readingOf(body: string | Uint8Array, limits: RecordFileLimits = {}, size = 1_000_000) {
  const reading = new RecordFileReading(chunked(Buffer.from(body as string), size), limits);
  const findings: string[] = [];
  const texts: string[] = [];
  for await (const part of reading.findings()) {
    for (const finding of part) {
      const { index, byte } = finding.position;
      const what =
        finding.kind === 'valid'
          ? `value ${finding.record.value.digits}`
          : finding.reasons.map(({ code }) => code).join('+');
      findings.push(`${index}@${byte} ${what}`);
      if (finding.kind === 'rejected') texts.push(`${finding.text}${finding.isWhole ? '' : '…'}`);
    }
  }
  return { findings, texts, tally: reading.tally };
}

const [one, two, three] = [1, 2, 3].map(second => recordText(second)) as [string, string, string];
/** Where the second and the third begin, in a list and on lines. */
const [second, third] = [one.length + 1, one.length + two.length + 2];
const afterThree = third + three.length;
const good = ['value 1', 'value 2', 'value 3'];
const values = (findings: readonly string[]) => findings.map(finding => finding.replace(/^\S+ /, ''));

describe('the forms of a file', () => {
  test.each<[string, string | Uint8Array, readonly string[]]>([
    ['an array', `[${one},${two},${three}]`, good],
    ['an array over many lines', JSON.stringify(JSON.parse(`[${one},${two},${three}]`), null, 2), good],
    ['one object', one, ['value 1']],
    ['one object over many lines', JSON.stringify(JSON.parse(one), null, 2), ['value 1']],
    ['one object with a key that wraps elsewhere', recordText(1, { Records: [1] }), ['value 1']],
    ['lines', `${one}\n${two}\n${three}\n`, good],
    ['lines that end in CR LF', `${one}\r\n${two}\r\n\r\n${three}`, good],
    ['lines after a byte-order mark', `\ufeff${one}\n${two}\n${three}`, good],
    ['an array after a byte-order mark', `\ufeff[${one},${two},${three}]`, good],
    ['gzip', gzipSync(`[${one},${two},${three}]`), good],
    ['gzip after a byte-order mark', gzipSync(`\ufeff${one}\n${two}\n${three}`), good],
    ['gzip of several members', Buffer.concat([gzipSync(`${one}\n`), gzipSync(`${two}\n${three}`)]), good],
    ['an empty array', '[]', []],
    ['arrays and lines', `[${one}]\n${two}\n[${three}]`, good],
  ])('%s', async (_, body, expected) => {
    for (const size of [1, 7, 1_000_000]) {
      const { findings, tally } = await readingOf(body, {}, size);
      expect(values(findings)).toEqual(expected);
      expect(tally).toMatchObject({
        valid: expected.length,
        records: expected.length,
        rejected: 0,
        isTooLarge: false,
      });
    }
  });
});

describe('a bad record leaves its neighbours as they are', () => {
  test.each<[string, string | Uint8Array, readonly string[], readonly string[]]>([
    [
      'no JSON, on a line',
      `${one}\n{"device_id":nope}\n${three}`,
      ['value 1', 'not-json', 'value 3'],
      ['{"device_id":nope}'],
    ],
    [
      'words, on a line',
      `${one}\nwhat is this\n${three}`,
      ['value 1', 'not-json', 'value 3'],
      ['what is this'],
    ],
    [
      'no JSON, in a list',
      `[${one},{"value":NaN},${three}]`,
      ['value 1', 'not-json', 'value 3'],
      ['{"value":NaN}'],
    ],
    [
      'no object',
      `[${one},[1],"a",null,${three}]`,
      ['value 1', 'not-an-object', 'not-an-object', 'not-an-object', 'value 3'],
      ['[1]', '"a"', 'null'],
    ],
    [
      'no record',
      `[${one},{"a":1},${three}]`,
      ['value 1', 'missing+missing+missing', 'value 3'],
      ['{"a":1}'],
    ],
    [
      'a missing comma',
      `[${one} ${two},${three}]`,
      ['value 1', 'misplaced-byte', 'value 2', 'value 3'],
      ['{'],
    ],
    [
      'a comma too many',
      `[${one},,${two},${three},]`,
      ['value 1', 'misplaced-byte', 'value 2', 'value 3', 'misplaced-byte'],
      [',', ']'],
    ],
    [
      'a line that breaks off',
      `${one}\n{"device_id":"d\n${three}`,
      ['value 1', 'broken-off', 'value 3'],
      ['{"device_id":"d\n'],
    ],
    [
      'an element that breaks off',
      `[\n${one},\n{"device_id":"d,\n${two},\n${three}\n]`,
      ['value 1', 'broken-off', 'value 2', 'value 3'],
      ['{"device_id":"d,\n'],
    ],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(`${one}\n{"a":"`), Buffer.of(0xff), Buffer.from(`"}\n${three}`)]),
      ['value 1', 'invalid-utf8', 'value 3'],
      ['{"a":"\ufffd"}'],
    ],
    [
      'a conflict',
      `[${one},${recordText(1, { value: 9 })},${three}]`,
      ['value 1', 'conflict', 'value 3'],
      [recordText(1, { value: 9 })],
    ],
    [
      'a large record',
      `[${one},${recordText(2, { a: 'x'.repeat(300) })},${three}]`,
      ['value 1', 'record-too-large', 'value 3'],
      [`${recordText(2, { a: 'x'.repeat(300) }).slice(0, 200)}…`],
    ],
  ])('%s', async (_, body, expected, rejected) => {
    for (const size of [1, 7, 1_000_000]) {
      const { findings, texts, tally } = await readingOf(body, { maximumRecordBytes: 200 }, size);
      expect(values(findings)).toEqual(expected);
      expect(texts).toEqual(rejected);
      expect(tally.rejected).toBe(rejected.length);
    }
  });

  test('and repeated ones are passed over, and counted', async () => {
    const again = recordText(1, { timestamp: '2026-11-21T09:00:01+01:00' });
    const { findings, tally } = await readingOf(`[${one},${again},${two},${one}]`);
    expect(values(findings)).toEqual(['value 1', 'value 2']);
    expect(tally).toMatchObject({ records: 4, valid: 2, duplicates: 2, rejected: 0 });
  });

  test('positions count all records, and bytes after decompression', async () => {
    const body = gzipSync(`${one}\nnope\n${one}\n${two}`);
    const { findings, tally } = await readingOf(body);
    expect(findings).toEqual([
      `0@0 value 1`,
      `1@${second} not-json`,
      `3@${second + 5 + one.length + 1} value 2`,
    ]);
    expect(tally).toMatchObject({
      bytes: body.length,
      inflatedBytes: 2 * one.length + 7 + two.length,
      records: 4,
    });
  });
});

describe('a file that ends early, or late', () => {
  test.each<[string, string | Uint8Array, readonly string[], readonly string[]]>([
    [
      'within a record',
      `[${one},{"device_id":"d`,
      [`0@1 value 1`, `1@${second + 1} truncated`],
      ['{"device_id":"d'],
    ],
    ['between records', `[${one},`, [`0@1 value 1`, `1@${second + 1} truncated`], ['…']],
    ['within a line', `${one}\n{"device_id`, [`0@0 value 1`, `1@${second} truncated`], ['{"device_id']],
    ['before it begins', '', ['0@0 no-records'], ['…']],
    ['with blanks alone', ' \n', ['0@0 no-records'], ['…']],
    ['within its mark', Buffer.of(0xef, 0xbb), ['0@0 truncated'], ['\u00ef']],
    [
      'with bytes behind the compressed ones',
      Buffer.concat([gzipSync(one), Buffer.from('more')]),
      ['0@0 value 1', `1@${one.length} damaged-gzip`],
      ['…'],
    ],
  ])('%s', async (_, body, expected, rejected) => {
    for (const size of [1, 7, 1_000_000]) {
      const { findings, texts } = await readingOf(body, {}, size);
      expect(findings).toEqual(expected);
      expect(texts).toEqual(rejected);
    }
  });

  test('compressed bytes that are cut off keep what came before', async () => {
    const body = gzipSync(Array.from({ length: 2000 }, (_, at) => recordText(at)).join('\n'));
    const { findings, tally } = await readingOf(body.subarray(0, body.length / 2));
    expect(tally.valid).toBeGreaterThan(500);
    expect(values(findings).slice(tally.valid)).toEqual(['truncated-gzip']);
  });

  test('compressed bytes that are damaged keep what came before', async () => {
    const body = gzipSync(Array.from({ length: 2000 }, (_, at) => recordText(at)).join('\n'));
    body.fill(0xff, body.length / 2, body.length / 2 + 40);
    const { findings, tally } = await readingOf(body);
    expect(tally.valid).toBeGreaterThan(500);
    expect(values(findings).at(-1)).toBe('damaged-gzip');
  });

  test('a cut behind a record is told once, too', async () => {
    const stream = gzipSync(`${one}\n`);
    const { findings } = await readingOf(stream.subarray(0, -1));
    expect(findings).toEqual(['0@0 value 1', `1@${one.length + 1} truncated-gzip`]);
  });

  test('a bound that what was cut off exceeds is the one thing told', async () => {
    const stream = gzipSync(`${one}\n{"device_id":"d`);
    const { findings, tally } = await readingOf(stream.subarray(0, -1), { maximumRecords: 1 });
    expect(values(findings)).toEqual(['value 1', 'too-many-records']);
    expect(tally).toMatchObject({ rejected: 1, isTooLarge: true });
  });
});

describe('bounds', () => {
  const list = `[${one},${two},${three}]`;

  test.each<[string, RecordFileLimits, readonly string[]]>([
    ['as many records as there may be', { maximumRecords: 3 }, ['0@1', '1@', '2@']],
    ['as many bytes as there may be', { maximumInflatedBytes: list.length }, ['0@1', '1@', '2@']],
  ])('%s are read', async (_, limits, expected) => {
    const { findings, tally } = await readingOf(list, limits);
    expect(findings).toHaveLength(expected.length);
    expect(tally.isTooLarge).toBe(false);
  });

  test.each<[string, RecordFileLimits, readonly string[]]>([
    [
      'one record more',
      { maximumRecords: 2 },
      ['0@1 value 1', `1@${second + 1} value 2`, `2@${third + 1} too-many-records`],
    ],
    [
      'one byte more',
      { maximumInflatedBytes: list.length - 1 },
      [
        '0@1 value 1',
        `1@${second + 1} value 2`,
        `2@${third + 1} value 3`,
        `3@${afterThree + 1} file-too-large`,
      ],
    ],
    [
      'half a record more',
      { maximumInflatedBytes: third + 20 },
      ['0@1 value 1', `1@${second + 1} value 2`, `2@${third + 1} file-too-large`],
    ],
  ])('%s ends the reading, after what came before', async (_, limits, expected) => {
    for (const body of [list, gzipSync(list)]) {
      for (const size of [1, 7, 1_000_000]) {
        const { findings, tally } = await readingOf(body, limits, size);
        expect(findings).toEqual(expected);
        expect(tally.isTooLarge).toBe(true);
      }
    }
  });

  test('bad records and repeated ones count, too', async () => {
    const { findings, tally } = await readingOf(`${one}\n${one}\nnope\n${two}`, { maximumRecords: 3 });
    expect(values(findings)).toEqual(['value 1', 'not-json', 'too-many-records']);
    expect(tally.isTooLarge).toBe(true);
  });

  test('a file that is left early is let go of', async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield Buffer.from(`${one}\n`);
      } finally {
        isClosed = true;
      }
    }
    const reading = new RecordFileReading(source(), { maximumRecords: 10 });
    for await (const part of reading.findings()) for (const _ of part);
    expect([isClosed, reading.tally.records]).toEqual([true, 10]);
  });

  test('what the source fails with comes as it is', async () => {
    const failure = new Error('lost');
    async function* source() {
      yield Buffer.from(`${one}\n`);
      throw failure;
    }
    const read = async () => {
      for await (const part of new RecordFileReading(source()).findings()) for (const _ of part);
    };
    await expect(read()).rejects.toBe(failure);
  });
});

test('whatever is done to a file: each record that is whole is found, or stands in the text of a reject', async () => {
  const broken = ['{"a":', '}', '"', ']', 'x', '{"device_id":"d","value":[', '\\', '{"device_id":"d"'];
  const lines = fc.array(
    fc.oneof(
      fc.nat(30).map(number => ({ text: recordText(number), number })),
      fc.constantFrom(...broken).map(text => ({ text, number: -1 })),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 50 }), async (given, size) => {
      const { findings, texts, tally } = await readingOf(given.map(({ text }) => text).join('\n'), {}, size);
      const found = new Set(findings.flatMap(finding => / value (\d+)$/.exec(finding)?.[1] ?? []));
      const whole = given.filter(({ number }) => number >= 0);
      const lost = whole.filter(
        ({ text, number }) => !found.has(String(number)) && !texts.some(reject => reject.includes(text)),
      );
      expect(lost).toEqual([]);
      expect(tally.rejected > 0).toBe(whole.length < given.length || given.length === 0);
    }),
    { numRuns: 1000 },
  );
});
