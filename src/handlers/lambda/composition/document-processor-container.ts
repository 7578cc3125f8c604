import type { Container } from 'inversify';
import { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import { DocumentProcessor } from '../../../domain/documents/document-processor.ts';
import type { DocumentProcessorEnvironment } from '../document-processor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { bindDocumentValidator } from './bind-document-validator.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { bindSensitiveDataScanner } from './bind-sensitive-data-scanner.ts';
import { tokens } from './tokens.ts';

/** The processor Lambda's object graph. Nothing is built before it is asked for. */
export function documentProcessorContainer(
  environment: DocumentProcessorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = announcingContainer(environment, telemetry);
  const { container } = begun;
  bindObjectStore(begun);
  // One thread for both: the parsers are loaded once.
  const worker = new ReadingWorker();
  bindDocumentValidator(container, environment, worker);
  bindSensitiveDataScanner(container, environment, worker);
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
