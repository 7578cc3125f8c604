import {
  backfillWork,
  TrailBackfill,
  type TrailBackfillOptions,
} from '../../domain/trail/backfill/trail-backfill.ts';
import { TrailAnalyzer } from '../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../domain/trail/trail-rules.ts';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindows } from '../../ports/alert-windows.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TrailEventStore } from '../../ports/trail-event-store.ts';
import type { BackfillBatch } from './backfill-request.ts';

export interface BatchedBackfillPorts
  extends Pick<TrailBackfillOptions, 'ledger' | 'clock' | 'pause' | 'random'> {
  /** The rules of the moment: asked once for a batch, so that all of it, and its ledger, goes by the same. */
  readonly rules: () => Promise<TrailRules>;
  readonly objects: ObjectStore;
  readonly events: TrailEventStore;
  readonly alerts: AlertChannel;
  readonly windows: AlertWindows;
  readonly windowMinutes: number;
}

/** Logs of one batch at a time: as many batches as the workflow lets run come beside it. */
const concurrency = 4;

/** What a port refuses for longer than that, the workflow asks for again. */
const attempts = 3;

/** The backfill that a batch belongs to: it tells people of matches only where the batch asks for it. */
export function backfillOfBatch(
  ports: BatchedBackfillPorts,
): (batch: BackfillBatch, hasTime: () => boolean) => Promise<TrailBackfill> {
  const { rules: currentRules, ledger, clock, pause, random, objects, events, ...telling } = ports;
  return async ({ backfill, announce }, hasTime) => {
    const rules = await currentRules();
    const analyzer = new TrailAnalyzer({
      ...{ objects, events, clock, rules },
      ...(announce ? telling : { announce }),
    });
    const work = backfillWork(rules, announce);
    return new TrailBackfill({
      ...{ backfill, ledger, analyzer, work, clock, pause, random },
      ...{ concurrency, attempts, hasTime },
    });
  };
}
