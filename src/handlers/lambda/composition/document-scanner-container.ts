import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { WorkerTextExtractor } from '../../../adapters/node/worker-text-extractor.ts';
import { SensitiveDataScanner } from '../../../domain/sensitive-data/sensitive-data-scanner.ts';
import type { DocumentScannerEnvironment } from '../document-scanner.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditContainer } from './audit-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { requestReadingBounds } from './request-reading-bounds.ts';
import { tokens } from './tokens.ts';

/** The scanner Lambda's object graph. Nothing is built before it is asked for. */
export function documentScannerContainer(
  environment: DocumentScannerEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditContainer(environment, telemetry);
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  container.bind(tokens.textExtractor).toResolvedValue(() => new WorkerTextExtractor(requestReadingBounds));
  container.bind(tokens.sensitiveDataScanner).toResolvedValue(
    (objects, extractor, audit, clock) =>
      new SensitiveDataScanner({
        objects,
        extractor,
        audit,
        clock,
        policy: {
          blockingKinds: environment.BLOCKING_KINDS,
          maximumBytes: environment.MAXIMUM_DOCUMENT_BYTES,
        },
      }),
    [tokens.objectStore, tokens.textExtractor, tokens.auditLog, tokens.clock],
  );
  return container;
}
