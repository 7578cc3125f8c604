import type { ReadTrailRule } from './read-trail-rules-file.ts';

/** An example of a rule that does not come out as it says. */
export interface FailedExample {
  readonly rule: string;
  /** The list that it stands in: `match` is not matched, or `noMatch` is. */
  readonly list: 'match' | 'noMatch';
  /** Its place there, from 0. */
  readonly index: number;
}

/** Judges the examples of each rule by that rule alone. */
export function checkRuleExamples(rules: readonly ReadTrailRule[]): readonly FailedExample[] {
  return rules.flatMap(({ rule, matches, examples }) => {
    const failed = (list: 'match' | 'noMatch') =>
      examples[list].flatMap((record, index) =>
        matches(record) === (list === 'match') ? [] : [{ rule: rule.id, list, index }],
      );
    return [...failed('match'), ...failed('noMatch')];
  });
}
