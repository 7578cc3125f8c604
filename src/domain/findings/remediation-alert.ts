import type { Alert, AlertSeverity } from '../../ports/alert-channel.ts';
import type { RemediationOutcome, StepRecord } from '../../ports/remediation-ledger.ts';
import { printableText } from '../kernel/printable-text.ts';
import { closedBucketRule } from './closed-bucket.ts';
import { leavesOpen, standsOpenNote } from './left-open.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { type ConcludedRemediation, severityBand } from './remediation-outcome.ts';
import { planOf, type StoredPlan } from './stored-plan.ts';

const titles: Readonly<Record<RemediationOutcome, string>> = {
  contained: 'Contained',
  'partially-contained': 'NOT wholly contained',
  planned: 'Containment planned, not done',
  'notify-only': 'Nothing was done',
  exempt: 'Exempt, nothing was done',
  failed: 'NOT contained',
};

const summaries: Readonly<Record<RemediationOutcome, string>> = {
  contained: 'Everything that contains the threat was seen in place.',
  'partially-contained': 'Some steps have failed. The threat may go on.',
  planned: 'The mode is plan: nothing was changed. These steps would be taken.',
  'notify-only': 'This finding is told of, not acted on.',
  exempt: 'What the finding is about is exempt from containment: nothing was changed.',
  failed: 'None of the steps that contain the threat has had its effect. The threat may go on.',
};

/** Steps, notes and manual steps that one alert lists; the others are counted. */
const mostListed = 100;

/** Below the 256 KB of SNS for all variants of a message, whose JSON variant is a text within JSON. */
const mostBytes = 240_000;

/** An interface in the open group is worse off than before anything was done: critical, whatever the threat. */
const openWarning =
  'DANGER: an interface stands in the open group, which lets everything in and out, or may. Put it back into its own security groups now.';

/** What people type to have the finding of an id rolled back by what contained it. */
export type WayBack = (findingId: string) => string;

/**
 * Tells people, and machines, what was done about a finding, what was not, what they must do, and the way back.
 *
 * @param wayBack Told before the command line's, which may lack the permissions that the remediator has.
 */
export function remediationAlert(remediation: ConcludedRemediation, wayBack?: WayBack): Alert {
  const plan = planOf(remediation);
  for (let listed = mostListed; ; listed = Math.floor(listed / 2)) {
    const alert = alertOf(remediation, plan, listed, wayBack);
    if (listed === 0 || bytesOf(alert) <= mostBytes) return alert;
  }
}

/** How a finding is rolled back, on the command line. */
export function rollbackCommand(findingId: string): string {
  return `sallyport finding rollback ${printableText(findingId)} --by <you> --reason <why> --table <table of remediations> --audit-table <audit table> --topic <ARN of the alert topic>`;
}

function alertOf(
  remediation: ConcludedRemediation,
  plan: StoredPlan,
  listed: number,
  wayBack: WayBack | undefined,
): Alert {
  const { findingId, generation, outcome, concludedAt, target, steps } = remediation;
  const { finding, manual, notes } = plan;
  const shownTarget = target === undefined ? 'none' : printableText(target);
  const hasWayBack = plan.steps.some(({ id, inverse }) => inverse && mayHaveActed(steps[id]));
  const isOpen = leavesOpen(remediation) || notes.some(({ code }) => code === standsOpenNote.code);
  const sample = finding.sample ? 'Sample: ' : '';
  return {
    schemaVersion: 1,
    id: `${findingId}:${generation}:finding.${outcome}`,
    kind: `finding.${outcome}`,
    severity: isOpen ? 'critical' : severityOf(outcome, plan),
    account: finding.accountId,
    title: `${sample}${titles[outcome]}: ${printableText(finding.type)} in ${finding.accountId}`,
    text: [
      `${printableText(finding.title, 1000)}`,
      ``,
      `${summaries[outcome]}`,
      ...(isOpen ? ['', openWarning] : []),
      ``,
      `Finding:  ${printableText(findingId)}, of ${generation}`,
      `Type:     ${printableText(finding.type)}${plan.unknownType ? ' (not among the documented types)' : ''}`,
      `Severity: ${finding.severity} (${severityBand(finding.severity)})`,
      `Account:  ${finding.accountId}, ${printableText(finding.region)}`,
      `Target:   ${shownTarget}`,
      ...sectionOf(
        'Why, and what to know:',
        notes,
        listed,
        ({ explanation }) => `- ${printableText(explanation, 1000)}`,
      ),
      ...sectionOf('Steps:', plan.steps, listed, ({ id, does }) => lineOf(does, steps[id])),
      ...sectionOf('For people to do:', manual, listed, text => `- ${printableText(text, 1000)}`),
      ...(hasWayBack ? wayBackOf(findingId, plan, wayBack) : []),
    ].join('\n'),
    occurredAt: concludedAt,
    correlationId: findingId,
    details: {
      ...{ findingId, generation, outcome, target: target ?? null },
      ...{ type: finding.type, severity: finding.severity, region: finding.region, sample: finding.sample },
      disposition: plan.disposition,
      steps: plan.steps.slice(0, listed).map(({ id, api }) => ({
        ...{ id, api, status: steps[id]?.status ?? 'not-begun' },
        reason: steps[id]?.reason?.code ?? null,
      })),
      stepCount: plan.steps.length,
      notes: notes.slice(0, listed).map(({ code }) => code),
    },
  };
}

function wayBackOf(findingId: string, { target }: StoredPlan, wayBack: WayBack | undefined): string[] {
  return [
    '',
    'The way back, step by step, holds the finding until it is released:',
    ...(wayBack === undefined
      ? []
      : [wayBack(printableText(findingId)), 'Or, with credentials of your own:']),
    rollbackCommand(findingId),
    ...(target?.kind === 'bucket' ? ['', closedBucketRule] : []),
  ];
}

/** A containment that failed is at least as grave as the threat, one that is planned as grave; a sample is an exercise. */
function severityOf(outcome: RemediationOutcome, { finding }: StoredPlan): AlertSeverity {
  if (finding.sample) return 'info';
  const band = severityBand(finding.severity);
  const goesOn = outcome === 'failed' || outcome === 'partially-contained';
  return goesOn && band === 'high' ? 'critical' : band;
}

function sectionOf<Item>(
  title: string,
  items: readonly Item[],
  listed: number,
  lineOf: (item: Item) => string,
): readonly string[] {
  if (items.length === 0) return [];
  const rest = items.length - listed;
  return ['', title, ...items.slice(0, listed).map(lineOf), ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

function lineOf(does: string, record: StepRecord | undefined): string {
  const status = record === undefined ? '' : `${record.status}: `;
  const reason =
    record?.reason === undefined
      ? ''
      : ` (${printableText(`${record.reason.code}: ${record.reason.message}`, 500)})`;
  return `- ${status}${printableText(does, 500)}${reason}`;
}

/** Bytes of the alert in a message whose variants are the alert as JSON, within JSON, and its text. */
function bytesOf(alert: Alert): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(alert)) + JSON.stringify(alert.title + alert.text));
}
