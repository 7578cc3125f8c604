import type { Handler } from 'aws-lambda';
import { tokens } from './composition/tokens.ts';
import { trailSummarizerContainer } from './composition/trail-summarizer-container.ts';
import { readEnvironment } from './environment.ts';
import { summarizeTrailAlerts } from './summarize-trail-alerts.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { trailSummarizerEnvironment } from './trail-summarizer.env.ts';

const environment = readEnvironment(trailSummarizerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = trailSummarizerContainer(environment, telemetry);

/** The event of a schedule in, which says nothing; summaries of the windows that are due out. */
export const handler: Handler<unknown, void> = (_event, context) =>
  observed(telemetry, context, () => {
    const summarizer = container.get(tokens.trailSummarizer);
    return summarizeTrailAlerts(
      { summarizer, remainingTime: () => context.getRemainingTimeInMillis() },
      telemetry,
    );
  });
