import { describe, expect, test } from '@jest/globals';
import { type RecordFileLimits, RecordFileReading } from '../../../src/domain/records/record-file-reading.ts';
import { chunked } from '../trail/fixtures/read-log.ts';

const count = 7;
const hit = 3;

interface Written {
  readonly device_id: string;
}

function recordOf(index: number): Written {
  const parts = [{ id: 1 }, { id: 2, list: [] }];
  const timestamp = '2026-11-21T08:00:00Z';
  return Object.assign({ device_id: `d${index}`, timestamp, value: index, tags: ['a', 'b'], parts });
}

const records = Array.from({ length: count }, (_, index) => recordOf(index));
const compact = records.map(record => JSON.stringify(record));
const indented = records.map(record => JSON.stringify(record, null, 2));
const layouts: readonly (readonly [string, string])[] = [
  ['an array on one line', `[${compact.join(',')}]`],
  ['an array on one line, with blanks', `[${compact.join(', ')}]`],
  ['an array with a record a line', `[\n${compact.join(',\n')}\n]`],
  ['an indented array', JSON.stringify(records, null, 2)],
  ['a record a line', compact.join('\n')],
  ['indented records', indented.join('\n')],
];
const withoutSpace: typeof layouts = [['records without anything between', compact.join('')]];

/** The devices of the valid records, and what is told of the others. */
async function read(text: string, limits: RecordFileLimits = {}, size = 1_000_000) {
  const reading = new RecordFileReading(chunked(Buffer.from(text), size), limits);
  const devices: string[] = [];
  const rejects: { readonly code: string | undefined; readonly byte: number; readonly text: string }[] = [];
  for await (const findings of reading.findings()) {
    for (const finding of findings) {
      if (finding.kind === 'valid') devices.push(finding.record.deviceId);
      else
        rejects.push({
          ...{ code: finding.reasons[0]?.code, byte: finding.position.byte, text: finding.text },
          ...(finding.bytes === undefined ? {} : { bytes: finding.bytes }),
        });
    }
  }
  return { devices, rejects };
}

/** Which records besides the one that is hit have not been found. */
function lost(devices: readonly string[]): readonly string[] {
  return records.map(({ device_id }) => device_id).filter(id => id !== `d${hit}` && !devices.includes(id));
}

/** Where the record that is hit begins and ends. */
function placeOfHit(text: string): readonly [number, number] {
  const begin = text.lastIndexOf('{', text.indexOf(`"d${hit}"`));
  const next = text.lastIndexOf('{', text.indexOf(`"d${hit + 1}"`));
  return [begin, text.lastIndexOf('}', next) + 1];
}

describe.each([...layouts, ...withoutSpace])('in %s', (_layout, text) => {
  const [begin, end] = placeOfHit(text);

  test('a byte that is missing or wrong takes no other record along', async () => {
    for (let at = begin; at < end; at += 1) {
      // A string behind the record that has no beginning ends in the next record.
      const replacements = at === end - 1 ? [''] : ['', 'x', '"', '}', ']', ',', ':'];
      for (const replacement of replacements) {
        const { devices } = await read(text.slice(0, at) + replacement + text.slice(at + 1));
        const damage = `${replacement} for ${text.slice(begin, at)}→${text[at]}`;
        expect([damage, lost(devices)]).toEqual([damage, []]);
      }
    }
  });
});

describe.each(layouts)('in %s', (_layout, text) => {
  const [begin, end] = placeOfHit(text);

  test.each([
    ['lacks its brace', (record: string) => record.slice(0, -1)],
    ['has a brace too many before it', (record: string) => `{${record}`],
    ['has a bracket too many', (record: string) => `${record.slice(0, -1)}]}`],
    ['begins a text that does not end', (record: string) => record.replace('"d3"', '"d3')],
    ['ends a text that has not begun', (record: string) => record.replace('"d3"', 'd3"')],
    ['ends within a key', (record: string) => record.slice(0, record.indexOf('stamp'))],
    ['ends within a list, behind a comma', (record: string) => record.slice(0, record.indexOf('"b"'))],
    ['lacks its last bracket', (record: string) => `${record.slice(0, record.lastIndexOf(']'))}}`],
  ])('one that %s leaves its neighbours, and its text is kept', async (_damage, damaged) => {
    const broken = damaged(text.slice(begin, end));
    for (const size of [7, 64, 1_000_000]) {
      const { devices, rejects } = await read(text.slice(0, begin) + broken + text.slice(end), {}, size);
      expect(lost(devices)).toEqual([]);
      const kept = rejects.map(reject => reject.text).join('');
      expect(devices.includes(`d${hit}`) || kept.includes('d3')).toBe(true);
      expect(rejects[0]?.byte).toBe(begin);
    }
  });
});

