import type { ContainmentApi } from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import type { Condition, PlanNote, PlannedCall, PlanStep } from './remediation-plan.ts';

/** What is planned for a target. */
export interface TargetPlan {
  readonly steps: readonly PlanStep[];
  readonly notes: readonly PlanNote[];
  /** What people do by hand for this target, before what they do for any of its kind. */
  readonly manual: readonly string[];
}

export const equals = (fact: string, value: JsonValue): Condition => ({ fact, holds: 'equals', value });
export const differs = (fact: string, value: JsonValue): Condition => ({ fact, holds: 'differs', value });
export const present = (fact: string): Condition => ({ fact, holds: 'present' });
export const absent = (fact: string): Condition => ({ fact, holds: 'absent' });

/**
 * Holds under no circumstances: what a step changes could not be read, so that there would be no way back. The step stands in
 * the plan all the same, and fails, so that nobody takes the rest for all.
 */
export const unreadable = (part: string): Condition => absent(part);

/** What a fact is right before the call. */
export const fact = (name: string): JsonObject => ({ $fact: name });
/** What a fact was before the step, where the plan does not know it. */
export const before = (name: string): JsonObject => ({ $before: name });

export function call(
  api: ContainmentApi,
  input: JsonObject,
  precondition: readonly Condition[],
): PlannedCall {
  return { api, input, precondition };
}

/** A step that has a way back. */
export function reversibleStep(
  id: string,
  does: string,
  there: PlannedCall,
  {
    effect,
    inverse,
    after = [],
    ...rest
  }: Pick<PlanStep, 'effect' | 'needless' | 'upheld' | 'comesWith' | 'unit' | 'otherwise'> & {
    inverse: PlannedCall;
    after?: readonly string[];
  },
): PlanStep {
  return { id, does, ...there, effect, inverse, evidence: false, reversible: true, after, ...rest };
}
