import { createHash } from 'node:crypto';
import type { AlertChannel } from '../../../ports/alert-channel.ts';
import type { AuditLog } from '../../../ports/audit-log.ts';
import type { Timestamp } from '../../../ports/clock.ts';
import type { JsonObject } from '../../../ports/json.ts';
import { integrityAlert, mostExamples, type PlaceReport, reportDetails } from './integrity-alert.ts';
import type { IntegrityFinding } from './integrity-finding.ts';
import { IntegrityTally } from './integrity-tally.ts';
import { KnownPlaces } from './known-places.ts';
import type { TrailVerifier, VerificationRequest } from './trail-verifier.ts';

export interface IntegrityWatchOptions {
  readonly verifier: Pick<TrailVerifier, 'verify'>;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
}

/** What to verify, and under what name. */
export interface WatchRequest extends VerificationRequest {
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** The same when the run is repeated: what it finds again is then audited and announced under the same ids. */
  readonly runId: string;
}

export interface WatchReport {
  readonly tally: IntegrityTally;
  /** Whether there was not enough time. */
  readonly isUnfinished: boolean;
  /** Accounts and regions of which people were told. */
  readonly alerts: number;
}

/**
 * Verifies the files of some time and tells of anything but valid ones: one alert for each account and region, and one where
 * there is nothing to verify, or no time left to do so. Each is audited before; the run at its end. A region in which an
 * earlier run has proven digests, and which is gone altogether, is told as one without digests.
 */
export class IntegrityWatch {
  readonly #options: IntegrityWatchOptions;

  constructor(options: IntegrityWatchOptions) {
    this.#options = options;
  }

  /** @param hasTime Asked before each finding; once it says no, what was found is told, and that it is not all. */
  async watch(request: WatchRequest, hasTime: () => boolean = () => true): Promise<WatchReport> {
    const total = new IntegrityTally();
    const parts = new Map<string, number>();
    const known = new KnownPlaces(this.#options.audit);
    let place: PlaceFindings | undefined;
    let alerts = 0;
    let isUnfinished = false;
    for await (const finding of this.#options.verifier.verify(request)) {
      total.add(finding);
      known.see(finding);
      if (place?.isOf(finding) !== true) {
        if (place !== undefined) alerts += await this.#conclude(place.report(request));
        const name = JSON.stringify([finding.account, finding.region]);
        const part = (parts.get(name) ?? 0) + 1;
        parts.set(name, part);
        place = new PlaceFindings(finding, part);
      }
      place.add(finding);
      if (hasTime()) continue;
      isUnfinished = true;
      break;
    }
    if (place !== undefined) alerts += await this.#conclude({ ...place.report(request), isUnfinished });
    if (!isUnfinished) {
      for await (const finding of known.vanished(request)) {
        total.add(finding);
        const vanished = new PlaceFindings(finding, 1);
        vanished.add(finding);
        alerts += await this.#conclude(vanished.report(request));
      }
    }
    await known.remember(request);
    await this.#auditRun(request, total, isUnfinished);
    return { tally: total, isUnfinished, alerts };
  }

  /** Answers how many alerts were published. */
  async #conclude(report: PlaceReport): Promise<number> {
    if (report.tally.outcome === 'valid' && !report.isUnfinished) return 0;
    const { audit, alerts } = this.#options;
    const { runId, to, account = '-', region = '-', part, tally } = report;
    const details = reportDetails(report);
    await audit.append({
      schemaVersion: 1,
      id: [runId, account, region, ...(part > 1 ? [part] : []), hashOf(details)].join(':'),
      requestId: runId,
      timestamp: to,
      action: 'trail.verify-place',
      outcome: tally.outcome,
      details,
    });
    await alerts.publish(integrityAlert(report));
    return 1;
  }

  async #auditRun(request: WatchRequest, tally: IntegrityTally, isUnfinished: boolean): Promise<void> {
    const { runId, bucket, from, to } = request;
    const details = reportDetails({ runId, bucket, from, to, part: 1, tally, examples: [], isUnfinished });
    await this.#options.audit.append({
      schemaVersion: 1,
      id: `${runId}:${isUnfinished ? 'unfinished' : 'run'}:${hashOf(details)}`,
      requestId: runId,
      timestamp: to,
      action: 'trail.verify',
      outcome: isUnfinished ? 'unfinished' : tally.outcome,
      details,
    });
  }
}

/** Of a run that is repeated, what was found anew is a new entry, and what was found again is none. */
function hashOf(details: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(details), 'utf8').digest('hex').slice(0, 16);
}

/** What was found in one account and region. */
class PlaceFindings {
  readonly #place: Pick<IntegrityFinding, 'account' | 'region'>;
  readonly #part: number;
  readonly #tally = new IntegrityTally();
  readonly #broken: IntegrityFinding[] = [];
  readonly #others: IntegrityFinding[] = [];

  constructor({ account, region }: IntegrityFinding, part: number) {
    this.#part = part;
    this.#place = {
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    };
  }

  isOf({ account, region }: IntegrityFinding): boolean {
    return account === this.#place.account && region === this.#place.region;
  }

  add(finding: IntegrityFinding): void {
    this.#tally.add(finding);
    if (finding.verdict === 'valid' || finding.reason === 'pending') return;
    const isBroken = finding.verdict === 'tampered' || finding.verdict === 'missing';
    const examples = isBroken ? this.#broken : this.#others;
    if (examples.length < mostExamples) examples.push(finding);
  }

  report({ runId, bucket, from, to }: WatchRequest): PlaceReport {
    const examples = [...this.#broken, ...this.#others].slice(0, mostExamples);
    const facts = { runId, bucket, from, to, ...this.#place, part: this.#part };
    return { ...facts, tally: this.#tally, examples, isUnfinished: false };
  }
}
