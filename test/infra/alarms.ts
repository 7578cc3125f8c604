import { render, resourcesOf, type SynthesizedStack } from './synthesized-stack.ts';

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
}

/** The properties of every alarm, by the alarm's name. */
export function alarmsOf(stack: SynthesizedStack): Map<string, Record<string, unknown>> {
  return new Map(
    resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
      String(Properties['AlarmName']),
      render(Properties) as Record<string, unknown>,
    ]),
  );
}

/** What an alarm watches, `Namespace MetricName`, of an expression each part. */
export function metricsOf(alarm: Record<string, unknown> | undefined): string[] {
  const { Metrics, ...plain } = alarm ?? {};
  const queries = (Metrics as { MetricStat?: { Metric: Metric } }[] | undefined) ?? [
    { MetricStat: { Metric: plain as unknown as Metric } },
  ];
  return queries
    .flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]))
    .map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
}
