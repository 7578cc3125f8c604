import { describe, expect, test } from '@jest/globals';
import { summaryAlert, suppressionAlert } from '../../../src/domain/trail/summary-alert.ts';
import { WindowTally } from '../../../src/domain/trail/window-tally.ts';
import type { AlertWindowEntry, AlertWindowState } from '../../../src/ports/alert-windows.ts';

const window: AlertWindowState = {
  schemaVersion: 1,
  id: 'window-1',
  kind: 'matches',
  rule: 'cis-4.5',
  title: 'A trail changed',
  severity: 'high',
  account: '111122223333',
  group: { Principal: 'arn:aws:iam::111122223333:user/eve' },
  start: '2026-11-21T08:00:00.000Z',
  end: '2026-11-21T08:15:00.000Z',
  announced: true,
  revision: 3,
};

const entry = (minute: number, fields: Partial<AlertWindowEntry> = {}): AlertWindowEntry => ({
  id: `e-${minute}`,
  count: 1,
  firstAt: `2026-11-21T08:0${minute}:00.000Z`,
  lastAt: `2026-11-21T08:0${minute}:00.000Z`,
  facts: { Event: 'StopLogging (cloudtrail.amazonaws.com)', Region: 'eu-central-1' },
  ...fields,
});
const suppressed = { owner: 'platform team', reason: 'the nightly run' };

function tallyOf(...entries: readonly AlertWindowEntry[]): WindowTally {
  const tally = new WindowTally();
  for (const each of entries) tally.add(each);
  return tally;
}

const three = [entry(3), entry(1), entry(2, { facts: { Event: 'DeleteTrail', Region: 'eu-central-1' } })];

describe('a summary', () => {
  test('reads as how many, by what, when, and what is suppressed', () => {
    const alert = summaryAlert(window, tallyOf(...three, entry(4, { suppressed, count: 2 })));
    expect(alert.title).toBe('A trail changed: 3 events by user/eve in 111122223333 (summary)');
    expect(alert.text).toBe(`A trail changed (rule cis-4.5): summary.

Account: 111122223333
Region:  eu-central-1
Principal: arn:aws:iam::111122223333:user/eve
Stored:  2026-11-21T08:00:00.000Z to 2026-11-21T08:15:00.000Z
What:    3 events, the first of which was announced at once
First:   2026-11-21T08:01:00.000Z
Last:    2026-11-21T08:03:00.000Z

By event:
- 2 × StopLogging (cloudtrail.amazonaws.com)
- 1 × DeleteTrail

By region:
- 3 × eu-central-1

Beside them, 2 events suppressed:
- 2 × the nightly run (platform team), 2026-11-21T08:04:00.000Z to 2026-11-21T08:04:00.000Z

All of them are stored, by event id, by event name and day, and by principal and day.`);
  });

  test.each([
    [{ 'userIdentity.arn': 'arn:aws:iam::111122223333:user/eve' }, '3 events by user/eve in 111122223333'],
    [
      { 'requestParameters.bucketName': 'eve', 'userIdentity.arn': 'x' },
      '3 events, requestParameters.bucketName eve, in 111122223333',
    ],
    [{ a: '', userIdentityOf: 'b' }, '3 events, userIdentityOf b, in 111122223333'],
    [{ a: '' }, '3 events in 111122223333'],
  ])(
    'names in its title what the events of the group %j have in common, by whom only where it says so',
    (group, expected) => {
      expect(summaryAlert({ ...window, group }, tallyOf(...three)).title).toBe(
        `A trail changed: ${expected} (summary)`,
      );
    },
  );

  test('goes on counting a value that it knows when it tells no more apart', () => {
    const values = Array.from({ length: 1000 }, (_, index) => `value-${index}`);
    const tally = tallyOf(...[...values, 'value-7', 'unknown'].map(Event => entry(1, { facts: { Event } })));
    const [[, counts] = ['', { values: [], others: 0 }]] = tally.facts;
    expect([counts.values.length, counts.values[0], counts.others]).toEqual([
      ...[1000, { value: 'value-7', count: 2 }, 1],
    ]);
    expect(tally.totals.alerted).toBe(1002);
  });

  test('tells machines the same', () => {
    expect(summaryAlert(window, tallyOf(...three, entry(4, { suppressed })))).toMatchObject({
      kind: 'trail.summary',
      severity: 'high',
      account: '111122223333',
      correlationId: 'window-1',
      occurredAt: '2026-11-21T08:01:00.000Z',
      details: {
        rule: 'cis-4.5',
        regions: ['eu-central-1'],
        group: window.group,
        window: { start: window.start, end: window.end },
        alerted: 3,
        suppressed: 1,
        counts: {
          Event: [
            { value: 'StopLogging (cloudtrail.amazonaws.com)', count: 2 },
            { value: 'DeleteTrail', count: 1 },
          ],
          Region: [{ value: 'eu-central-1', count: 3 }],
        },
        suppressions: [{ ...suppressed, count: 1, firstAt: '2026-11-21T08:04:00.000Z' }],
      },
    });
  });

  test('does not claim that anything was announced that was not', () => {
    expect(summaryAlert({ ...window, announced: false }, tallyOf(...three)).text).toContain(
      'What:    3 events\n',
    );
  });

  test('has the same id for the same counts of a window, and another for any other', () => {
    const { id } = summaryAlert(window, tallyOf(...three));
    expect(summaryAlert({ ...window, revision: 9 }, tallyOf(...three.toReversed())).id).toBe(id);
    expect(summaryAlert(window, tallyOf(...three, entry(4))).id).not.toBe(id);
    expect(summaryAlert(window, tallyOf(...three, entry(4, { suppressed }))).id).not.toBe(id);
    expect(summaryAlert({ ...window, id: 'window-2' }, tallyOf(...three)).id).not.toBe(id);
  });

  test.each([20, 21, 1500])('of %i addresses lists 20, the busiest first, and counts the others', count => {
    const entries = Array.from({ length: count }, (_, index) =>
      entry(1, { id: `e-${index}`, count: index + 1, facts: { 'Source address': `address-${index}` } }),
    );
    const { text, details } = summaryAlert(window, tallyOf(...entries));
    const lines = text.split('\n').filter(line => line.startsWith('- '));
    const total = (count * (count + 1)) / 2;
    expect(details['alerted']).toBe(total);
    expect(lines.map(line => Number(/\d+/.exec(line)?.[0])).reduce((sum, each) => sum + each)).toBe(total);
    expect(lines.length).toBe(count === 20 ? 20 : 21);
    if (count < 1000) expect(lines[0]).toBe(`- ${count} × address-${count - 1}`);
  });

  test.each(['\u202e', '\\', '"', '\u0000', '📄', '\ud800', 'ü'])(
    'stays below the 256 KB of SNS whatever %j fills its facts',
    character => {
      const entries = Array.from({ length: 100 }, (_, index) => {
        const value = `${index}${character.repeat(250)}`;
        return entry(1, {
          facts: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(name => [name, value])),
        });
      });
      const reasons = Array.from({ length: 100 }, (_, index) =>
        entry(1, {
          suppressed: { owner: `${index}${character.repeat(500)}`, reason: character.repeat(500) },
        }),
      );
      const alert = summaryAlert(window, tallyOf(...entries, ...reasons));
      const variants = { default: JSON.stringify(alert), email: `${alert.title}${alert.text}` };
      expect(Buffer.byteLength(JSON.stringify(variants))).toBeLessThan(210_000);
      expect(alert.details).toMatchObject({ alerted: 100, suppressed: 100 });
    },
  );
});

