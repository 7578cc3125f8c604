import { expect, test } from '@jest/globals';
import { canonicalTime, laterBy, wholeSecond } from '../../../src/domain/kernel/canonical-time.ts';

test('an instant is written in UTC with milliseconds', () => {
  expect(canonicalTime(new Date('2026-11-21T09:00:00+01:00'))).toBe('2026-11-21T08:00:00.000Z');
});

test('a later instant carries over seconds and days', () => {
  expect(laterBy('2026-12-31T23:59:59.999Z', 1)).toBe('2027-01-01T00:00:00.000Z');
  expect(laterBy('2026-11-21T08:00:00.000Z', 0)).toBe('2026-11-21T08:00:00.000Z');
});

test.each([
  ['2026-11-21T08:00:00.000Z', '2026-11-21T08:00:00.000Z'],
  ['2026-11-21T08:00:00.999Z', '2026-11-21T08:00:00.000Z'],
  ['1969-12-31T23:59:59.001Z', '1969-12-31T23:59:59.000Z'],
])('the second of %s is %s', (time, second) => {
  expect(wholeSecond(time)).toBe(second);
});
