import type { JsonObject } from '../../ports/json.ts';
import type { TrailRules } from './trail-rules.ts';

/** A record that at least one rule matches. */
export interface TrailMatch {
  readonly record: JsonObject;
  /** Ids of the rules that match, in the order of the rules. */
  readonly rules: readonly string[];
  /** The record's place in the log, from 0. */
  readonly index: number;
  /** The record as it stands in the log. Numbers that JavaScript rounds are exact here. */
  readonly text: string;
}

/** What has been read so far. */
export interface TrailLogProgress {
  /** Bytes of the source, compressed or not. */
  readonly bytes: number;
  readonly records: number;
  readonly matches: number;
  /** Whether the source is a digest file, which holds no records. */
  readonly digest: boolean;
}

/** The matches of one log, read once, in the order of the log. */
export interface TrailLogMatches extends AsyncIterable<TrailMatch> {
  readonly progress: TrailLogProgress;
}

export interface FilterTrailLogOptions {
  /** A record of more bytes ends the reading with a `record-too-large`. CloudTrail's own limit is 256 KB. @defaultValue 16 MiB */
  readonly maxRecordBytes?: number;
}

/**
 * The records of a CloudTrail log that a rule matches.
 *
 * @throws {TrailLogError} while it is read.
 */
export function filterTrailLog(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  rules: TrailRules,
  options: FilterTrailLogOptions = {},
): TrailLogMatches {
  throw new Error(`not yet ${source} ${rules} ${options}`);
}
