import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../../src/adapters/memory/fault-injection.ts';
import { MemoryAlertChannel } from '../../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../../src/adapters/memory/memory-audit-log.ts';
import { IntegrityTally } from '../../../../src/domain/trail/integrity/integrity-tally.ts';
import {
  IntegrityWatch,
  type WatchReport,
  type WatchRequest,
} from '../../../../src/domain/trail/integrity/integrity-watch.ts';
import { TrailVerifier } from '../../../../src/domain/trail/integrity/trail-verifier.ts';
import { describeEachCrash } from '../../../each-crash.ts';
import { bucket, firstHour, SignedChain, TrailWorld } from './signed-trail.ts';

const hour = 3_600_000;
const at = (hours: number) => new Date(firstHour + hours * hour).toISOString();
const request: WatchRequest = { bucket, prefix: '', from: at(0), to: at(4), runId: 'run-1' };

/** Four hours in two regions, and a watch over them whose ports pass through `faults`. */
async function watched(faults = new FaultInjector()) {
  const world = new TrailWorld();
  const chains = [new SignedChain(world), new SignedChain(world, { region: 'us-east-1' })] as const;
  for (const chain of chains) await chain.deliverHours(4);
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const watch = new IntegrityWatch({
    verifier: world.verifier(),
    audit: faults.wrap('audit', audit),
    alerts: faults.wrap('alerts', alerts),
  });
  const entries = async () => {
    const found = [];
    for await (const entry of audit.entriesOf('run-1')) found.push(entry);
    return found;
  };
  return { world, chains, audit, alerts, watch, entries };
}

test('of files that are all valid, nobody is told; the run is audited', async () => {
  const { watch, alerts, entries } = await watched();

  const report = await watch.watch(request);

  expect([report.tally.outcome, report.isUnfinished, report.alerts]).toEqual(['valid', false, 0]);
  expect(alerts.published).toEqual([]);
  expect(await entries()).toEqual([
    expect.objectContaining({ action: 'trail.verify', outcome: 'valid', timestamp: at(4) }),
  ]);
});

test('each account and region that is not all valid is told once, the worst first', async () => {
  const { world, chains, watch, alerts, entries } = await watched();
  await chains[0].putLog(firstHour + 2 * hour);
  const gone = chains[1].digest(2).logs[0] ?? '';
  await world.remove(gone);
  await chains[1].putLog(firstHour + 3 * hour);

  const report = await watch.watch(request);

  expect(report.alerts).toBe(2);
  expect(alerts.published.map(({ severity, title, account }) => [severity, title, account])).toEqual([
    ['high', 'CloudTrail files are not proven: 111122223333, eu-central-1', '111122223333'],
    ['critical', 'CloudTrail files are changed or missing: 111122223333, us-east-1', '111122223333'],
  ]);
  expect(alerts.published[1]).toMatchObject({
    schemaVersion: 1,
    kind: 'trail.integrity',
    correlationId: 'run-1',
    occurredAt: at(4),
    details: {
      outcome: 'broken',
      region: 'us-east-1',
      digests: { valid: 4, tampered: 0, missing: 0, unverifiable: 0 },
      logs: { valid: 7, tampered: 0, missing: 1, unverifiable: 1, pending: 0 },
      examples: [
        { kind: 'log', verdict: 'missing', reason: 'deleted', bucket, key: gone },
        expect.objectContaining({ reason: 'not-in-digest' }),
      ],
    },
  });
  expect(alerts.published[1]?.text).toContain(`missing: log s3://${bucket}/${gone} (deleted)`);
  expect((await entries()).map(({ action, outcome }) => [action, outcome])).toEqual([
    ['trail.verify-place', 'unproven'],
    ['trail.verify-place', 'broken'],
    ['trail.verify', 'broken'],
  ]);
});

