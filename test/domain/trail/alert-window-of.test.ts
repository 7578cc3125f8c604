import { expect, test } from '@jest/globals';
import { alertWindowOf, suppressionDayOf } from '../../../src/domain/trail/alert-window-of.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';

const { rules } = compileTrailRules({ monitoredEvents: ['CreateUser', 'DeleteUser'] });
const [rule, otherRule] = rules;
if (rule === undefined || otherRule === undefined) throw new Error('There are no rules.');

const grouping = { rule, account: '111122223333', group: { a: '1', b: '2' } };
const storedAt = '2026-11-21T08:14:59.999Z';
const window = alertWindowOf(grouping, storedAt, 15);

test('a window holds what is stored from its start to before its end', () => {
  expect(window).toMatchObject({ start: '2026-11-21T08:00:00.000Z', end: '2026-11-21T08:15:00.000Z' });
  expect(alertWindowOf(grouping, '2026-11-21T08:00:00.000Z', 15)).toEqual(window);
  expect(alertWindowOf(grouping, '2026-11-21T08:15:00.000Z', 15).start).toBe(window.end);
});

test('a window is the same in whatever order its group is named', () => {
  expect(alertWindowOf({ ...grouping, group: { b: '2', a: '1' } }, storedAt, 15).id).toBe(window.id);
});

test('a window of another rule, account, group, start or length is another one', () => {
  const ids = [
    window,
    alertWindowOf({ ...grouping, rule: otherRule }, storedAt, 15),
    alertWindowOf({ ...grouping, account: '444455556666' }, storedAt, 15),
    alertWindowOf({ ...grouping, group: { a: '2', b: '1' } }, storedAt, 15),
    alertWindowOf({ ...grouping, group: { a: '1,b,2' } }, storedAt, 15),
    alertWindowOf(grouping, '2026-11-21T08:15:00.000Z', 15),
    alertWindowOf(grouping, storedAt, 30),
    suppressionDayOf(window),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the day of a window is that of its start, for all groups of rule and account', () => {
  const last = alertWindowOf({ ...grouping, group: {} }, '2026-11-21T23:59:59.999Z', 15);
  expect(suppressionDayOf(last)).toEqual(suppressionDayOf(window));
  expect(suppressionDayOf(last)).toMatchObject({
    ...{ kind: 'suppressed', severity: 'info', group: {} },
    ...{ start: '2026-11-21T00:00:00.000Z', end: '2026-11-22T00:00:00.000Z' },
  });
  const next = alertWindowOf(grouping, last.end, 15);
  expect(suppressionDayOf(next).id).not.toBe(suppressionDayOf(last).id);
});
