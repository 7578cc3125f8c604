import { jest } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createTelemetry, type Telemetry } from '../../../src/handlers/lambda/telemetry.ts';

/** One metric value as CloudWatch would read it from the embedded metric format. */
export interface EmittedMetric {
  readonly name: string;
  readonly value: number | readonly number[];
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface RecordedTelemetry extends Telemetry {
  /** Log lines, parsed. */
  logs(): readonly Record<string, unknown>[];
  metricsOf(name: string): readonly EmittedMetric[];
  /** Every metric so far. */
  allMetrics(): readonly EmittedMetric[];
}

/** Real Powertools whose lines are kept instead of printed. */
export async function recordedTelemetry(): Promise<RecordedTelemetry> {
  process.env['POWERTOOLS_DEV'] = 'true';
  // Development mode prints through the global console, and would silence metrics.
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'false';
  process.env['POWERTOOLS_SERVICE_NAME'] = 'test';
  const lines: string[] = [];
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
  const telemetry = await createTelemetry({});
  const parsed = () =>
    lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Record<string, unknown>);
  const allMetrics = () => {
    telemetry.metrics.publishStoredMetrics();
    return parsed().flatMap(emittedMetrics);
  };
  return {
    ...telemetry,
    logs: () => parsed().filter(line => !('_aws' in line)),
    metricsOf: name => allMetrics().filter(metric => metric.name === name),
    allMetrics,
  };
}

function emittedMetrics(line: Record<string, unknown>): EmittedMetric[] {
  const emf = line['_aws'] as EmbeddedMetricFormat | undefined;
  if (emf === undefined) return [];
  return emf.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
    if (Namespace !== 'Sallyport') throw new Error(`Unexpected namespace ${Namespace}`);
    const dimensions = Object.fromEntries((Dimensions[0] ?? []).map(name => [name, String(line[name])]));
    return Metrics.map(({ Name, Unit }) => ({
      name: Name,
      unit: Unit,
      value: line[Name] as number | readonly number[],
      dimensions,
    }));
  });
}

interface EmbeddedMetricFormat {
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
  }[];
}

/** What Lambda hands a function beside its event. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:test',
  memoryLimitInMB: '256',
  awsRequestId: '00000000-0000-4000-8000-000000000001',
  logGroupName: '/aws/lambda/test',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
