import type { KeyObject } from 'node:crypto';
import type { ObjectListing } from '../../../ports/object-listing.ts';
import type { ObjectTarget } from '../../../ports/object-store.ts';
import type { TrailPublicKeys } from '../../../ports/trail-public-keys.ts';
import { ChainGaps, type ChainLink } from './chain-gaps.ts';
import type { NamedLog } from './digest-file.ts';
import { usableKeys } from './digest-signature.ts';
import { digestGrace, fallsInto, type TimeWindow } from './expected-digests.ts';
import { inOrder } from './in-order.ts';
import type { FileFinding, IntegrityFinding, TimeFinding } from './integrity-finding.ts';
import { type DigestJudgement, judgeDigest } from './judge-digest.ts';
import { PlaceListing } from './place-listing.ts';
import {
  type DigestReading,
  type ReadingVerdict,
  readDigest,
  type TrailFiles,
  verifyLog,
} from './read-trail-file.ts';
import { resolveNamed } from './resolve-named.ts';
import { StandingLogs } from './standing-logs.ts';
import { type DigestName, day, hour, logTime, type TrailPlace, timestampOf } from './trail-layout.ts';

export interface VerificationBounds {
  /** Logs that are read at one time. */
  readonly concurrency: number;
  /** Bytes of a digest, inflated, above which it is not read. */
  readonly maxDigestBytes: number;
  /** Bytes of a log, inflated, above which it is not read to its end. */
  readonly maxLogBytes: number;
  /** Digests, or logs, of one day, account and region, above which the place is given up. */
  readonly mostFilesADay: number;
}

export interface PlaceVerificationOptions {
  readonly listing: ObjectListing;
  readonly files: TrailFiles;
  readonly keys: TrailPublicKeys;
  readonly bounds: VerificationBounds;
  readonly place: TrailPlace;
  readonly window: TimeWindow;
  readonly isCopy: boolean;
  readonly now: number;
}

/** CloudTrail validates logs since 2015. */
const firstKeys = Date.UTC(2015, 0, 1);
const lastTime = Date.UTC(9999, 11, 31);
/** Digests that are read ahead of the one that is judged. */
const digestsAhead = 4;
/** A log's name bears the minute of its delivery; one of the last minutes of a digest may be named by the next. */
const nameGrace = hour / 4;
/** A chain whose last digest is older is not expected to go on: that there are none is told instead. */
const chainMemory = 7 * day;

/**
 * Verifies the files of one account and region, newest first: each digest is judged by what the one after it says, before
 * what it says itself is believed. Holds the names of three days' logs at most.
 */
export class PlaceVerification {
  readonly #options: PlaceVerificationOptions;
  readonly #listing: PlaceListing;
  readonly #logs: StandingLogs;
  readonly #gaps: ChainGaps;
  /** The oldest digest so far of each chain. */
  readonly #chains = new Map<string, ChainLink>();
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  /** Digests of the window, there or not. */
  #digests = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;

  constructor(options: PlaceVerificationOptions) {
    this.#options = options;
    const { listing, place, window, bounds } = options;
    this.#listing = new PlaceListing({ listing, place, window, mostFilesADay: bounds.mostFilesADay });
    this.#logs = new StandingLogs(this.#listing);
    this.#gaps = new ChainGaps(options);
  }

  async *findings(): AsyncGenerator<IntegrityFinding, void> {
    const { keys, place, window, now } = this.#options;
    const { digestDays, logDays, before } = await this.#listing.days();
    const oldest = window.from ?? digestDays.at(-1) ?? now;
    const [newest = now] = digestDays;
    // Backfill digests are signed later than the hour they cover. Made-up days must not lead to times that are none.
    const since = Math.max(Math.min(oldest, now) - day, firstKeys);
    const until = newest > now ? Math.min(newest + day, lastTime) : now;
    this.#keys = usableKeys(await keys.ofRegion(place.region, timestampOf(since), timestampOf(until)));
    const days = [...new Set([...digestDays, ...logDays])].sort((a, b) => b - a);
    for (const at of days) {
      // A digest of the first hour of a day names logs of the day before.
      for (const logDay of [at, at - day]) if (logDays.has(logDay)) await this.#logs.load(logDay);
      yield* this.#verifyDigests(await this.#listing.digestsOf(at));
      yield* this.#unnamed(at);
    }
    yield* this.#unnamed();
    yield* this.#beginnings(before === undefined ? [] : await this.#listing.digestsOf(before));
    if (this.#digests === 0) yield this.#noDigests();
  }

  async *#verifyDigests(names: readonly DigestName[]): AsyncGenerator<IntegrityFinding, void> {
    const { files, place, bounds } = this.#options;
    const needed = this.#needed(names);
    const read = async (name: DigestName) => ({
      name,
      read: await readDigest(files, { bucket: place.bucket, key: name.key }, bounds.maxDigestBytes),
    });
    for await (const { name, read: reading } of inOrder(needed, digestsAhead, read)) {
      yield* this.#verifyDigest(name, reading);
    }
  }

