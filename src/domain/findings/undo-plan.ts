import { PortError } from '../../ports/failure.ts';
import type { StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import type { Reason } from './make-call.ts';
import { mayHaveActed } from './may-have-acted.ts';
import type { PlannedCall, PlanStep } from './remediation-plan.ts';
import { type PlanTools, stepToolsOf, type TargetedPlan } from './run-plan.ts';
import { undoStep } from './undo-step.ts';

/**
 * Undoes the steps of a plan that were done, or may have been, the last first. A step stays where one that stands on it
 * could not be undone. What was there before the remediation came is left, and noted as no longer its own.
 *
 * @returns what has become of each step.
 */
export async function undoPlan(
  plan: TargetedPlan,
  remediation: StoredRemediation,
  tools: PlanTools,
): Promise<Readonly<Record<string, StepRecord>>> {
  const stepTools = stepToolsOf(plan, remediation, tools);
  const records = new Map(Object.entries(remediation.steps));
  const settle = async (stepId: string, status: StepRecord['status'], reason: Reason): Promise<void> => {
    const record: StepRecord = { stepId, status, at: stepTools.now(), reason };
    await stepTools.note(record);
    records.set(stepId, record);
  };

  for (const step of plan.steps.toReversed()) {
    const record = records.get(step.id);
    if (!isUndoable(step) || record === undefined) continue;
    if (record.status === 'already-there') {
      await settle(step.id, 'undone', {
        code: 'was-there-before',
        message: 'it was not this remediation that did it',
      });
    }
    if (!mayHaveActed(record)) continue;
    if (tools.isOver()) throw outOfTime(step);
    const standing = plan.steps.filter(
      ({ id, after }) => after.includes(step.id) && records.get(id)?.status === 'undo-failed',
    );
    if (standing.length > 0) {
      const message = `still in place: ${standing.map(({ id }) => id).join(', ')}`;
      await settle(step.id, 'undo-failed', { code: 'needed-by-others', message });
    } else records.set(step.id, await undoStep(step, record, stepTools));
  }
  return Object.fromEntries(records);
}

function isUndoable(step: PlanStep): step is PlanStep & { readonly inverse: PlannedCall } {
  return step.inverse !== undefined;
}

function outOfTime(step: PlanStep): PortError {
  return new PortError({
    kind: 'retryable',
    operation: 'ContainmentRollback.rollBack',
    code: 'OutOfTime',
    message: `the time is over before step ${step.id} is undone`,
  });
}
