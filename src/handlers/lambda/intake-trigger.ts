import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { admitUploads } from './admit-uploads.ts';
import { intakeTriggerContainer } from './composition/intake-trigger-container.ts';
import { tokens } from './composition/tokens.ts';
import { readEnvironment } from './environment.ts';
import { intakeTriggerEnvironment } from './intake-trigger.env.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(intakeTriggerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = intakeTriggerContainer(environment, telemetry);

/** SQS notifications of uploads in; workflow executions, or refusals, out. Answers which messages failed. */
export const handler: Handler<SQSEvent, SQSBatchResponse> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      starter: container.get(tokens.intakeStarter),
      audit: container.get(tokens.auditLog),
      clock: container.get(tokens.clock),
      remainingTime: () => context.getRemainingTimeInMillis(),
    };
    return admitUploads(event, ports, telemetry);
  });
