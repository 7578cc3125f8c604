import { PortError } from '../../ports/failure.ts';
import type { StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import type { Reason } from './make-call.ts';
import { mayHaveActed, wasThereBefore } from './may-have-acted.ts';
import type { PlannedCall, PlanStep } from './remediation-plan.ts';
import { type PlanTools, stepToolsOf, type TargetedPlan } from './run-plan.ts';
import { isDoubtful, type Trust, undoStep } from './undo-step.ts';

export interface UndoTools extends PlanTools {
  readonly trust: Trust;
  /** Ids of the findings for which a step is to stay. */
  readonly neededBy: (step: PlanStep) => readonly string[];
  /** Whether what a later remediation has put in the place of a step still stands, and could not be undone. */
  readonly isCovered: (step: PlanStep) => boolean;
  /** Why a step is undone at last that was kept for others; noted with it. */
  readonly because?: Reason;
}

/**
 * Undoes the steps of a plan that were done, or may have been, the last first. A step stays where another finding needs it
 * (`kept`), and where one that stands on it could not be undone. What was there before the remediation came is left, and
 * noted as no longer its own.
 *
 * @returns what has become of each step.
 */
export async function undoPlan(
  plan: TargetedPlan,
  remediation: StoredRemediation,
  tools: UndoTools,
): Promise<Readonly<Record<string, StepRecord>>> {
  const { neededBy, isCovered, because, trust, isOver } = tools;
  const records = new Map(Object.entries(remediation.steps));
  const known = stepToolsOf(plan, remediation, tools);
  const explained = (record: StepRecord): StepRecord =>
    because !== undefined && record.status === 'undone' && record.reason === undefined
      ? { ...record, reason: because }
      : record;
  const stepTools = { ...known, note: (record: StepRecord) => known.note(explained(record)) };
  const settle = async (record: StepRecord): Promise<void> => {
    await stepTools.note(record);
    records.set(record.stepId, record);
  };

  for (const step of plan.steps.toReversed()) {
    const record = records.get(step.id);
    if (!isUndoable(step) || record === undefined) continue;
    const { id: stepId } = step;
    if (record.status === 'already-there') {
      const reason = { code: wasThereBefore, message: 'it was not this remediation that did it' };
      await settle({ stepId, status: 'undone', at: stepTools.now(), reason });
    }
    if (!mayHaveActed(record) && !isDoubtful(record)) continue;
    if (isOver()) throw outOfTime(step);
    const others = neededBy(step);
    const obstacle = others.length > 0 ? keptFor(others) : obstacleTo(step, plan, records, isCovered);
    if (obstacle === undefined) {
      records.set(stepId, explained(await undoStep(step, record, stepTools, trust)));
    } else if (mayHaveActed(record)) {
      await settle({ ...record, ...obstacle });
    }
  }
  return Object.fromEntries(records);
}

/** It is noted when the step was done, and with what evidence: that stays. */
function keptFor(findings: readonly string[]): Pick<StepRecord, 'status' | 'reason'> {
  const message = `another finding needs it: ${findings.join(', ')}`;
  return { status: 'kept', reason: { code: 'needed-by-findings', message } };
}

/** What stands on the step, or in its place, and could not be undone. */
function obstacleTo(
  step: PlanStep,
  plan: TargetedPlan,
  records: ReadonlyMap<string, StepRecord>,
  isCovered: UndoTools['isCovered'],
): Pick<StepRecord, 'status' | 'reason'> | undefined {
  const standing = plan.steps.filter(({ id, after }) => after.includes(step.id) && isLeft(records.get(id)));
  const inTheWay = isCovered(step) ? [step] : standing;
  if (inTheWay.length === 0) return undefined;
  const message = `still in place: ${inTheWay.map(({ id }) => id).join(', ')}`;
  return { status: 'undo-failed', reason: { code: 'needed-by-others', message } };
}

function isLeft(record: StepRecord | undefined): boolean {
  return record?.status === 'undo-failed' || record?.status === 'kept';
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
