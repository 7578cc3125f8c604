import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AsffFinding, FindingImporter } from '../../ports/finding-importer.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { printableText } from '../kernel/printable-text.ts';
import { asffOf } from './render-asff.ts';
import type { ScanArchive } from './scan-archive.ts';
import type { ScanPage } from './scan-pages.ts';
import type { ScanProgress } from './scan-progress.ts';
import { resultKey } from './standing-result.ts';

export interface ImportOptions {
  readonly archive: ScanArchive;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly importerOf?: (account: string) => FindingImporter;
  readonly region: string;
}

/** Refused findings that are named. */
const refusalsNamed = 5;

/**
 * Imports everything that is not right, and what could not be judged, page by page until time is up: what is not imported
 * again in 90 days, Security Hub deletes. Where findings were refused, that is announced at the end.
 */
export async function importResults(
  begin: ScanProgress,
  hasTime: () => boolean,
  options: ImportOptions,
): Promise<ScanProgress> {
  const { archive, importerOf, clock, region } = options;
  const latest = await archive.latest();
  if (importerOf === undefined || latest?.scanId !== begin.scanId) return { ...begin, phase: 'done' };
  const since = new Map<string, string>();
  for await (const it of archive.standing(latest)) since.set(resultKey(it.arn, it.checkId), it.since);

  const updatedAt = canonicalTime(clock.now());
  const findingsOf = ({ resources }: ScanPage): AsffFinding[] =>
    resources.flatMap(({ resource, results }) =>
      results
        .filter(({ verdict }) => verdict !== 'pass')
        .map(result => {
          const firstObservedAt = since.get(resultKey(resource.arn, result.checkId)) ?? begin.startedAt;
          const context = { productAccount: resource.account, region, firstObservedAt, updatedAt };
          return asffOf({ ...result, resource }, { ...context, state: 'ACTIVE' });
        }),
    );

  let at = begin;
  for await (const page of archive.pages(begin.scanId, begin.imported, begin.pages)) {
    if (!hasTime()) return at;
    at = await importFindings({ ...at, imported: page.page + 1 }, findingsOf(page), importerOf);
  }
  await announceRefusals(at, options);
  return { ...at, phase: 'done' };
}

/** Imports findings, each into the account that it is about, and notes those that were refused. */
export async function importFindings(
  progress: ScanProgress,
  findings: readonly AsffFinding[],
  importerOf: (account: string) => FindingImporter,
): Promise<ScanProgress> {
  let { refused, refusals } = progress;
  for (const [account, ofAccount] of Map.groupBy(findings, ({ AwsAccountId }) => AwsAccountId)) {
    const { failed } = await importerOf(account).import(ofAccount);
    refused += failed.length;
    const named = failed.map(({ id, code }) => ({ id: id.slice(0, 512), code: code.slice(0, 100) }));
    refusals = [...refusals, ...named].slice(0, refusalsNamed);
  }
  return { ...progress, refused, refusals };
}

async function announceRefusals(
  { scanId, startedAt, refused, refusals }: ScanProgress,
  { audit, alerts }: ImportOptions,
): Promise<void> {
  await audit.append({
    schemaVersion: 1,
    id: `${scanId}:compliance.import`,
    requestId: scanId,
    timestamp: startedAt,
    action: 'compliance.import',
    outcome: refused === 0 ? 'imported' : 'partially-imported',
    correlationId: scanId,
    details: { refused, refusals },
  });
  if (refused === 0) return;
  const lines = refusals.map(
    ({ id, code }) => `- ${printableText(code)}: ${id.replace(/[^\x20-\x7e]/g, '?')}`,
  );
  await alerts.publish({
    schemaVersion: 1,
    id: `${scanId}:compliance.import-refused`,
    kind: 'compliance.import-refused',
    severity: 'medium',
    title: `Security Hub refused ${refused} compliance ${refused === 1 ? 'finding' : 'findings'}`,
    text: [
      `Of scan ${scanId}, ${refused} findings are not in Security Hub. The report and the alerts are whole.`,
      '',
      ...lines,
      ...(refused > refusals.length ? [`… and ${refused - refusals.length} more.`] : []),
    ].join('\n'),
    occurredAt: startedAt,
    correlationId: scanId,
    details: { scanId, refused, refusals },
  });
}
