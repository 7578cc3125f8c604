import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import { WorkerDocumentInspector } from '../../../adapters/node/worker-document-inspector.ts';
import { WorkerTextExtractor } from '../../../adapters/node/worker-text-extractor.ts';
import { DocumentProcessor } from '../../../domain/documents/document-processor.ts';
import { DocumentValidator } from '../../../domain/documents/document-validator.ts';
import { SensitiveDataScanner } from '../../../domain/sensitive-data/sensitive-data-scanner.ts';
import type { DocumentProcessorEnvironment } from '../document-processor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditedContainer } from './audited-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The processor Lambda's object graph. Nothing is built before it is asked for. */
export function documentProcessorContainer(
  environment: DocumentProcessorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditedContainer(environment, telemetry);
  const maximumBytes = environment.MAXIMUM_DOCUMENT_BYTES;
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  // One thread for both: the parsers are loaded once.
  const worker = new ReadingWorker();
  container.bind(tokens.documentInspector).toResolvedValue(() => new WorkerDocumentInspector(worker));
  container.bind(tokens.textExtractor).toResolvedValue(() => new WorkerTextExtractor(worker));
  container.bind(tokens.documentValidator).toResolvedValue(
    (objects, inspector, audit, clock) =>
      new DocumentValidator({
        objects,
        inspector,
        audit,
        clock,
        policy: { allowedTypes: environment.ALLOWED_DOCUMENT_TYPES, maximumBytes },
      }),
    [tokens.objectStore, tokens.documentInspector, tokens.auditLog, tokens.clock],
  );
  container.bind(tokens.sensitiveDataScanner).toResolvedValue(
    (objects, extractor, audit, clock) =>
      new SensitiveDataScanner({
        objects,
        extractor,
        audit,
        clock,
        policy: { blockingKinds: environment.BLOCKING_KINDS, maximumBytes },
      }),
    [tokens.objectStore, tokens.textExtractor, tokens.auditLog, tokens.clock],
  );
  container.bind(tokens.documentProcessor).toResolvedValue(
    (objects, validator, scanner, audit, alerts, clock) =>
      new DocumentProcessor({
        objects,
        validator,
        scanner,
        audit,
        alerts,
        clock,
        processed: { bucket: environment.PROCESSED_BUCKET_NAME, keyId: environment.PROCESSED_KEY_ARN },
        quarantine: { bucket: environment.QUARANTINE_BUCKET_NAME, keyId: environment.QUARANTINE_KEY_ARN },
        verdicts: { bucket: environment.VERDICTS_BUCKET_NAME, keyId: environment.VERDICTS_KEY_ARN },
        releaseIndeterminate: environment.RELEASE_INDETERMINATE,
      }),
    [
      tokens.objectStore,
      tokens.documentValidator,
      tokens.sensitiveDataScanner,
      tokens.auditLog,
      tokens.alertChannel,
      tokens.clock,
    ],
  );
  return container;
}
