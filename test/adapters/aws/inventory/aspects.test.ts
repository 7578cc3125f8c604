import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../../infra/local/account/local-service.ts';
import type { Aspect, ResourceType } from '../../../../src/ports/resource-inventory.ts';
import {
  type AspectRow,
  arns,
  json,
  keyFacts,
  keyMetadata,
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

const attributesOf = (attributes: Readonly<Record<string, string>>) => {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`,
  );
  return xml(
    `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entries.join('')}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  );
};
const queueCall = `sqs GetQueueAttributes {"AttributeNames":["KmsMasterKeyId","SqsManagedSseEnabled","Policy"],"QueueUrl":"${queueUrl}"}`;
const topicCall = `sns GetTopicAttributes {"TopicArn":"${arns['sns-topic']}"}`;
const tableCall = 'dynamodb DescribeTable {"TableName":"files"}';
const secretCall = `secretsmanager DescribeSecret {"SecretId":"${arns.secret}"}`;
const logCall = 'logs DescribeLogGroups {"limit":50,"logGroupNamePrefix":"files"}';
const key = `"KeyId":"${arns['kms-key']}"`;

describe('an aspect', () => {
  test.each<AspectRow>([
    ['dynamodb-table', 'encryption', { by: 'aws-owned' }, [tableCall], json({ Table: {} })],
    [
      'dynamodb-table',
      'encryption',
      { by: 'aws-owned' },
      [tableCall],
      json({ Table: { SSEDescription: { Status: 'DISABLED', SSEType: 'KMS', KMSMasterKeyArn: 'k' } } }),
    ],
    [
      'dynamodb-table',
      'encryption',
      { by: 'aws-owned' },
      [tableCall],
      json({ Table: { SSEDescription: { Status: 'ENABLED', SSEType: 'AES256' } } }),
    ],
    [
      'dynamodb-table',
      'encryption',
      { by: 'kms', keyId: 'k' },
      [tableCall],
      json({ Table: { SSEDescription: { Status: 'UPDATING', SSEType: 'KMS', KMSMasterKeyArn: 'k' } } }),
    ],
    [
      'dynamodb-table',
      'point-in-time-recovery',
      { enabled: true },
      ['dynamodb DescribeContinuousBackups {"TableName":"files"}'],
      json({
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
        },
      }),
    ],
    [
      'dynamodb-table',
      'point-in-time-recovery',
      { enabled: false },
      ['dynamodb DescribeContinuousBackups {"TableName":"files"}'],
      json({
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      }),
    ],
    [
      'dynamodb-table',
      'point-in-time-recovery',
      { enabled: false },
      ['dynamodb DescribeContinuousBackups {"TableName":"files"}'],
      json({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'DISABLED' } }),
    ],
    [
      'dynamodb-table',
      'tags',
      { a: '1', b: '2' },
      [
        `dynamodb ListTagsOfResource {"ResourceArn":"${arns['dynamodb-table']}"}`,
        `dynamodb ListTagsOfResource {"NextToken":"more","ResourceArn":"${arns['dynamodb-table']}"}`,
      ],
      json({ Tags: [{ Key: 'a', Value: '1' }], NextToken: 'more' }),
      json({ Tags: [{ Key: 'b', Value: '2' }] }),
    ],
    ['sns-topic', 'encryption', { by: 'none' }, [topicCall], attributesOf({ TopicArn: 'x' })],
    [
      'sns-topic',
      'encryption',
      { by: 'none' },
      [topicCall],
      attributesOf({ TopicArn: 'x', KmsMasterKeyId: '' }),
    ],
    [
      'sns-topic',
      'encryption',
      { by: 'kms', keyId: 'alias/aws/sns' },
      [topicCall],
      attributesOf({ KmsMasterKeyId: 'alias/aws/sns' }),
    ],
    ['sns-topic', 'policy', { document: '{}' }, [topicCall], attributesOf({ Policy: '{}' })],
    ['sns-topic', 'policy', {}, [topicCall], attributesOf({ TopicArn: 'x' })],
    [
      'sns-topic',
      'tags',
      { a: '1' },
      [`sns ListTagsForResource {"ResourceArn":"${arns['sns-topic']}"}`],
      xml(
        '<ListTagsForResourceResponse><ListTagsForResourceResult><Tags><member><Key>a</Key><Value>1</Value></member></Tags></ListTagsForResourceResult></ListTagsForResourceResponse>',
      ),
    ],
    ['sqs-queue', 'encryption', { by: 'none' }, [queueCall], json({})],
    [
      'sqs-queue',
      'encryption',
      { by: 'none' },
      [queueCall],
      json({ Attributes: { SqsManagedSseEnabled: 'false' } }),
    ],
    [
      'sqs-queue',
      'encryption',
      { by: 'aws-owned' },
      [queueCall],
      json({ Attributes: { SqsManagedSseEnabled: 'true' } }),
    ],
    [
      'sqs-queue',
      'encryption',
      { by: 'kms', keyId: 'k' },
      [queueCall],
      json({ Attributes: { KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'false' } }),
    ],
    ['sqs-queue', 'policy', {}, [queueCall], json({ Attributes: {} })],
    ['sqs-queue', 'policy', { document: '{}' }, [queueCall], json({ Attributes: { Policy: '{}' } })],
    ['sqs-queue', 'tags', {}, [`sqs ListQueueTags {"QueueUrl":"${queueUrl}"}`], json({})],
    [
      'sqs-queue',
      'tags',
      { a: '1' },
      [`sqs ListQueueTags {"QueueUrl":"${queueUrl}"}`],
      json({ Tags: { a: '1' } }),
    ],
    ['kms-key', 'key', keyFacts, [`kms DescribeKey {${key}}`], json({ KeyMetadata: keyMetadata })],
    [
      'kms-key',
      'key-rotation',
      { enabled: false },
      [`kms GetKeyRotationStatus {${key}}`],
      json({ KeyRotationEnabled: false }),
    ],
    [
      'kms-key',
      'key-rotation',
      { enabled: true, periodDays: 180 },
      [`kms GetKeyRotationStatus {${key}}`],
      json({ KeyRotationEnabled: true, RotationPeriodInDays: 180 }),
    ],
    [
      'kms-key',
      'policy',
      { document: '{}' },
      [`kms GetKeyPolicy {${key},"PolicyName":"default"}`],
      json({ Policy: '{}', PolicyName: 'default' }),
    ],
    [
      'kms-key',
      'tags',
      { a: '1', b: '2' },
      [`kms ListResourceTags {${key}}`, `kms ListResourceTags {${key},"Marker":"more"}`],
      json({ Tags: [{ TagKey: 'a', TagValue: '1' }], Truncated: true, NextMarker: 'more' }),
      json({ Tags: [{ TagKey: 'b', TagValue: '2' }], Truncated: false }),
    ],
    ['secret', 'encryption', { by: 'aws-managed' }, [secretCall], json({ ARN: arns.secret })],
    [
      'secret',
      'encryption',
      { by: 'kms', keyId: 'alias/mine' },
      [secretCall],
      json({ KmsKeyId: 'alias/mine' }),
    ],
    ['secret', 'tags', { a: '1' }, [secretCall], json({ Tags: [{ Key: 'a', Value: '1' }] })],
    ['secret', 'tags', {}, [secretCall], json({})],
    [
      'secret',
      'policy',
      {},
      [`secretsmanager GetResourcePolicy {"SecretId":"${arns.secret}"}`],
      json({ ARN: arns.secret }),
    ],
    [
      'secret',
      'policy',
      { document: '{}' },
      [`secretsmanager GetResourcePolicy {"SecretId":"${arns.secret}"}`],
      json({ ResourcePolicy: '{}' }),
    ],
    [
      'log-group',
      'encryption',
      { by: 'aws-owned' },
      [logCall],
      json({ logGroups: [{ logGroupName: 'files' }, { logGroupName: 'files-2', kmsKeyId: 'k' }] }),
    ],
    [
      'log-group',
      'encryption',
      { by: 'kms', keyId: 'k' },
      [logCall],
      json({ logGroups: [{ logGroupName: 'files', kmsKeyId: 'k' }] }),
    ],
    [
      'log-group',
      'encryption',
      { by: 'kms', keyId: 'k' },
      [logCall, 'logs DescribeLogGroups {"limit":50,"logGroupNamePrefix":"files","nextToken":"more"}'],
      json({ logGroups: [{ logGroupName: 'files-1' }], nextToken: 'more' }),
      json({ logGroups: [{ logGroupName: 'files', kmsKeyId: 'k' }] }),
    ],
    [
      'log-group',
      'tags',
      { a: '1' },
      [`logs ListTagsForResource {"resourceArn":"${arns['log-group']}"}`],
      json({ tags: { a: '1' } }),
    ],
    ['log-group', 'tags', {}, [`logs ListTagsForResource {"resourceArn":"${arns['log-group']}"}`], json({})],
  ])('of %s, %s, is %j', async (...row: AspectRow) => {
    const [type, aspect, value, calls, ...answers] = row;
    scripted.answer(...answers);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'read', value },
    });
    expect(scripted.calls()).toEqual(calls);
  });

  test.each<[ResourceType, Aspect, ServiceAnswer]>([
    ['dynamodb-table', 'encryption', json({})],
    [
      'dynamodb-table',
      'encryption',
      json({ Table: { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' } } }),
    ],
    ['dynamodb-table', 'point-in-time-recovery', json({})],
    [
      'sns-topic',
      'encryption',
      xml('<GetTopicAttributesResponse><GetTopicAttributesResult/></GetTopicAttributesResponse>'),
    ],
    ['kms-key', 'key', json({ KeyMetadata: { ...keyMetadata, KeyManager: undefined } })],
    ['kms-key', 'key', json({ KeyMetadata: { ...keyMetadata, KeyState: undefined } })],
    ['kms-key', 'key-rotation', json({})],
    ['kms-key', 'policy', json({})],
  ])('of %s, %s, is not read from an answer that does not tell it', async (type, aspect, answer) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toMatchObject({
      [aspect]: { state: 'unreadable', reason: 'failed', code: 'UnexpectedAnswer' },
    });
    scripted.calls();
  });

  test.each<[ResourceType, readonly Aspect[], ServiceAnswer, string]>([
    ['sns-topic', ['encryption', 'policy'], attributesOf({ KmsMasterKeyId: 'k' }), topicCall],
    ['sqs-queue', ['policy', 'encryption'], json({ Attributes: {} }), queueCall],
    ['secret', ['encryption', 'tags'], json({}), secretCall],
  ])('of %s: %j need one call', async (type, aspects, answer, call) => {
    scripted.answer(answer);

    const facts = await scripted.inventory.describe(refOf(type), aspects);

    expect(Object.values(facts).map(({ state }) => state)).toEqual(['read', 'read']);
    expect(scripted.calls()).toEqual([call]);
  });

  test('that cannot be read leaves the others as they are, the next time as well', async () => {
    scripted.answer(json({ __type: 'ThrottlingException' }, 400));
    const throttled = { state: 'unreadable', reason: 'throttled', code: 'ThrottlingException' };
    expect(await scripted.inventory.describe(refOf('secret'), ['encryption', 'tags'])).toMatchObject({
      encryption: throttled,
      tags: throttled,
    });

    scripted.answer(json({ KmsKeyId: 'k' }));

    expect(await scripted.inventory.describe(refOf('secret'), ['encryption', 'tags'])).toEqual({
      encryption: { state: 'read', value: { by: 'kms', keyId: 'k' } },
      tags: { state: 'read', value: {} },
    });
    scripted.calls();
  });

  test('of a queue whose URL is not told cannot be read', async () => {
    const { locator: _, ...queue } = refOf('sqs-queue');

    expect(await scripted.inventory.describe(queue, ['encryption', 'tags'])).toMatchObject({
      encryption: { reason: 'failed', code: 'UnexpectedAnswer' },
      tags: { reason: 'failed', code: 'UnexpectedAnswer' },
    });
    expect(scripted.calls()).toEqual([]);
  });
});

test('a key is described by the name that a resource has for it', async () => {
  scripted.answer(json({ KeyMetadata: { ...keyMetadata, KeyState: 'Disabled', KeyManager: 'AWS' } }));

  expect(await scripted.inventory.describeKey(scope, 'alias/mine')).toEqual({
    state: 'read',
    value: { ...keyFacts, keyState: 'Disabled', manager: 'AWS' },
  });
  expect(scripted.calls()).toEqual(['kms DescribeKey {"KeyId":"alias/mine"}']);
});

test.each([
  ['arn:aws:kms:us-east-1:111122223333:key/files', 'us-east-1'],
  ['arn:aws-iso-b:kms:us-isob-east-1:111122223333:key/files', 'us-isob-east-1'],
  ['alias/aws/s3', 'eu-central-1'],
  ['arn:aws:kms:evil.example/:111122223333:key/files', 'eu-central-1'],
])('a key is asked for in its own region: %s', async (keyId, region) => {
  scripted.answer(json({ KeyMetadata: keyMetadata }));

  expect(await scripted.inventory.describeKey(scope, keyId)).toMatchObject({ state: 'read' });
  expect(scripted.headers('authorization')).toEqual([expect.stringContaining(`/${region}/kms/`)]);
  scripted.calls();
});
