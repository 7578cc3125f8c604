import type { Alert } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { Hold } from '../../ports/remediation-ledger.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { RollbackReport, RollbackRequest, UndoneStep } from './rollback-report.ts';
import type { ToldFinding } from './stored-plan.ts';

/** Steps that one alert lists; the others are counted. */
const mostListed = 200;

/** Tells people what was undone, and what was not. */
export function rollbackAlert(report: RollbackReport, finding: ToldFinding): Alert {
  const { findingId, outcome, at, by, reason, steps } = report;
  const failed = steps.filter(({ status }) => status === 'undo-failed');
  const kept = steps.filter(({ status }) => status === 'kept');
  // What failed comes first: it is what people must see to; then what is contained still.
  const undone = steps.filter(({ status }) => status === 'undone');
  const listed = [...failed, ...kept, ...undone].slice(0, mostListed);
  const rest = steps.length - listed.length;
  const title = titleOf(failed.length, kept.length);
  return {
    schemaVersion: 1,
    id: `${findingId}:finding.${outcome}:${at}`,
    kind: `finding.${outcome}`,
    severity: failed.length === 0 ? 'medium' : 'high',
    account: finding.accountId,
    title: `${title}: ${printableText(finding.type)} in ${finding.accountId}`,
    text: [
      printableText(finding.title, 1000),
      ``,
      `Finding: ${printableText(findingId)}`,
      `By:      ${printableText(by)}`,
      `Reason:  ${printableText(reason, 1000)}`,
      ``,
      ...(steps.length === 0 ? ['There was nothing to undo.'] : listed.map(lineOf)),
      ...(rest === 0 ? [] : [`- and ${rest} more`]),
      ...(kept.length === 0
        ? []
        : ['', 'What is kept is undone with the rollback of the last finding that needs it.']),
      ``,
      `Nothing more is done about this finding until it is released:`,
      `sallyport finding rollback ${printableText(findingId)} --release …`,
    ].join('\n'),
    occurredAt: at,
    correlationId: findingId,
    details: {
      ...{ findingId, outcome, by: printableText(by), reason: printableText(reason, 1000) },
      steps: listed.map(({ findingId: whose, stepId, api, status, reason: why }) => ({
        ...{ findingId: whose, stepId, api, status },
        reason: why?.code ?? null,
      })),
      stepCount: steps.length,
    },
  };
}

/** Tells people that a finding may be contained again. */
export function releaseAlert({ findingId, by, reason }: RollbackRequest, hold: Hold, at: Timestamp): Alert {
  return {
    schemaVersion: 1,
    id: `${findingId}:finding.released:${hold.since}`,
    kind: 'finding.released',
    severity: 'info',
    title: `A finding may be contained again: ${printableText(findingId)}`,
    text: [
      `The finding was held since ${hold.since} by ${printableText(hold.by)}: ${printableText(hold.reason, 1000)}`,
      `It is contained again when GuardDuty reports it again.`,
      ``,
      `Released by: ${printableText(by)}`,
      `Reason:      ${printableText(reason, 1000)}`,
    ].join('\n'),
    occurredAt: at,
    correlationId: findingId,
    details: { findingId, by: printableText(by), reason: printableText(reason, 1000), heldSince: hold.since },
  };
}

function titleOf(failed: number, kept: number): string {
  if (failed > 0) return 'Containment NOT wholly rolled back';
  return kept > 0
    ? 'Containment rolled back, as far as no other finding needs it'
    : 'Containment rolled back';
}

function lineOf({ stepId, status, reason, does }: UndoneStep): string {
  const why = reason === undefined ? '' : ` (${printableText(`${reason.code}: ${reason.message}`, 500)})`;
  return `- ${status}: ${printableText(stepId)}${why}. It was to: ${printableText(does, 300)}`;
}
