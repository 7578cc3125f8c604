import type { StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { plannedStepsOf } from './interface-homes.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { isConcluded, isInPlace } from './remediation-outcome.ts';
import type { PlanNote } from './remediation-plan.ts';

/** Tells of a target that stands open, in a plan that does nothing about it. */
export const standsOpenNote: PlanNote = {
  code: 'stands-open',
  explanation:
    'an interface stands in the open group, where an earlier delivery was broken off, or may: people must put it back into its own groups',
};

/**
 * Whether something stands open that the remediation has opened, and neither closed nor taken back, as far as it is noted.
 */
export function leavesOpen(remediation: Pick<StoredRemediation, 'plan' | 'steps'>): boolean {
  return someOpening(remediation, (opened, closed) => {
    if (opened?.status === 'undo-failed') return !isInPlace(closed);
    return isStanding(opened) && (closed === undefined || closed.status === 'skipped');
  });
}

/** Whether the remediation may have stopped between opening and closing: what stands has to be looked at. */
export function mayLeaveOpen(remediation: StoredRemediation): boolean {
  if (isConcluded(remediation)) return leavesOpen(remediation);
  const closing = new Set(['kept', 'undo-failed']);
  return someOpening(
    remediation,
    (opened, closed) => isStanding(opened) && !isInPlace(closed) && !closing.has(closed?.status ?? ''),
  );
}

/** Whether the remediation's end says that something stood open. */
export function tellsOpen(remediation: StoredRemediation): boolean {
  const notes = remediation.plan['notes'];
  const isNoted =
    Array.isArray(notes) && notes.some(note => JSON.stringify(note) === JSON.stringify(standsOpenNote));
  return isNoted || leavesOpen(remediation);
}

/** Whether steps that were taken were undone since by a rollback: a unit that fails takes back only what it opened. */
export function wasRolledBack(remediation: StoredRemediation): boolean {
  const opening = new Set(plannedStepsOf(remediation).flatMap(({ otherwise = [] }) => otherwise));
  return Object.values(remediation.steps).some(
    ({ stepId, status }) => !opening.has(stepId) && ['undone', 'undo-failed', 'kept'].includes(status),
  );
}

/** Whether it is so of a step that opens something, and of the one that closes it. */
function someOpening(
  remediation: Pick<StoredRemediation, 'plan' | 'steps'>,
  isSo: (opened: StepRecord | undefined, closed: StepRecord | undefined) => boolean,
): boolean {
  const { steps } = remediation;
  return plannedStepsOf(remediation).some(({ id, otherwise = [] }) =>
    otherwise.some(opening => isSo(steps[opening], steps[id])),
  );
}

function isStanding(record: StepRecord | undefined): boolean {
  return isInPlace(record) || mayHaveActed(record);
}
