import { describe, expect, test } from '@jest/globals';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfServices,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const account = '<AWS::AccountId>';
const processing = synthesizeProcessing();
const records = synthesizeRecords();

const functionOf = (stack: SynthesizedStack) => `<${resourcesOf(stack, 'AWS::Lambda::Function')[0]?.[0]}>`;

interface Way {
  readonly stack: SynthesizedStack;
  readonly bucket: string;
  readonly queue: string;
  readonly deadLetters: string;
  readonly key: string;
  readonly name: string;
  readonly visibility: number;
  readonly batch: number;
  readonly concurrency: number;
  readonly topic: string;
}

const ways: Way[] = [
  {
    stack: processing,
    bucket: 'internal-processing',
    queue: 'ProcessingQueue',
    deadLetters: 'ProcessingDeadLetterQueue',
    key: 'ProcessingQueueKey',
    name: 'processing',
    visibility: 720,
    batch: 2,
    concurrency: 10,
    topic: 'ProcessingAlertTopic',
  },
  {
    stack: records,
    bucket: 'records',
    queue: 'RecordsQueue',
    deadLetters: 'RecordsDeadLetterQueue',
    key: 'RecordsQueueKey',
    name: 'records',
    visibility: 5400,
    batch: 1,
    concurrency: 5,
    topic: 'RecordAlertTopic',
  },
];

describe.each(ways)('the way of $queue', way => {
  const { stack, bucket, queue, deadLetters, key, name, visibility, batch, concurrency, topic } = way;

  test('the queue and its key let in S3 for that bucket of this account, and nobody else', () => {
    const conditions = {
      StringEquals: { 'aws:SourceAccount': account },
      ArnEquals: { 'aws:SourceArn': `arn:<AWS::Partition>:s3:::sallyport-${bucket}-dev-${account}` },
    };
    const senders = allStatements(stack).filter(
      ({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );
    expect(senders).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        resources: [`<${queue}.Arn>`],
        conditions,
      }),
    ]);
    expect(statementsOfServices(stack, key)).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions,
      }),
    ]);
  });

  test('messages stay invisible six times as long as the function may take, and end in the dead-letter queue', () => {
    expect(render(propertiesOf(stack, queue))).toMatchObject({
      QueueName: `sallyport-${name}-dev`,
      KmsMasterKeyId: `<${key}.Arn>`,
      VisibilityTimeout: visibility,
      MessageRetentionPeriod: 7 * 86_400,
      RedrivePolicy: { deadLetterTargetArn: `<${deadLetters}.Arn>`, maxReceiveCount: 5 },
    });
    expect(render(propertiesOf(stack, deadLetters))).toMatchObject({
      QueueName: `sallyport-${name}-dead-letters-dev`,
      KmsMasterKeyId: `<${key}.Arn>`,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  test('the queue feeds the function, which answers the messages that failed', () => {
    stack.template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(
      stack,
      'AWS::Lambda::EventSourceMapping',
    );
    expect(render(Properties)).toMatchObject({
      EventSourceArn: `<${queue}.Arn>`,
      FunctionName: functionOf(stack),
      BatchSize: batch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: concurrency },
    });
  });

  test('the topic is encrypted, and open to alarms of this environment alone', () => {
    const properties = render(propertiesOf(stack, topic)) as Record<string, unknown>;
    expect(properties['KmsMasterKeyId']).toMatch(/^<\w+AlertsKey\.Arn>$/);
    const publishers = allStatements(stack).filter(
      ({ effect, actions, principals }) =>
        effect === 'Allow' && actions.includes('sns:Publish') && principals.length > 0,
    );
    expect(publishers).toEqual([
      expect.objectContaining({
        principals: ['cloudwatch.amazonaws.com'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': `arn:<AWS::Partition>:cloudwatch:<AWS::Region>:${account}:alarm:sallyport-*-dev`,
          },
        },
      }),
    ]);
  });
});

test('batches, concurrency, receives and retention are configuration', () => {
  const context = {
    processingBatchSize: '4',
    processingMaximumConcurrency: '40',
    processingMaxReceiveCount: '3',
    processingRetentionDays: '10',
    recordBatchSize: '2',
    recordMaximumConcurrency: '20',
    recordMaxReceiveCount: '4',
    recordRetentionDays: '12',
  };
  const settings = (stack: SynthesizedStack, queue: string) => {
    const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(
      stack,
      'AWS::Lambda::EventSourceMapping',
    );
    return { ...propertiesOf(stack, queue), ...Properties };
  };
  expect(settings(synthesizeProcessing(context), 'ProcessingQueue')).toMatchObject({
    BatchSize: 4,
    ScalingConfig: { MaximumConcurrency: 40 },
    RedrivePolicy: { maxReceiveCount: 3 },
    MessageRetentionPeriod: 10 * 86_400,
  });
  expect(settings(synthesizeRecords(context), 'RecordsQueue')).toMatchObject({
    BatchSize: 2,
    ScalingConfig: { MaximumConcurrency: 20 },
    RedrivePolicy: { maxReceiveCount: 4 },
    MessageRetentionPeriod: 12 * 86_400,
  });
});

test('alerts of both stacks reach every configured address', () => {
  for (const synthesize of [synthesizeProcessing, synthesizeRecords]) {
    const stack = synthesize({ alertEmails: 'first@example.com,second@example.com' });
    const addresses = resourcesOf(stack, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
      Properties['Protocol'],
      Properties['Endpoint'],
    ]);
    expect(addresses.sort()).toEqual([
      ['email', 'first@example.com'],
      ['email', 'second@example.com'],
    ]);
  }
});
