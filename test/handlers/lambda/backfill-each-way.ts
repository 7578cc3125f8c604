import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { backfillTrailLogs } from '../../../src/handlers/lambda/backfill-trail-logs.ts';
import { reportTrailRulesNews } from '../../../src/handlers/lambda/trail-rules-news.ts';
import type { BackfillEntry, BackfillOutcome } from '../../../src/ports/backfill-ledger.ts';
import { BackfillWorld } from '../../domain/trail/backfill/backfill-fixtures.ts';
import type { RecordedTelemetry } from './recorded-telemetry.ts';

const batch = {
  ...{ schemaVersion: 1, backfill: 'b', bucket: 'logs', prefix: 'AWSLogs/', from: null, to: null },
  announce: false,
};

/** Has the backfiller meet every outcome of a log, a log that is given up, both conclusions, and rules that are refused. */
export async function backfillEachWay(telemetry: RecordedTelemetry): Promise<void> {
  const world = new BackfillWorld();
  const entryOf = (outcome: BackfillOutcome): BackfillEntry => ({
    ...{
      schemaVersion: 1,
      backfill: 'b',
      bucket: 'logs',
      key: `${outcome}.json`,
      etag: 'e',
      work: 'w',
      outcome,
    },
    tally: { bytes: 1, records: 1, matches: 1, stored: 1, alerts: 1 },
    at: '2026-11-21T08:00:00.000Z',
  });
  const backfill = {
    async *run() {
      for (const outcome of ['analyzed', 'skipped', 'unreadable', 'missing', 'failed'] as const) {
        yield { entry: entryOf(outcome), before: false };
      }
    },
    giveUp: async () => undefined,
  };
  const ports = {
    backfillOf: async () => backfill,
    conclusion: {
      ...{ ledger: world.ledger, clock: world.clock },
      ...{ audit: new MemoryAuditLog(), alerts: new MemoryAlertChannel() },
    },
    remainingTime: () => 900_000,
  };
  const objects = [{ Key: 'one.json', Etag: 'e' }];
  const failure = { Error: 'Runtime.ExitError', Cause: '' };
  const take = (input: object) => backfillTrailLogs({ ...input, batch }, ports, telemetry);
  await take({ step: 'analyze', objects });
  await take({ step: 'give-up', objects, failure });
  // Nothing is noted yet: that is no success.
  await take({ step: 'conclude' }).catch(() => undefined);
  await world.ledger.note(entryOf('analyzed'));
  await take({ step: 'conclude' });
  const object = { bucket: 'rules', key: 'rules.json' };
  const refusal = { reason: 'invalid', object, faults: ['fault'], standing: 'hash' } as const;
  reportTrailRulesNews({ kind: 'refused', refusal }, telemetry);
}
