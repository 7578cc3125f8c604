import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { WorkerDocumentInspector } from '../../../adapters/node/worker-document-inspector.ts';
import { DocumentValidator } from '../../../domain/documents/document-validator.ts';
import type { DocumentValidatorEnvironment } from '../document-validator.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditContainer } from './audit-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { requestReadingBounds } from './request-reading-bounds.ts';
import { tokens } from './tokens.ts';

/** The validator Lambda's object graph. Nothing is built before it is asked for. */
export function documentValidatorContainer(
  environment: DocumentValidatorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditContainer(environment, telemetry);
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  container
    .bind(tokens.documentInspector)
    .toResolvedValue(() => new WorkerDocumentInspector(requestReadingBounds));
  container.bind(tokens.documentValidator).toResolvedValue(
    (objects, inspector, audit, clock) =>
      new DocumentValidator({
        objects,
        inspector,
        audit,
        clock,
        policy: {
          allowedTypes: environment.ALLOWED_DOCUMENT_TYPES,
          maximumBytes: environment.MAXIMUM_DOCUMENT_BYTES,
        },
      }),
    [tokens.objectStore, tokens.documentInspector, tokens.auditLog, tokens.clock],
  );
  return container;
}
