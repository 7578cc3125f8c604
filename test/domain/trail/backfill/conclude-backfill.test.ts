import { expect, test } from '@jest/globals';
import { ManualClock } from '../../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryBackfillLedger } from '../../../../src/adapters/memory/memory-backfill-ledger.ts';
import { concludeBackfill } from '../../../../src/domain/trail/backfill/conclude-backfill.ts';
import type { BackfillEntry, BackfillOutcome } from '../../../../src/ports/backfill-ledger.ts';
import { describeEachCrash } from '../../../each-crash.ts';

const scope = { backfill: 'november', bucket: 'logs' };

async function worldOf(outcomes: readonly BackfillOutcome[]) {
  const ledger = new MemoryBackfillLedger();
  for (const [index, outcome] of outcomes.entries()) {
    const entry: BackfillEntry = {
      ...{
        schemaVersion: 1,
        ...scope,
        key: `AWSLogs/${String(index).padStart(3, '0')}`,
        etag: 'e',
        work: 'w',
        outcome,
      },
      ...(outcome === 'analyzed' ? {} : { fault: { code: `Code${index}`, message: 'says why' } }),
      tally: { bytes: 100, records: 10, matches: 2, stored: 1, alerts: 0 },
      at: `2026-11-21T08:00:00.${String(index).padStart(3, '0')}Z`,
    };
    await ledger.note(entry);
  }
  const ports = {
    ledger,
    audit: new MemoryAuditLog(),
    alerts: new MemoryAlertChannel(),
    clock: new ManualClock('2026-11-21T09:00:00.000Z'),
  };
  const audited = async () => {
    const entries = [];
    for await (const entry of ports.audit.entriesOf('trail-backfill:november')) entries.push(entry);
    return entries;
  };
  return { ports, audited };
}

test('a backfill that read everything is told as information, with its counts', async () => {
  const { ports, audited } = await worldOf(['analyzed', 'skipped', 'analyzed']);

  const summary = await concludeBackfill(scope, ports);

  expect(summary).toMatchObject({ objects: 3, outcomes: { analyzed: 2, skipped: 1 }, faults: [] });
  expect(summary.tally).toEqual({ bytes: 300, records: 30, matches: 6, stored: 3, alerts: 0 });
  expect(ports.alerts.published).toMatchObject([
    {
      ...{ kind: 'trail.backfill-concluded', severity: 'info', correlationId: 'november' },
      title: 'Backfill november read all of 3 logs',
      occurredAt: '2026-11-21T08:00:00.002Z',
      details: { objects: 3, tally: { matches: 6 } },
    },
  ]);
  expect(await audited()).toMatchObject([
    {
      action: 'trail.backfill',
      outcome: 'complete',
      timestamp: '2026-11-21T08:00:00.002Z',
      details: { objects: 3 },
    },
  ]);
});

test.each(['unreadable', 'missing', 'failed'] as const)(
  'one log that is %s makes it high, and is named',
  async outcome => {
    const { ports, audited } = await worldOf(['analyzed', outcome, 'analyzed']);

    await concludeBackfill(scope, ports);

    const [alert] = ports.alerts.published;
    expect(alert).toMatchObject({ severity: 'high', title: 'Backfill november could not read 1 of 3 logs' });
    expect(alert?.text).toContain(`${outcome}: AWSLogs/001 (Code1: says why)`);
    expect(alert?.details['faults']).toEqual([{ key: 'AWSLogs/001', outcome, code: 'Code1' }]);
    expect(await audited()).toMatchObject([{ outcome: 'incomplete' }]);
  },
);

test('one that found nothing is no success', async () => {
  const { ports, audited } = await worldOf([]);

  await concludeBackfill(scope, ports);

  expect(ports.alerts.published).toMatchObject([
    { severity: 'high', title: 'Backfill november found no log', occurredAt: '2026-11-21T09:00:00.000Z' },
  ]);
  expect(await audited()).toMatchObject([{ outcome: 'incomplete' }]);
});

test('of many logs that were not read the first are named, and all are counted', async () => {
  const { ports } = await worldOf(Array.from({ length: 500 }, () => 'failed' as const));

  const { faults, outcomes } = await concludeBackfill(scope, ports);

  expect(outcomes.failed).toBe(500);
  expect(faults.map(({ key }) => key)).toEqual(
    Array.from({ length: 20 }, (_, index) => `AWSLogs/${String(index).padStart(3, '0')}`),
  );
});

await describeEachCrash('a backfill is concluded', async faults => {
  const { ports, audited } = await worldOf(['analyzed', 'unreadable']);
  const wrapped = {
    ledger: faults.wrap('ledger', ports.ledger),
    audit: faults.wrap('audit', ports.audit),
    alerts: faults.wrap('alerts', ports.alerts),
    clock: ports.clock,
  };
  return {
    deliver: () => concludeBackfill(scope, wrapped),
    verify: async () => {
      expect(await audited()).toHaveLength(1);
      expect(new Set(ports.alerts.published.map(({ id }) => id)).size).toBe(1);
    },
  };
});