describe('an alert about suppressed matches', () => {
  test('names rule, account and day, and who answers for how many', () => {
    const day: AlertWindowState = {
      ...window,
      kind: 'suppressed',
      severity: 'info',
      group: {},
      start: '2026-11-21T00:00:00.000Z',
      end: '2026-11-22T00:00:00.000Z',
    };
    const other = { owner: 'help desk', reason: 'new colleagues' };
    const alert = suppressionAlert(
      day,
      tallyOf(
        entry(1, { suppressed: other, facts: { Region: 'us-east-1, eu-central-1' } }),
        entry(2, { suppressed, count: 4 }),
        entry(3, { suppressed }),
      ),
    );
    expect(alert).toMatchObject({ kind: 'trail.suppressed', severity: 'info', account: '111122223333' });
    expect(alert.title).toBe('A trail changed: 6 events suppressed in 111122223333 on 2026-11-21');
    expect(alert.text).toBe(`A trail changed (rule cis-4.5): suppressed.

Account: 111122223333
Region:  eu-central-1, us-east-1
Day:     2026-11-21 (UTC), by when they were stored
What:    6 events that nobody was told of, and that no summary counts

- 5 × the nightly run (platform team), 2026-11-21T08:02:00.000Z to 2026-11-21T08:03:00.000Z
- 1 × new colleagues (help desk), 2026-11-21T08:01:00.000Z to 2026-11-21T08:01:00.000Z

All of them are stored, each with who answers for it and why.`);
  });
});

describe('a tally', () => {
  test('tells a thousand values of a fact apart, and a thousand reasons, and counts all', () => {
    const entries = Array.from({ length: 1500 }, (_, index) => [
      entry(1, { facts: { a: `${index}` } }),
      entry(1, { suppressed: { owner: 'o', reason: `${index}` } }),
    ]).flat();
    const tally = tallyOf(...entries);
    expect(tally.totals).toEqual({ alerted: 1500, suppressed: 1500 });
    expect(tally.facts.map(([, { values, others }]) => [values.length, others])).toEqual([[1000, 500]]);
    expect(tally.suppressed).toHaveLength(1001);
    expect(tally.suppressed[0]).toMatchObject({ owner: 'others', count: 500 });
  });

  test('of nothing is nothing, and an entry that stands for nothing counts as none', () => {
    expect(tallyOf(entry(1, { count: 0 }), entry(2, { count: 0, suppressed })).totals).toEqual({
      alerted: 0,
      suppressed: 0,
    });
  });
});
