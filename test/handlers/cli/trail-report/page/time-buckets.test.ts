import { describe, expect, test } from '@jest/globals';
import { timeBuckets, timeText } from '../../../../../src/handlers/cli/trail-report/page/time-buckets.ts';
import fc from '../../../../seeded-properties.ts';

const at = (text: string) => Date.parse(text);

describe('timeBuckets', () => {
  test.each<[string, string, string, string, number]>([
    ['2026-11-21T08:00:30Z', '2026-11-21T08:00:30Z', 'minute', '2026-11-21 08:00:00', 1],
    ['2026-11-21T08:00:30Z', '2026-11-21T09:00:00Z', 'minute', '2026-11-21 08:00:00', 61],
    ['2026-11-21T08:59:59Z', '2026-11-22T08:00:00Z', '10 minutes', '2026-11-21 08:50:00', 140],
    ['2026-11-14T23:59:59Z', '2026-11-21T08:00:00Z', 'hour', '2026-11-14 23:00:00', 154],
    ['2026-11-01T08:00:00Z', '2026-11-30T08:00:00Z', 'day', '2026-11-01 00:00:00', 30],
  ])('%s to %s: by %s', (first, last, name, start, count) => {
    const buckets = timeBuckets(at(first), at(last));
    expect([buckets.name, timeText(buckets.start), buckets.count]).toEqual([name, start, count]);
  });

  test('hold every time there is, in not too many', () => {
    const time = fc.integer({ min: at('0001-01-01T00:00:00Z'), max: at('9999-12-31T23:59:59Z') });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        const { start, step, count } = timeBuckets(first, last);
        expect(count).toBeLessThanOrEqual(200);
        expect(Math.floor((first - start) / step)).toBe(0);
        expect(Math.floor((last - start) / step)).toBe(count - 1);
      }),
    );
  });
});
