import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { TrailRules } from '../../../../src/domain/trail/trail-rules.ts';
import { MatchIndex } from '../../../../src/handlers/cli/trail-report/page/match-index.ts';
import type { ReportData } from '../../../../src/handlers/cli/trail-report/report-data.ts';
import { TrailReport } from '../../../../src/handlers/cli/trail-report/trail-report.ts';
import type { JsonObject } from '../../../../src/ports/json.ts';
import { counts, dataOf, madeAt, matchOf, record, rules } from './report-fixtures.ts';

/** Node's garbage collector, which is otherwise not to be called. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** The first match, as the page sees it. */
const firstOf = (data: ReportData) => new MatchIndex(data).match(0);

describe('a match', () => {
  test('is held with what the page shows of it, and no more', () => {
    const report = new TrailReport({ rules, now: madeAt });
    report.addMatch(
      matchOf(record('StopLogging', { errorCode: 'AccessDenied', requestParameters: { a: 'b' } }), 7),
      'x/a.json.gz',
    );
    const data = report.data(counts(1));
    expect(firstOf(data)).toEqual({
      time: Date.parse('2026-11-21T08:00:00Z'),
      severity: 4,
      rules: [0, 1],
      index: 7,
      texts: {
        eventName: 'StopLogging',
        outcome: 'AccessDenied',
        principal: 'arn:aws:iam::111122223333:user/ada',
        address: '198.51.100.7',
        account: '111122223333',
        region: 'eu-central-1',
        suppression: '',
        eventSource: 'cloudtrail.amazonaws.com',
        userAgent: 'aws-cli/2',
        eventId: 'e1',
        file: 'x/a.json.gz',
      },
    });
    expect(JSON.stringify(data)).not.toContain('requestParameters');
  });

  test('may say nothing: what is absent, null or of another type is empty', () => {
    const odd = {
      eventName: 5,
      eventTime: 'today',
      userIdentity: null,
      sourceIPAddress: [],
      awsRegion: {},
      eventID: false,
    };
    const { texts, time } = firstOf(
      (() => {
        const report = new TrailReport({ rules, now: madeAt });
        report.addMatch(matchOf(odd, 0, ['trail']), 'a');
        return report.data(counts(1));
      })(),
    );
    expect(time).toBeNull();
    expect(Object.values(texts).filter(text => text !== '')).toEqual(['succeeded', 'a']);
  });

  test.each<[string, string, string]>([
    ['what cannot be seen', 'a\u202eb\u2028\0', 'a\\u{202e}b\\u{2028}\\u{0}'],
    ['a half of a character', 'a\ud800', 'a\\u{d800}'],
    [
      'the number of a card',
      '4111 1111 1111 1111',
      expect.not.stringContaining('4111 1111') as unknown as string,
    ],
    ['more than is shown', 'x'.repeat(1_000_000), `${'x'.repeat(300)}…`],
  ])('is safe to show: %s', (_, userAgent, shown) => {
    expect(firstOf(dataOf([record('StopLogging', { userAgent })])).texts.userAgent).toEqual(shown);
  });
});

test('a text that looks like the safe form of another is told from it', () => {
  const texts = ['\u202e', '\\u{202e}', '\u202e', '\\u{202e}', 'x'.repeat(400), `${'x'.repeat(300)}…`];
  const index = new MatchIndex(dataOf(texts.map(userAgent => record('StopLogging', { userAgent }))));
  expect(texts.map((_, at) => index.match(at).texts.userAgent)).toEqual([
    ...['\\u{202e}', '\\\\u{202e}', '\\u{202e}', '\\\\u{202e}'],
    ...[`${'x'.repeat(300)}…`, `${'x'.repeat(300)}…`],
  ]);
});

