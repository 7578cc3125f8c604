import { describe, expect, test } from '@jest/globals';
import { alarmsOf, metricsOf } from '../alarms.ts';
import {
  resourcesOf,
  type SynthesizedStack,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const processing = synthesizeProcessing();
const records = synthesizeRecords();

const functionOf = (stack: SynthesizedStack) => `<${resourcesOf(stack, 'AWS::Lambda::Function')[0]?.[0]}>`;

describe('alarms', () => {
  const queueMetric = (name: string, queue: string) => ({
    metric: `AWS/SQS ${name}`,
    dimensions: [{ Name: 'QueueName', Value: `<${queue}.QueueName>` }],
  });
  const functionMetric = (stack: SynthesizedStack, name: string) => ({
    metric: `AWS/Lambda ${name}`,
    dimensions: [{ Name: 'FunctionName', Value: functionOf(stack) }],
  });
  const rows = [
    {
      name: 'document-processor-errors',
      stack: processing,
      threshold: 1,
      sets: 'functionErrorThreshold',
      ...functionMetric(processing, 'Errors'),
    },
    {
      name: 'document-processor-throttles',
      stack: processing,
      threshold: 1,
      sets: 'functionThrottleThreshold',
      ...functionMetric(processing, 'Throttles'),
    },
    {
      name: 'processing-oldest-message',
      stack: processing,
      threshold: 45 * 60,
      sets: 'processingOldestMessageMinutes',
      ...queueMetric('ApproximateAgeOfOldestMessage', 'ProcessingQueue'),
    },
    {
      name: 'processing-dead-letters',
      stack: processing,
      threshold: 1,
      sets: 'deadLetterThreshold',
      ...queueMetric('ApproximateNumberOfMessagesVisible', 'ProcessingDeadLetterQueue'),
    },
    {
      name: 'processing-invalid-documents',
      stack: processing,
      threshold: 1,
      sets: 'invalidDocumentThreshold',
      metric: 'Sallyport DocumentsInvalid',
      dimensions: [{ Name: 'service', Value: 'document-processor-dev' }],
    },
    {
      name: 'record-ingestor-errors',
      stack: records,
      threshold: 1,
      sets: 'functionErrorThreshold',
      ...functionMetric(records, 'Errors'),
    },
    {
      name: 'record-ingestor-throttles',
      stack: records,
      threshold: 1,
      sets: 'functionThrottleThreshold',
      ...functionMetric(records, 'Throttles'),
    },
    {
      name: 'records-oldest-message',
      stack: records,
      threshold: 300 * 60,
      sets: 'recordOldestMessageMinutes',
      ...queueMetric('ApproximateAgeOfOldestMessage', 'RecordsQueue'),
    },
    {
      name: 'records-dead-letters',
      stack: records,
      threshold: 1,
      sets: 'deadLetterThreshold',
      ...queueMetric('ApproximateNumberOfMessagesVisible', 'RecordsDeadLetterQueue'),
    },
  ];

  test.each(rows)(
    'E3, E6: $name watches $metric and tells people',
    ({ name, stack, metric, dimensions, threshold }) => {
      const alarm = alarmsOf(stack).get(`sallyport-${name}-dev`);
      expect(metricsOf(alarm)).toEqual([metric]);
      const topic = stack === processing ? '<ProcessingAlertTopic>' : '<RecordAlertTopic>';
      expect(alarm).toMatchObject({
        Dimensions: dimensions,
        Statistic: metric.startsWith('AWS/SQS') ? 'Maximum' : 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [topic],
        OKActions: [topic],
      });
    },
  );

  test('thresholds and periods are configuration', () => {
    const context = {
      ...Object.fromEntries(rows.map(({ sets }) => [sets, '3'])),
      alarmPeriodMinutes: '10',
    };
    for (const { name, stack, metric } of rows) {
      const synthesize = stack === processing ? synthesizeProcessing : synthesizeRecords;
      expect(alarmsOf(synthesize(context)).get(`sallyport-${name}-dev`)).toMatchObject({
        Threshold: metric.includes('Age') ? 180 : 3,
        Period: 600,
      });
    }
  });
});