test('a bucket without a digest is told', async () => {
  const { watch, alerts } = await watched();

  await watch.watch({ ...request, prefix: 'elsewhere/' });

  expect(alerts.published).toEqual([
    expect.objectContaining({
      title: `CloudTrail files are not proven: bucket ${bucket}`,
      details: expect.objectContaining({ outcome: 'unproven', account: null, region: null, times: 1 }),
    }),
  ]);
  expect(alerts.published[0]).not.toHaveProperty('account');
});

test('an alert names twenty findings at most, and counts all', async () => {
  const { chains, watch, alerts } = await watched();
  for (let minute = 0; minute < 50; minute += 1) await chains[0].putLog(firstHour + hour + minute * 60_000);

  await watch.watch(request);

  expect(alerts.published[0]?.details).toMatchObject({ logs: { unverifiable: 50 } });
  expect(alerts.published[0]?.details['examples']).toHaveLength(20);
  expect(JSON.stringify(alerts.published[0]).length).toBeLessThan(20_000);
});

test.each([0, 3])('a run that has no time left after %d findings is told as such', async findings => {
  const { watch, alerts, entries } = await watched();
  let asked = 0;

  const report = await watch.watch(request, () => asked++ < findings);

  expect([report.isUnfinished, report.alerts]).toEqual([true, 1]);
  expect(alerts.published[0]).toMatchObject({
    severity: 'high',
    title: expect.stringContaining('did not come to its end: 111122223333, eu-central-1'),
    details: { unfinished: true },
  });
  expect((await entries()).at(-1)).toMatchObject({ action: 'trail.verify', outcome: 'unfinished' });
});

test('a run that is repeated audits and tells anew what it finds anew, and nothing twice', async () => {
  const { world, chains, watch, alerts, entries } = await watched();
  await watch.watch(request);
  await world.remove(chains[0].digest(1).key);
  await watch.watch(request);
  await world.remove(chains[0].digest(2).key);
  await watch.watch(request);
  await watch.watch(request);

  const audited = (await entries()).map(({ action, outcome }) => [action, outcome]);
  expect(audited).toEqual([
    ['trail.verify', 'valid'],
    ['trail.verify-place', 'broken'],
    ['trail.verify', 'broken'],
    ['trail.verify-place', 'broken'],
    ['trail.verify', 'broken'],
  ]);
  expect(alerts.published).toHaveLength(3);
  expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(2);
});

