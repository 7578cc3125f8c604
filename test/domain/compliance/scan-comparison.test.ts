import { describe, expect, test } from '@jest/globals';
import type {
  ComplianceResult,
  EncryptionGrade,
  Verdict,
} from '../../../src/domain/compliance/compliance-check.ts';
import type { ScannedResource } from '../../../src/domain/compliance/inspect-resource.ts';
import { ScanComparison } from '../../../src/domain/compliance/scan-comparison.ts';
import type { ScanPage } from '../../../src/domain/compliance/scan-pages.ts';
import type { ScanUnit } from '../../../src/domain/compliance/scan-progress.ts';
import type { StandingResult } from '../../../src/domain/compliance/standing-result.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';

const account = '111122223333';
const region = 'eu-central-1';
const scope = { accounts: [account], regions: [region] };
const now = '2026-11-21T08:00:00.000Z';
const earlier = '2026-11-20T08:00:00.000Z';
const tables: ScanUnit = { account, region, type: 'dynamodb-table' };
const buckets: ScanUnit = { account, region, type: 's3-bucket' };
const check = 'dynamodb-table-encryption';
const exemption = { owner: 'team', reason: 'moving', expires: '2027-01-31' };
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'dynamodb:ListTables',
  code: 'AccessDenied',
};

function arnOf(name: string): string {
  return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}

type Found = Partial<Omit<ComplianceResult, 'resource'>> & { readonly verdict: Verdict };

function table(name: string, ...found: readonly Found[]): ScannedResource {
  return {
    resource: { ...tables, arn: arnOf(name), name },
    state: 'judged',
    results: found.map(it => ({ checkId: check, explanation: 'is so', ...it })),
  };
}

function page(resources: readonly ScannedResource[], more: Partial<ScanPage> = {}): ScanPage {
  return { schemaVersion: 1, scanId: 's', page: 0, unit: tables, resources, ...more };
}

function stood(name: string, more: Partial<StandingResult> = {}): StandingResult {
  return {
    ...tables,
    arn: arnOf(name),
    name,
    checkId: check,
    verdict: 'fail',
    explanation: 'was so',
    since: earlier,
    exempt: false,
    unseen: false,
    ...more,
  };
}

interface Compared {
  readonly isMade?: (checkId: string) => boolean;
  readonly isExempt?: (arn: string) => boolean;
}

function compared(
  before: readonly StandingResult[],
  pages: readonly ScanPage[],
  { isMade = () => true, isExempt = () => false }: Compared = {},
) {
  const comparison = new ScanComparison({ startedAt: now, scope, isMade, isExempt });
  for (const each of before) comparison.expect(each);
  const added = pages.map(each => comparison.add(each));
  const { changes, results } = comparison.finish();
  const standing = [...added, results].flatMap(it => it.standing);
  const ended = [...added, results].flatMap(it => it.ended);
  const names = (named: readonly StandingResult[]) => named.map(({ name }) => name);
  return {
    changes,
    standing,
    happened: {
      fresh: names(changes.fresh),
      worsened: names(changes.worsened),
      resolved: changes.resolved.map(({ name, by }) => `${name} ${by}`),
      ended: ended.map(({ name, by }) => `${name} ${by}`),
      unjudged: names(changes.unjudged),
      still: changes.numbers.stillFailing,
      exempt: changes.numbers.exempt,
      notJudged: changes.numbers.notJudged,
      withdrawn: changes.numbers.withdrawn,
      standing: standing.map(({ name, verdict, unseen }) => `${name} ${verdict}${unseen ? ' unseen' : ''}`),
    },
  };
}

/** What is resolved has ended, too. */
function resolved(...results: readonly string[]) {
  return { resolved: results, ended: results };
}

const nothing = {
  fresh: [],
  worsened: [],
  ...resolved(),
  unjudged: [],
  still: 0,
  exempt: 0,
  notJudged: 0,
  withdrawn: 0,
  standing: [],
};
const fail = { verdict: 'fail' } as const;
const graded = (grade: EncryptionGrade) => ({ verdict: 'fail', grade }) as const;

