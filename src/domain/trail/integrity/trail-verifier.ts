import type { Clock, Timestamp } from '../../../ports/clock.ts';
import { isPortError } from '../../../ports/failure.ts';
import type { ObjectListing } from '../../../ports/object-listing.ts';
import type { TrailPublicKeys } from '../../../ports/trail-public-keys.ts';
import type { TimeWindow } from './expected-digests.ts';
import { findPlaces, type TrailSource } from './find-places.ts';
import type { IntegrityFinding, TimeFinding } from './integrity-finding.ts';
import type { TrailFiles } from './read-trail-file.ts';
import type { TrailPlace } from './trail-layout.ts';
import { PlaceVerification, type VerificationBounds } from './verify-place.ts';

export interface TrailVerifierOptions {
  readonly listing: ObjectListing;
  readonly files: TrailFiles;
  readonly keys: TrailPublicKeys;
  readonly clock: Clock;
  /** @defaultValue 8 logs at a time, digests up to 16 MiB, logs up to 1 GiB, 500,000 files a day and region */
  readonly bounds?: Partial<VerificationBounds>;
}

/** What to verify. */
export interface VerificationRequest extends TrailSource {
  /** Only what is in digests that end after this. Without it, from the first digest there is. */
  readonly from?: Timestamp;
  /**
   * Only what is in digests that begin before this. Without it, up to the last digest there is: then nobody can tell whether
   * more should be there.
   */
  readonly to?: Timestamp;
  /** 12 digits each. @defaultValue all that are found */
  readonly accounts?: readonly string[];
  /** @defaultValue all that are found */
  readonly regions?: readonly string[];
  /**
   * Whether the files are a copy, which was taken away from the bucket and prefix that CloudTrail delivered to: then these are
   * not compared. @defaultValue false
   */
  readonly isCopy?: boolean;
}

const defaultBounds: VerificationBounds = {
  concurrency: 8,
  maxDigestBytes: 16 * 1024 * 1024,
  maxLogBytes: 1024 * 1024 * 1024,
  mostFilesADay: 500_000,
};

/**
 * Proves logs by CloudTrail's digests ("Validating CloudTrail log file integrity", User Guide): signatures, hashes, the chain
 * of digests, and what should be there and is not. Nothing is changed, and what cannot be read is told as such.
 *
 * @example
 * const tally = new IntegrityTally();
 * for await (const finding of new TrailVerifier({ listing, files, keys, clock }).verify({ bucket: 'logs', prefix: '' })) {
 *   tally.add(finding);
 * }
 * tally.outcome; // 'valid', or why not
 */
export class TrailVerifier {
  readonly #options: TrailVerifierOptions;

  constructor(options: TrailVerifierOptions) {
    this.#options = options;
  }

  /**
   * A finding for each file, and for time of which nothing is proven; by account and region, newest first. Where there is
   * nothing at all to verify, that is a finding too.
   */
  async *verify(request: VerificationRequest): AsyncGenerator<IntegrityFinding, void> {
    const seen = { accounts: new Set<string>(), regions: new Set<string>() };
    try {
      for await (const place of findPlaces(this.#options.listing, request)) {
        if (request.accounts?.includes(place.account) === false) continue;
        if (request.regions?.includes(place.region) === false) continue;
        seen.accounts.add(place.account);
        seen.regions.add(place.region);
        yield* this.#verifyPlace(place, request);
      }
    } catch (error) {
      yield unreadable(error);
      return;
    }
    for (const account of request.accounts ?? []) if (!seen.accounts.has(account)) yield nothing({ account });
    for (const region of request.regions ?? []) if (!seen.regions.has(region)) yield nothing({ region });
    const isAsked = request.accounts !== undefined || request.regions !== undefined;
    if (seen.accounts.size === 0 && !isAsked) yield nothing({});
  }

  async *#verifyPlace(
    place: TrailPlace,
    request: VerificationRequest,
  ): AsyncGenerator<IntegrityFinding, void> {
    const { listing, files, keys, clock, bounds } = this.#options;
    const verification = new PlaceVerification({
      listing,
      files,
      keys,
      bounds: { ...defaultBounds, ...bounds },
      place,
      window: windowOf(request),
      isCopy: request.isCopy ?? false,
      now: clock.now().getTime(),
    });
    try {
      yield* verification.findings();
    } catch (error) {
      yield unreadable(error, place);
    }
  }
}

function windowOf({ from, to }: VerificationRequest): TimeWindow {
  return {
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

/** A listing or the keys of a region could not be had. Other errors are defects, and thrown. */
function unreadable(error: unknown, place?: TrailPlace): TimeFinding {
  if (!isPortError(error)) throw error;
  return {
    kind: 'time',
    verdict: 'unverifiable',
    reason: 'unreadable',
    detail: `${error.operation}: ${error.kind}: ${error.code}`,
    ...(place === undefined ? {} : { account: place.account, region: place.region }),
  };
}

function nothing(of: { readonly account?: string; readonly region?: string }): TimeFinding {
  return {
    kind: 'time',
    verdict: 'unverifiable',
    reason: 'no-digests',
    detail: 'there are neither digests nor logs',
    ...of,
  };
}
