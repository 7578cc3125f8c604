import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { recordFileIdentity } from '../../domain/records/record-file-identity.ts';
import type {
  IngestionOutcome,
  RecordFileNotification,
  RecordIngestor,
} from '../../domain/records/record-ingestor.ts';
import { isPortError } from '../../ports/failure.ts';
import { type ConsumptionPorts, codeOf, ItemFailedError } from './consume-messages.ts';
import { consumeObjects, placeOf } from './consume-objects.ts';
import { measure } from './measure.ts';
import { readObjectNotifications } from './object-notifications.ts';
import type { Telemetry } from './telemetry.ts';
import { type UploadFacts, uploadFacts } from './upload-facts.ts';

export interface RecordIngestionPorts extends ConsumptionPorts {
  readonly ingestor: Pick<RecordIngestor, 'ingest'>;
}

/** Ingests every file that a batch of messages announces. One that cannot be dealt with fails its own message alone. */
export function ingestRecordFiles(
  event: SQSEvent,
  ports: RecordIngestionPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const consumption = {
    read: readObjectNotifications,
    work: (file: RecordFileNotification) => ingestFile(file, ports, telemetry),
    // One file after the other: each already keeps several batches under way.
    atOnce: 1,
    failureMetric: 'RecordFilesFailed' as const,
  };
  return consumeObjects(event, consumption, ports, telemetry);
}

async function ingestFile(
  file: RecordFileNotification,
  { ingestor, remainingTime }: RecordIngestionPorts,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const facts = uploadFacts(file, recordFileIdentity(file));
  const place = placeOf(file);
  const startedAt = performance.now();
  const outcome = await ingestor.ingest(file, remainingTime).catch((error: unknown) => {
    const told = withoutContent(error);
    logger.error('Record file not ingested', { ...facts, code: codeOf(error), error: told });
    throw new ItemFailedError(codeOf(error), `${place}: ${told.message}`, { cause: told });
  });
  measure(metrics, 'RecordIngestionDuration', performance.now() - startedAt);
  report(outcome, facts, { logger, metrics });
  if (outcome.outcome === 'missing') {
    throw new ItemFailedError('missing', `${place}: is not in the bucket (any more)`);
  }
}

/**
 * What may be told of an error. A port's own words show no content; those of its cause, or of an error that nobody
 * expected, may show what a record holds (DynamoDB: "cannot be converted to a numeric value: …").
 */
function withoutContent(error: unknown): Error {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const told = new Error(isPortError(error) ? error.message : 'failed unexpectedly');
  told.name = name;
  const frames = stack.split('\n').filter(line => /^ +at /.test(line));
  told.stack = [`${name}: ${told.message}`, ...frames].join('\n');
  return told;
}

const endMetrics = {
  ingested: 'RecordFilesIngested',
  'ingested-with-rejects': 'RecordFilesWithRejects',
  'too-large': 'RecordFilesTooLarge',
  refused: 'RecordFilesRefused',
  missing: 'RecordFilesMissing',
} as const;

function report(
  outcome: IngestionOutcome,
  facts: UploadFacts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (outcome.outcome === 'missing') {
    measure(metrics, endMetrics.missing);
    logger.error('Record file missing', { ...facts });
    return;
  }
  if (outcome.isRepetition) {
    measure(metrics, 'RecordFilesRepeated');
    logger.info('Record file ingested before', { ...facts, outcome: outcome.outcome });
    return;
  }
  const { bytes, records, written, duplicates, rejected, codes, reasons } = outcome;
  measure(metrics, endMetrics[outcome.outcome]);
  measure(metrics, 'RecordFileBytes', bytes);
  measure(metrics, 'RecordsIngested', written);
  measure(metrics, 'RecordsRepeated', duplicates);
  measure(metrics, 'RecordsRejected', rejected);
  const log = outcome.outcome === 'ingested' ? 'info' : 'warn';
  logger[log](`Record file ${outcome.outcome}`, {
    ...facts,
    ...{ bytes, records, written, duplicates, rejected, codes },
    reasons: reasons.map(({ code }) => code),
  });
}
