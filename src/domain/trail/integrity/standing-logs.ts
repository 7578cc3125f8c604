import { PortError } from '../../../ports/failure.ts';
import type { ObjectListing } from '../../../ports/object-listing.ts';
import { dayOf, placeFolder, type TrailPlace } from './trail-layout.ts';

/** The logs that stand in a place, by day, until a digest names them that is proven. */
export class StandingLogs {
  readonly #listing: ObjectListing;
  readonly #place: TrailPlace;
  readonly #mostADay: number;
  /** By the beginning of the day: key, and whether a digest names it that is not proven. */
  readonly #unclaimed = new Map<number, Map<string, boolean>>();

  /** @param mostADay Logs of one day that are held at most. */
  constructor(listing: ObjectListing, place: TrailPlace, mostADay: number) {
    this.#listing = listing;
    this.#place = place;
    this.#mostADay = mostADay;
  }

  /** Lists the logs of a day, once. */
  async load(day: number): Promise<void> {
    if (this.#unclaimed.has(day)) return;
    const keys = new Map<string, boolean>();
    const { bucket } = this.#place;
    const prefix = `${placeFolder(this.#place, 'log')}${dayOf(day)}/`;
    for await (const { key } of this.#listing.list({ bucket, prefix })) {
      if (key.endsWith('/')) continue;
      if (keys.size === this.#mostADay) throw tooManyLogs(this.#place, this.#mostADay, day);
      keys.set(key, false);
    }
    this.#unclaimed.set(day, keys);
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
    for (const [day, keys] of this.#unclaimed) {
      if (day <= after) continue;
      this.#unclaimed.delete(day);
      for (const [key, isDoubted] of keys) yield { key, isDoubted };
    }
  }
}

export interface UnclaimedLog {
  readonly key: string;
  /** Whether a digest names it that is not proven. */
  readonly isDoubted: boolean;
}

function tooManyLogs({ account, region }: TrailPlace, most: number, day: number): PortError {
  return new PortError({
    kind: 'permanent',
    operation: 'TrailVerifier.verify',
    code: 'TooManyLogs',
    message: `account ${account} has more than ${most} logs in ${region} on ${dayOf(day)}`,
  });
}
