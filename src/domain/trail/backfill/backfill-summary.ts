import {
  type BackfillEntry,
  type BackfillOutcome,
  type BackfillTally,
  backfillOutcomes,
} from '../../../ports/backfill-ledger.ts';
import type { Timestamp } from '../../../ports/clock.ts';

/** What became of the logs of a backfill, counted. */
export interface BackfillSummary {
  readonly objects: number;
  readonly outcomes: Readonly<Record<BackfillOutcome, number>>;
  readonly tally: BackfillTally;
  /** The first logs that were not read, and why; at most {@link mostFaults}. */
  readonly faults: readonly BackfillEntry[];
  /** When the last entry was made; absent where there is none. */
  readonly lastAt?: Timestamp;
}

/** Logs that are named; the others are counted. */
export const mostFaults = 20;

/** Whether every log was read, and there was one: whoever looks for what happened must not take nothing for an answer. */
export function isComplete({ objects, outcomes }: Pick<BackfillSummary, 'objects' | 'outcomes'>): boolean {
  return objects > 0 && outcomes.unreadable + outcomes.missing + outcomes.failed === 0;
}

/** Counts what became of the logs of a backfill. */
export class BackfillCount {
  readonly #outcomes = Object.fromEntries(backfillOutcomes.map(outcome => [outcome, 0])) as Record<
    BackfillOutcome,
    number
  >;
  #objects = 0;
  #tally: BackfillTally = { bytes: 0, records: 0, matches: 0, stored: 0, alerts: 0 };
  #faults: BackfillEntry[] = [];
  #lastAt: Timestamp | undefined;

  add(entry: BackfillEntry): void {
    const { outcome, tally, at } = entry;
    this.#objects += 1;
    this.#outcomes[outcome] += 1;
    const { bytes, records, matches, stored, alerts } = this.#tally;
    this.#tally = {
      bytes: bytes + tally.bytes,
      records: records + tally.records,
      matches: matches + tally.matches,
      stored: stored + tally.stored,
      alerts: alerts + tally.alerts,
    };
    if (this.#lastAt === undefined || at > this.#lastAt) this.#lastAt = at;
    if (outcome === 'analyzed' || outcome === 'skipped') return;
    // The same ones, in whatever order entries come.
    this.#faults = [...this.#faults, entry]
      .toSorted((left, right) => (left.key < right.key ? -1 : 1))
      .slice(0, mostFaults);
  }

  get summary(): BackfillSummary {
    return {
      objects: this.#objects,
      outcomes: { ...this.#outcomes },
      tally: this.#tally,
      faults: this.#faults,
      ...(this.#lastAt === undefined ? {} : { lastAt: this.#lastAt }),
    };
  }
}
