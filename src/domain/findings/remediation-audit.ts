import type { AuditEntry } from '../../ports/audit-log.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import type { ConcludedRemediation } from './remediation-outcome.ts';
import { planOf } from './stored-plan.ts';

/**
 * What was decided about a finding, what became of each step, with its evidence, and how it ended: under the id of the
 * finding, made of what the ledger holds, so that a repetition appends nothing twice.
 */
export function remediationEntries(remediation: ConcludedRemediation, isAnnounced: boolean): AuditEntry[] {
  const { decidedAt, steps, outcome, concludedAt } = remediation;
  const plan = planOf(remediation);
  const { finding } = plan;
  const decided = entryOf(remediation, 'finding.decide', decidedAt, plan.outcome, {
    ...{ type: finding.type, severity: finding.severity, account: finding.accountId },
    ...{ region: finding.region, sample: finding.sample, disposition: plan.disposition },
    notes: plan.notes.map(({ code }) => code),
    steps: plan.steps.map(({ id }) => id),
  });
  const acts = plan.steps.flatMap(({ id, api }) => {
    const record = steps[id];
    return record === undefined ? [] : [stepEntry(remediation, 'finding.step', record, { api })];
  });
  const concluded = entryOf(remediation, 'finding.conclude', concludedAt, outcome, {
    announced: isAnnounced,
    steps: Object.fromEntries(plan.steps.map(({ id }) => [id, steps[id]?.status ?? 'not-begun'])),
  });
  return [decided, ...acts, concluded];
}

/** What became of a step, on the way there or back. */
export function stepEntry(
  remediation: StoredRemediation,
  action: string,
  record: StepRecord,
  more: JsonObject,
): AuditEntry {
  const { stepId, status, at, before, after, requestId, reason } = record;
  return entryOf(
    remediation,
    action,
    at,
    status,
    {
      ...more,
      step: stepId,
      before: before ?? null,
      after: after ?? null,
      requestId: requestId ?? null,
      reason: reason === undefined ? null : { code: reason.code, message: reason.message },
    },
    stepId,
  );
}

function entryOf(
  { findingId, generation, target }: StoredRemediation,
  action: string,
  timestamp: string,
  outcome: string,
  details: JsonObject,
  part = '',
): AuditEntry {
  return {
    schemaVersion: 1,
    id: [findingId, generation, action, ...(part === '' ? [] : [part])].join(':'),
    requestId: findingId,
    timestamp,
    action,
    outcome,
    correlationId: findingId,
    details: { generation, target: target ?? null, ...details },
  };
}
