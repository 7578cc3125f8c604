import { type CloudTrailClient, ListPublicKeysCommand, type PublicKey } from '@aws-sdk/client-cloudtrail';
import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { TrailPublicKey, TrailPublicKeys } from '../../ports/trail-public-keys.ts';
import { translateFailure } from './translate-failure.ts';

export interface CloudTrailTrailPublicKeysOptions {
  /** The client of a region: a digest is signed with a key of the region whose logs it names. */
  readonly clientOf: (region: string) => CloudTrailClient;
}

const operation = 'TrailPublicKeys.ofRegion';

/**
 * CloudTrail's keys, as it lists them (ListPublicKeys). Needs `cloudtrail:ListPublicKeys`, and an endpoint of CloudTrail in each
 * region.
 */
export class CloudTrailTrailPublicKeys implements TrailPublicKeys {
  readonly #clientOf: (region: string) => CloudTrailClient;

  constructor({ clientOf }: CloudTrailTrailPublicKeysOptions) {
    this.#clientOf = clientOf;
  }

  async ofRegion(region: string, from: Timestamp, to: Timestamp): Promise<readonly TrailPublicKey[]> {
    const client = this.#clientOf(region);
    const keys: TrailPublicKey[] = [];
    let token: string | undefined;
    do {
      const request = new ListPublicKeysCommand({
        StartTime: new Date(from),
        EndTime: new Date(to),
        NextToken: token,
      });
      const page = await client.send(request).catch((error: unknown) => {
        throw translateFailure(error, operation, region);
      });
      // A key that lacks a fact can prove nothing; the digests that name it are told as unverifiable.
      for (const key of page.PublicKeyList ?? []) keys.push(...publicKeyOf(key));
      if (page.NextToken !== undefined && page.NextToken === token) throw endless(region);
      token = page.NextToken;
    } while (token !== undefined);
    return keys;
  }
}

function publicKeyOf(key: PublicKey): readonly TrailPublicKey[] {
  const { Fingerprint, Value, ValidityStartTime, ValidityEndTime } = key;
  if (!Fingerprint || !Value || !ValidityStartTime || !ValidityEndTime) return [];
  return [
    {
      fingerprint: Fingerprint,
      value: Value,
      validFrom: ValidityStartTime.toISOString(),
      validTo: ValidityEndTime.toISOString(),
    },
  ];
}

function endless(region: string): PortError {
  return new PortError({
    kind: 'retryable',
    operation,
    code: 'UnexpectedAnswer',
    message: `${operation} on ${region} failed: a page names itself as the next one`,
  });
}
