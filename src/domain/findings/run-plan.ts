import type { Clock } from '../../ports/clock.ts';
import type { Containment, ContainmentMarks, ContainmentTarget } from '../../ports/containment.ts';
import { PortError } from '../../ports/failure.ts';
import type { RemediationLedger, StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { Reason, StepTools } from './make-call.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { isInPlace } from './remediation-outcome.ts';
import type { PlanStep, RemediationPlan } from './remediation-plan.ts';
import { runStep } from './run-step.ts';
import { evidenceLimit } from './step-evidence.ts';
import { regionOf } from './target-name.ts';
import { type Patience, TargetWatch } from './target-watch.ts';

export interface PlanTools {
  readonly containment: Containment;
  readonly ledger: Pick<RemediationLedger, 'noteStep' | 'holdOf'>;
  readonly clock: Clock;
  readonly patience: Patience;
  /** Whether the time of the delivery is over. */
  readonly isOver: () => boolean;
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

/**
 * Runs the steps of a plan in their order, those that are not in place yet. One that fails stops those that depend on it;
 * once the finding is held, none is begun.
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
  const { findingId } = remediation;
  const stepTools = stepToolsOf(plan, remediation, tools);
  const records = new Map(Object.entries(remediation.steps));
  const deferred = new Map<string, PortError>();
  const skip = async ({ id }: PlanStep, reason: Reason): Promise<void> => {
    const record: StepRecord = {
      stepId: id,
      status: 'skipped',
      at: stepTools.now(),
      reason,
    };
    await stepTools.note(record);
    records.set(id, record);
  };

  for (const step of plan.steps) {
    const earlier = records.get(step.id);
    if (isInPlace(earlier)) continue;
    if (tools.isOver()) throw outOfTime(step);
    if ((await tools.ledger.holdOf(findingId)) !== undefined) {
      // What may have been done, or was undone, stays as it is noted.
      if (!mayHaveActed(earlier) && earlier?.status !== 'undone')
        await skip(step, { code: 'held', message: 'the finding was held meanwhile' });
      continue;
    }
    const [cause] = step.after.flatMap(id => deferred.get(id) ?? []);
    if (cause !== undefined) {
      deferred.set(step.id, cause);
      continue;
    }
    const missing = step.after.filter(id => !isInPlace(records.get(id)));
    if (missing.length > 0) {
      await skip(step, { code: 'depends-on-failed', message: `not in place: ${missing.join(', ')}` });
      continue;
    }
    const run = await runStep(step, earlier, stepTools);
    if (run.outcome === 'deferred') deferred.set(step.id, run.error);
    else records.set(step.id, run.record);
  }
  for (const error of deferred.values()) throw error;
  return Object.fromEntries(records);
}

function outOfTime(step: PlanStep): PortError {
  return new PortError({
    kind: 'retryable',
    operation: 'FindingRemediator.remediate',
    code: 'OutOfTime',
    message: `the time of the delivery is over before step ${step.id}`,
  });
}
