import type { Timestamp } from './clock.ts';

/**
 * What has become of an object:
 *
 * - `analyzed`, `skipped` (nothing of the trail's), `unreadable`: settled; the same bytes would give the same again.
 * - `missing` (listed, and gone when it was to be read), `failed` (a port failed): open; another run may do better.
 */
export const backfillOutcomes = ['analyzed', 'skipped', 'unreadable', 'missing', 'failed'] as const;

export type BackfillOutcome = (typeof backfillOutcomes)[number];

/** The outcomes after which an object is not looked at again, unless it or the work has changed. */
export const settledBackfillOutcomes = ['analyzed', 'skipped', 'unreadable'] as const;

/** The objects of one bucket in one backfill. */
export interface BackfillScope {
  /** Id of the backfill: 1 to 80 letters, digits, `.`, `_` and `-`. */
  readonly backfill: string;
  readonly bucket: string;
}

/** One object of a backfill. */
export interface BackfillObject extends BackfillScope {
  /** The key as stored. */
  readonly key: string;
}

/** What was found in an object. */
export interface BackfillTally {
  /** Bytes of the object. */
  readonly bytes: number;
  readonly records: number;
  readonly matches: number;
  /** Matches that were not in the store before. */
  readonly stored: number;
  /** Alerts published. */
  readonly alerts: number;
}

/** What has become of one object of a backfill. */
export interface BackfillEntry extends BackfillObject {
  readonly schemaVersion: 1;
  /** The entity tag that the object was listed with: under another one it is another object. */
  readonly etag: string;
  /** What was done, and by which rules: what was done otherwise does not count as done. */
  readonly work: string;
  readonly outcome: BackfillOutcome;
  /** Why it was not analyzed. */
  readonly fault?: { readonly code: string; readonly message: string };
  readonly tally: BackfillTally;
  readonly at: Timestamp;
}

/** What a backfill has done, so that it can be gone on with, and told what became of each object. */
export interface BackfillLedger {
  /** What was noted last of the object. */
  find(object: BackfillObject): Promise<BackfillEntry | undefined>;
  /**
   * Notes the entry, in place of the one before; atomic. An entry that settles its object stands against one of the same
   * entity tag and work that leaves it open: a worker that comes late undoes nothing.
   */
  note(entry: BackfillEntry): Promise<void>;
  /** What was noted last of each object, in no order. */
  entries(scope: BackfillScope): AsyncIterable<BackfillEntry>;
}
