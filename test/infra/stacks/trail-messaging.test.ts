import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  statementsOfServices,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const stack = synthesizeTrail({ alertEmails: 'first@example.com,second@example.com' });
const { template, json } = stack;

const functionId = (name: string) =>
  resourcesOf(stack, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties['FunctionName'] === name,
  )?.[0];

const fromLogBucket = {
  StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
  ArnEquals: { 'aws:SourceArn': 'arn:<AWS::Partition>:s3:::sallyport-trail-logs-dev-<AWS::AccountId>' },
};

describe('from bucket to analyzer', () => {
  test('C1: each object created sends a message to the trail queue, by the native property', () => {
    expect(render(propertiesOf(stack, 'TrailLogBucket')['NotificationConfiguration'])).toEqual({
      QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: '<TrailQueue.Arn>' }],
    });
  });

  test('C1: the queue and its key let in S3 for that bucket of this account, by name', () => {
    const senders = allStatements(stack).filter(
      ({ effect, actions, resources }) =>
        effect === 'Allow' &&
        actions.includes('sqs:SendMessage') &&
        // What it takes: undelivered-alerts.test.ts.
        !resources.includes('<TrailAlertTopicDeadLetterQueue.Arn>') &&
        // What EventBridge sends: trail-live-events.test.ts, trail-schedules.test.ts.
        !resources.some(resource => /TrailLive|TrailMissedRuns/.test(resource)),
    );
    expect(senders).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        resources: ['<TrailQueue.Arn>'],
        conditions: fromLogBucket,
      }),
    ]);
    const uses = statementsOfServices(stack, 'TrailQueueKey');
    expect(uses.filter(({ principals }) => !principals.includes('events.amazonaws.com'))).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: fromLogBucket,
      }),
    ]);
  });

  test('C1: the bucket waits for the policies that let its notifications in', () => {
    const waits = json.Resources['TrailLogBucket']?.DependsOn ?? [];
    const queuePolicy = resourcesOf(stack, 'AWS::SQS::QueuePolicy').find(
      ([, { Properties }]) => JSON.stringify(render(Properties['Queues'])) === '["<TrailQueue>"]',
    );
    expect(waits).toEqual(expect.arrayContaining([queuePolicy?.[0], 'TrailQueueKey']));
  });

  test('C1: nothing in the stack waits for itself; naming the trail by reference would be a cycle', () => {
    expect(() => Template.fromJSON(json)).not.toThrow();
    const text = JSON.stringify(json);
    const literal =
      /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":cloudtrail:",\{"Ref":"AWS::Region"\},":",\{"Ref":"AWS::AccountId"\},":trail\/sallyport-dev"\]\]\}/g;
    expect(text.match(literal)).toHaveLength(4);
    const referring = JSON.parse(text.replace(literal, '{"Fn::GetAtt":["Trail","Arn"]}')) as object;
    expect(() => Template.fromJSON(referring)).toThrow(/cycle/);
  });

  test('C1: the stack names nothing of another, and no other names anything of it', () => {
    expect(stack.dependencies).toEqual([]);
    expect(JSON.stringify(json)).not.toMatch(/Fn::(ImportValue|GetStackOutput)|"Export"/);
  });
});

