import type { Clock } from '../../ports/clock.ts';
import type { Containment, ContainmentMarks, ContainmentTarget } from '../../ports/containment.ts';
import type { RemediationLedger, StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { StepTools } from './make-call.ts';
import { isUnseen } from './may-have-acted.ts';
import { outOfTime, PlanRun } from './plan-run.ts';
import { heldMeanwhile, isInPlace } from './remediation-outcome.ts';
import type { PlanStep, RemediationPlan } from './remediation-plan.ts';
import { leaveUnit, runUnit } from './run-unit.ts';
import { evidenceLimit } from './step-evidence.ts';
import { regionOf } from './target-name.ts';
import { type Patience, TargetWatch } from './target-watch.ts';

export interface PlanTools {
  readonly containment: Containment;
  readonly ledger: Pick<RemediationLedger, 'noteStep' | 'holdOf'>;
  readonly clock: Clock;
  readonly patience: Patience;
  /** Whether the time of the delivery is over for what needs so many milliseconds; by default, for one step. */
  readonly isOver: (needed?: number) => boolean;
}

/** A plan that acts on something. */
export type TargetedPlan = RemediationPlan & {
  readonly target: ContainmentTarget;
  readonly marks: ContainmentMarks;
};

/** Whether there is something that the plan acts on. */
export function isTargeted<Plan extends RemediationPlan>(plan: Plan): plan is Plan & TargetedPlan {
  return plan.target !== undefined && plan.marks !== undefined;
}

/** What the steps of the plan are run with, there and back. */
export function stepToolsOf(
  plan: TargetedPlan,
  { findingId, generation }: Pick<StoredRemediation, 'findingId' | 'generation'>,
  { containment, ledger, clock, patience }: Omit<PlanTools, 'isOver'>,
): StepTools {
  return {
    containment,
    watch: new TargetWatch(containment, plan.target, plan.marks, patience),
    patience,
    region: regionOf(plan.target),
    now: () => canonicalTime(clock.now()),
    note: record => ledger.noteStep(findingId, generation, record),
    evidenceLimit: evidenceLimit(plan.steps.length),
  };
}

/** Milliseconds that a unit may take, whatever is in it, and more for each of its steps. */
const mostOfUnit = { whole: 20_000, step: 2_000 };

/**
 * Runs the steps of a plan in their order, those that are not in place yet, or are to be upheld. One that fails stops those
 * that depend on it, and is not tried again; once the finding is held, none is begun. Whether it is held, and whether there
 * is time, is asked for a unit as a whole.
 *
 * Rejects with what a step failed with where that may pass, after all the other steps that can be run.
 *
 * @returns what has become of each step.
 */
export async function runPlan(
  plan: TargetedPlan,
  remediation: StoredRemediation,
  tools: PlanTools,
): Promise<Readonly<Record<string, StepRecord>>> {
  const run = new PlanRun(stepToolsOf(plan, remediation, tools), remediation.steps);
  for (const [first, ...others] of partsOf(plan.steps)) {
    const steps = [first, ...others];
    const isUnit = first.unit !== undefined;
    if (!isUnit && isSettled(first, run.records.get(first.id))) continue;
    const needed = isUnit ? unitTime(steps) : undefined;
    if (tools.isOver(needed)) throw outOfTime(first);
    if ((await tools.ledger.holdOf(remediation.findingId)) !== undefined) {
      if (isUnit) await leaveUnit(steps, run);
      for (const step of steps) await run.skip(step, heldMeanwhile);
    } else if (isUnit) {
      await runUnit(steps, run, () => tools.isOver());
    } else {
      await run.run(first, first.after);
    }
  }
  for (const error of run.deferred.values()) throw error;
  return Object.fromEntries(run.records);
}

/**
 * Takes back what a unit that has begun may have left half done. Nothing else is called: that is no containment, whatever
 * the mode, and whoever holds the finding.
 *
 * Rejects with `PortError` where what became of it cannot be noted, or there is no time for it.
 *
 * @returns what has become of each step.
 */
export async function leavePlan(
  plan: TargetedPlan,
  remediation: StoredRemediation,
  tools: PlanTools,
): Promise<Readonly<Record<string, StepRecord>>> {
  const run = new PlanRun(stepToolsOf(plan, remediation, tools), remediation.steps);
  for (const [first, ...others] of partsOf(plan.steps)) {
    const steps = [first, ...others];
    if (first.unit === undefined || !steps.some(({ id }) => run.records.has(id))) continue;
    if (tools.isOver(unitTime(steps))) throw outOfTime(first);
    await leaveUnit(steps, run);
  }
  for (const error of run.deferred.values()) throw error;
  return Object.fromEntries(run.records);
}

function unitTime({ length }: readonly PlanStep[]): number {
  return mostOfUnit.whole + mostOfUnit.step * length;
}

/** The steps, each by itself, and those of a unit together. */
function partsOf(steps: readonly PlanStep[]): readonly (readonly [PlanStep, ...PlanStep[]])[] {
  const parts: [PlanStep, ...PlanStep[]][] = [];
  for (const step of steps) {
    const last = parts.at(-1);
    if (step.unit !== undefined && last?.[0].unit === step.unit) last.push(step);
    else parts.push([step]);
  }
  return parts;
}

/** What failed stays so: who would try it again with each delivery might never come to tell of it. */
function isSettled({ upheld }: PlanStep, record: StepRecord | undefined): boolean {
  return (isInPlace(record) && upheld !== true) || (record?.status === 'failed' && !isUnseen(record));
}
