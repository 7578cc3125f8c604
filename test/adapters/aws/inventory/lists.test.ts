import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../../infra/local/account/local-service.ts';
import type { Facts, ResourceType } from '../../../../src/ports/resource-inventory.ts';
import {
  arns,
  json,
  queueUrl,
  refOf,
  type ScriptedInventory,
  scope,
  startScriptedInventory,
  xml,
} from './scripted-inventory.ts';

let scripted: ScriptedInventory;

beforeAll(async () => {
  scripted = await startScriptedInventory();
});
afterAll(() => scripted.close());

const topics = (...inner: readonly string[]) =>
  xml(`<ListTopicsResponse><ListTopicsResult>${inner.join('')}</ListTopicsResult></ListTopicsResponse>`);
const topicList = `<Topics><member><TopicArn>${arns['sns-topic']}</TopicArn></member></Topics>`;
const buckets = (...inner: readonly string[]) =>
  xml(`<ListAllMyBucketsResult>${inner.join('')}</ListAllMyBucketsResult>`);
const bucketList =
  '<Buckets><Bucket><Name>files</Name><BucketRegion>eu-central-1</BucketRegion></Bucket></Buckets>';

const read = <Value>(value: Value) => ({ state: 'read', value }) as const;
const factsOf = (type: keyof typeof arns, told: Facts | undefined) =>
  told === undefined ? {} : { facts: { [arns[type]]: told } };

