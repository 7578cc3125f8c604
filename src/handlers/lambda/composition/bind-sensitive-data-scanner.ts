import type { Container } from 'inversify';
import type { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import { WorkerTextExtractor } from '../../../adapters/node/worker-text-extractor.ts';
import { SensitiveDataScanner } from '../../../domain/sensitive-data/sensitive-data-scanner.ts';
import type { DocumentScannerEnvironment } from '../document-scanner.env.ts';
import { tokens } from './tokens.ts';

/** Binds the scanner, which asks for the object store, the audit log and the clock. */
export function bindSensitiveDataScanner(
  container: Container,
  environment: Pick<DocumentScannerEnvironment, 'BLOCKING_KINDS' | 'MAXIMUM_DOCUMENT_BYTES'>,
  worker: ReadingWorker,
): void {
  container.bind(tokens.textExtractor).toResolvedValue(() => new WorkerTextExtractor(worker));
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
}
