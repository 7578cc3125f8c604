import { createHash } from 'node:crypto';
import type { AlertChannel } from '../../../ports/alert-channel.ts';
import type { AuditLog } from '../../../ports/audit-log.ts';
import type { BackfillLedger, BackfillScope } from '../../../ports/backfill-ledger.ts';
import type { Clock } from '../../../ports/clock.ts';
import { canonicalTime } from '../../kernel/canonical-time.ts';
import { printableText } from '../../kernel/printable-text.ts';
import { BackfillCount, type BackfillSummary, isComplete } from './backfill-summary.ts';

export interface BackfillConclusionPorts {
  readonly ledger: Pick<BackfillLedger, 'entries'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
}

/**
 * Sums up a backfill by its ledger: audits what became of the logs, and announces it: with severity `high` where a log was not read, or
 * none was found, else with `info`. To conclude again what has not changed is the same entry and the same alert.
 */
export async function concludeBackfill(
  scope: BackfillScope,
  { ledger, audit, alerts, clock }: BackfillConclusionPorts,
): Promise<BackfillSummary> {
  const count = new BackfillCount();
  for await (const entry of ledger.entries(scope)) count.add(entry);
  const { summary } = count;
  const complete = isComplete(summary);
  const { objects, outcomes, tally, faults } = summary;
  const { backfill, bucket } = scope;
  const at = summary.lastAt ?? canonicalTime(clock.now());
  const facts = {
    backfill,
    bucket: printableText(bucket),
    objects,
    outcomes: { ...outcomes },
    tally: { ...tally },
  };
  const id = createHash('sha256')
    .update(JSON.stringify([facts, summary.lastAt ?? null]), 'utf8')
    .digest('hex');
  await audit.append({
    schemaVersion: 1,
    id,
    requestId: `trail-backfill:${backfill}`,
    timestamp: at,
    action: 'trail.backfill',
    outcome: complete ? 'complete' : 'incomplete',
    correlationId: backfill,
    details: facts,
  });
  await alerts.publish({
    schemaVersion: 1,
    id,
    kind: 'trail.backfill-concluded',
    severity: complete ? 'info' : 'high',
    title: titleOf(backfill, summary),
    text: textOf(scope, summary),
    occurredAt: at,
    correlationId: backfill,
    details: {
      ...facts,
      faults: faults.map(({ key, outcome, fault }) => ({
        key: printableText(key, 1024),
        outcome,
        code: fault?.code ?? outcome,
      })),
    },
  });
  return summary;
}

function titleOf(backfill: string, summary: BackfillSummary): string {
  const { objects, outcomes } = summary;
  const unread = outcomes.unreadable + outcomes.missing + outcomes.failed;
  if (objects === 0) return `Backfill ${backfill} found no log`;
  return isComplete(summary)
    ? `Backfill ${backfill} read all of ${objects} logs`
    : `Backfill ${backfill} could not read ${unread} of ${objects} logs`;
}

function textOf({ bucket }: BackfillScope, { objects, outcomes, tally, faults }: BackfillSummary): string {
  const named = faults.map(({ key, outcome, fault }) => {
    const why = fault === undefined ? '' : ` (${fault.code}: ${printableText(fault.message)})`;
    return `${outcome}: ${printableText(key, 1024)}${why}`;
  });
  return [
    `Bucket:  ${printableText(bucket)}`,
    `Logs:    ${objects}: ${Object.entries(outcomes)
      .map(([outcome, number]) => `${number} ${outcome}`)
      .join(', ')}`,
    `Records: ${tally.records}, of which ${tally.matches} match; ${tally.stored} were not stored before.`,
    ...(named.length === 0 ? [] : ['', 'Not read, the first ones:', ...named]),
  ].join('\n');
}
