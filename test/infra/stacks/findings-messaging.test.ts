import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfServices,
  synthesizeFindings,
} from '../synthesized-stack.ts';

const dev = synthesizeFindings();

function ruleOf(stack: SynthesizedStack): Record<string, unknown> {
  const [rule] = resourcesOf(stack, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  return render(rule) as Record<string, unknown>;
}

const ruleArn = 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/sallyport-findings-dev';

describe('from GuardDuty to the remediator', () => {
  test.each([
    [undefined, 7],
    ['4', 4],
    ['8.5', 8.5],
    ['9', 9],
  ])('findings are taken up from severity %s, critical ones included', (minimumFindingSeverity, lowest) => {
    const stack = synthesizeFindings(minimumFindingSeverity === undefined ? {} : { minimumFindingSeverity });
    expect(ruleOf(stack)['EventPattern']).toEqual({
      source: ['aws.guardduty'],
      'detail-type': ['GuardDuty Finding'],
      detail: { severity: [{ numeric: ['>=', lowest] }] },
    });
    stack.template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MINIMUM_SEVERITY: String(lowest) }) },
    });
  });

  test('the rule sends each finding as it is to the queue, tries for a day, and loses none', () => {
    expect(ruleOf(dev)).toMatchObject({ Name: 'sallyport-findings-dev' });
    expect(ruleOf(dev)['Targets']).toEqual([
      {
        Id: 'FindingsQueue',
        Arn: '<FindingsQueue.Arn>',
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        DeadLetterConfig: { Arn: '<FindingsDeadLetterQueue.Arn>' },
      },
    ]);
  });

  test('both queues let in that rule and nobody else, and their key lets in EventBridge for this account', () => {
    const senders = allStatements(dev).filter(
      ({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );
    const sender = (queue: string) =>
      expect.objectContaining({
        principals: ['events.amazonaws.com'],
        resources: [`<${queue}.Arn>`],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }) as unknown;
    expect(senders).toHaveLength(2);
    expect(senders).toEqual(
      expect.arrayContaining([sender('FindingsQueue'), sender('FindingsDeadLetterQueue')]),
    );
    expect(statementsOfServices(dev, 'FindingsQueueKey')).toEqual([
      expect.objectContaining({
        principals: ['events.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      }),
    ]);
  });

  test('every queue is encrypted under our key and refuses plain HTTP', () => {
    dev.template.resourceCountIs('AWS::SQS::Queue', 3);
    for (const [queue, { Properties }] of resourcesOf(dev, 'AWS::SQS::Queue')) {
      // That of the topic's subscriptions is under the topic's key.
      const key = queue.endsWith('AlertTopicDeadLetterQueue') ? 'FindingAlertsKey' : 'FindingsQueueKey';
      expect(Properties['KmsMasterKeyId']).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
      expect(allStatements(dev)).toContainEqual(
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

  test('a finding at a time is handed over; what fails five times is dead-lettered', () => {
    expect(render(propertiesOf(dev, 'FindingsQueue'))).toMatchObject({
      VisibilityTimeout: 6 * 120,
      MessageRetentionPeriod: 7 * 86_400,
      RedrivePolicy: { deadLetterTargetArn: '<FindingsDeadLetterQueue.Arn>', maxReceiveCount: 5 },
    });
    expect(propertiesOf(dev, 'FindingsDeadLetterQueue')).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
    });
    dev.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['FindingsQueue', 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  test('queue and mapping are configuration', () => {
    const stack = synthesizeFindings({
      remediatorTimeoutSeconds: '300',
      findingMaxReceiveCount: '3',
      findingRetentionDays: '4',
      findingMaximumConcurrency: '20',
    });
    expect(propertiesOf(stack, 'FindingsQueue')).toMatchObject({
      VisibilityTimeout: 1800,
      MessageRetentionPeriod: 4 * 86_400,
      RedrivePolicy: { maxReceiveCount: 3 },
    });
    stack.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 20 },
    });
    stack.template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300 });
  });
});
