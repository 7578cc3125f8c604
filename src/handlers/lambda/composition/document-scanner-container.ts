import type { Container } from 'inversify';
import { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import type { DocumentScannerEnvironment } from '../document-scanner.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditingContainer } from './auditing-container.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { bindSensitiveDataScanner } from './bind-sensitive-data-scanner.ts';
import { requestReadingBounds } from './request-reading-bounds.ts';

/** The scanner Lambda's object graph. Nothing is built before it is asked for. */
export function documentScannerContainer(
  environment: DocumentScannerEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const auditing = auditingContainer(environment, telemetry);
  bindObjectStore(auditing);
  bindSensitiveDataScanner(auditing.container, environment, new ReadingWorker(requestReadingBounds));
  return auditing.container;
}
