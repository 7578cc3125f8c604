import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { compileEventPattern } from '../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { allStatements, render, resourcesOf, synthesizeIntake } from '../synthesized-stack.ts';

const stack = synthesizeIntake({ alertEmails: 'first@example.com,second@example.com' });
const { template, json } = stack;

const propertiesOf = (logicalId: string) => json.Resources[logicalId]?.Properties ?? {};

function triggerOf() {
  const found = resourcesOf(stack, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties['FunctionName'] === 'sallyport-intake-trigger-dev',
  );
  if (found === undefined) throw new Error('The template has no trigger.');
  return found;
}

describe('from bucket to trigger', () => {
  test('A1: each object created sends a message to the intake queue, by the native property', () => {
    expect(render(propertiesOf('UploadsBucket')['NotificationConfiguration'])).toEqual({
      QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: '<IntakeQueue.Arn>' }],
    });
    expect(resourcesOf(stack, 'Custom::S3BucketNotifications')).toEqual([]);
    template.resourceCountIs('AWS::Lambda::Function', 2);
  });

  test('A1: the bucket waits for the policies that let its notifications in', () => {
    const waits = json.Resources['UploadsBucket']?.DependsOn ?? [];
    const queuePolicy = resourcesOf(stack, 'AWS::SQS::QueuePolicy').find(
      ([, { Properties }]) => JSON.stringify(render(Properties['Queues'])) === '["<IntakeQueue>"]',
    );
    expect(waits).toEqual(expect.arrayContaining([queuePolicy?.[0], 'QueuesKey']));
  });

  test('A1: the queue lets in S3 for that bucket of this account, by name', () => {
    const senders = allStatements(stack).filter(({ effect, actions, resources }) => {
      return (
        effect === 'Allow' && actions.includes('sqs:SendMessage') && resources.includes('<IntakeQueue.Arn>')
      );
    });
    expect(senders).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
          ArnEquals: { 'aws:SourceArn': 'arn:<AWS::Partition>:s3:::sallyport-uploads-dev-<AWS::AccountId>' },
        },
      }),
    ]);
  });

  test('A1: nothing in the stack waits for itself', () => {
    expect(() => Template.fromJSON(json)).not.toThrow();
  });

  test('A1: naming the bucket by reference in a policy that it waits for would be a cycle', () => {
    const text = JSON.stringify(json);
    const literal =
      /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":s3:::sallyport-uploads-dev-",\{"Ref":"AWS::AccountId"\}\]\]\}/g;
    const places = [...text.matchAll(literal)].map(({ index }) => index);
    // The queue's policy, its key's, and twice the policy of the replication's role.
    expect(places).toHaveLength(4);
    for (const place of places) {
      const referring = text.replace(literal, (whole, at: number) =>
        at === place ? '{"Fn::GetAtt":["UploadsBucket","Arn"]}' : whole,
      );
      expect(() => Template.fromJSON(JSON.parse(referring) as object)).toThrow(/cycle/);
    }
  });

  test('A1: messages stay invisible six times as long as the trigger may take, and end in the dead-letter queue', () => {
    const [, trigger] = triggerOf();
    const timeout = Number(trigger.Properties['Timeout']);
    expect(timeout).toBe(30);
    const queue = propertiesOf('IntakeQueue');
    expect(queue['VisibilityTimeout']).toBe(6 * timeout);
    expect(render(queue['RedrivePolicy'])).toEqual({
      deadLetterTargetArn: '<IntakeDeadLetterQueue.Arn>',
      maxReceiveCount: 5,
    });
    expect(queue['MessageRetentionPeriod']).toBe(4 * 86_400);
    const deadLetters = propertiesOf('IntakeDeadLetterQueue');
    expect(deadLetters['MessageRetentionPeriod']).toBe(14 * 86_400);
    expect(render(deadLetters['RedriveAllowPolicy'])).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: ['arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:sallyport-intake-dev'],
    });
  });

  test('A1: neither queue takes a message above 256 KiB, far more than any notification', () => {
    for (const queue of ['IntakeQueue', 'IntakeDeadLetterQueue']) {
      expect(propertiesOf(queue)['MaximumMessageSize']).toBe(262_144);
    }
  });

  test('A1: the visibility follows the time-out', () => {
    synthesizeIntake({ triggerTimeoutSeconds: '60' }).template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'sallyport-intake-dev',
      VisibilityTimeout: 360,
    });
  });

  test('A1: the trigger reports the messages that failed, and is throttled at the source', () => {
    const [trigger] = triggerOf();
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['IntakeQueue', 'Arn'] },
      FunctionName: { Ref: trigger },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    template.allResourcesProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: Match.absent(),
    });
  });
});

