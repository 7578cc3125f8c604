import type { Handler } from 'aws-lambda';
import { readEnvironment } from './environment.ts';
import { WorkflowTaskError } from './failure-mapping.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { trailBackfillerEnvironment } from './trail-backfiller.env.ts';

readEnvironment(trailBackfillerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);

/** A batch of a Distributed Map in; what became of its logs out. */
export const handler: Handler<unknown, unknown> = (_input, context) =>
  observed(telemetry, context, async () => {
    throw new WorkflowTaskError('Sallyport.InvalidInput', 'Backfills are not carried out yet.');
  });
