import type { Timestamp } from '../../ports/clock.ts';
import type { Hold, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { planOf } from './stored-plan.ts';

/** Who asks for it, and why: for the audit log, and for the people who are told. */
export interface RollbackRequest {
  readonly findingId: string;
  readonly by: string;
  readonly reason: string;
}

/** What became of a step on the way back. */
export interface UndoneStep {
  readonly generation: Timestamp;
  readonly stepId: string;
  /** The call that undoes it. */
  readonly api: string;
  /** What the step had done, one sentence. */
  readonly does: string;
  readonly status: 'undone' | 'undo-failed';
  /** Why it could not be undone, or nothing was called for it. */
  readonly reason?: { readonly code: string; readonly message: string };
}

/** A rollback as it is audited and announced. */
export interface RollbackReport extends RollbackRequest {
  readonly outcome: 'rolled-back' | 'partially-rolled-back';
  readonly at: Timestamp;
  readonly hold: Hold;
  readonly steps: readonly UndoneStep[];
}

/** What became of the steps of these generations, the latest first. */
export function rollbackReport(
  { findingId, by, reason }: RollbackRequest,
  hold: Hold,
  generations: readonly StoredRemediation[],
): RollbackReport {
  const records = generations.flatMap(generation =>
    planOf(generation).steps.flatMap(({ id, api, does, inverse }) => {
      const record = generation.steps[id];
      return record === undefined
        ? []
        : [{ generation: generation.generation, does, api: inverse?.api ?? api, record }];
    }),
  );
  const told = records.filter(({ record }) => record.status === 'undone' || record.status === 'undo-failed');
  const steps = told.map(({ generation, does, api, record: { stepId, status, reason: why } }) => ({
    ...{ generation, stepId, api, does },
    status: status === 'undone' ? ('undone' as const) : ('undo-failed' as const),
    ...(why === undefined ? {} : { reason: why }),
  }));
  // When the last thing was done: to ask again, where there is nothing left to do, tells nothing new.
  const at = told.reduce((latest, { record }) => (record.at > latest ? record.at : latest), hold.since);
  const isWhole = steps.every(({ status }) => status === 'undone');
  return {
    findingId,
    by,
    reason,
    hold,
    at,
    steps,
    outcome: isWhole ? 'rolled-back' : 'partially-rolled-back',
  };
}