describe('queues and topics', () => {
  test('every queue is encrypted under our key and refuses plain HTTP', () => {
    for (const [queue, { Properties }] of resourcesOf(stack, 'AWS::SQS::Queue')) {
      // That of the topic's subscriptions is under the topic's key.
      const key = queue.endsWith('AlertTopicDeadLetterQueue') ? 'AlertsKey' : 'QueuesKey';
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

  test('the alert topic is encrypted, refuses plain HTTP, and reaches every configured address', () => {
    expect(render(propertiesOf('AlertTopic')['KmsMasterKeyId'])).toBe('<AlertsKey.Arn>');
    expect(allStatements(stack)).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        actions: ['sns:Publish'],
        resources: ['<AlertTopic>'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    for (const Endpoint of ['first@example.com', 'second@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', {
        Protocol: 'email',
        TopicArn: { Ref: 'AlertTopic' },
        Endpoint,
      });
    }
  });
});

describe('abandoned executions', () => {
  const rules = resourcesOf(stack, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const rule = rules[0] ?? {};
  const target = (rule['Targets'] as Record<string, unknown>[] | undefined)?.[0] ?? {};

  test('A4: the rule hears of every end but success and those already announced; an error that is missing or null counts as not', () => {
    expect(rules).toHaveLength(1);
    const [machine] = resourcesOf(stack, 'AWS::StepFunctions::StateMachine');
    expect(render(rule['EventPattern'])).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [`<${machine?.[0]}>`],
        $or: [
          { status: ['TIMED_OUT', 'ABORTED'] },
          { status: ['FAILED'], error: [{ exists: false }] },
          { status: ['FAILED'], error: [null] },
          { status: ['FAILED'], error: [{ 'anything-but': ['Sallyport.Announced'] }] },
        ],
      },
    });
  });

  test.each<[string, object, boolean]>([
    ['timed out', { status: 'TIMED_OUT', error: null }, true],
    ['aborted, whatever reason was given', { status: 'ABORTED', error: 'Sallyport.Announced' }, true],
    ['failed with another error', { status: 'FAILED', error: 'States.Runtime' }, true],
    ['failed with an error that is null', { status: 'FAILED', error: null }, true],
    ['failed without an error', { status: 'FAILED' }, true],
    ['failed and announced', { status: 'FAILED', error: 'Sallyport.Announced' }, false],
    ['succeeded', { status: 'SUCCEEDED', error: null }, false],
    ['running', { status: 'RUNNING' }, false],
  ])('A4: an execution that %s', (_name, detail, expected) => {
    const matches = compileEventPattern(render(rule['EventPattern'])).matches;
    const [machine] = resourcesOf(stack, 'AWS::StepFunctions::StateMachine');
    const event = { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' };
    expect(matches({ ...event, detail: { stateMachineArn: `<${machine?.[0]}>`, ...detail } })).toBe(expected);
  });

  test('A4: what the rule publishes is an alert', () => {
    const { InputPathsMap, InputTemplate } = target['InputTransformer'] as {
      InputPathsMap: Record<string, string>;
      InputTemplate: string;
    };
    // EventBridge escapes what it puts within quotes, and quotes text that stands bare.
    const values: Record<string, string> = {
      execution: 'arn:aws:states:eu-central-1:111122223333:execution:sallyport-intake-dev:name',
      name: 'name',
      status: 'TIMED_OUT',
      time: '2026-11-21T08:00:00Z',
      input: '"{\\"key\\":\\"a.pdf\\"}"',
    };
    expect(Object.keys(InputPathsMap).sort()).toEqual(Object.keys(values).sort());
    const filled = InputTemplate.replace(/<(\w+)>/g, (_all, name: string) => values[name] ?? '');
    expect(JSON.parse(filled)).toEqual({
      schemaVersion: 1,
      id: values['execution'],
      kind: 'upload.abandoned',
      severity: 'high',
      title: 'An upload was abandoned',
      text: expect.stringContaining('Execution name of the intake workflow ended as TIMED_OUT') as unknown,
      occurredAt: values['time'],
      details: {
        execution: values['execution'],
        name: 'name',
        status: 'TIMED_OUT',
        input: '{"key":"a.pdf"}',
      },
    });
  });

  test('A4: what cannot be published waits in a queue that lets in this rule alone', () => {
    expect(render(target)).toMatchObject({
      Arn: '<AlertTopic>',
      DeadLetterConfig: { Arn: '<AbandonedUploadsDeadLetterQueue.Arn>' },
    });
    expect(allStatements(stack)).toContainEqual(
      expect.objectContaining({
        effect: 'Allow',
        principals: ['events.amazonaws.com'],
        actions: ['sqs:SendMessage'],
        resources: ['<AbandonedUploadsDeadLetterQueue.Arn>'],
        conditions: {
          ArnEquals: {
            'aws:SourceArn': `arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/${String(rule['Name'])}`,
          },
        },
      }),
    );
  });
});
