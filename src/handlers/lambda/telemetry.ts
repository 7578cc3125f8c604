import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';
import { maskNumbers } from '../../domain/kernel/mask-numbers.ts';

/** The Powertools of one function: structured JSON logs, metrics in EMF, traces in X-Ray. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Absent where tracing is off: the X-Ray SDK costs 10 to 20 ms of a cold start. */
  readonly tracer: Tracer | undefined;
}

/** Reads the `POWERTOOLS_*` variables; loads the tracer only inside Lambda and unless it is switched off. */
export async function createTelemetry(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Telemetry> {
  const traced =
    variables['AWS_EXECUTION_ENV'] !== undefined && variables['POWERTOOLS_TRACE_ENABLED'] !== 'false';
  return {
    logger: new Logger({ jsonReplacerFn: maskText }),
    metrics: new Metrics({ namespace: variables['POWERTOOLS_METRICS_NAMESPACE'] ?? 'Sallyport' }),
    tracer: traced ? new (await import('@aws-lambda-powertools/tracer')).Tracer() : undefined,
  };
}

/** The last guard of the logs: an error of someone else's may hold what it was given. */
function maskText(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? maskNumbers(value) : value;
}

/** Runs one invocation: context on each log line, a subsegment around it, metrics out whatever happens. */
export async function observed<Answer>(
  { logger, metrics, tracer }: Telemetry,
  context: Context,
  answer: () => Promise<Answer>,
): Promise<Answer> {
  logger.addContext(context);
  metrics.captureColdStartMetric(context.functionName);
  const facade = tracer?.getSegment();
  const segment = facade?.addNewSubsegment('## handler');
  if (tracer !== undefined && segment !== undefined) tracer.setSegment(segment);
  try {
    return await answer();
  } catch (error) {
    tracer?.addErrorAsMetadata(error as Error);
    logger.error('Invocation failed', error as Error);
    throw error;
  } finally {
    segment?.close();
    if (tracer !== undefined && facade !== undefined) tracer.setSegment(facade);
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
