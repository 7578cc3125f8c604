import { conditionHolds, factsOf, resolveInput } from '../../../src/domain/findings/facts.ts';
import type {
  Condition,
  PlannedCall,
  RemediationPlan,
} from '../../../src/domain/findings/remediation-plan.ts';
import type { Containment } from '../../../src/ports/containment.ts';

/**
 * Makes the calls of a plan, and answers those of its steps that were made. As a plan takes for granted: what is there
 * already is not called, what may not be called fails.
 */
export async function carryOut(plan: RemediationPlan, containment: Containment): Promise<readonly string[]> {
  const made: string[] = [];
  for (const step of plan.steps) {
    if (await holds(step.effect, plan, containment)) continue;
    if (step.needless !== undefined && (await holds(step.needless, plan, containment))) continue;
    await make(step.id, step, plan, containment);
    if (!(await holds(step.effect, plan, containment))) throw new Error(`${step.id}: no effect`);
    made.push(step.id);
  }
  return made;
}

/** The way back of the steps that were made, the last first. */
export async function takeBack(
  plan: RemediationPlan,
  made: readonly string[],
  containment: Containment,
): Promise<void> {
  for (const step of plan.steps.toReversed()) {
    if (step.inverse === undefined || !made.includes(step.id)) continue;
    const { effect, inverse } = step;
    if (inverse.needless !== undefined && (await holds(inverse.needless, plan, containment))) continue;
    if (await holds(effect, plan, containment)) await make(step.id, inverse, plan, containment);
  }
}

async function make(id: string, call: PlannedCall, plan: RemediationPlan, containment: Containment) {
  const facts = await observed(plan, containment);
  const unmet = call.precondition.filter(condition => conditionHolds(condition, facts) !== 'holds');
  if (unmet.length > 0) throw new Error(`${id}, ${call.api}: ${JSON.stringify(unmet)}`);
  const region = plan.target !== undefined && 'region' in plan.target ? plan.target.region : 'us-east-1';
  await containment.perform({ api: call.api, region, input: resolveInput(call.input, facts) });
}

async function holds(conditions: readonly Condition[], plan: RemediationPlan, containment: Containment) {
  const facts = await observed(plan, containment);
  return conditions.every(condition => conditionHolds(condition, facts) === 'holds');
}

async function observed({ target, marks }: RemediationPlan, containment: Containment) {
  if (target === undefined || marks === undefined) throw new Error('the plan has no target');
  return factsOf(await containment.observe(target, marks));
}
