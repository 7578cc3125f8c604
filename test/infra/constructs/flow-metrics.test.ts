import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { emittedMetrics } from '../../../src/handlers/lambda/emitted-metrics.env.ts';
import { flowNames, makeFlow, plainStack } from './flows.ts';

const stack = plainStack();
const metrics = flowNames.flatMap(name => {
  const flow = makeFlow(stack, name);
  return (
    Object.getOwnPropertyNames(Object.getPrototypeOf(flow))
      // A ratio of two metrics is an expression: its parts are among the others.
      .filter(method => method.startsWith('metric') && method !== 'metricRefusedPercent')
      .map(method => {
        const make = (options = {}): Metric => {
          const metric: unknown = Reflect.apply(Reflect.get(flow, method), flow, [options]);
          if (!(metric instanceof Metric)) throw new Error(`${name}.${method} gives no metric.`);
          return metric;
        };
        return [`${name}.${method}`, make] as const;
      })
  );
});

describe('metrics of the flows', () => {
  test('there are some of each', () => {
    for (const name of flowNames) {
      expect(metrics.filter(([method]) => method.startsWith(`${name}.`)).length).toBeGreaterThan(2);
    }
  });

  test.each(metrics)('%s is published', (_name, make) => {
    const { namespace, metricName, dimensions = {}, period } = make();
    expect(period.toMinutes()).toBe(5);
    if (namespace !== 'Sallyport') {
      expect([namespace, metricName, Object.keys(dimensions).toSorted()]).toEqual(
        namespace === 'AWS/SQS'
          ? [
              'AWS/SQS',
              expect.stringMatching(/^Approximate(AgeOfOldestMessage|NumberOfMessagesVisible)$/),
              ['QueueName'],
            ]
          : ['AWS/ApiGateway', '5XXError', ['ApiName', 'Stage']],
      );
      return;
    }
    const service = String(dimensions['service']);
    expect(service).toMatch(/-dev$/);
    const emitted: Readonly<Record<string, readonly string[]>> = emittedMetrics;
    expect(emitted[service.replace(/-dev$/, '')]).toContain(metricName);
  });

  test.each(metrics)('%s is what the caller asks for', (_name, make) => {
    const { period, statistic } = make({ period: Duration.hours(1), statistic: 'Average' });
    expect([period.toHours(), statistic]).toEqual([1, 'Average']);
  });
});