describe('suppression', () => {
  const suppressing = (ids: readonly string[]): TrailRules => ({
    ...rules,
    suppression: (id, _, now) =>
      ids.includes(id) && now.toISOString() < '2026-12-01'
        ? { pattern: {}, owner: 'ada', reason: 'a drill', expires: '2026-12-01T00:00:00.000Z' }
        : undefined,
  });

  test.each<[string, readonly string[], string, string]>([
    ['of each rule', ['trail', 'silence'], madeAt, 'ada: a drill (until 2026-12-01T00:00:00.000Z)'],
    ['of one of two rules is none: the other would wake somebody', ['trail'], madeAt, ''],
    ['of no rule', [], madeAt, ''],
    ['that has expired', ['trail', 'silence'], '2026-12-02T00:00:00.000Z', ''],
  ])('%s', (_, ids, now, shown) => {
    const report = new TrailReport({ rules: suppressing(ids), now });
    report.addMatch(matchOf(record('StopLogging')), 'a');
    expect(firstOf(report.data(counts(1))).texts.suppression).toBe(shown);
  });
});

describe('bounds', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => record('ConsoleLogin', { eventID: `e${at}` }));
  const gather = (records: readonly JsonObject[], bounds: object): ReportData => {
    const report = new TrailReport({ rules, now: madeAt, ...bounds });
    for (const found of records) report.addMatch(matchOf(found), 'a');
    return report.data(counts(records.length));
  };

  test('the first matches are listed; the others count for their rules and the span of time', () => {
    const late = record('StopLogging', { eventTime: '2026-11-30T00:00:00Z' });
    const data = gather([...many(3), late], { mostMatches: 2 });
    expect(data.matches).toHaveLength(2);
    expect(data.rules.map(({ id }, place) => [id, data.ruleMatches[place]])).toEqual([
      ['sign-in', 3],
      ['trail', 1],
      ['silence', 1],
      ['users', 0],
      ['unused', 0],
    ]);
    expect(data.times).toEqual([Date.parse('2026-11-21T08:00:00Z'), Date.parse('2026-11-30T00:00:00Z')]);
  });

  test('long texts make the list shorter', () => {
    const long = Array.from({ length: 10 }, (_, at) =>
      record('ConsoleLogin', { userAgent: `${at}`.repeat(300) }),
    );
    expect(gather(long, { mostText: 1000 }).matches).toHaveLength(3);
  });

  test('so do long sets of rules', () => {
    const report = new TrailReport({ rules, now: madeAt, mostText: 1000 });
    const ids = Array.from({ length: 300 }, (_, at) => `r${at}`);
    for (const at of ids.keys()) report.addMatch(matchOf(record('x'), at, ids.slice(at)), 'a');
    expect(report.data(counts(300)).matches).toHaveLength(1);
  });

  test('of a long text nothing is kept but what is shown', () => {
    const collect = collector();
    const report = new TrailReport({ rules, now: madeAt });
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 40; at += 1) {
      const userAgent = Buffer.alloc(2 ** 20, String.fromCharCode(65 + at)).toString('latin1');
      report.addMatch(matchOf(record('StopLogging', { userAgent })), 'a');
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 2 ** 20);
    expect(report.data(counts(40)).matches).toHaveLength(40);
  });

  test('failed files are listed up to a bound', () => {
    const report = new TrailReport({ rules, now: madeAt, mostFailures: 2 });
    for (const file of ['a', 'b', 'c']) report.addFailure(file, 'not-json: \u202ex');
    expect(report.data(counts(0)).failures).toEqual([
      { file: 'a', reason: 'not-json: \\u{202e}x' },
      { file: 'b', reason: 'not-json: \\u{202e}x' },
    ]);
  });

  test('of ten thousand rules, those that matched are listed and some of the others', () => {
    const all = Array.from({ length: 10_000 }, (_, at) => ({
      ...{ id: `r${at}`, title: `R${at}`, severity: 'low' as const, monitoredEvents: ['x'] },
      ...{ references: [], groupBy: [], suppress: [] },
    }));
    const byId = new Map(all.map(rule => [rule.id, rule]));
    const report = new TrailReport({
      rules: { ...rules, rules: all, find: id => byId.get(id) },
      now: madeAt,
    });
    report.addMatch(matchOf(record('x'), 0, ['r9999']), 'a');
    const { rules: listed, ruleCount } = report.data(counts(1));
    expect([listed.length, ruleCount, listed[0]?.id, listed[1]?.id]).toEqual([1000, 10_000, 'r9999', 'r0']);
  });
});