test('of many records none is lost behind one that does not end, be there as much as there may', async () => {
  for (const between of [',', ', ', ',\n', ',\n  ']) {
    const texts = Array.from({ length: 3000 }, (_, index) => JSON.stringify(recordOf(index)));
    for (const damaged of [texts[9]?.slice(0, -1) ?? '', texts[9]?.replace('"d9"', '"d9') ?? '']) {
      const file = `[${[...texts.slice(0, 9), damaged, ...texts.slice(10)].join(between)}]`;
      const { devices, rejects } = await read(file, { maximumRecordBytes: 10_000 }, 1000);
      expect([between, devices.length, rejects[0]?.code]).toEqual([between, 2999, 'broken-off']);
    }
  }
});

test('a record a line is found behind one that ends within a list, be there as much as there may', async () => {
  const texts = Array.from({ length: 3000 }, (_, index) => JSON.stringify(recordOf(index)));
  const broken = '{"device_id":"d","parts":[';
  const file = `[\n${[...texts.slice(0, 9), broken, ...texts.slice(9)].join('\n,\n').replace('[\n,', '[')}\n]`;
  const { devices, rejects } = await read(file, { maximumRecordBytes: 10_000 }, 1000);
  expect([devices.length, rejects.map(({ text }) => text.slice(0, 26))]).toEqual([3000, [broken]]);
});

test('two that lack a quote do not take what is between them', async () => {
  const texts = compact.map((text, index) => (index % 3 === 1 ? text.replace('"value"', '"value') : text));
  for (const between of [',', '\n', ',\n  ']) {
    const { devices } = await read(between === '\n' ? texts.join(between) : `[${texts.join(between)}]`);
    expect(devices).toEqual(['d0', 'd2', 'd3', 'd5', 'd6']);
  }
});

test('commas without their bracket are told once', async () => {
  for (const file of [`${compact.join(',')}]`, `[${compact[0]}],${compact.slice(1).join(',')}]`]) {
    const { devices, rejects } = await read(file);
    expect([devices.length, rejects.map(({ code }) => code)]).toEqual([count, ['misplaced-byte']]);
  }
});

test('a bracket too many before a record leaves it', async () => {
  const file = `[${compact.slice(0, 2).join(',')},[${compact.slice(2).join(',')}]`;
  const { devices, rejects } = await read(file);
  expect([devices.length, rejects.map(({ code, text }) => `${code} ${text}`)]).toEqual([
    count,
    ['broken-off ['],
  ]);
});

test('an element that is larger than a record may be says how large it is', async () => {
  const large = `{"a":"${'x'.repeat(500)}"}`;
  for (const size of [10, 1000]) {
    const limits = { maximumRecordBytes: 200 };
    const closed = await read(`[${large},${compact[0]}]`, limits, size);
    expect(closed.rejects).toEqual([
      { code: 'record-too-large', byte: 1, text: large.slice(0, 200), bytes: large.length },
    ]);
    const open = await read(`[${large.slice(0, -2)}`, limits, size);
    expect(open.rejects).toEqual([
      { code: 'truncated', byte: 1, text: large.slice(0, 200), bytes: large.length - 2 },
    ]);
    const brokenOff = await read(`${large.slice(0, -2)}\n${compact[0]}`, limits, size);
    expect(brokenOff).toEqual({
      devices: ['d0'],
      rejects: [{ code: 'broken-off', byte: 0, text: large.slice(0, 200), bytes: large.length - 1 }],
    });
  }
});
