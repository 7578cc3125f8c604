import type { Timestamp } from '../../ports/clock.ts';
import type { ComplianceCheck } from './compliance-check.ts';
import type { Exemption } from './compliance-policy.ts';
import type { ScanChanges } from './scan-comparison.ts';
import type { ScanProgress } from './scan-progress.ts';

export interface ReportedScan {
  readonly progress: ScanProgress;
  readonly changes: ScanChanges;
  readonly expired: readonly Exemption[];
  readonly checks: ReadonlyMap<string, ComplianceCheck>;
  /** Id of the scan that it was compared with; none where it is the first. */
  readonly comparedWith: string | undefined;
  /** Objects that all results stand in as CSV, `results-00000.csv` and following. */
  readonly csvParts: number;
  readonly concludedAt: Timestamp;
}

/** The report of a scan, JSON text: numbers in all, and of each kind of change the first 10,000 by name. */
export function scanReport(scan: ReportedScan): string {
  const { progress, changes, expired, checks, comparedWith, csvParts, concludedAt } = scan;
  const { scanId, startedAt, accounts, regions, pages } = progress;
  const { fresh, worsened, resolved, unjudged } = changes;
  const report = {
    schemaVersion: 1,
    scanId,
    startedAt,
    concludedAt,
    accounts,
    regions,
    comparedWith: comparedWith ?? null,
    complete: changes.numbers.notJudged === 0,
    resources: changes.resources,
    encryptionGrades: changes.grades,
    checks: Object.entries(changes.checks).map(([id, tally]) => {
      const check = checks.get(id);
      return check === undefined
        ? { id, ...tally }
        : { id, title: check.title, severity: check.severity, references: check.references, ...tally };
    }),
    numbers: changes.numbers,
    expiredExemptions: expired,
    new: fresh,
    worsened,
    resolved,
    unjudged,
    parts: { pages, csv: csvParts },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
