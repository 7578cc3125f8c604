import { describe, expect, test } from '@jest/globals';
import { QuotaCounter, TokenBucket } from '../../../../infra/local/api-gateway/request-limits.ts';

const at = (text: string) => new Date(text);

describe('TokenBucket', () => {
  test('lets a burst through at once, then as many as the rate fills in', () => {
    const start = at('2026-11-21T08:00:00.000Z').getTime();
    const bucket = new TokenBucket({ rate: 2, burst: 3 }, new Date(start));
    const taken = [0, 0, 0, 0, 400, 500, 600, 1000, 60_000, 60_000, 60_000, 60_000].map(ms =>
      bucket.take(new Date(start + ms)),
    );
    expect(taken).toEqual([true, true, true, false, false, true, false, true, true, true, true, false]);
  });

  test('does not fill when the clock goes back', () => {
    const bucket = new TokenBucket({ rate: 1, burst: 1 }, at('2026-11-21T08:00:00Z'));
    expect(bucket.take(at('2026-11-21T08:00:00Z'))).toBe(true);
    expect(bucket.take(at('2026-11-21T07:00:00Z'))).toBe(false);
  });
});

describe('QuotaCounter', () => {
  test.each([
    ['DAY', '2026-11-21T23:59:59Z', '2026-11-22T00:00:00Z'],
    ['WEEK', '2026-11-21T23:59:59Z', '2026-11-22T00:00:00Z'],
    ['MONTH', '2026-11-30T23:59:59Z', '2026-12-01T00:00:00Z'],
  ] as const)('begins anew with each %s', (period, last, next) => {
    const counter = new QuotaCounter({ limit: 1, period });
    expect([last, last, next, next].map(time => counter.take(at(time)))).toEqual([true, false, true, false]);
  });

  test.each([
    ['WEEK', '2026-11-22T00:00:00Z', '2026-11-28T23:59:59Z'],
    ['MONTH', '2026-11-01T00:00:00Z', '2026-11-30T23:59:59Z'],
  ] as const)('goes on within a %s', (period, first, last) => {
    const counter = new QuotaCounter({ limit: 1, period });
    expect([first, last].map(time => counter.take(at(time)))).toEqual([true, false]);
  });
});
