import type { JsonObject } from '../../ports/json.ts';
import { readTrailRulesFile } from './read-trail-rules-file.ts';
import { type RecordConditions, recordConditionsOf } from './record-conditions.ts';
import type { TrailRule, TrailSuppression } from './trail-rule.ts';
import { TrailRuleIndex } from './trail-rule-index.ts';
import { trailRulesHash } from './trail-rules-hash.ts';

export type { TrailRule, TrailSuppression } from './trail-rule.ts';
export { TrailRulesError } from './trail-rules-error.ts';
export type { TrailRulesFile } from './trail-rules-file.ts';

/** A compiled rule set. */
export interface TrailRules {
  /** SHA-256 (hex) over the rules: the same for the same rules, however their file is written. */
  readonly hash: string;
  /** Those of packs first, then in the order of the file. */
  readonly rules: readonly TrailRule[];
  /** The rule of that id. */
  find(id: string): TrailRule | undefined;
  /** Ids of the rules that the record matches, in the order of the rules; empty where none does. */
  match(record: JsonObject): readonly string[];
  /** The suppression of that rule that holds for the record at that time, the first in the file. */
  suppression(ruleId: string, record: JsonObject, now: Date): TrailSuppression | undefined;
  /** What a record must have to match at all. */
  readonly conditions: RecordConditions;
}

/**
 * Compiles a rules file.
 *
 * @param file The parsed JSON, or its text or UTF-8 bytes; its schema is docs/trail-rules.schema.json.
 * `{ "monitoredEvents": ["ConsoleLogin", …] }`, where each name is a rule under itself, or
 * `{ "rules": [{ "id", "title"?, "severity"?, "pattern" or "monitoredEvents", "references"?, "groupBy"?, "suppress"?,
 * "examples"? }, …] }`, or both; and `"packs": ["cis-aws-foundations", …]` for the rules of packs beside them, in whose
 * place a rule of the same id stands. `severity` is `info`, `low`, `medium` (which stands where none is given), `high`
 * or `critical`.
 * @throws {TrailRulesError} naming every unknown key, wrong type, empty list and repeated id, each pattern that cannot be
 * read, and what is too large: 4 MiB of text, 10,000 rules, lists of 10,000 elements, and a depth of 100.
 *
 * @example
 * compileTrailRules({ monitoredEvents: ['ConsoleLogin'] }).match({ eventName: 'ConsoleLogin' }) // ['ConsoleLogin']
 */
export function compileTrailRules(file: unknown): TrailRules {
  const read = readTrailRulesFile(file);
  const rules = read.map(({ rule }) => rule);
  const byId = new Map(read.map(one => [one.rule.id, one]));
  const index = new TrailRuleIndex(read);
  return {
    hash: trailRulesHash(rules),
    rules,
    find: id => byId.get(id)?.rule,
    match: record => index.match(record),
    suppression: (ruleId, record, now) =>
      byId
        .get(ruleId)
        ?.suppressions.find(
          ({ suppression, matches }) => now.getTime() < Date.parse(suppression.expires) && matches(record),
        )?.suppression,
    conditions: recordConditionsOf(read),
  };
}
