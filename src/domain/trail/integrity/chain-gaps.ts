import type { PreviousDigest } from './digest-file.ts';
import { fallsInto, hoursBetween, lastDue, type TimeWindow } from './expected-digests.ts';
import type { IntegrityFinding, IntegrityReason } from './integrity-finding.ts';
import { resolveNamed } from './resolve-named.ts';
import {
  type DigestName,
  day,
  hour,
  readDigestName,
  siblingKey,
  type TrailPlace,
  timestampOf,
} from './trail-layout.ts';

/** A digest that stands, as far as those before it are concerned. */
export interface ChainLink {
  readonly name: DigestName;
  readonly start: number;
  readonly isProven: boolean;
  /** What it says came before it; `undefined` where it begins a chain. Not to be believed unless it is proven. */
  readonly previous: PreviousDigest | undefined;
}

/** Ten years of missing digests are named one by one: a name that someone made up can lie thousands of years away. */
const mostCounted = 3650 * day;

/** Tells which digests of a chain do not stand where they should, one by one, newest first. */
export class ChainGaps {
  readonly #place: TrailPlace;
  readonly #window: TimeWindow;
  readonly #isCopy: boolean;
  readonly #now: number;

  constructor(options: { place: TrailPlace; window: TimeWindow; isCopy: boolean; now: number }) {
    this.#place = options.place;
    this.#window = options.window;
    this.#isCopy = options.isCopy;
    this.#now = options.now;
  }

  /** After the last digest there is: those that are due by now. Where no end of the time is given, none is. */
  *afterLast(last: DigestName): Generator<IntegrityFinding, void> {
    if (this.#window.to === undefined || last.isBackfill) return;
    yield* this.#hours(last, last.end, lastDue(last, this.#window.to, this.#now));
  }

  /** Between a digest and the one that stands next after it. */
  *between(older: DigestName, newer: ChainLink): Generator<IntegrityFinding, void> {
    const named = newer.isProven ? newer.previous : undefined;
    const namedKey = named && this.#keyOf(named);
    const gap = { start: older.end, end: newer.start };
    if (namedKey === older.key) {
      if (gap.end > gap.start && !older.isBackfill) yield* this.#time('gap', gap, 'no digest covers it');
    } else if (newer.isProven && newer.previous === undefined) {
      if (!older.isBackfill) yield* this.#time('chain-restarted', gap, 'a new chain begins behind it');
    } else {
      yield* this.#missing(older.end, newer, named);
    }
  }

  /** Whether a proven digest names another one as the one before it, that is no younger than this. */
  passesOver(name: DigestName, newer: ChainLink): boolean {
    const namedKey = newer.isProven && newer.previous !== undefined ? this.#keyOf(newer.previous) : undefined;
    const named = namedKey === undefined ? undefined : readDigestName(namedKey);
    return (
      named !== undefined && namedKey !== name.key && named.chain === name.chain && named.end <= name.end
    );
  }

  /** Before the first digest there is. */
  *beforeFirst(first: ChainLink): Generator<IntegrityFinding, void> {
    const { from } = this.#window;
    const named = first.isProven ? first.previous : undefined;
    if (from === undefined || first.start <= from) {
      // Without a beginning, what is sure is the one that it names.
      if (from === undefined && named !== undefined) yield* this.#missing(first.start, first, named);
    } else if (first.isProven && named === undefined) {
      if (first.name.isBackfill) return;
      yield* this.#time('chain-begins', { start: from, end: first.start }, 'the chain begins behind it');
    } else {
      yield* this.#missing(first.start - Math.ceil((first.start - from) / hour) * hour, first, named);
    }
  }

  /** What is missing between an instant and a digest; the last of it may be named by that digest. */
  *#missing(after: number, newer: ChainLink, named: PreviousDigest | undefined) {
    if (named !== undefined && !this.#isCopy && named.bucket !== this.#place.bucket) {
      const detail = `the chain goes back to the bucket ${named.bucket}`;
      if (after < newer.start) yield* this.#time('gap', { start: after, end: newer.start }, detail);
      return;
    }
    if (named !== undefined) {
      const key = this.#keyOf(named);
      const end = readDigestName(key)?.end ?? newer.start;
      if (fallsInto({ start: end - hour, end }, this.#window)) yield this.#absent(key, 'deleted');
    }
    if (newer.name.isBackfill) return;
    yield* this.#hours(newer.name, after, named === undefined ? newer.start : newer.start - hour);
  }

  *#hours(sibling: DigestName, after: number, before: number): Generator<IntegrityFinding, void> {
    if (before - after > mostCounted) {
      yield* this.#time('gap', { start: after, end: before }, 'too many digests are missing to name each');
      return;
    }
    for (const end of hoursBetween(after, before, this.#window)) {
      yield this.#absent(siblingKey(sibling, this.#place, end), 'expected');
    }
  }

  #keyOf(named: PreviousDigest): string {
    return resolveNamed(this.#place, named, this.#isCopy)?.key ?? named.key;
  }

  #absent(key: string, reason: IntegrityReason): IntegrityFinding {
    const { bucket, account, region } = this.#place;
    const detail = reason === 'deleted' ? 'the next digest names it' : 'a digest is written each hour';
    return { kind: 'digest', verdict: 'missing', reason, detail, bucket, key, account, region };
  }

  *#time(
    reason: IntegrityReason,
    { start, end }: { start: number; end: number },
    detail: string,
  ): Generator<IntegrityFinding, void> {
    const { from, to } = this.#window;
    if (!fallsInto({ start: Math.min(start, end), end: Math.max(start, end) }, this.#window)) return;
    const { account, region } = this.#place;
    yield {
      kind: 'time',
      verdict: 'unverifiable',
      reason,
      detail,
      account,
      region,
      from: timestampOf(Math.max(start, from ?? start)),
      to: timestampOf(Math.min(end, to ?? end)),
    };
  }
}
