import type { NamedMetric } from './published-metrics.ts';
import { render, resourcesOf, type SynthesizedStack } from './synthesized-stack.ts';

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** The properties of every alarm, by the alarm's name. */
export function alarmsOf(stack: SynthesizedStack): Map<string, Record<string, unknown>> {
  return alarmsOfType(stack, 'AWS::CloudWatch::Alarm');
}

/** The same of every composite alarm. */
export function compositeAlarmsOf(stack: SynthesizedStack): Map<string, Record<string, unknown>> {
  return alarmsOfType(stack, 'AWS::CloudWatch::CompositeAlarm');
}

function alarmsOfType(stack: SynthesizedStack, type: string): Map<string, Record<string, unknown>> {
  return new Map(
    resourcesOf(stack, type).map(([, { Properties }]) => [
      String(Properties['AlarmName']),
      render(Properties) as Record<string, unknown>,
    ]),
  );
}

/**
 * The alarms that a flow says something by itself with; those that every function, bucket and topic has are
 * held over all stacks in alarms.test.ts.
 */
export function ownAlarmsOf(stack: SynthesizedStack): Map<string, Record<string, unknown>> {
  const everywhere = /-duration-\w+$|-bucket-(?:client|server)-errors-\w+$|-alerts-undelivered-\w+$/;
  return new Map([...alarmsOf(stack)].filter(([name]) => !everywhere.test(name)));
}

/** Each metric that an alarm asks for, of an expression each part. */
export function namedMetricsOf(alarm: Record<string, unknown> | undefined): NamedMetric[] {
  const { Metrics, ...plain } = alarm ?? {};
  const queries = (Metrics as { MetricStat?: { Metric: Metric } }[] | undefined) ?? [
    { MetricStat: { Metric: plain as unknown as Metric } },
  ];
  return queries
    .flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]))
    .map(({ Namespace, MetricName, Dimensions = [] }) => ({
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    }));
}

/** What an alarm watches, `Namespace MetricName`, of an expression each part. */
export function metricsOf(alarm: Record<string, unknown> | undefined): string[] {
  return namedMetricsOf(alarm).map(({ namespace, name }) => `${namespace} ${name}`);
}
