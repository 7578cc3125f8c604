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

  async #settle(id: string, now: Timestamp): Promise<Told> {
    const state = await this.#options.windows.find(id);
    // A listing may lag behind.
    return state?.dueAt === undefined || state.dueAt > now ? nothing : this.#tell(state, now);
  }

  async #tell(state: AlertWindowState, now: Timestamp): Promise<Told> {
    const { windows, alerts } = this.#options;
    const tally = new WindowTally();
    for await (const entry of windows.entries(state.id)) tally.add(entry);

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
    const isPostponed = state.kind === 'matches' && isQuiet;
    const done = { alerts: Number(isNews && !isPostponed), postponed: Number(isPostponed) };
    if (await windows.conclude(state.id, state.revision, totals)) return done;
    // Where another run has told of what was added meanwhile, its word does not stand any more: this one's does, which is old.
    const after = await windows.find(state.id);
    if (after === undefined || after.dueAt !== undefined) return done;
    const again = await this.#tell(after, now);
    return { alerts: done.alerts + again.alerts, postponed: again.postponed };
  }

  /** Makes the day hold what is suppressed in a window, or nothing of it, whatever has been put there of it before. */
  async #tellDay(
    window: AlertWindowState,
    tally: WindowTally,
    isQuiet: boolean,
    now: Timestamp,
  ): Promise<void> {
    const { windows } = this.#options;
    const day = suppressionDayOf(window);
    const prefix = `${window.id}.`;
    const entries = new Map<string, AlertWindowEntry>();
    if (window.told === undefined) {
      // From here on the day may hold something of the window, even if this run dies.
      await windows.conclude(window.id, beforeAll, { alerted: 0, suppressed: 0 });
    } else {
      for await (const entry of windows.entries(day.id)) {
        if (entry.id.startsWith(prefix)) entries.set(entry.id, { ...entry, count: 0 });
      }
    }
    const facts = { [regionFact]: tally.regions.join(', ') };
    for (const { owner, reason, ...occurrence } of isQuiet ? tally.suppressed : []) {
      const id = prefix + hashOf(owner, reason);
      entries.set(id, { id, ...occurrence, facts, suppressed: { owner, reason } });
    }
    if (entries.size === 0) return;
    const dueAt = laterBy(day.end, dayGrace);
    await windows.add({ window: day, entries: [...entries.values()], dueAt: dueAt > now ? dueAt : now });
  }
}

type Told = Pick<TrailSummaries, 'alerts' | 'postponed'>;

/** A revision that every window is past: what is concluded of that is noted, and the window stays due. */
const beforeAll = 0;

function isLasting(error: Error): boolean {
  return isPortError(error) && error.kind === 'permanent';
}

const nothing: Told = { alerts: 0, postponed: 0 };

function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
}