describe('queues', () => {
  test('C1: messages stay invisible six times as long as their consumer may take', () => {
    for (const [queue, name] of [
      ['TrailQueue', 'sallyport-trail-analyzer-dev'],
      ['TrailDeadLetterQueue', 'sallyport-trail-dead-letter-keeper-dev'],
      ['TrailLiveQueue', 'sallyport-trail-analyzer-dev'],
      ['TrailLiveDeadLetterQueue', 'sallyport-trail-dead-letter-keeper-dev'],
    ] as const) {
      const timeout = Number(propertiesOf(stack, functionId(name) ?? '')['Timeout']);
      expect(propertiesOf(stack, queue)['VisibilityTimeout']).toBe(6 * timeout);
    }
  });

  test('C1: the visibility follows the time-outs', () => {
    const other = synthesizeTrail({
      trailAnalyzerTimeoutSeconds: '60',
      deadLetterKeeperTimeoutSeconds: '20',
    });
    expect(propertiesOf(other, 'TrailQueue')['VisibilityTimeout']).toBe(360);
    expect(propertiesOf(other, 'TrailDeadLetterQueue')['VisibilityTimeout']).toBe(120);
  });

  test('C5: what fails five times goes to the dead-letter queue, which outlasts the queue', () => {
    const queue = propertiesOf(stack, 'TrailQueue');
    expect(render(queue['RedrivePolicy'])).toEqual({
      deadLetterTargetArn: '<TrailDeadLetterQueue.Arn>',
      maxReceiveCount: 5,
    });
    expect(queue['MessageRetentionPeriod']).toBe(7 * 86_400);
    const deadLetters = propertiesOf(stack, 'TrailDeadLetterQueue');
    expect(deadLetters['MessageRetentionPeriod']).toBe(14 * 86_400);
    expect(render(deadLetters['RedriveAllowPolicy'])).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: ['arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:sallyport-trail-dev'],
    });
  });

  test('C5: receives and retention are configuration', () => {
    const other = synthesizeTrail({ trailMaxReceiveCount: '3', trailRetentionDays: '13' });
    expect(propertiesOf(other, 'TrailQueue')).toMatchObject({
      RedrivePolicy: { maxReceiveCount: 3 },
      MessageRetentionPeriod: 13 * 86_400,
    });
  });

  test('every queue is encrypted under our key and refuses plain HTTP', () => {
    template.resourceCountIs('AWS::SQS::Queue', 6);
    for (const [queue, { Properties }] of resourcesOf(stack, 'AWS::SQS::Queue')) {
      // That of the topic's subscriptions is under the topic's key.
      const key = queue.endsWith('AlertTopicDeadLetterQueue') ? 'TrailAlertsKey' : 'TrailQueueKey';
      expect(Properties['KmsMasterKeyId']).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
      expect(allStatements(stack)).toContainEqual(
        expect.objectContaining({
          effect: 'Deny',
          principals: ['*'],
          actions: ['sqs:*'],
          resources: [`<${queue}.Arn>`],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  test.each([
    ['TrailQueue', 'sallyport-trail-analyzer-dev', 5, 5],
    ['TrailDeadLetterQueue', 'sallyport-trail-dead-letter-keeper-dev', 10, 2],
    ['TrailLiveQueue', 'sallyport-trail-analyzer-dev', 10, 5],
    ['TrailLiveDeadLetterQueue', 'sallyport-trail-dead-letter-keeper-dev', 10, 2],
  ])(
    'C5: %s feeds %s, which reports the messages that failed',
    (queue, name, BatchSize, MaximumConcurrency) => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
        FunctionName: { Ref: functionId(name) },
        BatchSize,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency },
      });
      template.resourceCountIs('AWS::Lambda::EventSourceMapping', 4);
      template.allResourcesProperties('AWS::Lambda::Function', {
        ReservedConcurrentExecutions: Match.absent(),
      });
    },
  );

  test('C5: batch and concurrency of the analyzer are configuration', () => {
    synthesizeTrail({
      trailBatchSize: '1',
      trailMaximumConcurrency: '50',
    }).template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['TrailQueue', 'Arn'] },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });
});

describe('topic', () => {
  test('C3: is encrypted, refuses plain HTTP, and reaches every configured address', () => {
    expect(render(propertiesOf(stack, 'TrailAlertTopic'))).toMatchObject({
      TopicName: 'sallyport-trail-alerts-dev',
      KmsMasterKeyId: '<TrailAlertsKey.Arn>',
    });
    expect(allStatements(stack)).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        actions: ['sns:Publish'],
        resources: ['<TrailAlertTopic>'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    for (const Endpoint of ['first@example.com', 'second@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', {
        Protocol: 'email',
        TopicArn: { Ref: 'TrailAlertTopic' },
        Endpoint,
      });
    }
  });

  test('C3: alarms of this environment may publish, and nobody without a condition', () => {
    const alarms = {
      StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
      ArnLike: {
        'aws:SourceArn':
          'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:sallyport-*-dev',
      },
    };
    const publishers = allStatements(stack).filter(
      ({ effect, actions, principals }) =>
        effect === 'Allow' && actions.includes('sns:Publish') && principals.length > 0,
    );
    expect(publishers).toEqual([
      expect.objectContaining({ principals: ['cloudwatch.amazonaws.com'], conditions: alarms }),
    ]);
    expect(statementsOfServices(stack, 'TrailAlertsKey')).toEqual([
      expect.objectContaining({ principals: ['sns.amazonaws.com'] }),
      expect.objectContaining({ principals: ['cloudwatch.amazonaws.com'], conditions: alarms }),
    ]);
  });
});
