import { createHash } from 'node:crypto';
import type { Alert } from '../../../ports/alert-channel.ts';
import type { Timestamp } from '../../../ports/clock.ts';
import type { JsonObject } from '../../../ports/json.ts';
import { printableText } from '../../kernel/printable-text.ts';
import type { IntegrityFinding } from './integrity-finding.ts';
import type { IntegrityOutcome, IntegrityTally } from './integrity-tally.ts';

/** What one run found in one account and region. */
export interface PlaceReport {
  /** Of the run; the same when it is repeated. */
  readonly runId: string;
  readonly bucket: string;
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly account?: string;
  readonly region?: string;
  /** Counted from 1: an account may have files of its own trail and, elsewhere, of its organization's. */
  readonly part: number;
  readonly tally: IntegrityTally;
  /** Some of what is not valid, the worst first. */
  readonly examples: readonly IntegrityFinding[];
  /** Whether the run ended before the place was verified. */
  readonly isUnfinished: boolean;
}

/** Findings that an alert names. */
export const mostExamples = 20;

const titles: Readonly<Record<IntegrityOutcome, string>> = {
  broken: 'CloudTrail files are changed or missing',
  indeterminate: 'CloudTrail files could not be verified',
  unproven: 'CloudTrail files are not proven',
  valid: 'CloudTrail files are valid',
};

const unfinished = 'The verification of CloudTrail files did not come to its end';

/**
 * Tells people, and machines, of one account and region whose files are not all valid. Of a run that is repeated, the same
 * findings give the same `id`, and others another one.
 */
export function integrityAlert(report: PlaceReport): Alert {
  const { runId, bucket, from, to, account, region, part, tally, examples, isUnfinished } = report;
  const { outcome } = tally;
  const where = [account, region].filter(part => part !== undefined).join(', ') || `bucket ${bucket}`;
  const title = isUnfinished && outcome !== 'broken' ? unfinished : titles[outcome];
  return {
    schemaVersion: 1,
    id: createHash('sha256')
      .update(JSON.stringify([runId, account ?? null, region ?? null, part, reportDetails(report)]), 'utf8')
      .digest('hex'),
    kind: 'trail.integrity',
    severity: outcome === 'broken' ? 'critical' : 'high',
    ...(account === undefined ? {} : { account }),
    title: `${title}: ${printableText(where)}`,
    text: [
      `${title}.`,
      '',
      `Bucket:  ${printableText(bucket)}`,
      `Account: ${account ?? '-'}`,
      `Region:  ${printableText(region ?? '-')}`,
      `Time:    ${from} to ${to}`,
      `Digests: ${countsText(tally.digests)}`,
      `Logs:    ${countsText(tally.logs)}`,
      ...(tally.times === 0 ? [] : [`Times of which nothing is proven: ${tally.times}`]),
      ...(isUnfinished ? ['What comes behind them was not looked at: verify it by the command line.'] : []),
      '',
      ...examples.map(exampleLine),
    ].join('\n'),
    occurredAt: to,
    correlationId: runId,
    details: {
      ...reportDetails(report),
      examples: examples.map(exampleDetails),
    },
  };
}

/** The same facts for machines and for the audit log, without the examples. */
export function reportDetails({
  bucket,
  from,
  to,
  account,
  region,
  tally,
  isUnfinished,
}: PlaceReport): JsonObject {
  return {
    bucket,
    from,
    to,
    account: account ?? null,
    region: region ?? null,
    outcome: tally.outcome,
    unfinished: isUnfinished,
    digests: { ...tally.digests },
    logs: { ...tally.logs, pending: tally.pending },
    times: tally.times,
    unreadable: tally.unreadable,
  };
}

function countsText(counts: IntegrityTally['digests']): string {
  return Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}

function exampleLine(finding: IntegrityFinding): string {
  const what =
    finding.kind === 'time'
      ? `time ${finding.from ?? ''} to ${finding.to ?? ''}`
      : `${finding.kind} s3://${finding.bucket}/${finding.key}`;
  const why = [finding.reason, finding.detail].filter(part => part !== undefined).join(': ');
  return printableText(`${finding.verdict}: ${what} (${why})`, 1400);
}

function exampleDetails(finding: IntegrityFinding): JsonObject {
  const { kind, verdict, reason = null, detail = null } = finding;
  const facts = { kind, verdict, reason, detail };
  return finding.kind === 'time'
    ? { ...facts, from: finding.from ?? null, to: finding.to ?? null }
    : { ...facts, bucket: finding.bucket, key: finding.key };
}