describe('a region that is gone altogether', () => {
  const later = (days: number, more: object = {}): WatchRequest => ({
    ...request,
    to: new Date(Date.parse(request.to) + days * 24 * hour).toISOString(),
    runId: `run-${days}`,
    ...more,
  });
  /** A run, and then everything of us-east-1 is deleted. */
  async function emptied(faults?: FaultInjector) {
    const watch = await watched(faults);
    await watch.watch.watch(request);
    const keys = watch.world.objects.list(bucket).map(({ ref }) => ref.key);
    for (const key of keys) if (key.includes('/us-east-1/')) await watch.world.remove(key);
    return watch;
  }

  test('is told, once a run, if a run has proven its digests before', async () => {
    const { watch, alerts } = await emptied();

    const report = await watch.watch({ ...request, runId: 'run-2' });
    await watch.watch({ ...request, runId: 'run-2' });

    expect([report.tally.outcome, report.alerts]).toEqual(['unproven', 1]);
    expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(1);
    expect(alerts.published[0]).toMatchObject({
      severity: 'high',
      title: 'CloudTrail files are not proven: 111122223333, us-east-1',
      text: expect.stringContaining('neither digests nor logs of any time'),
    });
  });

  test('is told in the next month too, and not for ever', async () => {
    const { watch, alerts } = await emptied();
    const regionsTold = async (days: number) => {
      const before = alerts.published.length;
      await watch.watch(later(days));
      return alerts.published.slice(before).map(({ details }) => details['region']);
    };
    expect(await regionsTold(30)).toContain('us-east-1');
    expect(await regionsTold(70)).not.toContain('us-east-1');
  });

  test.each([
    ['other regions were asked for', { regions: ['eu-central-1'] }],
    ['other accounts were asked for', { accounts: ['999988887777'] }],
    ['it is told that there is nothing of it', { regions: ['us-east-1', 'eu-central-1'] }],
    ['another prefix was asked for', { prefix: 'elsewhere/' }],
  ])('is not told beside what is, where %s', async (_, asked) => {
    const { watch, alerts } = await emptied();
    await watch.watch(later(1, asked));
    const places = alerts.published.map(({ account, details }) => [account, details['region']]);
    expect(places).not.toContainEqual(['111122223333', 'us-east-1']);
  });

  test('is not told of where the listing failed: nobody knows', async () => {
    const { world, alerts, audit } = await emptied();
    const failing = new FaultInjector();
    failing.failFrom(1, 'before', { kind: 'denied' });
    const blind = new TrailVerifier({
      listing: failing.wrap('listing', world.listing),
      files: world.objects,
      keys: world.keys,
      clock: world.clock,
    });
    await new IntegrityWatch({ verifier: blind, audit, alerts }).watch(later(1));
    expect(alerts.published.map(({ details }) => [details['region'], details['outcome']])).toEqual([
      [null, 'indeterminate'],
    ]);
  });

  test('is not told by a run that had no time to come to it', async () => {
    const { watch, alerts } = await watched();
    await watch.watch(request);
    const report = await watch.watch({ ...request, runId: 'run-2' }, () => false);
    expect([report.isUnfinished, report.alerts]).toEqual([true, 1]);
    expect(alerts.published.filter(({ text }) => text.includes('neither digests'))).toEqual([]);
  });

  test('does not keep what was found from being told where the audit log cannot be read', async () => {
    const faults = new FaultInjector();
    const { world, chains, watch, alerts } = await watched(faults);
    await world.remove(chains[1].digest(1).key);
    faults.failFrom(1, 'before', { of: 'audit.entriesOf' });

    await expect(watch.watch(request)).rejects.toMatchObject({
      operation: expect.stringContaining('entriesOf'),
    });
    expect(alerts.published.map(({ details }) => details['region'])).toEqual(['us-east-1']);
  });

  test('is one of as many as an organization has', async () => {
    const finding = (index: number) => ({
      ...{ kind: 'digest' as const, verdict: 'valid' as const, bucket, key: `k${index}` },
      ...{ account: String(111122223333 + index), region: 'eu-central-1' },
    });
    const audit = new MemoryAuditLog();
    const alerts = new MemoryAlertChannel();
    const runs = [Array.from({ length: 12_000 }, (_, index) => finding(index)), [finding(0)]];
    for (const [run, findings] of runs.entries()) {
      const verifier = {
        async *verify() {
          yield* findings;
        },
      };
      const watch = new IntegrityWatch({ verifier, audit, alerts });
      const { alerts: told } = await watch.watch({ ...request, runId: `run-${run}` });
      expect(told).toBe(run === 0 ? 0 : 11_999);
    }
    const noted = [];
    for await (const entry of audit.entriesOf(`trail-verify-places:${bucket}::2026-11`)) noted.push(entry);
    expect(noted).toHaveLength(3);
    for (const entry of noted) expect(JSON.stringify(entry).length).toBeLessThan(400_000);
  });

  test('was never known where nothing of it was proven, or the run had no time left', async () => {
    const { world, chains, watch, alerts } = await watched();
    await watch.watch(request, () => false);
    for (const { key } of chains[1].digests) await world.remove(key);
    await watch.watch({ ...request, runId: 'run-2' });
    for (const { logs } of chains[1].digests) for (const key of logs) await world.remove(key);
    const before = alerts.published.length;
    await watch.watch({ ...request, runId: 'run-3' });
    expect(alerts.published.slice(before)).toEqual([]);
  });
});