  /** Those of the window, and of each chain the one right before it and the one right after it. */
  #needed(names: readonly DigestName[]): readonly DigestName[] {
    const { window } = this.#options;
    const before = new Map<string, DigestName>();
    const behind = new Map<string, DigestName>();
    for (const name of names) {
      this.#lastEnd = Math.max(this.#lastEnd, name.end);
      // Newest first: behind the window the last one is the nearest, before it the first.
      if (isBehind(name, window)) behind.set(name.chain, name);
      else if (!fallsInto(hourOf(name), window) && !before.has(name.chain)) before.set(name.chain, name);
    }
    const neighbours = new Set([...before.values(), ...behind.values()]);
    return names.filter(name => fallsInto(hourOf(name), window) || neighbours.has(name));
  }

  async *#verifyDigest(
    name: DigestName,
    reading: DigestReading | ReadingVerdict,
  ): AsyncGenerator<IntegrityFinding, void> {
    const { window } = this.#options;
    const newer = this.#chains.get(name.chain);
    const judgement = 'file' in reading ? this.#judge(name, reading, newer) : { ...reading, isProven: false };
    const file = 'file' in reading ? reading.file : undefined;
    // What the chain passes over, and nothing proves, is no part of it: what comes before is judged as if it were not there.
    const isStray = !judgement.isProven && newer !== undefined && this.#gaps.passesOver(name, newer);
    if (newer === undefined) yield* this.#count(this.#gaps.afterLast(name));
    else if (!isStray) yield* this.#count(this.#gaps.between(name, newer));
    const isInside = fallsInto(hourOf(name), window);
    if (isInside) {
      this.#digests += 1;
      yield this.#fileFinding('digest', name.key, judgement);
    }
    if (file !== undefined) {
      const { logFiles } = file.content;
      if (!judgement.isProven) yield* this.#doubtLogs(logFiles, isInside && judgement.verdict !== 'tampered');
      else if (isInside) yield* this.#verifyLogs(logFiles);
      else for (const log of logFiles) this.#claim(log);
    }
    if (isStray) return;
    this.#chains.set(name.chain, {
      name,
      start: judgement.isProven && file !== undefined ? file.start : name.end - hour,
      isProven: judgement.isProven,
      previous: file?.previous,
    });
  }

  #judge(name: DigestName, { file, signature, algorithm }: DigestReading, newer: ChainLink | undefined) {
    const { place, isCopy } = this.#options;
    const { bucket } = place;
    const named = newer?.previous;
    const namesThis = named !== undefined && resolveNamed(place, named, isCopy)?.key === name.key;
    const next = namesThis && newer !== undefined ? { ...named, isProven: newer.isProven } : undefined;
    const digest = { bucket, key: name.key, file, signature, algorithm };
    return judgeDigest(digest, { keys: this.#keys, next, isCopy });
  }

  async *#verifyLogs(logs: readonly NamedLog[]): AsyncGenerator<FileFinding, void> {
    const { files, bounds } = this.#options;
    const judge = async (log: NamedLog): Promise<FileFinding> => {
      this.#claim(log);
      const target = this.#targetOf(log);
      const verdict = await verifyLog(files, target, log, bounds.maxLogBytes);
      return this.#fileFinding('log', target.key, verdict, target.bucket);
    };
    yield* inOrder(logs, bounds.concurrency, judge);
  }

  /**
   * What a digest names that is not proven is told once no other has proven it. Where nothing speaks against the digest, a log
   * that is not there is told as missing; the word of one that is tampered with counts for nothing.
   */
  *#doubtLogs(logs: readonly NamedLog[], isCredible: boolean): Generator<FileFinding, void> {
    for (const log of logs) {
      const { bucket, key } = this.#targetOf(log);
      const isHere = bucket === this.#options.place.bucket;
      if ((isHere && this.#logs.doubt(key)) || !isCredible) continue;
      const verdict: ReadingVerdict = isHere
        ? { verdict: 'missing', reason: 'deleted', detail: 'a digest names it that is not proven itself' }
        : { verdict: 'unverifiable', reason: 'digest-not-valid' };
      yield this.#fileFinding('log', key, verdict, bucket);
    }
  }

  #claim(log: NamedLog): void {
    const { bucket, key } = this.#targetOf(log);
    if (bucket === this.#options.place.bucket) this.#logs.claim(key);
  }

  /** A key that is none of CloudTrail's leads nowhere in a copy, and is looked for as it is. */
  #targetOf({ s3Bucket: bucket, s3Object: key }: NamedLog): ObjectTarget {
    const { place, isCopy } = this.#options;
    return resolveNamed(place, { bucket, key }, isCopy) ?? { bucket: place.bucket, key };
  }

  /** Logs of the days after this one that no proven digest has named, and none will: digests go back, and so have the days. */
  *#unnamed(after?: number): Generator<FileFinding, void> {
    const { window, now } = this.#options;
    for (const { key, day: at, isDoubted } of this.#logs.release(after)) {
      const time = logTime(key);
      // A name that does not fit its folder is made up: it must not put the log outside of the time.
      const isOfDay = time !== undefined && time >= at - hour && time < at + day + hour;
      const span = isOfDay ? { start: time, end: time + 1 } : { start: at, end: at + day };
      if (!fallsInto(span, window)) continue;
      const isDue = !isOfDay || time <= this.#lastEnd - nameGrace || time <= now - digestGrace - hour;
      const unnamed = isDue ? 'not-in-digest' : 'pending';
      yield this.#fileFinding('log', key, {
        verdict: 'unverifiable',
        reason: isDoubted ? 'digest-not-valid' : unnamed,
      });
    }
  }

  *#beginnings(before: readonly DigestName[]): Generator<IntegrityFinding, void> {
    const { from = Number.NEGATIVE_INFINITY } = this.#options.window;
    const last = new Map<string, DigestName>();
    for (const name of before) if (!last.has(name.chain)) last.set(name.chain, name);
    for (const [chain, first] of this.#chains) {
      const older = last.get(chain);
      last.delete(chain);
      if (first.start <= from && first.name.end <= from) continue;
      yield* this.#count(
        older === undefined ? this.#gaps.beforeFirst(first) : this.#gaps.between(older, first),
      );
    }
    for (const name of last.values()) {
      if (name.end >= from - chainMemory) yield* this.#count(this.#gaps.afterLast(name));
    }
  }

  /** Digests that are missing are known of. */
  *#count(findings: Iterable<IntegrityFinding>): Generator<IntegrityFinding, void> {
    for (const finding of findings) {
      this.#digests += 1;
      yield finding;
    }
  }

  #noDigests(): TimeFinding {
    const { place, window } = this.#options;
    const { account, region } = place;
    return {
      kind: 'time',
      verdict: 'unverifiable',
      reason: 'no-digests',
      detail: 'there is no digest of this time',
      account,
      region,
      ...(window.from === undefined ? {} : { from: timestampOf(window.from) }),
      ...(window.to === undefined ? {} : { to: timestampOf(window.to) }),
    };
  }

  #fileFinding(
    kind: FileFinding['kind'],
    key: string,
    { verdict, reason, detail }: ReadingVerdict | DigestJudgement,
    bucket = this.#options.place.bucket,
  ): FileFinding {
    const { account, region } = this.#options.place;
    return {
      kind,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
      bucket,
      key,
      account,
      region,
    };
  }
}

/** The hour that a digest covers, as far as its name tells. */
function hourOf({ end }: DigestName) {
  return { start: end - hour, end };
}

function isBehind(name: DigestName, { to }: TimeWindow): boolean {
  return to !== undefined && hourOf(name).start >= to;
}
