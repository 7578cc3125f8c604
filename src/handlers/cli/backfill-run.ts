import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../adapters/node/system-clock.ts';
import type { BackfillSelection } from '../../domain/trail/backfill/backfill-selection.ts';
import { BackfillCount, isComplete } from '../../domain/trail/backfill/backfill-summary.ts';
import { type BackfillEstimate, estimateBackfill } from '../../domain/trail/backfill/estimate-backfill.ts';
import { listTrailLogs } from '../../domain/trail/backfill/list-trail-logs.ts';
import { backfillWork, TrailBackfill } from '../../domain/trail/backfill/trail-backfill.ts';
import { TrailAnalyzer } from '../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../domain/trail/trail-rules.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';
import type { BackfillDesk } from './backfill-desk.ts';
import {
  estimateAsJson,
  estimateAsText,
  resultAsJson,
  resultAsText,
  shownBytes,
  summaryAsJson,
  summaryAsText,
} from './backfill-lines.ts';
import { portAdvice } from './port-advice.ts';
import { ProgressLine } from './progress-line.ts';
import type { Timer } from './timer.ts';
import type { CliStreams, ExitCode } from './verb.ts';
import { writeText } from './write-text.ts';

export interface BackfillRunOptions {
  readonly selection: BackfillSelection;
  readonly backfill: string;
  readonly rules: TrailRules;
  readonly concurrency: number;
  readonly objectsPerSecond: number | undefined;
  readonly windowMinutes: number;
  readonly ledger: 'file' | 'table';
  readonly json: boolean;
}

/** Logs that fail one after the other, before it is taken that all would. */
const mostFailuresInARow = 50;

const noLog = 'there is a trail, but no log of these days';

/** One backfill by hand: its estimate, and then the logs one by one; results to stdout, progress to stderr. */
export class BackfillRun {
  readonly #options: BackfillRunOptions;
  readonly #listing: ObjectListing;
  readonly #streams: CliStreams;
  readonly #timer: Timer;

  constructor(options: BackfillRunOptions, listing: ObjectListing, streams: CliStreams, timer: Timer) {
    this.#options = options;
    this.#listing = listing;
    this.#streams = streams;
    this.#timer = timer;
  }

  /** Lists what there is to do; tells it on `stream`. */
  async estimate(stream: 'stdout' | 'stderr'): Promise<BackfillEstimate> {
    let [objects, bytes] = [0, 0];
    const describe = () => `${objects.toLocaleString('en-US')} logs found so far, ${shownBytes(bytes)}`;
    const progress = new ProgressLine(this.#streams.stderr, this.#timer, describe);
    try {
      const estimate = await estimateBackfill(this.#listing, this.#options.selection, size => {
        objects += 1;
        bytes += size;
      });
      progress.stop();
      const { json, ledger } = this.#options;
      const text = json && stream === 'stdout' ? estimateAsJson(estimate) : estimateAsText(estimate, ledger);
      await writeText(this.#streams[stream], `${text}\n`);
      if (stream === 'stdout' && estimate.objects === 0) await this.#say(noLog);
      return estimate;
    } finally {
      progress.stop();
    }
  }

  async run(desk: BackfillDesk, estimate: Pick<BackfillEstimate, 'objects'>): Promise<ExitCode> {
    const { selection, json } = this.#options;
    const count = new BackfillCount();
    const startedAt = this.#timer.now();
    let [before, inARow] = [0, 0];
    const describe = () => progressOf(count, before, estimate.objects, this.#timer.now() - startedAt);
    const progress = new ProgressLine(this.#streams.stderr, this.#timer, describe);
    let gaveUp = false;
    const codes = new Set<string>();
    try {
      for await (const result of this.#backfill(desk).run(listTrailLogs(this.#listing, selection))) {
        const { entry } = result;
        count.add(entry);
        if (result.before) before += 1;
        const isRead = entry.outcome === 'analyzed' || entry.outcome === 'skipped';
        if (json || !isRead) {
          progress.clear();
          await writeText(this.#streams.stdout, `${json ? resultAsJson(result) : resultAsText(result)}\n`);
        }
        inARow = entry.outcome === 'failed' ? inARow + 1 : 0;
        if (inARow > 0) codes.add(entry.fault?.code ?? '');
        gaveUp = inARow >= mostFailuresInARow;
        if (gaveUp) break;
      }
    } finally {
      progress.stop();
      // Also where it ends in a fault: what was done stands.
      const summary = summaryAsText(count.summary, before);
      await writeText(this.#streams.stderr, `${summary}\n`).catch(() => undefined);
    }
    if (json) await writeText(this.#streams.stdout, `${summaryAsJson(count.summary, before)}\n`);
    return this.#conclude(count, gaveUp, codes);
  }

  async #conclude(count: BackfillCount, gaveUp: boolean, codes: ReadonlySet<string>): Promise<ExitCode> {
    const { summary } = count;
    const advice = new Set([...codes].map(portAdvice));
    for (const line of advice) if (line !== undefined) await this.#say(line);
    if (gaveUp)
      await this.#say(`${mostFailuresInARow} logs failed one after the other: the others were not tried`);
    if (summary.outcomes.failed > 0) {
      await this.#say(
        'the same command, when the cause is mended, tries what failed again, and nothing else',
      );
      return 2;
    }
    if (summary.objects === 0) await this.#say(noLog);
    return isComplete(summary) ? 0 : 1;
  }

  async #say(line: string): Promise<void> {
    await writeText(this.#streams.stderr, `sallyport: ${line}\n`).catch(() => undefined);
  }

  #backfill({ objects, events, store, ledger, telling }: BackfillDesk): TrailBackfill {
    const { backfill, rules, concurrency, objectsPerSecond, windowMinutes } = this.#options;
    const clock = systemClock;
    const analyzer = new TrailAnalyzer({
      ...{ objects, events, clock, rules, windowMinutes },
      ...(telling ?? { announce: false }),
    });
    return new TrailBackfill({
      ...{ backfill, ledger, analyzer, clock, pause, concurrency, random: Math.random },
      work: backfillWork(rules, telling !== undefined, store),
      ...(objectsPerSecond === undefined ? {} : { objectsPerSecond }),
    });
  }
}

function progressOf(count: BackfillCount, before: number, total: number, milliseconds: number): string {
  const { objects, tally, outcomes } = count.summary;
  const unread = outcomes.unreadable + outcomes.missing + outcomes.failed;
  const done = objects - before;
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((objects / total) * 100));
  const minutes = done === 0 ? undefined : ((total - objects) / done) * (milliseconds / 60_000);
  const left = minutes === undefined || minutes < 0 ? '' : `, about ${Math.ceil(minutes)} min left`;
  return `${objects.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} logs (${percent} %), ${shownBytes(tally.bytes)}, ${tally.matches.toLocaleString('en-US')} matches, ${unread} not read${left}`;
}
