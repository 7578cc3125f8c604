import {
  type BackfillEntry,
  type BackfillLedger,
  type BackfillTally,
  settledBackfillOutcomes,
} from '../../../ports/backfill-ledger.ts';
import type { Clock } from '../../../ports/clock.ts';
import { type FailureKind, isPortError } from '../../../ports/failure.ts';
import type { ListedObject } from '../../../ports/object-listing.ts';
import { canonicalTime } from '../../kernel/canonical-time.ts';
import type { TrailAnalysis, TrailAnalyzer } from '../trail-analyzer.ts';
import { cutText } from '../trail-record.ts';
import type { TrailRules } from '../trail-rules.ts';
import { BackfillPace } from './backfill-pace.ts';
import { workInParallel } from './work-in-parallel.ts';

/** A log to be analyzed, as a listing told of it. */
export type BackfillLog = Pick<ListedObject, 'bucket' | 'key' | 'etag'>;

/** What has become of one log. */
export interface BackfillResult {
  readonly entry: BackfillEntry;
  /** Whether it was settled before, by the same work, and was left alone now. */
  readonly before: boolean;
  /** What kind of failure it failed with, where a port said so. */
  readonly failure?: FailureKind;
}

export interface TrailBackfillOptions {
  /** Id of the backfill: 1 to 80 letters, digits, `.`, `_` and `-`. The same one goes on where it was left. */
  readonly backfill: string;
  readonly ledger: BackfillLedger;
  /** Made with the rules and the announcing that `work` names. */
  readonly analyzer: Pick<TrailAnalyzer, 'analyze'>;
  /** {@link backfillWork} of these: a log that was analyzed by other rules is analyzed again. */
  readonly work: string;
  readonly clock: Clock;
  /** Resolves after that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1, so that what was throttled together does not come again together. */
  readonly random: () => number;
  /** Logs analyzed at one time. @defaultValue 8 */
  readonly concurrency?: number;
  /** Logs begun in a second, at most. @defaultValue as many as there are */
  readonly objectsPerSecond?: number;
  /** How often a port is asked that throttles, or fails in passing. @defaultValue 6 */
  readonly attempts?: number;
  /** Whether another log may be begun. @defaultValue always */
  readonly hasTime?: () => boolean;
}

/**
 * What a backfill does with a log, in short: two that differ in it do not do each other's work.
 *
 * @param store Where events are stored, if one ledger may serve several stores: what stands in one stands in no other.
 */
export function backfillWork(rules: Pick<TrailRules, 'hash'>, announce: boolean, store?: string): string {
  return [
    rules.hash,
    ...(announce ? ['announced'] : []),
    ...(store === undefined ? [] : [`in ${store}`]),
  ].join(' ');
}

type EntryFacts = Pick<BackfillEntry, 'outcome' | 'tally' | 'fault'>;

const nothing: BackfillTally = { bytes: 0, records: 0, matches: 0, stored: 0, alerts: 0 };

/** UTF-16 units kept of what a fault says. */
const longestFault = 1000;

/**
 * Analyzes the logs that are in a bucket already, log by log, and keeps in a ledger what has become of each.
 *
 * It can be stopped at any point, and gone on with under the same id: what the ledger says to be settled is left alone, whatever
 * the order in which logs are listed, and whatever was added meanwhile. A log whose entry was not written yet is analyzed again,
 * which changes nothing. A log that cannot be read, or whose ports fail for good, is told and noted, and the others go on.
 *
 * Rejects with what the listing or the ledger fails with, once what is under way is done.
 *
 * @example
 * const analyzer = new TrailAnalyzer({ objects, events, clock, rules, announce: false });
 * const work = backfillWork(rules, false);
 * const backfill = new TrailBackfill({ backfill: 'november', ledger, analyzer, work, clock, pause, random });
 * const selection = { bucket: 'logs', prefix: 'AWSLogs/', from: '2026-11-01', to: '2026-11-21' };
 * for await (const { entry } of backfill.run(listTrailLogs(listing, selection))) {
 *   if (entry.fault !== undefined) tell(entry);
 * }
 */
