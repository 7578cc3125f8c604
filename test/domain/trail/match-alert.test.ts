import { describe, expect, test } from '@jest/globals';
import { type AlertedEvent, type MatchGroup, matchAlert } from '../../../src/domain/trail/match-alert.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import { eventId, logKey } from './trail-fixtures.ts';

const eventAt = (number: number, change: Partial<AlertedEvent> = {}): AlertedEvent => ({
  eventId: eventId(number),
  eventTime: `2026-11-21T08:0${number % 10}:00.000Z`,
  eventName: 'CreateUser',
  eventSource: 'iam.amazonaws.com',
  region: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  outcome: 'succeeded',
  ...change,
});

const groupOf = (events: readonly AlertedEvent[], change: Partial<MatchGroup> = {}): MatchGroup => ({
  rule: {
    id: 'users',
    title: 'An IAM user changed',
    severity: 'high',
    monitoredEvents: ['CreateUser'],
    references: [],
    groupBy: [],
    suppress: [],
  },
  account: '111122223333',
  principal: 'arn:aws:iam::111122223333:user/alice',
  windowStart: '2026-11-21T08:00:00.000Z',
  windowMinutes: 15,
  events,
  log: { bucket: 'logs', key: logKey, versionId: 'v1' },
  ...change,
});

const many = (count: number, change: Partial<AlertedEvent> = {}) =>
  Array.from({ length: count }, (_, index) => eventAt(index, change));
const listed = ({ details }: Alert) => details['events'] as readonly JsonObject[];
/** What SNS carries of it: the variants within one JSON text. */
const wireBytes = (alert: Alert) =>
  Buffer.byteLength(JSON.stringify({ default: JSON.stringify(alert), email: `${alert.title}${alert.text}` }));

describe('an alert about matched events', () => {
  test('reads as who did what, where from, when, and how it ended', () => {
    const denied = eventAt(3, {
      eventName: 'DeleteUser',
      outcome: 'AccessDenied',
      sourceIPAddress: '2001:db8::1',
    });
    const alert = matchAlert(groupOf([denied, eventAt(1)]));
    expect(alert.title).toBe('An IAM user changed: 2 events by user/alice in 111122223333');
    expect(alert.text).toBe(`An IAM user changed (rule users).

Who:     arn:aws:iam::111122223333:user/alice
Account: 111122223333
When:    2026-11-21T08:00:00.000Z to 2026-11-21T08:15:00.000Z
What:    2 events

- 2026-11-21T08:01:00.000Z CreateUser (iam.amazonaws.com, us-east-1) from 203.0.113.7: succeeded
- 2026-11-21T08:03:00.000Z DeleteUser (iam.amazonaws.com, us-east-1) from 2001:db8::1: AccessDenied

All of them are stored, by event id, by event name and day, and by principal and day.
Log: s3://logs/${logKey}`);
  });

  test('tells machines the same', () => {
    const { sourceIPAddress: _, ...nowhere } = eventAt(1);
    expect(matchAlert(groupOf([nowhere]))).toMatchObject({
      schemaVersion: 1,
      kind: 'trail.match',
      severity: 'high',
      account: '111122223333',
      occurredAt: '2026-11-21T08:01:00.000Z',
      details: {
        rule: 'users',
        principal: 'arn:aws:iam::111122223333:user/alice',
        window: { start: '2026-11-21T08:00:00.000Z', end: '2026-11-21T08:15:00.000Z' },
        count: 1,
        events: [
          { eventId: eventId(1), eventName: 'CreateUser', outcome: 'succeeded', sourceIPAddress: null },
        ],
        log: { bucket: 'logs', key: logKey, versionId: 'v1' },
      },
    });
  });

  test('says nothing of an address that is not known', () => {
    const { sourceIPAddress: _, ...nowhere } = eventAt(1);
    expect(matchAlert(groupOf([nowhere])).text).toContain('(iam.amazonaws.com, us-east-1): succeeded');
  });

  test('has the same id for the same events in any order, another for others, and one correlation id', () => {
    const one = matchAlert(groupOf([eventAt(1), eventAt(2)]));
    const again = matchAlert(groupOf([eventAt(2), eventAt(1)]));
    const later = matchAlert(groupOf([eventAt(3)]));
    const asMany = matchAlert(groupOf([eventAt(1), eventAt(3)]));
    expect(again.id).toBe(one.id);
    expect(later.id).not.toBe(one.id);
    expect(asMany.id).not.toBe(one.id);
    const sameTime = [eventAt(1), eventAt(2, { eventTime: eventAt(1).eventTime })];
    expect(matchAlert(groupOf(sameTime.toReversed())).id).toBe(matchAlert(groupOf(sameTime)).id);
    expect(later.correlationId).toBe(one.correlationId);
    for (const change of [
      { account: '444455556666' },
      { principal: 'x' },
      { windowStart: '2026-11-21T08:15:00.000Z' },
    ]) {
      expect(matchAlert(groupOf([eventAt(1), eventAt(2)], change)).correlationId).not.toBe(one.correlationId);
    }
  });

  test.each([
    [50, 50],
    [51, 50],
    [1000, 50],
  ])('of %i events lists %i, the earliest, and counts the others', (count, expected) => {
    const alert = matchAlert(groupOf(many(count).toReversed()));
    expect(listed(alert)).toHaveLength(expected);
    expect(alert.details['count']).toBe(count);
    expect(alert.title).toContain(`${count} events`);
    const rest = count - expected;
    expect(alert.text.includes(`… and ${rest} more.`)).toBe(rest > 0);
    expect(listed(alert)[0]?.['eventTime']).toBe('2026-11-21T08:00:00.000Z');
  });

  test.each(['\u202e', '\\', '"', '\u0000', '📄', '\ud800', 'ü'])(
    'stays below the 256 KB of SNS whatever %j fills its events',
    character => {
      const text = character.repeat(3000);
      const hostile = many(1000, {
        ...{
          eventId: text,
          eventName: text,
          eventSource: text,
          region: text,
          sourceIPAddress: text,
          outcome: text,
        },
      });
      const alert = matchAlert(
        groupOf(hostile, {
          principal: text,
          account: text,
          log: { bucket: text, key: text, versionId: text },
        }),
      );
      expect(wireBytes(alert)).toBeLessThan(250_000);
      expect(alert.details['count']).toBe(1000);
      expect(alert.text).toMatch(/… and \d+ more\./);
    },
  );

  test('of 50 ordinary events lists all of them', () => {
    const alert = matchAlert(
      groupOf(many(50, { outcome: 'Client.UnauthorizedOperation', eventSource: 'x'.repeat(60) })),
    );
    expect(listed(alert)).toHaveLength(50);
  });

  test.each([
    ['arn:aws:sts::111122223333:assumed-role/Admin/me', 'assumed-role/Admin/me'],
    ['ec2.amazonaws.com', 'ec2.amazonaws.com'],
    ['arn:a:b', 'arn:a:b'],
  ])('calls %s %s in its title', (principal, name) => {
    expect(matchAlert(groupOf([eventAt(1)], { principal })).title).toContain(`by ${name} in`);
  });

  test('shows a deceiving name for what it is', () => {
    const { title, text } = matchAlert(
      groupOf([eventAt(1, { eventName: 'a\u202eb\nWho: nobody' })], { principal: 'x\u0007' }),
    );
    expect(text).toContain('a\\u{202e}b\\u{a}Who: nobody');
    expect(title).toContain('x\\u{7}');
  });
});
