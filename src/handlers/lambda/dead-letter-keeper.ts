import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deadLetterKeeperContainer } from './composition/dead-letter-keeper-container.ts';
import { tokens } from './composition/tokens.ts';
import { deadLetterKeeperEnvironment } from './dead-letter-keeper.env.ts';
import { readEnvironment } from './environment.ts';
import { keepDeadLetters } from './keep-dead-letters.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(deadLetterKeeperEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = deadLetterKeeperContainer(environment, telemetry);

/** Messages that a queue has given up in; stored letters and alerts out. Answers which messages failed. */
export const handler: Handler<SQSEvent, SQSBatchResponse> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      keeper: container.get(tokens.deadLetterKeeper),
      clock: container.get(tokens.clock),
      sourceQueueArn: environment.SOURCE_QUEUE_ARN,
    };
    return keepDeadLetters(event, ports, telemetry);
  });
