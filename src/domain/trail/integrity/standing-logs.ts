import type { PlaceListing } from './place-listing.ts';

/** The logs that stand in a place, by day, until a digest names them that is proven. */
export class StandingLogs {
  readonly #listing: Pick<PlaceListing, 'logsOf'>;
  /** By the beginning of the day: key, and whether a digest names it that is not proven. */
  readonly #unclaimed = new Map<number, Map<string, boolean>>();

  constructor(listing: Pick<PlaceListing, 'logsOf'>) {
    this.#listing = listing;
  }

  /** Lists the logs of a day, once. */
  async load(at: number): Promise<void> {
    if (this.#unclaimed.has(at)) return;
    const keys = await this.#listing.logsOf(at);
    this.#unclaimed.set(at, new Map(keys.map(key => [key, false])));
  }

  /** A proven digest names this log. */
  claim(key: string): void {
    for (const keys of this.#unclaimed.values()) if (keys.delete(key)) return;
  }

  /** A digest names this log that is not proven: one that is may still do so. Answers whether it is there, unclaimed. */
  doubt(key: string): boolean {
    for (const keys of this.#unclaimed.values()) {
      if (!keys.has(key)) continue;
      keys.set(key, true);
      return true;
    }
    return false;
  }

  /** Gives out, and forgets, what no proven digest has named of the days after this one; of all where none is given. */
  *release(after = Number.NEGATIVE_INFINITY): Generator<UnclaimedLog, void> {
    for (const [at, keys] of this.#unclaimed) {
      if (at <= after) continue;
      this.#unclaimed.delete(at);
      for (const [key, isDoubted] of keys) yield { key, day: at, isDoubted };
    }
  }
}

export interface UnclaimedLog {
  readonly key: string;
  /** The beginning of the day in whose folder it stands. */
  readonly day: number;
  /** Whether a digest names it that is not proven. */
  readonly isDoubted: boolean;
}
