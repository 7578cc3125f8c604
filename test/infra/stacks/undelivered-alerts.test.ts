import { describe, expect, test } from '@jest/globals';
import { alarmsOf, namedMetricsOf } from '../alarms.ts';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  statementsOf,
  statementsOfServices,
  synthesizeAll,
} from '../synthesized-stack.ts';

const told = synthesizeAll({ env: 'prod', alertEmails: 'a@example.com,b@example.com' });
const untold = synthesizeAll();

const topicsOf = (stacks: typeof told) =>
  stacks.flatMap(([id, stack]) =>
    resourcesOf(stack, 'AWS::SNS::Topic').map(([topic, { Properties }]) => ({
      id,
      stack,
      topic,
      name: String(Properties['TopicName']),
    })),
  );

describe('E5: what a subscriber of an alert topic does not take', () => {
  const topics = topicsOf(told);

  test('there is a topic for each flow, and one for all', () => {
    expect(topics.length).toBeGreaterThanOrEqual(8);
  });

  test.each(topics)('$name lets in the alarms of its environment', ({ stack, topic }) => {
    const [statement] = resourcesOf(stack, 'AWS::SNS::TopicPolicy')
      .flatMap(([logicalId, resource]) => statementsOf(logicalId, resource))
      .filter(({ resources, sid }) => resources.includes(`<${topic}>`) && sid === 'AlarmsOfThisEnvironment');
    expect(statement).toMatchObject({
      effect: 'Allow',
      principals: ['cloudwatch.amazonaws.com'],
      actions: ['sns:Publish'],
    });
  });

  test.each(topics)('$name has it wait in a queue', ({ stack, topic }) => {
    const subscriptions = resourcesOf(stack, 'AWS::SNS::Subscription')
      .map(([, { Properties }]) => render(Properties) as Record<string, unknown>)
      .filter(({ TopicArn }) => TopicArn === `<${topic}>`);
    expect(subscriptions).toHaveLength(2);
    for (const { Protocol, RedrivePolicy } of subscriptions) {
      expect([Protocol, RedrivePolicy]).toEqual([
        'email',
        { deadLetterTargetArn: `<${topic}DeadLetterQueue.Arn>` },
      ]);
    }
  });

  test.each(topics)('the queue of $name is encrypted, over TLS only, and open to that topic', each => {
    const { stack, topic, name } = each;
    const queue = `${topic}DeadLetterQueue`;
    const { KmsMasterKeyId } = render(propertiesOf(stack, topic)) as { KmsMasterKeyId: string };
    expect(render(propertiesOf(stack, queue))).toMatchObject({
      QueueName: name.replace(/-prod$/, '-undelivered-prod'),
      KmsMasterKeyId,
      MessageRetentionPeriod: 14 * 86_400,
    });
    const ofQueue = allStatements(stack).filter(({ resources }) => resources.includes(`<${queue}.Arn>`));
    expect(ofQueue).toHaveLength(2);
    expect(ofQueue).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    expect(ofQueue).toContainEqual(
      expect.objectContaining({
        effect: 'Allow',
        principals: ['sns.amazonaws.com'],
        actions: ['sqs:SendMessage'],
        conditions: { ArnEquals: { 'aws:SourceArn': `<${topic}>` } },
      }),
    );
    const key = KmsMasterKeyId.slice(1, -'.Arn>'.length);
    expect(statementsOfServices(stack, key)).toContainEqual(
      expect.objectContaining({
        principals: ['sns.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        conditions: {
          ArnEquals: { 'aws:SourceArn': `arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:${name}` },
        },
      }),
    );
  });

  test.each(topics)(
    'of $name, other subscribers are told, and the template says so',
    ({ stack, topic, name }) => {
      const alarm = alarmsOf(stack).get(name.replace(/-prod$/, '-undelivered-prod'));
      expect(namedMetricsOf(alarm)).toEqual([
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: `<${topic}DeadLetterQueue.QueueName>` },
        },
      ]);
      expect(alarm).toMatchObject({
        Threshold: 1,
        Statistic: 'Maximum',
        AlarmActions: [`<${topic}>`],
        OKActions: [`<${topic}>`],
        AlarmDescription: expect.stringContaining('goes to the same topic') as unknown,
      });
    },
  );

  test('the queue stays with its data, as retention says', () => {
    for (const { stack, topic } of topics) {
      expect(stack.json.Resources[`${topic}DeadLetterQueue`]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
      });
    }
    for (const { stack, topic } of topicsOf(untold)) {
      expect(stack.json.Resources[`${topic}DeadLetterQueue`]).toMatchObject({ DeletionPolicy: 'Delete' });
    }
  });

  test('where nobody subscribes here, the queue is there for those who do by hand, and closed until then', () => {
    for (const { stack, topic } of topicsOf(untold)) {
      expect(resourcesOf(stack, 'AWS::SNS::Subscription')).toEqual([]);
      const ofQueue = allStatements(stack).filter(({ resources }) =>
        resources.includes(`<${topic}DeadLetterQueue.Arn>`),
      );
      expect(ofQueue.map(({ effect }) => effect)).toEqual(['Deny']);
    }
  });
});
