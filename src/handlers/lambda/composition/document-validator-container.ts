import type { Container } from 'inversify';
import { ReadingWorker } from '../../../adapters/node/reading-worker.ts';
import type { DocumentValidatorEnvironment } from '../document-validator.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditingContainer } from './auditing-container.ts';
import { bindDocumentValidator } from './bind-document-validator.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { requestReadingBounds } from './request-reading-bounds.ts';

/** The validator Lambda's object graph. Nothing is built before it is asked for. */
export function documentValidatorContainer(
  environment: DocumentValidatorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const auditing = auditingContainer(environment, telemetry);
  bindObjectStore(auditing);
  bindDocumentValidator(auditing.container, environment, new ReadingWorker(requestReadingBounds));
  return auditing.container;
}
