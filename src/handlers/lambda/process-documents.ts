import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type {
  ArrivedDocument,
  DocumentProcessor,
  ProcessOutcome,
} from '../../domain/documents/document-processor.ts';
import { notifiedIdentity } from '../../domain/kernel/upload-identity.ts';
import { type ConsumptionPorts, codeOf, ItemFailedError } from './consume-messages.ts';
import { consumeObjects, placeOf } from './consume-objects.ts';
import { measure } from './measure.ts';
import { readObjectNotifications } from './object-notifications.ts';
import type { Telemetry } from './telemetry.ts';
import { type UploadFacts, uploadFacts } from './upload-facts.ts';

export interface DocumentProcessingPorts extends ConsumptionPorts {
  readonly processor: Pick<DocumentProcessor, 'process'>;
}

/** Judges and moves every document that a batch of messages announces. One that cannot be dealt with fails its own message alone. */
export function processDocuments(
  event: SQSEvent,
  ports: DocumentProcessingPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const consumption = {
    read: readObjectNotifications,
    work: (document: ArrivedDocument) => processDocument(document, ports.processor, telemetry),
    // Each may hold a document of the greatest size in memory, twice.
    atOnce: 2,
    failureMetric: 'DocumentsFailed' as const,
  };
  return consumeObjects(event, consumption, ports, telemetry);
}

async function processDocument(
  document: ArrivedDocument,
  processor: Pick<DocumentProcessor, 'process'>,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const facts = uploadFacts(document, notifiedIdentity(document));
  const place = placeOf(document);
  const startedAt = performance.now();
  const outcome = await processor.process(document).catch((error: unknown) => {
    logger.error('Document not processed', { ...facts, error: error as Error });
    throw new ItemFailedError(codeOf(error), `${place}: ${(error as Error).message}`, { cause: error });
  });
  measure(metrics, 'DocumentProcessingDuration', performance.now() - startedAt);
  report(outcome, facts, { logger, metrics });
  if (outcome.outcome === 'missing') {
    throw new ItemFailedError('missing', `${place}: is not in the bucket (any more)`);
  }
}

/** What each end is counted as; every quarantined document counts under its verdict too. */
const verdictMetrics = {
  compliant: 'DocumentsCompliant',
  'non-compliant': 'DocumentsNonCompliant',
  indeterminate: 'DocumentsIndeterminate',
  invalid: 'DocumentsInvalid',
  'key-refused': 'DocumentsInvalid',
} as const;

const endMetrics = {
  delivered: 'DocumentsDelivered',
  superseded: 'DocumentsSuperseded',
  quarantined: 'DocumentsQuarantined',
  'already-processed': 'DocumentsAlreadyProcessed',
  missing: 'DocumentsMissing',
} as const;

function report(
  outcome: ProcessOutcome,
  facts: UploadFacts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  measure(metrics, endMetrics[outcome.outcome]);
  if (!('verdict' in outcome)) {
    const log = outcome.outcome === 'missing' ? 'error' : 'info';
    logger[log](`Document ${outcome.outcome}`, { ...facts });
    return;
  }
  const { verdict, reasons, counts } = outcome.verdict;
  measure(metrics, verdictMetrics[verdict]);
  const codes = [...new Set(reasons.map(({ code }) => code))];
  const log = outcome.outcome === 'quarantined' ? 'warn' : 'info';
  logger[log](`Document ${outcome.outcome}`, { ...facts, verdict, codes, counts });
}
