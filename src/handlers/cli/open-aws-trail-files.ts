import { S3Client } from '@aws-sdk/client-s3';
import { S3ObjectListing } from '../../adapters/aws/s3-object-listing.ts';
import { S3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import type { TrailFilesSource } from './trail-files-source.ts';
import { UsageError } from './verb.ts';

/** Region, credentials and endpoint are what the SDK finds in its environment; a bucket of another region is followed there. */
export async function openAwsTrailFiles(): Promise<TrailFilesSource> {
  const client = new S3Client({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    followRegionRedirects: true,
  });
  await client.config.region().catch(() => {
    throw new UsageError('name a region: AWS_REGION, or that of a profile');
  });
  return {
    listing: new S3ObjectListing({ client }),
    files: new S3ObjectStore({ client }),
    close: () => client.destroy(),
  };
}
