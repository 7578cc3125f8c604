import assert from 'node:assert/strict';
import type {
  Hold,
  Remediation,
  RemediationLedger,
  StepRecord,
  StoredRemediation,
} from '../../../ports/remediation-ledger.ts';
import type { Contract } from '../contract.ts';

export interface RemediationLedgerSubject {
  readonly ledger: RemediationLedger;
}

export type RemediationLedgerCases = Contract<RemediationLedgerSubject>['cases'];

export const first = '2026-11-21T08:00:00.000Z';
export const second = '2026-11-21T14:00:00.000Z';
export const third = '2026-11-21T20:00:00.000Z';
export const later = '2026-11-22T08:00:00.000Z';

export const hold: Hold = { since: later, by: 'kim', reason: 'a false alarm – 発注書' };

export async function found(ledger: RemediationLedger, remediation: Remediation): Promise<StoredRemediation> {
  const stored = await ledger.find(remediation.findingId, remediation.generation);
  assert.ok(stored !== undefined, 'the remediation is there');
  return stored;
}

export async function listOf<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** A remediation of a finding, and of a target, that no other case has. */
export function remediationOf(fields: Partial<Remediation> = {}): Remediation {
  return {
    schemaVersion: 1,
    findingId: crypto.randomUUID(),
    generation: first,
    decidedAt: second,
    target: `instance/${crypto.randomUUID()}`,
    plan: { steps: [] },
    ...fields,
  };
}

export function stepOf(fields: Partial<StepRecord> = {}): StepRecord {
  return { stepId: 'tag', status: 'done', at: second, ...fields };
}
