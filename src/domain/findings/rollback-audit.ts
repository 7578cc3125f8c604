import type { AuditEntry } from '../../ports/audit-log.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { Hold, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { stepEntry } from './remediation-audit.ts';
import type { RollbackReport, RollbackRequest } from './rollback-report.ts';

/** One asking for a rollback or a release, as it is audited whatever comes of it. */
export interface AuditedRequest extends RollbackRequest {
  readonly action: 'finding.roll-back' | 'finding.release';
  readonly invocationId: string;
  /** What more was asked for. */
  readonly options: JsonObject;
}

/** What became of each step on the way back: made of what the ledger holds, so that a repetition appends nothing twice. */
export function undoneEntries(
  generations: readonly StoredRemediation[],
  report: RollbackReport,
): AuditEntry[] {
  return report.steps.flatMap(({ findingId, generation, stepId, api }) => {
    const remediation = generations.find(it => it.findingId === findingId && it.generation === generation);
    const record = remediation?.steps[stepId];
    if (remediation === undefined || record === undefined) return [];
    return [stepEntry(remediation, 'finding.undo-step', record, { api })];
  });
}

/** Who asked for a rollback, and how it ended. */
export function rollbackEntry(request: AuditedRequest, report: RollbackReport, at: Timestamp): AuditEntry {
  return requestEntry(request, report.outcome, at, {
    held: heldSince(report.hold),
    steps: report.steps.map(({ findingId: whose, generation, stepId, status }) => ({
      ...{ findingId: whose, generation, stepId, status },
    })),
  });
}

/** That somebody lets a finding be contained again. */
export function releaseEntry(request: AuditedRequest, hold: Hold, at: Timestamp): AuditEntry {
  return requestEntry(request, 'released', at, { held: heldSince(hold) });
}

/** Who asked, and what came of it. */
export function requestEntry(
  request: AuditedRequest,
  outcome: string,
  at: Timestamp,
  details: JsonObject = {},
): AuditEntry {
  const { findingId, by, reason, action, invocationId, options } = request;
  // A release that is delivered again finds the hold lifted by itself: that is nothing new.
  const end = outcome === 'not-held' ? 'released' : outcome;
  return {
    schemaVersion: 1,
    id: [findingId, action, invocationId, end].join(':'),
    requestId: findingId,
    timestamp: at,
    action,
    outcome,
    correlationId: findingId,
    details: { by, reason, ...options, ...details },
  };
}

function heldSince({ since, by, reason }: Hold): JsonObject {
  return { since, by, reason };
}