describe('ScanComparison', () => {
  test.each<[string, StandingResult[], ScannedResource[], Partial<typeof nothing> | object]>([
    ['finds nothing in nothing', [], [], {}],
    ['finds nothing where all passes', [], [table('a', { verdict: 'pass' })], {}],
    ['a failure that was not there', [], [table('a', fail)], { fresh: ['a'], standing: ['a fail'] }],
    ['a failure that was there', [stood('a')], [table('a', fail)], { still: 1, standing: ['a fail'] }],
    ['a failure that has ended', [stood('a')], [table('a', { verdict: 'pass' })], resolved('a pass')],
    ['a failing table that is not listed any more', [stood('a')], [], resolved('a gone')],
    [
      'a failing table that is gone when it is looked at',
      [stood('a')],
      [{ ...table('a'), state: 'gone' }],
      resolved('a gone'),
    ],
    [
      'encryption that has become weaker',
      [stood('a', { grade: 'aws-managed' })],
      [table('a', graded('aws-owned'))],
      { worsened: ['a'], standing: ['a fail'] },
    ],
    [
      'encryption that has become stronger, and is not enough',
      [stood('a', { grade: 'aws-owned' })],
      [table('a', graded('aws-managed'))],
      { still: 1, standing: ['a fail'] },
    ],
    [
      'a key that cannot be used any more, in place of one that AWS owns',
      [stood('a', { grade: 'aws-owned' })],
      [table('a', graded('customer-managed-unhealthy'))],
      { worsened: ['a'], standing: ['a fail'] },
    ],
    [
      'a key that cannot be used any more',
      [stood('a', { grade: 'aws-managed' })],
      [table('a', graded('customer-managed-unhealthy'))],
      { worsened: ['a'], standing: ['a fail'] },
    ],
    [
      'a failure that cannot be seen any more is not resolved',
      [stood('a')],
      [table('a', { verdict: 'indeterminate' })],
      { unjudged: ['a'], still: 1, notJudged: 1, standing: ['a fail unseen'] },
    ],
    [
      'what cannot be judged, and could',
      [],
      [table('a', { verdict: 'indeterminate' })],
      { unjudged: ['a'], notJudged: 1, standing: ['a indeterminate'] },
    ],
    [
      'what still cannot be judged',
      [stood('a', { verdict: 'indeterminate' })],
      [table('a', { verdict: 'indeterminate' })],
      { notJudged: 1, standing: ['a indeterminate'] },
    ],
    [
      'what turns out to fail once it can be judged',
      [stood('a', { verdict: 'indeterminate' })],
      [table('a', fail)],
      { fresh: ['a'], standing: ['a fail'] },
    ],
    [
      'a failure that is exempt',
      [],
      [table('a', { ...fail, exemption })],
      { exempt: 1, standing: ['a fail'] },
    ],
    [
      'a failure that is exempt no more',
      [stood('a', { exempt: true })],
      [table('a', fail)],
      { fresh: ['a'], standing: ['a fail'] },
    ],
    [
      'an exempt failure that cannot be seen, once the exemption has expired',
      [stood('a', { exempt: true })],
      [table('a', { verdict: 'indeterminate' })],
      { fresh: ['a'], unjudged: ['a'], notJudged: 1, standing: ['a fail unseen'] },
    ],
    [
      'a table that is listed twice counts once',
      [stood('a')],
      [table('a', fail), table('a', fail)],
      { still: 1, standing: ['a fail'] },
    ],
    [
      'one that fails leaves its neighbours what they are',
      [stood('b')],
      [table('a', fail), table('b', { verdict: 'pass' }), table('c', { verdict: 'pass' })],
      { fresh: ['a'], ...resolved('b pass'), standing: ['a fail'] },
    ],
  ])('%s', (_, before, resources, expected) => {
    expect(compared(before, [page(resources)]).happened).toEqual({ ...nothing, ...expected });
  });

  test('what stands where nothing could be listed stays, and that it could not be is new once', () => {
    const first = compared([stood('a')], [page([], { unlisted: denied })]);
    expect(first.happened).toEqual({
      ...nothing,
      still: 1,
      unjudged: ['dynamodb-table'],
      notJudged: 2,
      standing: ['dynamodb-table indeterminate', 'a fail unseen'],
    });
    const second = compared(first.standing, [page([], { unlisted: denied })]);
    expect(second.happened).toEqual({ ...first.happened, unjudged: [] });
    expect(second.standing.map(({ since }) => since)).toEqual([now, earlier]);
    const third = compared(second.standing, [page([table('a', fail)])]);
    expect(third.happened).toEqual({
      ...nothing,
      still: 1,
      ...resolved('dynamodb-table pass'),
      standing: ['a fail'],
    });
  });

  test('what could not be judged, in a place that is not listed any more, is no failure', () => {
    const { happened } = compared(
      [stood('a', { verdict: 'indeterminate' })],
      [page([], { unlisted: denied })],
    );
    expect(happened).toMatchObject({ still: 0, notJudged: 2, resolved: [] });
  });

  test('what was not listed of a later page stays', () => {
    const { happened } = compared(
      [stood('a'), stood('b')],
      [page([table('a', { verdict: 'pass' })]), page([], { unlisted: denied })],
    );
    expect(happened).toMatchObject({
      ...resolved('a pass'),
      standing: ['dynamodb-table indeterminate', 'b fail unseen'],
    });
  });

  test('a failure that is not seen is told once, and stays', () => {
    const unseen = [page([table('a', { verdict: 'indeterminate' })])];
    const first = compared([stood('a')], unseen);
    expect(first.happened).toMatchObject({ unjudged: ['a'], standing: ['a fail unseen'] });
    expect(compared(first.standing, unseen).happened).toMatchObject({
      unjudged: [],
      standing: ['a fail unseen'],
    });
    expect(compared(first.standing, [page([table('a', fail)])]).happened).toMatchObject({
      fresh: [],
      still: 1,
      standing: ['a fail'],
    });
  });

  test.each([
    [true, { exempt: 1, fresh: [], still: 0 }],
    [false, { exempt: 0, fresh: ['a'], still: 0 }],
  ])(
    'an exempt failure that is not seen is exempt for as long as the exemption counts: %s',
    (counts, expected) => {
      const before = [stood('a', { exempt: true })];
      const unseen = [page([table('a', { verdict: 'indeterminate' })])];
      const unlisted = [page([], { unlisted: denied })];
      for (const pages of [unseen, unlisted]) {
        expect(compared(before, pages, { isExempt: () => counts }).happened).toMatchObject(expected);
      }
    },
  );

  test('a list that nobody asks for any more is withdrawn, not readable again', () => {
    const before = [stood('list', { checkId: 'inventory' })];
    expect(compared(before, [page([], { skipped: true })]).happened).toEqual({
      ...nothing,
      withdrawn: 1,
      ended: ['list withdrawn'],
    });
    expect(compared(before, [page([])]).happened).toEqual({ ...nothing, ...resolved('list pass') });
  });

  test('names the first ten thousand of a kind, and counts and stores all', () => {
    const tables = Array.from({ length: 10_001 }, (_, index) => table(`t${index}`, fail));
    const { changes, standing } = compared([], [page(tables)]);
    expect([changes.fresh.length, changes.numbers.new, standing.length]).toEqual([10_000, 10_001, 10_001]);
  });

  test('buckets are of no region: one is resolved wherever it was', () => {
    const bucket = stood('logs', { type: 's3-bucket', region: 'us-east-1', checkId: 's3-bucket-encryption' });
    expect(compared([bucket], [page([], { unit: buckets })]).happened.resolved).toEqual(['logs gone']);
  });

  test.each<[string, Partial<StandingResult>]>([
    ['of a check that is not made', { checkId: 'other' }],
    ['of a region that is not scanned', { region: 'us-east-1' }],
    ['of an account that is not scanned', { account: '444455556666' }],
    ['of a bucket of an account that is not scanned', { type: 's3-bucket', account: '444455556666' }],
    ['of a list in a region that is not scanned', { checkId: 'inventory', region: 'us-east-1' }],
  ])('a result %s is withdrawn, not resolved', (_, more) => {
    const { happened } = compared([stood('a', more)], [page([])], { isMade: id => id === check });
    expect(happened).toEqual({ ...nothing, withdrawn: 1, ended: ['a withdrawn'] });
  });

  test('a failure stands since the scan that found it', () => {
    const pages = [page([table('a', fail), table('b', fail)])];
    const { standing } = compared([stood('a'), stood('b', { verdict: 'indeterminate' })], pages);
    expect(standing.map(({ name, since }) => [name, since])).toEqual([
      ['a', earlier],
      ['b', now],
    ]);
  });

  test('counts verdicts by check, resources by type, and grades', () => {
    const { changes } = compared(
      [],
      [
        page([
          table('a', graded('aws-owned'), { checkId: 'other', verdict: 'pass' }),
          table('b', { ...graded('aws-owned'), exemption }),
          table('c', { verdict: 'indeterminate', grade: 'indeterminate' }),
          { ...table('d'), state: 'gone' },
        ]),
      ],
    );
    expect({ ...changes.checks }).toEqual({
      [check]: { pass: 0, fail: 1, exempt: 1, indeterminate: 1 },
      other: { pass: 1, fail: 0, exempt: 0, indeterminate: 0 },
    });
    expect(changes.resources).toEqual({ 'dynamodb-table': 3 });
    expect(changes.grades).toEqual({ 'dynamodb-table': { 'aws-owned': 2, indeterminate: 1 } });
  });
});
