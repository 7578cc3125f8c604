import { describe, expect, test } from '@jest/globals';
import { looksLikeRecord, recordWrapper } from '../../../src/domain/trail/record-wrapper.ts';
import type { JsonValue } from '../../../src/ports/json.ts';
import { readLog } from './fixtures/read-log.ts';

const keys = ['eventVersion', 'eventID', 'eventName', 'eventType', 'eventSource'];

describe('a record', () => {
  test.each(keys)('is what has the key %s alone', async key => {
    expect(looksLikeRecord({ [key]: null })).toBe(true);
    const read = await readLog(Buffer.from(JSON.stringify({ [key]: null })));
    expect(read).toMatchObject({ records: 1, error: undefined });
  });

  test.each<[string, JsonValue | undefined]>([
    ['an object of other keys', { eventname: 1, name: 'eventName' }],
    ['an array', [{ eventName: 'x' }]],
    ['a text', 'eventName'],
    ['null', null],
    ['nothing', undefined],
  ])('is not %s', (_what, value) => {
    expect(looksLikeRecord(value)).toBe(false);
  });
});

describe('recordWrapper', () => {
  function inArrays(levels: number, value: JsonValue): JsonValue {
    let wrapped = value;
    for (let level = 0; level < levels; level += 1) wrapped = [wrapped];
    return wrapped;
  }

  test.each([
    [1, 'an array'],
    [4, 'an array'],
    [5, undefined],
    [100_000, undefined],
  ])('follows %i arrays as far as four', (levels, wrapper) => {
    expect(recordWrapper(inArrays(levels, { eventName: 'x' }))).toBe(wrapper);
  });

  test.each<[string, JsonValue]>([
    ['null', null],
    ['a number', 1],
    ['a text that is no JSON', '{"eventName":'],
    ['a text that is no object', '"eventName"'],
    [
      'other objects',
      [{}, { detail: { a: 1 } }, { detail: 'x' }, { CloudTrailEvent: null }, { Records: null }],
    ],
    ['a record deep within an object', { a: { eventName: 'x' } }],
  ])('tells nothing of %s', (_what, value) => {
    expect(recordWrapper(value)).toBeUndefined();
  });
});
