import type { StepRecord } from '../../ports/remediation-ledger.ts';

/** Codes of failures after a call that was answered: what it did was not seen. */
export type UnseenCode = 'effect-not-observed' | 'effect-unreadable';

/** The reason on the way back for a step whose effect was there when its turn came: somebody else's. */
export const wasThereBefore = 'was-there-before';

const unseenCodes: ReadonlySet<string> = new Set<UnseenCode>(['effect-not-observed', 'effect-unreadable']);

/** Whether the call was answered, and its effect not seen: to make it again might do it twice. */
export function isUnseen(record: StepRecord | undefined): record is StepRecord {
  return record?.status === 'failed' && unseenCodes.has(record.reason?.code ?? '');
}

/** Whether the step's call was made by this remediation, or may have been, and was not undone. */
export function mayHaveActed(record: StepRecord | undefined): boolean {
  if (record === undefined) return false;
  return ['begun', 'done', 'undo-failed', 'kept'].includes(record.status) || isUnseen(record);
}