describe('a list', () => {
  interface Row {
    readonly type: ResourceType;
    readonly first: ServiceAnswer;
    readonly last: ServiceAnswer;
    readonly calls: readonly [first: string, next: string];
    /** What the first and the last page tell of the resource. */
    readonly told?: readonly [first: Facts, last: Facts];
  }

  test.each<Row>([
    {
      type: 's3-bucket',
      first: buckets(bucketList, '<ContinuationToken>more</ContinuationToken>'),
      last: buckets(bucketList),
      calls: [
        's3 GET /?max-buckets=100&x-id=ListBuckets',
        's3 GET /?continuation-token=more&max-buckets=100&x-id=ListBuckets',
      ],
    },
    {
      type: 'dynamodb-table',
      first: json({ TableNames: ['files'], LastEvaluatedTableName: 'more' }),
      last: json({ TableNames: ['files'] }),
      calls: [
        'dynamodb ListTables {"Limit":100}',
        'dynamodb ListTables {"ExclusiveStartTableName":"more","Limit":100}',
      ],
    },
    {
      type: 'sns-topic',
      first: topics(topicList, '<NextToken>more</NextToken>'),
      last: topics(topicList),
      calls: ['sns ListTopics {}', 'sns ListTopics {"NextToken":"more"}'],
    },
    {
      type: 'sqs-queue',
      first: json({ QueueUrls: [queueUrl], NextToken: 'more' }),
      last: json({ QueueUrls: [queueUrl] }),
      calls: ['sqs ListQueues {"MaxResults":100}', 'sqs ListQueues {"MaxResults":100,"NextToken":"more"}'],
    },
    {
      type: 'kms-key',
      first: json({
        Keys: [{ KeyId: 'files', KeyArn: arns['kms-key'] }],
        Truncated: true,
        NextMarker: 'more',
      }),
      last: json({ Keys: [{ KeyId: 'files', KeyArn: arns['kms-key'] }], Truncated: false }),
      calls: ['kms ListKeys {"Limit":100}', 'kms ListKeys {"Limit":100,"Marker":"more"}'],
    },
    {
      type: 'secret',
      first: json({
        SecretList: [{ ARN: arns.secret, Name: 'files', KmsKeyId: 'k', Tags: [{ Key: 'a', Value: 'b' }] }],
        NextToken: 'more',
      }),
      last: json({ SecretList: [{ ARN: arns.secret, Name: 'files' }] }),
      told: [
        { encryption: read({ by: 'kms', keyId: 'k' }), tags: read({ a: 'b' }) },
        { encryption: read({ by: 'aws-managed' }), tags: read({}) },
      ],
      calls: [
        'secretsmanager ListSecrets {"MaxResults":100}',
        'secretsmanager ListSecrets {"MaxResults":100,"NextToken":"more"}',
      ],
    },
    {
      type: 'log-group',
      first: json({
        logGroups: [{ logGroupName: 'files', logGroupArn: arns['log-group'], kmsKeyId: 'k' }],
        nextToken: 'more',
      }),
      // Of old, only the ARN with the streams was told.
      last: json({ logGroups: [{ logGroupName: 'files', arn: `${arns['log-group']}:*` }] }),
      told: [{ encryption: read({ by: 'kms', keyId: 'k' }) }, { encryption: read({ by: 'aws-owned' }) }],
      calls: [
        'logs DescribeLogGroups {"limit":50}',
        'logs DescribeLogGroups {"limit":50,"nextToken":"more"}',
      ],
    },
  ])('of $type asks for a page, and for the next', async ({ type, first, last, calls, told = [] }) => {
    scripted.answer(first, last);
    const resources = [refOf(type)];

    expect(await scripted.inventory.list(scope, type)).toEqual({
      state: 'read',
      value: { resources, next: 'more', ...factsOf(type, told[0]) },
    });
    expect(await scripted.inventory.list(scope, type, 'more')).toEqual({
      state: 'read',
      value: { resources, ...factsOf(type, told[1]) },
    });
    expect(scripted.calls()).toEqual(calls);
  });

  test('of accounts needs no call', async () => {
    expect(await scripted.inventory.list(scope, 'account')).toEqual({
      state: 'read',
      value: { resources: [refOf('account')] },
    });
    expect(scripted.calls()).toEqual([]);
  });

  test.each<[ResourceType, ServiceAnswer]>([
    ['dynamodb-table', json({})],
    ['sqs-queue', json({})],
    ['kms-key', json({})],
    ['secret', json({})],
    ['log-group', json({})],
    ['sns-topic', topics()],
    ['s3-bucket', buckets()],
  ])('of %s may be empty', async (type, answer) => {
    scripted.answer(answer);

    expect(await scripted.inventory.list(scope, type)).toEqual({ state: 'read', value: { resources: [] } });
    scripted.calls();
  });

  test.each<[ResourceType, ServiceAnswer]>([
    ['kms-key', json({ Keys: [{ KeyId: 'files' }] })],
    ['kms-key', json({ Keys: [], Truncated: true })],
    ['secret', json({ SecretList: [{ Name: 'files' }] })],
    ['log-group', json({ logGroups: [{ logGroupName: 'files' }] })],
    ['sns-topic', topics('<Topics><member></member></Topics>')],
    ['s3-bucket', buckets('<Buckets><Bucket></Bucket></Buckets>')],
  ])('of %s that names nothing is not taken for one', async (type, answer) => {
    scripted.answer(answer);

    expect(await scripted.inventory.list(scope, type)).toMatchObject({
      state: 'unreadable',
      reason: 'failed',
      code: 'UnexpectedAnswer',
    });
    scripted.calls();
  });

  test.each([
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('in %s gives ARNs of %s', async (region, partition) => {
    const there = { ...scope, region };
    const arnOf = async (type: ResourceType) => {
      const page = await scripted.inventory.list(there, type);
      return page.state === 'read' ? page.value.resources[0]?.arn : page;
    };

    expect(await arnOf('account')).toBe(`arn:${partition}:iam::111122223333:root`);
    scripted.answer(json({ TableNames: ['files'] }));
    expect(await arnOf('dynamodb-table')).toBe(
      `arn:${partition}:dynamodb:${region}:111122223333:table/files`,
    );
    scripted.answer(json({ QueueUrls: [queueUrl] }));
    expect(await arnOf('sqs-queue')).toBe(`arn:${partition}:sqs:${region}:111122223333:files`);
    scripted.answer(buckets(bucketList));
    expect(await arnOf('s3-bucket')).toBe(`arn:${partition}:s3:::files`);
    scripted.calls();
  });
});

test('a bucket whose region is not told is looked for where the list was asked', async () => {
  scripted.answer(buckets('<Buckets><Bucket><Name>files</Name></Bucket></Buckets>'));

  expect(await scripted.inventory.list(scope, 's3-bucket')).toMatchObject({
    value: { resources: [{ region: 'eu-central-1' }] },
  });
  scripted.calls();
});
