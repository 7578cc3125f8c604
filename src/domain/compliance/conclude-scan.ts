import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FindingImporter } from '../../ports/finding-importer.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { ComplianceCheck } from './compliance-check.ts';
import type { CompliancePolicy, Exemption } from './compliance-policy.ts';
import { exemptionOf, expiredExemptions } from './exemptions.ts';
import { csvHeader, csvRow, csvUnlistedRow } from './render-csv.ts';
import { scanAlert } from './scan-alert.ts';
import type { LatestScan, ScanArchive } from './scan-archive.ts';
import { type ComparedResults, type ScanChanges, ScanComparison } from './scan-comparison.ts';
import type { ScanProgress } from './scan-progress.ts';
import { scanReport } from './scan-report.ts';

export interface ConclusionOptions {
  readonly archive: ScanArchive;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly policy: CompliancePolicy;
  /** The checks that are made, by id. */
  readonly checks: ReadonlyMap<string, ComplianceCheck>;
  readonly importerOf?: (account: string) => FindingImporter;
}

/**
 * Compares a scan with the last one: stores results and report, audits, announces what has changed, and then makes it the
 * scan that the next one is compared with. Repeating it does the same again, under the same names.
 */
export async function concludeScan(
  progress: ScanProgress,
  options: ConclusionOptions,
): Promise<ScanProgress> {
  const { archive, audit, alerts, clock, policy, checks, importerOf } = options;
  const { scanId, startedAt, pages } = progress;
  const latest = await archive.latest();
  const next: ScanProgress = { ...progress, phase: importerOf === undefined ? 'done' : 'importing' };
  if (latest?.scanId === scanId && latest.startedAt === startedAt) {
    return { ...next, ...(latest.numbers && { numbers: latest.numbers }) };
  }

  const { changes, parts } = await compare(progress, latest, options);
  const { numbers } = changes;
  const expired = expiredExemptions(policy, startedAt);
  const report = await archive.storeReport(
    progress,
    scanReport({
      progress,
      changes,
      expired,
      checks,
      comparedWith: latest?.scanId,
      csvParts: parts.csv,
      concludedAt: canonicalTime(clock.now()),
    }),
  );
  // A scan that is overtaken by one begun later, also while it was compared, has nothing to say that is still news.
  const isOvertaken = await hasOvertaken(archive, startedAt);
  await audit.append({
    schemaVersion: 1,
    id: `${scanId}:compliance.scan`,
    requestId: scanId,
    timestamp: startedAt,
    action: 'compliance.scan',
    outcome: isOvertaken ? 'overtaken' : numbers.notJudged > 0 ? 'incomplete' : 'complete',
    correlationId: scanId,
    details: {
      accounts: progress.accounts,
      regions: progress.regions,
      pages,
      ...numbers,
      report: `s3://${report.bucket}/${report.key}`,
    },
  });
  if (isOvertaken) return { ...progress, phase: 'done', numbers };
  const known = new Set(latest?.announcedExpiries);
  const alert = scanAlert({
    progress,
    changes,
    expired: expired.filter(it => !known.has(expiryName(it))),
    checks,
    report,
  });
  if (alert !== undefined) await alerts.publish(alert);
  const concluded: LatestScan = {
    schemaVersion: 1,
    scanId,
    startedAt,
    standingParts: parts.standing,
    endedParts: parts.ended,
    numbers,
    announcedExpiries: expired.map(expiryName),
  };
  await archive.storeLatest(concluded);
  return { ...next, numbers };
}

interface Comparison {
  readonly changes: ScanChanges;
  /** Objects that were written of each kind. */
  readonly parts: { readonly standing: number; readonly ended: number; readonly csv: number };
}

/** Results are written as they are compared: none but those of before are held. */
async function compare(
  progress: ScanProgress,
  latest: LatestScan | undefined,
  { archive, checks, policy }: ConclusionOptions,
): Promise<Comparison> {
  const { startedAt, pages } = progress;
  const comparison = new ScanComparison({
    startedAt,
    scope: progress,
    isMade: checkId => checks.has(checkId),
    isExempt: (arn, checkId) => exemptionOf({ arn, checkId }, policy, startedAt) !== undefined,
  });
  if (latest !== undefined) for await (const result of archive.standing(latest)) comparison.expect(result);
  const csv = archive.csvWriter(progress, csvHeader);
  const standing = archive.writer(progress, 'standing');
  const ended = archive.writer(progress, 'ended');
  const store = async (results: ComparedResults): Promise<void> => {
    for (const result of results.standing) await standing.add(`${JSON.stringify(result)}\n`);
    for (const result of results.ended) await ended.add(`${JSON.stringify(result)}\n`);
  };
  for await (const page of archive.pages(progress, pages)) {
    await store(comparison.add(page));
    const { type, ...scope } = page.unit;
    if (page.unlisted !== undefined) await csv.add(csvUnlistedRow({ scope, type, reading: page.unlisted }));
    for (const { resource, results } of page.resources) {
      for (const result of results) await csv.add(csvRow({ ...result, resource }));
    }
  }
  const { changes, results } = comparison.finish();
  await store(results);
  for (const writer of [csv, standing, ended]) await writer.finish();
  const parts = { standing: standing.parts.length, ended: ended.parts.length, csv: csv.parts.length };
  return { changes, parts };
}

async function hasOvertaken(archive: ScanArchive, startedAt: string): Promise<boolean> {
  const latest = await archive.latest();
  return latest !== undefined && latest.startedAt > startedAt;
}

function expiryName({ resource, check, expires }: Exemption): string {
  return JSON.stringify([resource, check, expires]);
}
