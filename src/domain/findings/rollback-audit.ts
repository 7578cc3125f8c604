import type { AuditEntry } from '../../ports/audit-log.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { Hold, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { stepEntry } from './remediation-audit.ts';
import type { RollbackReport, RollbackRequest } from './rollback-report.ts';

/** What became of each step on the way back, and how it ended: made of what the ledger holds. */
export function rollbackEntries(
  generations: readonly StoredRemediation[],
  report: RollbackReport,
): AuditEntry[] {
  const steps = report.steps.flatMap(({ findingId, generation, stepId, api }) => {
    const remediation = generations.find(it => it.findingId === findingId && it.generation === generation);
    const record = remediation?.steps[stepId];
    if (remediation === undefined || record === undefined) return [];
    return [stepEntry(remediation, 'finding.undo-step', record, { api })];
  });
  const { findingId, outcome, at, by, reason, hold } = report;
  return [
    ...steps,
    {
      schemaVersion: 1,
      id: `${findingId}:finding.roll-back:${outcome}`,
      requestId: findingId,
      timestamp: at,
      action: 'finding.roll-back',
      outcome,
      correlationId: findingId,
      details: {
        ...{ by, reason },
        held: { since: hold.since, by: hold.by, reason: hold.reason },
        steps: report.steps.map(({ findingId: whose, generation, stepId, status }) => ({
          ...{ findingId: whose, generation, stepId, status },
        })),
      },
    },
  ];
}

/** That somebody lets a finding be contained again. */
export function releaseEntry(
  { findingId, by, reason }: RollbackRequest,
  hold: Hold,
  at: Timestamp,
): AuditEntry {
  return {
    schemaVersion: 1,
    id: `${findingId}:finding.release:${hold.since}`,
    requestId: findingId,
    timestamp: at,
    action: 'finding.release',
    outcome: 'released',
    correlationId: findingId,
    details: { by, reason, held: { since: hold.since, by: hold.by, reason: hold.reason } },
  };
}
