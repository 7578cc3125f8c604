import { PortError } from '../../../ports/failure.ts';
import type { ObjectListing } from '../../../ports/object-listing.ts';
import type { TimeWindow } from './expected-digests.ts';
import { listDays } from './list-days.ts';
import {
  type DigestName,
  day,
  dayOf,
  hour,
  placeFolder,
  readDigestName,
  type TrailPlace,
} from './trail-layout.ts';

export interface PlaceListingOptions {
  readonly listing: ObjectListing;
  readonly place: TrailPlace;
  readonly window: TimeWindow;
  /** Digests, or logs, of one day that are held at most. */
  readonly mostFilesADay: number;
}

/** The days for which a place has files. */
export interface PlaceDays {
  /** Newest first, each by its beginning in milliseconds. */
  readonly digestDays: readonly number[];
  readonly logDays: ReadonlySet<number>;
  /** The last day with digests before the window. */
  readonly before: number | undefined;
}

/** Lists the files of one account and region, a day at a time. */
export class PlaceListing {
  readonly #options: PlaceListingOptions;

  constructor(options: PlaceListingOptions) {
    this.#options = options;
  }

  async days(): Promise<PlaceDays> {
    const { from, to } = this.#options.window;
    const first = from === undefined ? Number.NEGATIVE_INFINITY : startOfDay(from - hour);
    const last = to === undefined ? Number.POSITIVE_INFINITY : to + day;
    const digestDays: number[] = [];
    let before: number | undefined;
    for await (const at of this.#daysOf('digest', last)) {
      if (at < first) {
        before = at;
        break;
      }
      digestDays.push(at);
    }
    const logDays = new Set<number>();
    for await (const at of this.#daysOf('log', last)) {
      if (at < first) break;
      logDays.add(at);
    }
    return { digestDays, logDays, before };
  }

  /** The digests of a day, newest first. What is not called as a digest of that day is none. */
  async digestsOf(at: number): Promise<readonly DigestName[]> {
    const names: DigestName[] = [];
    for await (const key of this.#keysOf('digest', at)) {
      const name = readDigestName(key);
      if (name === undefined || startOfDay(name.end) !== at) continue;
      if (key.slice(0, key.lastIndexOf('/') + 1) === this.#folderOf('digest', at)) names.push(name);
    }
    return names.sort((a, b) => b.end - a.end || (a.key < b.key ? 1 : -1));
  }

  /** Keys of whatever stands in the folder of a day's logs. */
  async logsOf(at: number): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const key of this.#keysOf('log', at)) keys.push(key);
    return keys;
  }

  async *#keysOf(kind: 'digest' | 'log', at: number): AsyncGenerator<string, void> {
    const { listing, place, mostFilesADay } = this.#options;
    let count = 0;
    for await (const { key } of listing.list({ bucket: place.bucket, prefix: this.#folderOf(kind, at) })) {
      // What the console makes for a folder.
      if (key.endsWith('/')) continue;
      count += 1;
      if (count > mostFilesADay) throw this.#tooMany(at);
      yield key;
    }
  }

  #daysOf(kind: 'digest' | 'log', last: number): AsyncGenerator<number, void> {
    const { listing, place } = this.#options;
    return listDays(listing, place.bucket, placeFolder(place, kind), last);
  }

  #folderOf(kind: 'digest' | 'log', at: number): string {
    return `${placeFolder(this.#options.place, kind)}${dayOf(at)}/`;
  }

  #tooMany(at: number): PortError {
    const { place, mostFilesADay } = this.#options;
    return new PortError({
      kind: 'permanent',
      operation: 'TrailVerifier.verify',
      code: 'TooManyFiles',
      message: `account ${place.account} has more than ${mostFilesADay} files in ${place.region} on ${dayOf(at)}`,
    });
  }
}

function startOfDay(time: number): number {
  return Math.floor(time / day) * day;
}