await describeEachCrash('a run is told', async faults => {
  const { world, chains, watch, alerts, entries } = await watched(faults);
  for (const chain of chains) await world.remove(chain.digest(1).key);
  return {
    deliver: () => watch.watch(request),
    async verify() {
      const ids = new Set(alerts.published.map(({ id }) => id));
      expect(ids.size).toBe(2);
      expect((await entries()).map(({ id }) => id)).toEqual([
        expect.stringMatching(/^run-1:111122223333:eu-central-1:[0-9a-f]{16}$/),
        expect.stringMatching(/^run-1:111122223333:us-east-1:[0-9a-f]{16}$/),
        expect.stringMatching(/^run-1:run:[0-9a-f]{16}$/),
      ]);
    },
  };
});

describe('a port that fails', () => {
  /** What a run reads, each call of which may fail. */
  async function reading(faults: FaultInjector) {
    const world = new TrailWorld();
    await new SignedChain(world).deliverHours(3);
    const verifier = new TrailVerifier({
      listing: faults.wrap('listing', world.listing),
      files: faults.wrap('files', world.objects),
      keys: faults.wrap('keys', world.keys),
      clock: world.clock,
    });
    return async (): Promise<WatchReport> => {
      const tally = new IntegrityTally();
      const window = { from: at(0), to: at(3) };
      for await (const finding of verifier.verify({ bucket, prefix: '', ...window })) tally.add(finding);
      return { tally, isUnfinished: false, alerts: 0 };
    };
  }

  test('at any call is told, and never taken for valid', async () => {
    const counting = new FaultInjector();
    const run = await reading(counting);
    expect((await run()).tally.outcome).toBe('valid');
    const calls = [...counting.calls];
    expect(new Set(calls)).toEqual(
      new Set(['listing.folders', 'listing.list', 'keys.ofRegion', 'files.current', 'files.read']),
    );
    for (const [index] of calls.entries()) {
      for (const moment of ['before', 'after'] as const) {
        const faults = new FaultInjector();
        const again = await reading(faults);
        faults.failCall(index + 1, moment, { kind: 'denied', code: 'AccessDenied' });
        const { tally } = await again();
        expect([index, tally.outcome, tally.unreadable]).toEqual([index, 'indeterminate', 1]);
      }
    }
  });

  test('in one region does not keep the others from being verified', async () => {
    const { world, chains } = await watched();
    const faults = new FaultInjector();
    faults.failCall(1, 'before', { of: 'keys.ofRegion' });
    const keys = faults.wrap('keys', world.keys);
    const verifier = new TrailVerifier({
      listing: world.listing,
      files: world.objects,
      keys,
      clock: world.clock,
    });
    await world.remove(chains[1].digest(1).key);
    const tally = new IntegrityTally();
    for await (const finding of verifier.verify(request)) tally.add(finding);

    expect([tally.unreadable, tally.of('missing'), tally.outcome]).toEqual([1, 1, 'broken']);
  });

  test('with a defect is not hidden', async () => {
    const { world } = await watched();
    const keys = { ofRegion: () => Promise.reject(new TypeError('a defect')) };
    const verifier = new TrailVerifier({
      listing: world.listing,
      files: world.objects,
      keys,
      clock: world.clock,
    });

    await expect(async () => {
      for await (const _ of verifier.verify(request));
    }).rejects.toThrow('a defect');
  });
});

test("an account's own trail and its organization's are told apart", async () => {
  const { world, chains, watch, alerts, entries } = await watched();
  for (const region of ['eu-central-1', 'us-east-1']) {
    const chain = new SignedChain(world, { region, organization: 'o-abc123/', trail: 'all' });
    await chain.deliverHours(4);
    await world.remove(chain.digest(1).logs[0] ?? '');
  }
  for (const chain of chains) await world.remove(chain.digest(2).logs[0] ?? '');

  expect((await watch.watch(request)).alerts).toBe(4);

  expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(4);
  expect((await entries()).filter(({ action }) => action === 'trail.verify-place')).toHaveLength(4);
});
