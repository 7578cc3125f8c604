import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FindingImporter } from '../../ports/finding-importer.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { ComplianceCheck, ComplianceResult } from './compliance-check.ts';
import type { CompliancePolicy, Exemption } from './compliance-policy.ts';
import { expiredExemptions } from './exemptions.ts';
import { importFindings } from './import-results.ts';
import { asffOf } from './render-asff.ts';
import { csvHeader, csvRow } from './render-csv.ts';
import { scanAlert } from './scan-alert.ts';
import type { LatestScan, ScanArchive } from './scan-archive.ts';
import { type ScanChanges, ScanComparison } from './scan-comparison.ts';
import type { ScanProgress } from './scan-progress.ts';
import { scanReport } from './scan-report.ts';
import type { StandingResult } from './standing-result.ts';

export interface ConclusionOptions {
  readonly archive: ScanArchive;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly policy: CompliancePolicy;
  /** The checks that are made, by id. */
  readonly checks: ReadonlyMap<string, ComplianceCheck>;
  readonly importerOf?: (account: string) => FindingImporter;
  readonly region: string;
}

/**
 * Compares a scan with the last one: stores results and report, audits, announces and imports what has changed, and then
 * makes it the scan that the next one is compared with. Repeating it does the same again, under the same names.
 */
export async function concludeScan(
  progress: ScanProgress,
  options: ConclusionOptions,
): Promise<ScanProgress> {
  const { archive, audit, alerts, clock, policy, checks, importerOf } = options;
  const { scanId, startedAt, pages } = progress;
  const latest = await archive.latest();
  const next: ScanProgress = { ...progress, phase: importerOf === undefined ? 'done' : 'importing' };
  if (latest?.scanId === scanId && latest.startedAt === startedAt) return next;
  // A scan that is overtaken by one begun later has nothing to say that is still news.
  const isOvertaken = latest !== undefined && latest.startedAt > startedAt;

  const before: StandingResult[] = [];
  if (latest !== undefined) for await (const result of archive.standing(latest)) before.push(result);
  const { changes, standingParts, csvParts } = await compare(progress, before, options);
  const expired = expiredExemptions(policy, startedAt);
  const known = new Set(latest?.announcedExpiries);
  const report = await archive.storeReport(
    scanId,
    scanReport({
      progress,
      changes,
      expired,
      checks,
      comparedWith: latest?.scanId,
      csvParts,
      concludedAt: canonicalTime(clock.now()),
    }),
  );
  await audit.append({
    schemaVersion: 1,
    id: `${scanId}:compliance.scan`,
    requestId: scanId,
    timestamp: startedAt,
    action: 'compliance.scan',
    outcome: isOvertaken ? 'overtaken' : changes.numbers.notJudged > 0 ? 'incomplete' : 'complete',
    correlationId: scanId,
    details: {
      accounts: progress.accounts,
      regions: progress.regions,
      pages,
      ...changes.numbers,
      report: `s3://${report.bucket}/${report.key}`,
    },
  });
  if (isOvertaken) return { ...progress, phase: 'done', numbers: changes.numbers };
  const alert = scanAlert({
    progress,
    changes,
    expired: expired.filter(it => !known.has(expiryName(it))),
    checks,
    report,
  });
  if (alert !== undefined) await alerts.publish(alert);
  const imported = await importResolved({ ...next, numbers: changes.numbers }, changes, options);
  const concluded: LatestScan = {
    schemaVersion: 1,
    scanId,
    startedAt,
    standingParts,
    announcedExpiries: expired.map(expiryName),
  };
  await archive.storeLatest(concluded);
  return imported;
}

async function compare(
  { scanId, startedAt, accounts, regions, pages }: ScanProgress,
  before: readonly StandingResult[],
  { archive, checks }: ConclusionOptions,
): Promise<{ changes: ScanChanges; standingParts: number; csvParts: number }> {
  const comparison = new ScanComparison(before, startedAt, { accounts, regions });
  const csv = archive.csvWriter(scanId, csvHeader);
  for await (const page of archive.pages(scanId, 0, pages)) {
    comparison.add(page);
    for (const { resource, results } of page.resources) {
      for (const result of results) await csv.add(csvRow({ ...result, resource }));
    }
  }
  await csv.finish();
  const changes = comparison.finish(checkId => checks.has(checkId));
  const writer = archive.standingWriter(scanId);
  for (const result of changes.standing) await writer.add(`${JSON.stringify(result)}\n`);
  await writer.finish();
  return { changes, standingParts: writer.parts.length, csvParts: csv.parts.length };
}

/** What no scan finds any more would stand in the hub as it was last imported: it is said to have ended. */
async function importResolved(
  progress: ScanProgress,
  { resolved }: ScanChanges,
  { importerOf, checks, region, clock }: ConclusionOptions,
): Promise<ScanProgress> {
  if (importerOf === undefined) return progress;
  const updatedAt = canonicalTime(clock.now());
  const findings = resolved
    .filter(({ checkId }) => checks.has(checkId))
    .map(({ by, since, ...before }) => {
      const result: ComplianceResult = {
        checkId: before.checkId,
        resource: before,
        verdict: 'pass',
        explanation: by === 'gone' ? 'The resource is not there any more.' : 'The check passes.',
      };
      const context = { productAccount: before.account, region, firstObservedAt: since, updatedAt };
      return asffOf(result, { ...context, state: 'ARCHIVED' });
    });
  return importFindings(progress, findings, importerOf);
}

function expiryName({ resource, check, expires }: Exemption): string {
  return JSON.stringify([resource, check, expires]);
}
