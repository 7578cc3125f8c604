import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { recordIngestorContainer } from './composition/record-ingestor-container.ts';
import { tokens } from './composition/tokens.ts';
import { readEnvironment } from './environment.ts';
import { ingestRecordFiles } from './ingest-record-files.ts';
import { recordIngestorEnvironment } from './record-ingestor.env.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(recordIngestorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = recordIngestorContainer(environment, telemetry);

/** Announced record files in; rows, reject reports and alerts out. Answers which messages failed. */
export const handler: Handler<SQSEvent, SQSBatchResponse> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      ingestor: container.get(tokens.recordIngestor),
      audit: container.get(tokens.auditLog),
      clock: container.get(tokens.clock),
      remainingTime: () => context.getRemainingTimeInMillis(),
    };
    return ingestRecordFiles(event, ports, telemetry);
  });