export class TrailBackfill {
  readonly #options: TrailBackfillOptions;
  readonly #pace: BackfillPace;

  constructor(options: TrailBackfillOptions) {
    this.#options = options;
    this.#pace = new BackfillPace(options);
  }

  /** Analyzes these logs, until there is no time for another one. */
  run(logs: Iterable<BackfillLog> | AsyncIterable<BackfillLog>): AsyncIterable<BackfillResult> {
    const { concurrency = 8, hasTime = () => true } = this.#options;
    const inTime = async function* () {
      for await (const log of logs) {
        if (!hasTime()) return;
        yield log;
      }
    };
    return workInParallel(inTime(), concurrency, log => this.#analyze(log));
  }

  /** Notes that these logs were given up, unless they are settled: whoever was at work on them did not come to its end. */
  async giveUp(logs: Iterable<BackfillLog>, fault: BackfillEntry['fault'] & object): Promise<void> {
    for (const log of logs) await this.#note(log, { outcome: 'failed', tally: nothing, fault });
  }

  async #analyze(log: BackfillLog): Promise<BackfillResult> {
    const { backfill, ledger, analyzer, work } = this.#options;
    const { bucket, key, etag } = log;
    const noted = await this.#pace.patiently(() => ledger.find({ backfill, bucket, key }));
    if (noted !== undefined && isSettled(noted) && noted.etag === etag && noted.work === work) {
      return { entry: noted, before: true };
    }
    await this.#pace.turn();
    const { facts, ...failure } = await this.#pace
      .patiently(() => analyzer.analyze({ bucket, key }))
      .then(analysis => ({ facts: factsOf(analysis) }), failureOf);
    return { entry: await this.#note(log, facts), before: false, ...failure };
  }

  async #note({ bucket, key, etag }: BackfillLog, facts: EntryFacts): Promise<BackfillEntry> {
    const { backfill, ledger, work, clock } = this.#options;
    const at = canonicalTime(clock.now());
    const entry: BackfillEntry = { schemaVersion: 1, backfill, bucket, key, etag, work, ...facts, at };
    await this.#pace.patiently(() => ledger.note(entry));
    return entry;
  }
}

function isSettled({ outcome }: BackfillEntry): boolean {
  return settledBackfillOutcomes.some(settled => settled === outcome);
}

function factsOf(analysis: TrailAnalysis): EntryFacts {
  switch (analysis.outcome) {
    case 'analyzed':
      return { outcome: 'analyzed', tally: tallyOf(analysis) };
    case 'unreadable':
      return { outcome: 'unreadable', tally: tallyOf(analysis), fault: faultOf(analysis.fault) };
    case 'skipped':
      return {
        outcome: 'skipped',
        tally: nothing,
        fault: { code: analysis.reason, message: `is ${analysis.reason}, and no log` },
      };
    case 'missing':
      return {
        outcome: 'missing',
        tally: nothing,
        fault: { code: 'missing', message: 'was listed, and is not in the bucket any more' },
      };
  }
}

/** What the analyzer itself, or a port of it, failed with. */
function failureOf(error: unknown): { readonly facts: EntryFacts; readonly failure?: FailureKind } {
  const facts: EntryFacts = { outcome: 'failed', tally: nothing, fault: faultOf(error) };
  return isPortError(error) ? { facts, failure: error.kind } : { facts };
}

function tallyOf({ bytes, records, matches, stored, alerts }: BackfillTally): BackfillTally {
  return { bytes, records, matches, stored, alerts };
}

function faultOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return {
    code: typeof code === 'string' ? code : 'Unexpected',
    message: cutText(typeof message === 'string' ? message : String(error), longestFault),
  };
}
