import type { JsonValue } from '../../ports/json.ts';
import { conditionHolds } from './facts.ts';
import type { Condition } from './remediation-plan.ts';

/** Whether all conditions hold: one that does not decides, then one that cannot be told. */
export function allHold(
  conditions: readonly Condition[],
  facts: Readonly<Record<string, JsonValue>>,
): 'holds' | 'does-not' | 'unknown' {
  const answers = conditions.map(condition => conditionHolds(condition, facts));
  if (answers.includes('does-not')) return 'does-not';
  return answers.includes('unknown') ? 'unknown' : 'holds';
}
