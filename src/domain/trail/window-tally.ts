import type { AlertWindowEntry, AlertWindowTally } from '../../ports/alert-windows.ts';
import type { Timestamp } from '../../ports/clock.ts';

/** How often something stands, and the first and last time. */
export interface Occurrence {
  readonly count: number;
  readonly firstAt: Timestamp;
  readonly lastAt: Timestamp;
}

/** Matches that one owner answers for, for one reason. */
export interface SuppressedOccurrence extends Occurrence {
  readonly owner: string;
  readonly reason: string;
}

/** How often each value of a fact stands, most often first. */
export interface FactCounts {
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** Events whose value is not among them: there are more values than are told apart. */
  readonly others: number;
}

/** The fact that names a region, or several with commas between them. */
export const regionFact = 'Region';

/** Regions that are named; AWS has fewer. */
const mostRegions = 100;

/** Values of one fact, and reasons of suppression, that are told apart; what comes after them is counted together. */
const mostValues = 1000;

/** Counts the entries of a window, however many there are, in bounded memory. */
export class WindowTally {
  #alerted: Occurrence | undefined;
  readonly #facts = new Map<string, { readonly values: Map<string, number>; others: number }>();
  readonly #suppressed = new Map<string, SuppressedOccurrence>();
  readonly #regions = new Set<string>();

  add({ count, firstAt, lastAt, facts, suppressed }: AlertWindowEntry): void {
    if (count === 0) return;
    const occurrence = { count, firstAt, lastAt };
    for (const region of facts[regionFact]?.split(', ') ?? []) {
      if (this.#regions.size < mostRegions) this.#regions.add(region);
    }
    if (suppressed !== undefined) {
      this.#suppress(suppressed, occurrence);
      return;
    }
    this.#alerted = united(this.#alerted, occurrence);
    for (const [name, value] of Object.entries(facts)) this.#count(name, value, count);
  }

  get totals(): AlertWindowTally {
    const suppressed = this.suppressed.reduce((sum, { count }) => sum + count, 0);
    return { alerted: this.#alerted?.count ?? 0, suppressed };
  }

  /** Of all events, suppressed or not. */
  get regions(): readonly string[] {
    return [...this.#regions].sort();
  }

  /** Of the events that are not suppressed. */
  get alerted(): Occurrence | undefined {
    return this.#alerted;
  }

  /** Of the events that are suppressed, most first. */
  get suppressed(): readonly SuppressedOccurrence[] {
    return [...this.#suppressed.values()].sort((a, b) => b.count - a.count);
  }

  /** What the events that are not suppressed are counted by. */
  get facts(): readonly (readonly [name: string, counts: FactCounts])[] {
    return [...this.#facts].map(([name, { values, others }]) => {
      const counted = Array.from(values, ([value, count]) => ({ value, count }));
      return [
        name,
        { values: counted.sort((a, b) => b.count - a.count || compare(a.value, b.value)), others },
      ];
    });
  }

  #suppress(suppression: { readonly owner: string; readonly reason: string }, occurrence: Occurrence): void {
    const known = JSON.stringify([suppression.owner, suppression.reason]);
    const isNew = !this.#suppressed.has(known) && this.#suppressed.size >= mostValues;
    const { owner, reason } = isNew ? otherReasons : suppression;
    const key = isNew ? '' : known;
    this.#suppressed.set(key, { owner, reason, ...united(this.#suppressed.get(key), occurrence) });
  }

  #count(name: string, value: string, count: number): void {
    const counts = this.#facts.get(name) ?? { values: new Map(), others: 0 };
    this.#facts.set(name, counts);
    const known = counts.values.get(value);
    if (known === undefined && counts.values.size >= mostValues) counts.others += count;
    else counts.values.set(value, (known ?? 0) + count);
  }
}

const otherReasons = { owner: 'others', reason: 'more reasons than are told apart' };

function united(known: Occurrence | undefined, more: Occurrence): Occurrence {
  if (known === undefined) return more;
  return {
    count: known.count + more.count,
    firstAt: known.firstAt < more.firstAt ? known.firstAt : more.firstAt,
    lastAt: known.lastAt > more.lastAt ? known.lastAt : more.lastAt,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
