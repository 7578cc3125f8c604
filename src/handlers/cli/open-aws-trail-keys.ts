import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudTrailTrailPublicKeys } from '../../adapters/aws/cloudtrail-trail-public-keys.ts';
import type { TrailPublicKeys } from '../../ports/trail-public-keys.ts';

/** CloudTrail's keys, by the credentials and the endpoint that the SDK finds in its environment. */
export function openAwsTrailKeys(): TrailPublicKeys {
  const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
  return new CloudTrailTrailPublicKeys({
    clientOf: region => new CloudTrailClient({ region, maxAttempts: 5, requestHandler }),
  });
}
