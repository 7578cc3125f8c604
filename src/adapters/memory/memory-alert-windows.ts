import type {
  AlertWindowAddition,
  AlertWindowEntry,
  AlertWindowState,
  AlertWindows,
  AlertWindowTally,
} from '../../ports/alert-windows.ts';
import type { Timestamp } from '../../ports/clock.ts';

interface HeldWindow {
  readonly state: AlertWindowState;
  readonly entries: ReadonlyMap<string, AlertWindowEntry>;
}

/**
 * Alert windows in memory. What goes in and out is copied.
 *
 * @example
 * const windows = new MemoryAlertWindows();
 * await analyzer.analyze(log);
 * clock.advance(16 * 60_000);
 * await new TrailSummarizer({ windows, alerts, clock }).summarize();
 */
export class MemoryAlertWindows implements AlertWindows {
  readonly #windows = new Map<string, HeldWindow>();

  /** Every window in the order of arrival. */
  get windows(): readonly AlertWindowState[] {
    return structuredClone([...this.#windows.values()].map(({ state }) => state));
  }

  async add({ window, entries, first, dueAt }: AlertWindowAddition): Promise<AlertWindowState> {
    const held = this.#windows.get(window.id);
    const state: AlertWindowState = {
      ...structuredClone(window),
      announced: false,
      ...(first === undefined ? {} : { first }),
      dueAt,
      ...held?.state,
      revision: (held?.state.revision ?? 0) + 1,
    };
    const added = entries.map((entry): [string, AlertWindowEntry] => [entry.id, structuredClone(entry)]);
    this.#windows.set(window.id, { state, entries: new Map([...(held?.entries ?? []), ...added]) });
    return structuredClone(state);
  }

  async markAnnounced(id: string): Promise<void> {
    this.#change(id, state => ({ ...state, announced: true }));
  }

  async find(id: string): Promise<AlertWindowState | undefined> {
    return structuredClone(this.#windows.get(id)?.state);
  }

  async *entries(id: string): AsyncGenerator<AlertWindowEntry> {
    for (const entry of this.#windows.get(id)?.entries.values() ?? []) yield structuredClone(entry);
  }

  async *due(now: Timestamp): AsyncGenerator<string> {
    for (const [id, { state }] of [...this.#windows]) {
      // Canonical timestamps sort as text.
      if (state.dueAt !== undefined && state.dueAt <= now) yield id;
    }
  }

  async conclude(id: string, revision: number, told: AlertWindowTally): Promise<boolean> {
    const state = this.#windows.get(id)?.state;
    const isCurrent = state === undefined || state.revision === revision;
    this.#change(id, ({ dueAt, ...concluded }) => ({
      ...concluded,
      told: { ...told },
      ...(isCurrent || dueAt === undefined ? {} : { dueAt }),
    }));
    return isCurrent;
  }

  #change(id: string, change: (state: AlertWindowState) => AlertWindowState): void {
    const held = this.#windows.get(id);
    if (held !== undefined) this.#windows.set(id, { ...held, state: change(held.state) });
  }
}
