import { describe, expect, test } from '@jest/globals';
import { parseRecord } from '../../../src/domain/records/parse-record.ts';
import { SeenRecords } from '../../../src/domain/records/seen-records.ts';
import { recordText } from './record-fixtures.ts';

function recordOf(json: string) {
  const parsing = parseRecord(json);
  if (parsing?.outcome !== 'valid') throw new Error('a valid record is expected');
  return parsing.record;
}

/** What becomes of the second record, beside the first. */
function metAfter(first: string, second: string) {
  const seen = new SeenRecords();
  return [seen.meet(recordOf(first)), seen.meet(recordOf(second))];
}

const record = (rest: string) => `{"device_id":"d","timestamp":"2026-11-21T08:00:00Z",${rest}}`;

describe('SeenRecords', () => {
  test.each([
    ['"value":1', '"value":1'],
    ['"value":1,"a":{"b":1,"c":2}', '"a":{"c":2,"b":1},"value":1'],
    ['"value":1.50', '"value":15e-1'],
    ['"value":0', '"value":-0.0'],
    ['"value":1,"a":"\\u0041"', '"value":1,"a":"A"'],
  ])('%s and %s are identical', (one, other) => {
    expect(metAfter(record(one), record(other))).toEqual(['first', 'identical']);
  });

  test.each([
    ['"value":1', '"value":2'],
    ['"value":1', '"value":-1'],
    ['"value":1', '"value":1,"a":null'],
    ['"value":1,"a":1', '"value":1,"a":"1"'],
    ['"value":1,"a":"1e0"', '"value":1,"a":1'],
    ['"value":1,"a":[1,2]', '"value":1,"a":[2,1]'],
    ['"value":1,"a":[]', '"value":1,"a":{}'],
    ['"value":1,"x":["a,\\"b"]', '"value":1,"x":["a","b"]'],
    ['"value":1,"x":{"a":true,"b":true}', '"value":1,"x":{"a\\"true,\\"b":true}'],
    ['"value":1,"a":{"b":1}', '"value":1,"a":"{\\"b\\":1e0}"'],
    ['"value":9007199254740993', '"value":9007199254740992'],
  ])('%s and %s conflict', (one, other) => {
    expect(metAfter(record(one), record(other))).toEqual(['first', 'conflicting']);
  });

  test('another device and another time are other records; the time is that of UTC', () => {
    const seen = new SeenRecords();
    const at = (timestamp: string, device_id = 'd1') =>
      seen.meet(recordOf(recordText(1, { timestamp, device_id })));
    expect([
      at('2026-11-21T08:00:00Z'),
      at('2026-11-21T08:00:00.001Z'),
      at('2026-11-21T08:00:00.0001Z'),
      at('2026-11-21T08:00:00Z', 'd2'),
      at('2026-11-21T10:00:00+02:00'),
    ]).toEqual(['first', 'first', 'first', 'first', 'identical']);
  });

  test('a hundred thousand are remembered, each', () => {
    const seen = new SeenRecords();
    const records = Array.from({ length: 100_000 }, (_, second) => recordOf(recordText(second)));
    expect(new Set(records.map(each => seen.meet(each)))).toEqual(new Set(['first']));
    expect(new Set(records.map(each => seen.meet(each)))).toEqual(new Set(['identical']));
    const changed = records.map(each => ({ ...each, value: { digits: '-7' } }));
    expect(new Set(changed.map(each => seen.meet(each)))).toEqual(new Set(['conflicting']));
  });
});
