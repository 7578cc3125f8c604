import type { JsonObject } from '../../ports/json.ts';

/** A record that at least one rule matches. */
export interface TrailMatch {
  readonly record: JsonObject;
  /** Ids of the rules that match, in the order of the rules. */
  readonly rules: readonly string[];
  /** The place in the log, from 0: of all elements of its lists and all records outside of them. */
  readonly index: number;
  /** The record as it stands in the log. Numbers that JavaScript rounds are exact here. */
  readonly text: string;
}
