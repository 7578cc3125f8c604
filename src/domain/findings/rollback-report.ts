import type { Timestamp } from '../../ports/clock.ts';
import type { Hold, StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { wasThereBefore } from './may-have-acted.ts';
import { planOf } from './stored-plan.ts';

/** Who asks for it, and why: for the audit log, and for the people who are told. */
export interface RollbackRequest {
  readonly findingId: string;
  readonly by: string;
  readonly reason: string;
  /** Names the asking, where the same may be delivered again (Lambda repeats an invocation): it is audited once. */
  readonly invocationId?: string;
}

/** What became of a step on the way back. */
export interface UndoneStep {
  /** Whose step it was: another finding's where it was kept for this one. */
  readonly findingId: string;
  readonly generation: Timestamp;
  readonly stepId: string;
  /** The call that undoes it. */
  readonly api: string;
  /** What the step had done, one sentence. */
  readonly does: string;
  /** `kept`: another finding needs it; it is undone with the rollback of the last that does. */
  readonly status: 'undone' | 'undo-failed' | 'kept';
  /** Why it could not be undone, was kept, or nothing was called for it. */
  readonly reason?: { readonly code: string; readonly message: string };
}

export type RollbackOutcome =
  /** Every step that was done is undone, but for those that another finding needs: they are `kept`. */
  | 'rolled-back'
  /** Some steps could not be undone; to roll back again tries those alone. */
  | 'partially-rolled-back'
  /** No step was done for the finding: it was only planned or told, failed, or found everything in place. */
  | 'nothing-to-undo';

/** A rollback as it is audited and announced. */
export interface RollbackReport extends RollbackRequest {
  readonly outcome: RollbackOutcome;
  readonly at: Timestamp;
  readonly hold: Hold;
  readonly steps: readonly UndoneStep[];
}

/** What became of the steps of these remediations, the latest first. */
export function rollbackReport(
  { findingId, by, reason }: RollbackRequest,
  hold: Hold,
  remediations: readonly StoredRemediation[],
): RollbackReport {
  const records = remediations.flatMap(generation =>
    planOf(generation).steps.flatMap(({ id, api, does, inverse }) => {
      const record = generation.steps[id];
      const status = wayBackOf(record);
      if (record === undefined || status === undefined) return [];
      // Of another finding's, what was kept for it stays its own affair.
      const isOwn = generation.findingId === findingId;
      if (!isOwn && status !== 'undo-failed' && !isUndoneWith(findingId, record)) return [];
      return [{ generation, does, api: inverse?.api ?? api, record, status }];
    }),
  );
  const steps = records.map(({ generation, does, api, record: { stepId, reason: why }, status }) => ({
    ...{ findingId: generation.findingId, generation: generation.generation, stepId, api, does, status },
    ...(why === undefined ? {} : { reason: why }),
  }));
  // When the last thing was done: to ask again, where there is nothing left to do, tells nothing new.
  const at = records.reduce((latest, { record }) => (record.at > latest ? record.at : latest), hold.since);
  return { findingId, by, reason, hold, at, steps, outcome: outcomeOf(steps) };
}

function outcomeOf(steps: readonly UndoneStep[]): RollbackOutcome {
  if (steps.some(({ status }) => status === 'undo-failed')) return 'partially-rolled-back';
  const isOfItsDoing = steps.some(({ reason }) => reason?.code !== wasThereBefore);
  return isOfItsDoing ? 'rolled-back' : 'nothing-to-undo';
}

/** What the way back has made of a step; `undefined` where it did not come to it. */
export function wayBackOf(record: StepRecord | undefined): UndoneStep['status'] | undefined {
  const status = record?.status;
  return status === 'undone' || status === 'undo-failed' || status === 'kept' ? status : undefined;
}

/** That a step which was kept went with the rollback of this finding. */
export function undoneWith(findingId: string) {
  return { code: 'last-need-gone', message: `finding ${findingId} was the last that needed it` };
}

/** Whether steps of another finding's remediation went with the rollback of this one. */
export function wasUndoneWith(findingId: string, { steps }: StoredRemediation): boolean {
  return Object.values(steps).some(record => isUndoneWith(findingId, record));
}

function isUndoneWith(findingId: string, { reason }: StepRecord): boolean {
  const { code, message } = undoneWith(findingId);
  return reason?.code === code && reason.message === message;
}
