import type { FaultInjector } from '../../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../../src/adapters/memory/manual-clock.ts';
import { MemoryBackfillLedger } from '../../../../src/adapters/memory/memory-backfill-ledger.ts';
import { MemoryObjectListing } from '../../../../src/adapters/memory/memory-object-listing.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTrailEventStore } from '../../../../src/adapters/memory/memory-trail-event-store.ts';
import type { BackfillSelection } from '../../../../src/domain/trail/backfill/backfill-selection.ts';
import { listTrailLogs } from '../../../../src/domain/trail/backfill/list-trail-logs.ts';
import {
  type BackfillLog,
  type BackfillResult,
  backfillWork,
  TrailBackfill,
  type TrailBackfillOptions,
} from '../../../../src/domain/trail/backfill/trail-backfill.ts';
import { TrailAnalyzer } from '../../../../src/domain/trail/trail-analyzer.ts';
import { compileTrailRules } from '../../../../src/domain/trail/trail-rules.ts';
import { eventId, trailLog, trailRecord } from '../trail-fixtures.ts';

export const bucket = 'logs';

export const november: BackfillSelection = { bucket, prefix: '', from: '2026-11-01', to: '2026-11-30' };

export const rules = compileTrailRules({ monitoredEvents: ['CreateUser'] });

/** The key of a log as CloudTrail delivers it. */
export function keyOf(
  day: string,
  number: number,
  { account = '111122223333', region = 'eu-central-1', prefix = '' } = {},
): string {
  const file = `${account}_CloudTrail_${region}_${day.replaceAll('-', '')}T0805Z_${String(number).padStart(16, 'x')}`;
  return `${prefix}AWSLogs/${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}/${file}.json.gz`;
}

/** A log with one record that matches, and one that does not. */
export function logOf(number: number): Uint8Array {
  return trailLog(
    trailRecord({ eventID: eventId(2 * number), eventName: 'CreateUser' }),
    trailRecord({ eventID: eventId(2 * number + 1), eventName: 'ListUsers' }),
  );
}

/** A bucket of logs and everything that a backfill of it needs, in memory. */
export class BackfillWorld {
  readonly clock = new ManualClock('2026-11-21T08:00:00.000Z');
  readonly objects = new MemoryObjectStore({ clock: this.clock, buckets: [bucket] });
  readonly events = new MemoryTrailEventStore();
  readonly ledger = new MemoryBackfillLedger();
  /** Milliseconds that were paused. */
  readonly pauses: number[] = [];
  /** Keys in the order in which their analysis began. */
  readonly analyzed: string[] = [];
  readonly #faults: FaultInjector | undefined;

  constructor(faults?: FaultInjector) {
    this.#faults = faults;
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.objects.put({ bucket, key }, body);
  }

  /** Puts that many logs, days apart, and gives their keys. */
  async putLogs(count: number): Promise<readonly string[]> {
    const keys = Array.from({ length: count }, (_, index) =>
      keyOf(`2026-11-${String((index % 28) + 1).padStart(2, '0')}`, index),
    );
    for (const [index, key] of keys.entries()) await this.put(key, logOf(index));
    return keys;
  }

  /** The logs that a selection takes in. */
  logs(selection: BackfillSelection): AsyncIterable<BackfillLog> {
    return listTrailLogs(this.#wrap('listing', new MemoryObjectListing(this.objects)), selection);
  }

  #wrap<Port extends object>(name: string, port: Port): Port {
    return this.#faults?.wrap(name, port) ?? port;
  }

  backfill(options: Partial<TrailBackfillOptions> = {}, ruleSet = rules): TrailBackfill {
    const wrap = <Port extends object>(name: string, port: Port) => this.#wrap(name, port);
    const analyzer = new TrailAnalyzer({
      objects: wrap('objects', this.objects),
      events: wrap('events', this.events),
      clock: this.clock,
      rules: ruleSet,
      announce: false,
    });
    return new TrailBackfill({
      backfill: 'november',
      ledger: wrap('ledger', this.ledger),
      analyzer: {
        analyze: log => {
          this.analyzed.push(log.key);
          return analyzer.analyze(log);
        },
      },
      work: backfillWork(ruleSet, false),
      clock: this.clock,
      pause: async milliseconds => {
        this.pauses.push(milliseconds);
        this.clock.advance(milliseconds);
      },
      random: () => 0.5,
      ...options,
    });
  }
}

export async function allOf(results: AsyncIterable<BackfillResult>): Promise<readonly BackfillResult[]> {
  const all: BackfillResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}
