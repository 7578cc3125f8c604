import type { Alert, AlertSeverity } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { Hold } from '../../ports/remediation-ledger.ts';
import { printableText } from '../kernel/printable-text.ts';
import { closedBucketRule, isShutOut } from './closed-bucket.ts';
import type { RollbackOutcome, RollbackReport, RollbackRequest, UndoneStep } from './rollback-report.ts';
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
  const title = kept.length > 0 && failed.length === 0 ? titleOfKept : titles[outcome];
  return {
    schemaVersion: 1,
    id: `${findingId}:finding.${outcome}:${at}`,
    kind: `finding.${outcome}`,
    severity: severities[outcome],
    account: finding.accountId,
    title: `${title}: ${printableText(finding.type)} in ${finding.accountId}`,
    text: [
      printableText(finding.title, 1000),
      ``,
      `Finding: ${printableText(findingId)}`,
      `By:      ${printableText(by)}`,
      `Reason:  ${printableText(reason, 1000)}`,
      ``,
      ...(outcome === 'nothing-to-undo' ? linesOfNothing(listed) : listed.map(lineOf)),
      ...(rest === 0 ? [] : [`- and ${rest} more`]),
      ...(failed.some(isShutOut) ? ['', closedBucketRule] : []),
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

const titles: Readonly<Record<RollbackOutcome, string>> = {
  'rolled-back': 'Containment rolled back',
  'partially-rolled-back': 'Containment NOT wholly rolled back',
  'nothing-to-undo': 'Nothing was contained for it; the finding is held now',
};

const titleOfKept = 'Containment rolled back, as far as no other finding needs it';

const severities: Readonly<Record<RollbackOutcome, AlertSeverity>> = {
  'rolled-back': 'medium',
  'partially-rolled-back': 'high',
  'nothing-to-undo': 'info',
};

function linesOfNothing(steps: readonly UndoneStep[]): readonly string[] {
  if (steps.length === 0) return ['There was nothing to undo.'];
  const inPlace = steps.map(({ stepId, does }) => `- ${printableText(stepId)}: ${printableText(does, 300)}`);
  return ['There was nothing to undo. What it asked for was in place when it came, and is left:', ...inPlace];
}

function lineOf({ stepId, status, reason, does }: UndoneStep): string {
  const why = reason === undefined ? '' : ` (${printableText(`${reason.code}: ${reason.message}`, 500)})`;
  return `- ${status}: ${printableText(stepId)}${why}. It was to: ${printableText(does, 300)}`;
}
