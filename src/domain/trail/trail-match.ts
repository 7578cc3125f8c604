import type { JsonObject } from '../../ports/json.ts';

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
