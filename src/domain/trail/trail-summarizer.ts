import { createHash } from 'node:crypto';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindowEntry, AlertWindowState, AlertWindows } from '../../ports/alert-windows.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { isPortError } from '../../ports/failure.ts';
import { canonicalTime, laterBy } from '../kernel/canonical-time.ts';
import { settleAll } from '../kernel/settle-all.ts';
import { suppressionDayOf } from './alert-window-of.ts';
import { summaryAlert, suppressionAlert } from './summary-alert.ts';
import { regionFact, WindowTally } from './window-tally.ts';

export interface TrailSummarizerOptions {
  readonly windows: AlertWindows;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Windows that are told of at one time. @defaultValue 8 */
  readonly concurrency?: number;
}

/** What became of the windows that were due. */
export interface TrailSummaries {
  /** Windows that are settled, whether or not there was something to tell. */
  readonly windows: number;
  /** Alerts published. */
  readonly alerts: number;
  /** Windows of nothing but suppressed matches, which the end of the day tells of. */
  readonly postponed: number;
  /** What the windows that are not settled failed with; the next run tells of them. */
  readonly failures: readonly Error[];
  /** Whether the run was ended with windows left, for want of time or because nothing went well. */
  readonly unfinished: boolean;
}

/** Windows that are looked at before the time is. */
const batchSize = 64;

/** Milliseconds after the end of a day for the windows of its end to be settled before the day is told of. */
const dayGrace = 3_600_000;

/**
 * Tells of windows that are due: one summary for each that holds more than was announced at once; one alert a day for what
 * was suppressed and stands in no summary.
 *
 * A window is counted whole, told of, and then noted as told; what is added to it meanwhile keeps it due. A run that dies
 * anywhere leaves it due: at worst an alert comes twice, under the same id. What comes later makes it due again, and a
 * new summary counts all of it anew. Any number of runs may go on at one time.
 *
 * @example
 * const summarizer = new TrailSummarizer({ windows, alerts, clock });
 * const { failures } = await summarizer.summarize(); // every five minutes
 */
export class TrailSummarizer {
  readonly #options: TrailSummarizerOptions;

  constructor(options: TrailSummarizerOptions) {
    this.#options = options;
  }

  /**
   * Tells of every window that is due. Rejects with `PortError` only where the windows cannot be listed.
   *
   * @param isOver Whether the time is nearly over: then no further windows are begun.
   */
  async summarize(isOver: () => boolean = () => false): Promise<TrailSummaries> {
    const { windows, clock, concurrency = 8 } = this.#options;
    const now = canonicalTime(clock.now());
    const run = { windows: 0, alerts: 0, postponed: 0 };
    const failures: Error[] = [];
    const settle = async (ids: readonly string[]): Promise<boolean> => {
      const failed = await settleAll(ids, concurrency, async id => {
        const { alerts, postponed } = await this.#settle(id, now);
        run.windows += 1;
        run.alerts += alerts;
        run.postponed += postponed;
      });
      failures.push(...failed);
      // What lasts is of one window, and must not keep the others from being told of.
      const isInVain = failed.length === ids.length && !failed.some(isLasting);
      return !isInVain && !isOver();
    };

    let batch: string[] = [];
    for await (const id of windows.due(now)) {
      batch.push(id);
      if (batch.length < batchSize) continue;
      if (!(await settle(batch))) return { ...run, failures, unfinished: true };
      batch = [];
    }
    if (batch.length > 0) await settle(batch);
    return { ...run, failures, unfinished: false };
  }

  async #settle(
    id: string,
    now: Timestamp,
  ): Promise<{ readonly alerts: number; readonly postponed: number }> {
    const { windows, alerts } = this.#options;
    const state = await windows.find(id);
    // A listing may lag behind.
    if (state?.dueAt === undefined || state.dueAt > now) return nothing;
    const tally = new WindowTally();
    for await (const entry of windows.entries(id)) tally.add(entry);

    const { totals } = tally;
    const told = state.told ?? { alerted: state.announced ? 1 : 0, suppressed: 0 };
    const isNews = totals.alerted !== told.alerted || totals.suppressed !== told.suppressed;
    const isQuiet = totals.alerted === 0 && told.alerted === 0;
    if (state.kind === 'suppressed') {
      if (isNews) await alerts.publish(suppressionAlert(state, tally));
    } else {
      // What the day was to tell of, and a summary does now, is taken from it.
      if (isQuiet || state.told?.alerted === 0) await this.#tellDay(state, tally, isQuiet, now);
      if (isNews && !isQuiet) await alerts.publish(summaryAlert(state, tally));
    }
    await windows.conclude(id, state.revision, totals);
    const isPostponed = state.kind === 'matches' && isQuiet;
    return { alerts: Number(isNews && !isPostponed), postponed: Number(isPostponed) };
  }

  /** Puts what is suppressed in a window into that of its day; or nothing, in place of what was put there. */
  async #tellDay(
    window: AlertWindowState,
    { suppressed, regions }: WindowTally,
    isQuiet: boolean,
    now: Timestamp,
  ): Promise<void> {
    if (suppressed.length === 0) return;
    const day = suppressionDayOf(window);
    const dueAt = laterBy(day.end, dayGrace);
    await this.#options.windows.add({
      window: day,
      entries: suppressed.map(
        ({ owner, reason, count, firstAt, lastAt }): AlertWindowEntry => ({
          id: entryId(window.id, owner, reason),
          count: isQuiet ? count : 0,
          firstAt,
          lastAt,
          facts: { [regionFact]: regions.join(', ') },
          suppressed: { owner, reason },
        }),
      ),
      dueAt: dueAt > now ? dueAt : now,
    });
  }
}

function isLasting(error: Error): boolean {
  return isPortError(error) && error.kind === 'permanent';
}

const nothing = { alerts: 0, postponed: 0 };

function entryId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
}
