import { createHash } from 'node:crypto';
import type { AuditEntry, AuditLog } from '../../../ports/audit-log.ts';
import type { IntegrityFinding, TimeFinding } from './integrity-finding.ts';
import type { VerificationRequest } from './trail-verifier.ts';

/** Under what a run is noted. */
export interface PlacesRun extends VerificationRequest {
  readonly to: string;
  readonly runId: string;
}

/** An account and a region. */
interface Place {
  readonly account: string;
  readonly region: string;
}

const action = 'trail.verify-places';

/** Of one entry: an item of DynamoDB has 400 KB. */
const mostPlaces = 5000;

/**
 * Where earlier runs have proven digests, in this month and the one before: a region whose digests and logs are all gone
 * has left nothing that a listing could show.
 */
export class KnownPlaces {
  readonly #audit: AuditLog;
  readonly #proven = new Map<string, Place>();
  /** Whatever was told of: of all regions of an account where it names none, and so on. */
  readonly #told = new Set<string>();

  constructor(audit: AuditLog) {
    this.#audit = audit;
  }

  see({ kind, verdict, account, region }: IntegrityFinding): void {
    this.#told.add(nameOf(account, region));
    if (kind !== 'digest' || verdict !== 'valid' || account === undefined || region === undefined) return;
    this.#proven.set(nameOf(account, region), { account, region });
  }

  /** Of what was asked for and has been proven before, what no finding of this run is about; call it at the end of the run. */
  async *vanished(request: PlacesRun): AsyncGenerator<TimeFinding> {
    const known = new Map<string, Place>();
    for (const month of [monthBefore(request.to), monthOf(request.to)]) {
      for (const place of await this.#read(request, month))
        known.set(nameOf(place.account, place.region), place);
    }
    for (const { account, region } of known.values()) {
      const isAsked =
        request.accounts?.includes(account) !== false && request.regions?.includes(region) !== false;
      if (!isAsked || this.#isTold(account, region)) continue;
      yield {
        kind: 'time',
        verdict: 'unverifiable',
        reason: 'no-digests',
        detail: 'an earlier run has proven digests of it: now there are neither digests nor logs of any time',
        account,
        region,
      };
    }
  }

  /** Notes what this run has proven and no run of this month before it. */
  async remember(request: PlacesRun): Promise<void> {
    const month = monthOf(request.to);
    const known = new Set(
      (await this.#read(request, month)).map(({ account, region }) => nameOf(account, region)),
    );
    const names = [...this.#proven.keys()].filter(name => !known.has(name)).sort();
    const requestId = requestIdOf(request, month);
    for (let from = 0; from < names.length; from += mostPlaces) {
      const places = names.slice(from, from + mostPlaces);
      await this.#audit.append({
        schemaVersion: 1,
        id: `${requestId}:${createHash('sha256').update(places.join(), 'utf8').digest('hex').slice(0, 16)}`,
        requestId,
        timestamp: request.to,
        action,
        outcome: 'noted',
        details: { runId: request.runId, places },
      });
    }
  }

  async #read(request: PlacesRun, month: string): Promise<readonly Place[]> {
    const places: Place[] = [];
    for await (const entry of this.#audit.entriesOf(requestIdOf(request, month)))
      places.push(...placesIn(entry));
    return places;
  }

  #isTold(account: string, region: string): boolean {
    return [
      nameOf(account, region),
      nameOf(account, undefined),
      nameOf(undefined, region),
      nameOf(undefined, undefined),
    ].some(name => this.#told.has(name));
  }
}

function nameOf(account = '*', region = '*'): string {
  return `${account}/${region}`;
}

function placesIn({ action: of, details: { places } }: AuditEntry): readonly Place[] {
  if (of !== action || !Array.isArray(places)) return [];
  return places.flatMap(name => {
    const [account, region] = String(name).split('/');
    return account === undefined || region === undefined ? [] : [{ account, region }];
  });
}

function requestIdOf({ bucket, prefix }: PlacesRun, month: string): string {
  return `trail-verify-places:${bucket}:${prefix}:${month}`;
}

function monthOf(time: string): string {
  return time.slice(0, 7);
}

function monthBefore(time: string): string {
  const [year = 0, month = 0] = time.split('-').map(Number);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}
