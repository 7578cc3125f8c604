import { describe, expect, test } from '@jest/globals';
import {
  allStatements,
  render,
  resourcesOf,
  statementsOfServices,
  synthesizeIntake,
} from '../synthesized-stack.ts';

const stack = synthesizeIntake();

const account = '<AWS::AccountId>';

const usesOf = (key: string) =>
  statementsOfServices(stack, key).map(({ principals, actions, conditions }) => ({
    principals,
    actions,
    conditions,
  }));

describe('keys', () => {
  test.each([
    ['UploadsKey', 'alias/sallyport-uploads-dev'],
    ['TablesKey', 'alias/sallyport-tables-dev'],
    ['AlertsKey', 'alias/sallyport-alerts-dev'],
    ['QueuesKey', 'alias/sallyport-queues-dev'],
  ])('A6: %s rotates, and its alias names the environment', (key, alias) => {
    expect(stack.json.Resources[key]?.Properties).toMatchObject({
      EnableKeyRotation: true,
      PendingWindowInDays: 10,
    });
    expect(
      resourcesOf(stack, 'AWS::KMS::Alias').map(([, { Properties }]) => render(Properties)),
    ).toContainEqual({
      AliasName: alias,
      TargetKeyId: `<${key}.Arn>`,
    });
  });

  test('A6: S3 may encrypt the notifications of the uploads bucket, EventBridge what it could not deliver', () => {
    expect(usesOf('QueuesKey')).toEqual([
      {
        principals: ['s3.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnEquals: { 'aws:SourceArn': `arn:<AWS::Partition>:s3:::sallyport-uploads-dev-${account}` },
        },
      },
      {
        principals: ['events.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ]);
  });

  test('A6: SNS may encrypt what it could not deliver, alarms and rules what they publish; EventBridge without a condition, which it cannot meet', () => {
    expect(usesOf('AlertsKey')).toEqual([
      {
        principals: ['sns.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        conditions: {
          ArnEquals: {
            'aws:SourceArn': `arn:<AWS::Partition>:sns:<AWS::Region>:${account}:sallyport-alerts-dev`,
          },
        },
      },
      {
        principals: ['cloudwatch.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': `arn:<AWS::Partition>:cloudwatch:<AWS::Region>:${account}:alarm:sallyport-*-dev`,
          },
        },
      },
      {
        principals: ['events.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        conditions: {},
      },
    ]);
  });

  test('A6: no service but these may use a key', () => {
    expect(usesOf('UploadsKey')).toEqual([]);
    expect(usesOf('TablesKey')).toEqual([]);
  });

  test('A6: every service that a queue or topic lets in may also use the key of that queue or topic', () => {
    const targets = [...resourcesOf(stack, 'AWS::SQS::Queue'), ...resourcesOf(stack, 'AWS::SNS::Topic')];
    const admissions = allStatements(stack)
      .filter(({ effect, policy }) => effect === 'Allow' && /(Queue|Topic)Policy/.test(policy))
      .flatMap(({ principals, resources }) =>
        resources.flatMap(resource => principals.map(principal => ({ principal, resource }))),
      );
    expect(admissions).toHaveLength(4);
    for (const { principal, resource } of admissions) {
      const id = resource.replace(/^<([^.>]+).*$/, '$1');
      const target = targets.find(([logicalId]) => logicalId === id)?.[1];
      const key = String(render(target?.Properties['KmsMasterKeyId'])).replace(/^<([^.>]+).*$/, '$1');
      const principals = usesOf(key).flatMap(use => use.principals);
      expect({ resource, key, principals }).toMatchObject({
        principals: expect.arrayContaining([principal]) as unknown,
      });
    }
  });

  test('A6: roles use keys through the service that holds the data, and through no other', () => {
    const uses = allStatements(stack).filter(
      ({ policy, actions }) =>
        // The replication's role: replication.test.ts.
        /Role/.test(policy) &&
        !/Replication/.test(policy) &&
        actions.some(action => action.startsWith('kms:')),
    );
    const through = uses.map(({ resources, conditions }) => [resources, conditions]);
    const via = (service: string) => ({
      StringEquals: { 'kms:ViaService': `${service}.<AWS::Region>.<AWS::URLSuffix>` },
    });
    expect(through).toEqual([
      // The writer, the workflow, the trigger.
      [['<UploadsKey.Arn>'], via('s3')],
      [['<TablesKey.Arn>'], via('dynamodb')],
      [['<AlertsKey.Arn>'], via('sns')],
      [['<QueuesKey.Arn>'], via('sqs')],
      [['<TablesKey.Arn>'], via('dynamodb')],
      [['<AlertsKey.Arn>'], via('sns')],
    ]);
    for (const { actions } of uses) expect(actions.filter(action => action.includes('*'))).toEqual([]);
  });
});
