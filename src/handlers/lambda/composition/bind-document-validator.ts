import type { Container } from 'inversify';
import type { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import { WorkerDocumentInspector } from '../../../adapters/node/worker-document-inspector.ts';
import { DocumentValidator } from '../../../domain/documents/document-validator.ts';
import type { DocumentValidatorEnvironment } from '../document-validator.env.ts';
import { tokens } from './tokens.ts';

/** Binds the validator, which asks for the object store, the audit log and the clock. */
export function bindDocumentValidator(
  container: Container,
  environment: Pick<DocumentValidatorEnvironment, 'ALLOWED_DOCUMENT_TYPES' | 'MAXIMUM_DOCUMENT_BYTES'>,
  worker: ReadingWorker,
): void {
  container.bind(tokens.documentInspector).toResolvedValue(() => new WorkerDocumentInspector(worker));
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
}
