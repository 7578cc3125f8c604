import { describe, expect, test } from '@jest/globals';
import { type AlertedEvent, matchAlert } from '../../../src/domain/trail/match-alert.ts';
import type { AlertWindow } from '../../../src/ports/alert-windows.ts';
import { eventId, logKey } from './trail-fixtures.ts';

const window: AlertWindow = {
  schemaVersion: 1,
  id: 'window-1',
  kind: 'matches',
  rule: 'users',
  title: 'An IAM user changed',
  severity: 'high',
  account: '111122223333',
  group: { Principal: 'arn:aws:iam::111122223333:user/alice' },
  start: '2026-11-21T08:00:00.000Z',
  end: '2026-11-21T08:15:00.000Z',
};

const event: AlertedEvent = {
  eventId: eventId(1),
  eventTime: '2026-11-21T08:01:00.000Z',
  eventName: 'CreateUser',
  eventSource: 'iam.amazonaws.com',
  region: 'us-east-1',
  principal: 'arn:aws:iam::111122223333:user/alice',
  sourceIPAddress: '203.0.113.7',
  outcome: 'succeeded',
  source: { bucket: 'logs', key: logKey, versionId: 'v1', index: 3 },
};

const references = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html'];

describe('an alert about the first match of a window', () => {
  test('reads as who did what, where from, when, and how it ended', () => {
    const alert = matchAlert(window, event, references);
    expect(alert.title).toBe('An IAM user changed: CreateUser by user/alice in 111122223333, us-east-1');
    expect(alert.text).toBe(`An IAM user changed (rule users).

Who:     arn:aws:iam::111122223333:user/alice
Account: 111122223333
Region:  us-east-1
When:    2026-11-21T08:01:00.000Z
What:    CreateUser (iam.amazonaws.com) from 203.0.113.7: succeeded

What else the rule finds of this kind in the window of 2026-11-21T08:00:00.000Z to 2026-11-21T08:15:00.000Z is told in one summary.
The event is stored under its id, ${eventId(1)}.
Log: s3://logs/${logKey}
See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html`);
  });

  test('tells machines the same', () => {
    expect(matchAlert(window, event, references)).toMatchObject({
      schemaVersion: 1,
      kind: 'trail.match',
      severity: 'high',
      account: '111122223333',
      occurredAt: '2026-11-21T08:01:00.000Z',
      correlationId: 'window-1',
      details: {
        rule: 'users',
        region: 'us-east-1',
        principal: 'arn:aws:iam::111122223333:user/alice',
        group: { Principal: 'arn:aws:iam::111122223333:user/alice' },
        window: { start: '2026-11-21T08:00:00.000Z', end: '2026-11-21T08:15:00.000Z' },
        event: {
          eventId: eventId(1),
          eventName: 'CreateUser',
          outcome: 'succeeded',
          sourceIPAddress: '203.0.113.7',
          log: { bucket: 'logs', key: logKey, versionId: 'v1', index: 3 },
        },
        references,
      },
    });
  });

  test('names what the rule groups by, where that is not who acted', () => {
    const group = { 'requestParameters.userName': 'mallory', 'userIdentity.arn': event.principal, empty: '' };
    const { text } = matchAlert({ ...window, group }, event, []);
    expect(text).toContain('\nrequestParameters.userName: mallory\nempty: none\n');
    expect(text).not.toContain('userIdentity.arn:');
  });

  test('says that an event of the bus names no log, and nothing of an address that is not known', () => {
    const { source: _, sourceIPAddress: __, ...bare } = event;
    const alert = matchAlert(window, bare, []);
    expect(alert.text).toContain('CreateUser (iam.amazonaws.com): succeeded');
    expect(alert.text).toContain('\nIt came by the event bus; its log has it whole.');
    expect(alert.details['event']).toMatchObject({ log: null, sourceIPAddress: null });
  });

  test('has the same id for the same event and window, and another for any other', () => {
    const { id } = matchAlert(window, event, references);
    expect(matchAlert({ ...window, title: 'x' }, { ...event, outcome: 'x' }, []).id).toBe(id);
    expect(matchAlert({ ...window, id: 'window-2' }, event, references).id).not.toBe(id);
    expect(matchAlert(window, { ...event, eventId: 'e-2' }, references).id).not.toBe(id);
  });

  test.each([
    ['arn:aws:sts::111122223333:assumed-role/Admin/me', 'assumed-role/Admin/me'],
    ['ec2.amazonaws.com', 'ec2.amazonaws.com'],
    ['arn:a:b', 'arn:a:b'],
  ])('calls %s %s in its title', (principal, name) => {
    expect(matchAlert(window, { ...event, principal }, []).title).toContain(`by ${name} in`);
  });

  test('shows nothing that could act on who reads it', () => {
    const hostile = 'a\u202eb\u0007\n<!channel>';
    const facts = { eventName: hostile, eventSource: hostile, region: hostile, outcome: hostile };
    const { title, text } = matchAlert(window, { ...event, ...facts, principal: hostile }, [hostile]);
    expect(`${title}${text.replaceAll('\n', '')}`).not.toMatch(/[\u202e\u0007\n]/);
    expect(text.split('\n')).toHaveLength(13);
  });

  test.each(['\u202e', '\\', '"', '\u0000', '📄', '\ud800', 'ü'])(
    'stays below the 256 KB of SNS whatever %j fills its event',
    character => {
      const long = character.repeat(3000);
      const facts = { eventId: long, eventName: long, eventSource: long, region: long, principal: long };
      const source = { bucket: long, key: long, versionId: long, index: 0 };
      const group = Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`${index}`, long.slice(0, 256)]),
      );
      const alert = matchAlert(
        { ...window, group },
        { ...event, ...facts, sourceIPAddress: long, outcome: long, source },
        Array.from({ length: 50 }, () => long.slice(0, 300)),
      );
      const variants = { default: JSON.stringify(alert), email: `${alert.title}${alert.text}` };
      expect(Buffer.byteLength(JSON.stringify(variants))).toBeLessThan(230_000);
    },
  );
});
