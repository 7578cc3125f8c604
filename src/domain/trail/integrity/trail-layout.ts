import type { Timestamp } from '../../../ports/clock.ts';
import { canonicalTime } from '../../kernel/canonical-time.ts';

/** Where CloudTrail delivers the files of one account and region ("Finding your CloudTrail log files", User Guide). */
export interface TrailPlace {
  readonly bucket: string;
  /** What stands before the accounts in the keys: up to `AWSLogs/`, that included. */
  readonly base: string;
  /** `o-…/` where an organization's trail delivers, else empty. */
  readonly organization: string;
  readonly account: string;
  readonly region: string;
}

/** Milliseconds. */
export const hour = 3_600_000;
export const day = 24 * hour;

/** `…/CloudTrail-Digest/<region>/` or `…/CloudTrail/<region>/`; a folder for each year, month and day stands below. */
export function placeFolder(place: TrailPlace, kind: 'digest' | 'log'): string {
  const { base, organization, account, region } = place;
  return `${base}${organization}${account}/${kind === 'digest' ? 'CloudTrail-Digest' : 'CloudTrail'}/${region}/`;
}

/** A digest's place in its chain, as its name tells. */
export interface DigestName {
  readonly key: string;
  /** Trail, home region, and whether backfill digests: each has a chain of its own. */
  readonly chain: string;
  readonly isBackfill: boolean;
  /** When the hour that it covers ends, in milliseconds. */
  readonly end: number;
}

/**
 * `<account>_CloudTrail-Digest_<region>_<trail>_<home region>_<end>[_backfill].json.gz` ("CloudTrail digest file
 * structure", User Guide).
 */
const digestName =
  /\/\d{12}_CloudTrail-Digest_[a-z0-9-]+_([^/]+_[a-z0-9-]+)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$/;

/** `undefined` where the key is no digest's. */
export function readDigestName(key: string): DigestName | undefined {
  const [, trail, stamp, backfill] = digestName.exec(key) ?? [];
  if (trail === undefined || stamp === undefined) return undefined;
  const end = readStamp(stamp);
  if (end === undefined) return undefined;
  return { key, chain: `${trail}${backfill ?? ''}`, isBackfill: backfill !== undefined, end };
}

/** What a digest of the same chain is called that ends at another time. */
export function siblingKey({ key }: DigestName, place: TrailPlace, end: number): string {
  const stamp = stampOf(end);
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/_\d{8}T\d{6}Z/, `_${stamp}`);
  return `${placeFolder(place, 'digest')}${dayOf(end)}/${name}`;
}

/** When a log was delivered, to the minute, as its name tells: `…_<YYYYMMDDTHHmmZ>_<16 characters>.json.gz`. */
export function logTime(key: string): number | undefined {
  const stamp = /_(\d{8}T\d{4})Z_[^/_]+$/.exec(key)?.[1];
  return stamp === undefined ? undefined : readStamp(`${stamp}00Z`);
}

/** `2026/11/21`, as folders are called. */
export function dayOf(time: number): string {
  return canonicalTime(new Date(time)).slice(0, 10).replaceAll('-', '/');
}

/** The beginning of a day from the name of its folder; `undefined` where that is no day. */
export function readDay(folder: string): number | undefined {
  const [, year, month, date] = /(?:^|\/)(\d{4})\/(\d\d)\/(\d\d)\/$/.exec(folder) ?? [];
  return year === undefined ? undefined : readStamp(`${year}${month}${date}T000000Z`);
}

export function timestampOf(time: number): Timestamp {
  return canonicalTime(new Date(time));
}

/**
 * What a key says from the account on: what stays the same when a bucket's files are copied elsewhere. `undefined` where it
 * is no key of CloudTrail's.
 */
export function keyFromRoot(key: string): string | undefined {
  return /(?:.*\/|^)AWSLogs\/((?:o-[a-z0-9]+\/)?\d{12}\/.+)$/s.exec(key)?.[1];
}

function stampOf(time: number): string {
  return canonicalTime(new Date(time))
    .replace(/\.\d{3}/, '')
    .replaceAll(/[-:]/g, '');
}

function readStamp(stamp: string): number | undefined {
  const [, year, month, date, at, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const time = Date.parse(`${year}-${month}-${date}T${at}:${minute}:${second}Z`);
  // Other parsers take 30 February for a day in March.
  return Number.isNaN(time) || stampOf(time) !== stamp ? undefined : time;
}
