import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { CloudTrailTrailPublicKeys } from '../../../adapters/aws/cloudtrail-trail-public-keys.ts';
import { S3ObjectListing } from '../../../adapters/aws/s3-object-listing.ts';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { IntegrityWatch } from '../../../domain/trail/integrity/integrity-watch.ts';
import { TrailVerifier } from '../../../domain/trail/integrity/trail-verifier.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailVerifierEnvironment } from '../trail-verifier.env.ts';
import { announcingContainer } from './announcing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The verifier Lambda's object graph. Nothing is built before it is asked for. */
export function trailVerifierContainer(
  environment: TrailVerifierEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = announcingContainer(environment, telemetry);
  // Not traced: the requests of a run are thousands, and a trace holds some hundreds.
  const s3 = new S3Client(awsClientSettings);
  container.bind(tokens.objectStore).toResolvedValue(() => new S3ObjectStore({ client: s3 }));
  container.bind(tokens.objectListing).toResolvedValue(() => new S3ObjectListing({ client: s3 }));
  container.bind(tokens.trailPublicKeys).toResolvedValue(
    () =>
      new CloudTrailTrailPublicKeys({
        clientOf: region => traced(new CloudTrailClient({ ...awsClientSettings, region })),
      }),
  );
  container.bind(tokens.integrityWatch).toResolvedValue(
    (listing, files, keys, clock, audit, alerts) =>
      new IntegrityWatch({
        verifier: new TrailVerifier({
          listing,
          files,
          keys,
          clock,
          bounds: { concurrency: environment.VERIFY_CONCURRENCY },
        }),
        audit,
        alerts,
      }),
    [
      tokens.objectListing,
      tokens.objectStore,
      tokens.trailPublicKeys,
      tokens.clock,
      tokens.auditLog,
      tokens.alertChannel,
    ],
  );
  return container;
}
