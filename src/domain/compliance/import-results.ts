import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { isPortError } from '../../ports/failure.ts';
import type { AsffFinding, FindingImporter } from '../../ports/finding-importer.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { ComplianceCheck, ComplianceResult } from './compliance-check.ts';
import type { CompliancePolicy } from './compliance-policy.ts';
import { exemptionOf } from './exemptions.ts';
import { asffOf } from './render-asff.ts';
import type { LatestScan, ScanArchive } from './scan-archive.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { EndedResult, StandingResult } from './standing-result.ts';

export interface ImportOptions {
  readonly archive: ScanArchive;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly policy: CompliancePolicy;
  /** The checks that are made, by id. */
  readonly checks: ReadonlyMap<string, ComplianceCheck>;
  readonly importerOf?: (account: string) => FindingImporter;
  /** The region that findings are imported in. */
  readonly region: string;
}

/** Refused findings that are named. */
const refusalsNamed = 5;

/** Results that are imported before it is noted that they are. */
const batchSize = 500;

/**
 * Imports what has ended with the scan, and everything that stands, which Security Hub deletes where it is not imported
 * again in 90 days. What an account refuses as a whole leaves the others as they are. What was refused is announced at
 * the end. A fault that may pass ends the call where it has come to, or, at its very begin, rejects.
 */
export async function importResults(
  begin: ScanProgress,
  hasTime: () => boolean,
  options: ImportOptions,
): Promise<ScanProgress> {
  const { archive, importerOf } = options;
  const latest = await archive.latest();
  if (importerOf === undefined) return { ...begin, phase: 'done' };
  // A scan concluded since then imports what stands now.
  if (latest?.scanId !== begin.scanId) return endImport(begin, options);
  const work = new ImportWork(begin, options, importerOf);
  let number = 0;
  for await (const result of changedFirst(archive, latest)) {
    number += 1;
    if (number <= begin.imported) continue;
    work.add(result);
    if (work.size < batchSize) continue;
    if (!(await work.flush()) || !hasTime()) return work.progress;
  }
  if (!(await work.flush())) return work.progress;
  return endImport(work.progress, options);
}

async function endImport(progress: ScanProgress, options: ImportOptions): Promise<ScanProgress> {
  await announceRefusals(progress, options);
  return { ...progress, phase: 'done' };
}

async function* changedFirst(
  archive: ScanArchive,
  latest: LatestScan,
): AsyncGenerator<StandingResult | EndedResult, void, undefined> {
  yield* archive.ended(latest);
  yield* archive.standing(latest);
}

/** Batches of results on their way into the hub, and where that has come to. */
class ImportWork {
  readonly #options: ImportOptions;
  readonly #importerOf: (account: string) => FindingImporter;
  readonly #updatedAt: string;
  #batch: (StandingResult | EndedResult)[] = [];
  #progress: ScanProgress;
  #hasBegun = false;

  constructor(begin: ScanProgress, options: ImportOptions, importerOf: (account: string) => FindingImporter) {
    this.#progress = begin;
    this.#options = options;
    this.#importerOf = importerOf;
    this.#updatedAt = canonicalTime(options.clock.now());
  }

  get size(): number {
    return this.#batch.length;
  }

  get progress(): ScanProgress {
    return this.#progress;
  }

  add(result: StandingResult | EndedResult): void {
    this.#batch.push(result);
  }

  /** Imports what was added. @returns whether it is in, or was refused; else it is to be imported later. */
  async flush(): Promise<boolean> {
    const batch = this.#batch;
    this.#batch = [];
    // What stands for a list is no resource, and what nobody scans any more may be no account of ours.
    const findings = batch
      .filter(({ checkId }) => this.#options.checks.has(checkId))
      .filter(({ account }) => this.#progress.accounts.includes(account))
      .map(result => this.#findingOf(result));
    for (const [account, ofAccount] of Map.groupBy(findings, ({ AwsAccountId }) => AwsAccountId)) {
      if (!(await this.#import(account, ofAccount))) return false;
    }
    this.#progress = { ...this.#progress, imported: this.#progress.imported + batch.length };
    this.#hasBegun = true;
    return true;
  }

  async #import(account: string, findings: readonly AsffFinding[]): Promise<boolean> {
    try {
      const { failed } = await this.#importerOf(account).import(findings);
      this.#refused(
        failed.length,
        failed.map(({ id, code }) => ({ id, code })),
      );
      return true;
    } catch (error) {
      if (!isPortError(error)) throw error;
      if (error.kind === 'retryable' || error.kind === 'throttled') {
        if (!this.#hasBegun) throw error;
        return false;
      }
      this.#refused(findings.length, [{ id: `account ${account}`, code: error.code }]);
      return true;
    }
  }

  #refused(count: number, named: readonly { readonly id: string; readonly code: string }[]): void {
    const { refused, refusals } = this.#progress;
    const cut = named.map(({ id, code }) => ({ id: id.slice(0, 512), code: code.slice(0, 100) }));
    const known = new Set(refusals.map(({ id }) => id));
    this.#progress = {
      ...this.#progress,
      refused: refused + count,
      refusals: [...refusals, ...cut.filter(({ id }) => !known.has(id))].slice(0, refusalsNamed),
    };
  }

  #findingOf(result: StandingResult | EndedResult): AsffFinding {
    const { policy, region } = this.#options;
    const isOver = 'by' in result;
    return asffOf(isOver ? endOf(result) : asResult(result, policy, this.#progress.startedAt), {
      productAccount: result.account,
      region,
      firstObservedAt: result.since,
      updatedAt: this.#updatedAt,
      state: isOver ? 'ARCHIVED' : 'ACTIVE',
    });
  }
}

/** What stands, as a result; one that could not be seen this time is what it was. */
function asResult(standing: StandingResult, policy: CompliancePolicy, at: string): ComplianceResult {
  const { checkId, verdict, grade, explanation, remedy, exempt, unseen } = standing;
  const exemption = exempt ? exemptionOf(standing, policy, at) : undefined;
  return {
    checkId,
    resource: standing,
    verdict,
    ...(grade === undefined ? {} : { grade }),
    explanation: unseen ? `Not seen by the last scan; before: ${explanation}` : explanation,
    ...(remedy === undefined ? {} : { remedy }),
    ...(exemption === undefined ? {} : { exemption }),
  };
}

const ends: Readonly<Record<EndedResult['by'], Pick<ComplianceResult, 'verdict' | 'explanation'>>> = {
  pass: { verdict: 'pass', explanation: 'The check passes.' },
  gone: { verdict: 'pass', explanation: 'The resource is not there any more.' },
  withdrawn: { verdict: 'indeterminate', explanation: 'The check is not made here any more.' },
};

function endOf({ checkId, by, ...resource }: EndedResult): ComplianceResult {
  return { checkId, resource, ...ends[by] };
}

async function announceRefusals(
  { scanId, startedAt, imported, refused, refusals }: ScanProgress,
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
    details: { imported, refused, refusals },
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
      ...(refused > refusals.length ? ['… and others.'] : []),
    ].join('\n'),
    occurredAt: startedAt,
    correlationId: scanId,
    details: { scanId, refused, refusals },
  });
}
