import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { FindingImporter } from '../../ports/finding-importer.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ResourceInventory } from '../../ports/resource-inventory.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import type { ComplianceCheck } from './compliance-check.ts';
import { complianceChecks } from './compliance-checks.ts';
import type { CompliancePolicy } from './compliance-policy.ts';
import { concludeScan } from './conclude-scan.ts';
import { importResults } from './import-results.ts';
import { ResourceInspector } from './inspect-resource.ts';
import { PatientReader } from './patient-reader.ts';
import { ScanArchive, type ScanPlace } from './scan-archive.ts';
import { pagesAheadAt, scanPages } from './scan-pages.ts';
import { type ScanProgress, type ScanScope, scanBegin, scanUnits } from './scan-progress.ts';

export interface ComplianceScannerOptions {
  readonly inventory: ResourceInventory;
  readonly objects: ObjectStore;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly policy: CompliancePolicy;
  /** Where pages, reports, and what the next scan is compared with go. */
  readonly place: ScanPlace;
  /** Resources that are looked at, at one time. */
  readonly concurrency: number;
  /** Where the findings of an account are imported. @defaultValue nowhere */
  readonly importerOf?: (account: string) => FindingImporter;
  /** The region that findings are imported in. */
  readonly region: string;
  /** Resolves after that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/**
 * Looks at the resources of accounts and regions, judges each by {@link complianceChecks}, and tells what has changed
 * since the last scan.
 *
 * A scan is as long as it must be: `advance` works until its time is up and answers where it has come to, plain data
 * from which the next call goes on. Every page of results is stored before the scan goes beyond it, so a call that
 * dies, or is repeated, loses and doubles nothing. At the end the scan is compared with the last one, what has changed is
 * reported and announced; then it becomes the one that the next is compared with, and is imported.
 *
 * What cannot be read makes a verdict `indeterminate`; it fails neither its neighbours nor the scan. Rejects with
 * `PortError` when the store, the audit log, the alert channel or the importer fails; the same call is then safe.
 */
export class ComplianceScanner {
  readonly #options: ComplianceScannerOptions;
  readonly #archive: ScanArchive;
  readonly #checks: ReadonlyMap<string, ComplianceCheck>;

  constructor(options: ComplianceScannerOptions) {
    this.#options = options;
    this.#archive = new ScanArchive(options.objects, options.place);
    const made = complianceChecks.filter(({ id }) => !options.policy.without.includes(id));
    this.#checks = new Map(made.map(check => [check.id, check]));
  }

  /** Where a scan begins. @param scanId 1 to 80 of `A-Z a-z 0-9 - _`; another scan of that id is replaced. */
  begin(scanId: string, startedAt: Timestamp, scope: ScanScope): ScanProgress {
    return scanBegin(scanId, startedAt, scope);
  }

  /**
   * Goes on with a scan.
   *
   * @param hasTime Whether more may be begun; once not, the call ends within the time of the calls that are under way.
   */
  async advance(progress: ScanProgress, hasTime: () => boolean): Promise<ScanProgress> {
    switch (progress.phase) {
      case 'scanning':
        return this.#scan(progress, hasTime);
      case 'concluding':
        return concludeScan(progress, { ...this.#options, archive: this.#archive, checks: this.#checks });
      case 'importing':
        return importResults(progress, hasTime, {
          ...this.#options,
          archive: this.#archive,
          checks: this.#checks,
        });
      case 'done':
        return progress;
    }
  }

  async #scan(progress: ScanProgress, hasTime: () => boolean): Promise<ScanProgress> {
    const { inventory, policy, concurrency, pause, random = Math.random } = this.#options;
    const limit = new AdaptiveLimit(concurrency);
    const readerOf = (rank: number, givesUp: boolean) =>
      new PatientReader({ inventory, limit, pause, random, hasTime, rank, givesUp });
    const inspector = new ResourceInspector({ policy, at: progress.startedAt });
    const pagesAhead = () => pagesAheadAt(limit, concurrency);
    let at = progress;
    for await (const scanned of scanPages(progress, { readerOf, inspector, policy, hasTime, pagesAhead })) {
      await this.#archive.storePage(progress, scanned.page);
      at = scanned.progress;
    }
    const isScanned = at.unit >= scanUnits(at).length;
    return isScanned ? { ...at, phase: 'concluding' } : at;
  }
}
