import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { documentProcessorContainer } from './composition/document-processor-container.ts';
import { tokens } from './composition/tokens.ts';
import { documentProcessorEnvironment } from './document-processor.env.ts';
import { readEnvironment } from './environment.ts';
import { processDocuments } from './process-documents.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(documentProcessorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = documentProcessorContainer(environment, telemetry);

/** Announced documents in; delivered or quarantined ones, verdicts and alerts out. Answers which messages failed. */
export const handler: Handler<SQSEvent, SQSBatchResponse> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      processor: container.get(tokens.documentProcessor),
      audit: container.get(tokens.auditLog),
      clock: container.get(tokens.clock),
      remainingTime: () => context.getRemainingTimeInMillis(),
    };
    return processDocuments(event, ports, telemetry);
  });
