import type { Alert, AlertSeverity } from '../../ports/alert-channel.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectTarget } from '../../ports/object-store.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { ComplianceCheck } from './compliance-check.ts';
import type { Exemption } from './compliance-policy.ts';
import type { ScanChanges } from './scan-comparison.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { EndedResult, StandingResult } from './standing-result.ts';

export interface AnnouncedScan {
  readonly progress: ScanProgress;
  readonly changes: ScanChanges;
  /** Exemptions that have expired, and were not yet said to have. */
  readonly expired: readonly Exemption[];
  readonly checks: ReadonlyMap<string, ComplianceCheck>;
  readonly report: ObjectTarget;
}

/**
 * Bytes that the lists of one alert take as text, and again as details; what has no place is in the report. They are
 * counted as a channel carries them at worst: as text within JSON within JSON. SNS takes 256 KiB for all of it.
 */
const room = 60_000;

/**
 * Tells what has changed since the last scan: each resource with what is and what to do. What was known before is a
 * number. `undefined` where nothing has changed.
 */
export function scanAlert({ progress, changes, expired, checks, report }: AnnouncedScan): Alert | undefined {
  const { fresh, worsened, resolved, unjudged, numbers } = changes;
  const happened = numbers.new + numbers.worsened + numbers.resolved + numbers.newlyUnjudged + expired.length;
  if (happened === 0) return undefined;
  const { scanId, startedAt, accounts } = progress;
  const budget = { left: room };
  const sections = [
    ...listed('New failures', fresh, numbers.new, checks, budget),
    ...listed('Worse than before', worsened, numbers.worsened, checks, budget),
    ...listed('Could not be judged (unknown is not safe)', unjudged, numbers.newlyUnjudged, checks, budget),
    ...expiredLines(expired, budget),
    ...listed('Resolved', resolved, numbers.resolved, checks, budget),
  ];
  const [account, another] = accounts;
  return {
    schemaVersion: 1,
    id: `${scanId}:compliance.changed`,
    kind: 'compliance.changed',
    severity: severityOf(changes, expired, checks),
    ...(account === undefined || another !== undefined ? {} : { account }),
    title: `Compliance: ${titleOf(changes, expired)}`,
    text: [
      `Scan ${scanId} of ${accounts.length === 1 ? 'account' : 'accounts'} ${accounts.join(', ')}, begun ${startedAt}.`,
      numbers.notJudged > 0
        ? `It could not see everything: ${numbers.notJudged} questions have no answer.`
        : 'It saw everything that it looked for.',
      '',
      ...sections,
      `Still failing: ${numbers.stillFailing}. Exempt: ${numbers.exempt}. Not judged: ${numbers.notJudged}.`,
      `All of it: s3://${report.bucket}/${report.key}`,
    ].join('\n'),
    occurredAt: startedAt,
    correlationId: scanId,
    details: {
      scanId,
      numbers: { ...numbers, expiredExemptions: expired.length },
      report: { bucket: report.bucket, key: report.key },
      changes: detailsOf(changes, { left: room }),
    },
  };
}

function titleOf({ numbers }: ScanChanges, expired: readonly Exemption[]): string {
  const parts: [number, string][] = [
    [numbers.new, 'new'],
    [numbers.worsened, 'worse'],
    [numbers.newlyUnjudged, 'not judged'],
    [numbers.resolved, 'resolved'],
    [expired.length, expired.length === 1 ? 'exemption expired' : 'exemptions expired'],
  ];
  return parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

const order: readonly AlertSeverity[] = ['info', 'low', 'medium', 'high', 'critical'];

function severityOf(
  { fresh, worsened, unjudged }: ScanChanges,
  expired: readonly Exemption[],
  checks: ReadonlyMap<string, ComplianceCheck>,
): AlertSeverity {
  const failures = [...fresh, ...worsened].map(({ checkId }) => checks.get(checkId)?.severity ?? 'medium');
  const others: AlertSeverity[] = [
    ...(unjudged.length > 0 ? (['medium'] as const) : []),
    ...(expired.length > 0 ? (['low'] as const) : []),
  ];
  return [...failures, ...others].reduce<AlertSeverity>(
    (worst, severity) => (order.indexOf(severity) > order.indexOf(worst) ? severity : worst),
    'info',
  );
}

/** What is left of an alert's room, in bytes. */
interface Budget {
  left: number;
}

function listed(
  title: string,
  results: readonly (StandingResult | EndedResult)[],
  count: number,
  checks: ReadonlyMap<string, ComplianceCheck>,
  budget: Budget,
): string[] {
  if (count === 0) return [];
  const byCheck = Map.groupBy(results, ({ checkId }) => checkId);
  const lines: string[] = [];
  let shown = 0;
  for (const [checkId, group] of byCheck) {
    const check = checks.get(checkId);
    const head = check === undefined ? checkId : `${check.title} (${checkId}, ${check.severity})`;
    if (!take(budget, head)) break;
    lines.push(head);
    for (const result of group) {
      const line = `- ${shownArn(result)}: ${sentence(result)}`;
      if (!take(budget, line)) break;
      lines.push(line);
      shown += 1;
    }
    const isOpen = group.some(result => !('by' in result) && result.remedy === undefined);
    if (isOpen && check !== undefined && take(budget, check.remedy)) lines.push(`  To do: ${check.remedy}`);
  }
  const more = count - shown;
  return [
    `${title}: ${results.length}`,
    ...lines,
    ...(more > 0 ? [`… and ${more} more, in the report.`] : []),
    '',
  ];
}

function sentence(result: StandingResult | EndedResult): string {
  const { verdict, explanation } = result;
  if ('by' in result) return result.by === 'pass' ? `passes; before: ${verdict}` : 'is not there any more';
  const remedy = result.remedy === undefined ? '' : ` To do: ${result.remedy}`;
  return `${verdict}: ${printableText(explanation, 300)}${remedy}`;
}

/** An ARN holds printable ASCII alone, and its account must not be taken for a card number and masked. */
function shownArn({ arn }: StandingResult): string {
  return arn.slice(0, 500).replace(/[^\x20-\x7e]/g, '?');
}

function expiredLines(expired: readonly Exemption[], budget: Budget): string[] {
  if (expired.length === 0) return [];
  const lines = expired
    .map(
      ({ resource, check, owner, reason, expires }) =>
        `- ${printableText(resource, 300)} from ${printableText(check)}, until ${expires} (${printableText(owner)}: ${printableText(reason, 200)})`,
    )
    .filter(line => take(budget, line));
  return [`Exemptions that have expired and count no more: ${expired.length}`, ...lines, ''];
}

function take(budget: Budget, line: string): boolean {
  const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(line)));
  if (budget.left < bytes) return false;
  budget.left -= bytes;
  return true;
}

function detailsOf({ fresh, worsened, resolved, unjudged }: ScanChanges, budget: Budget): JsonObject {
  const kinds: [string, readonly StandingResult[]][] = [
    ['new', fresh],
    ['worsened', worsened],
    ['unjudged', unjudged],
    ['resolved', resolved],
  ];
  return Object.fromEntries(
    kinds.map(([kind, results]) => {
      const shown = results
        .map(result => ({
          resource: shownArn(result),
          check: result.checkId,
          verdict: result.verdict,
          ...(result.grade === undefined ? {} : { grade: result.grade }),
          since: result.since,
        }))
        .filter(it => take(budget, JSON.stringify(it)));
      return [kind, shown];
    }),
  );
}
