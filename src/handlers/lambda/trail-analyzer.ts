import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readTrailRules } from '../read-trail-rules.env.ts';
import { analyzeTrailLogs } from './analyze-trail-logs.ts';
import { tokens } from './composition/tokens.ts';
import { trailAnalyzerContainer } from './composition/trail-analyzer-container.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { trailAnalyzerEnvironment } from './trail-analyzer.env.ts';

const environment = readEnvironment(trailAnalyzerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const rules = readTrailRules(environment.TRAIL_RULES, process.env['LAMBDA_TASK_ROOT'] ?? '.');
const container = trailAnalyzerContainer(environment, rules, telemetry);

/** Announced CloudTrail logs in; stored events and alerts out. Answers which messages failed. */
export const handler: Handler<SQSEvent, SQSBatchResponse> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      analyzer: container.get(tokens.trailAnalyzer),
      audit: container.get(tokens.auditLog),
      clock: container.get(tokens.clock),
      remainingTime: () => context.getRemainingTimeInMillis(),
    };
    return analyzeTrailLogs(event, ports, telemetry);
  });
