import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../infra/local/account/local-service.ts';
import type {
  Aspect,
  AspectValues,
  InventoryScope,
  ResourceRef,
  ResourceType,
} from '../../../src/ports/resource-inventory.ts';
import { json, type ScriptedInventory, startScriptedInventory, xml } from './scripted-inventory.ts';

let scripted: ScriptedInventory;

beforeAll(async () => {
  scripted = await startScriptedInventory();
});
afterAll(() => scripted.close());

const scope: InventoryScope = { account: '111122223333', region: 'eu-central-1' };

const arns: Readonly<Record<ResourceType, string>> = {
  account: 'arn:aws:iam::111122223333:root',
  's3-bucket': 'arn:aws:s3:::files',
  'dynamodb-table': 'arn:aws:dynamodb:eu-central-1:111122223333:table/files',
  'sns-topic': 'arn:aws:sns:eu-central-1:111122223333:files',
  'sqs-queue': 'arn:aws:sqs:eu-central-1:111122223333:files',
  'kms-key': 'arn:aws:kms:eu-central-1:111122223333:key/files',
  secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:files-AbCdEf',
  'log-group': 'arn:aws:logs:eu-central-1:111122223333:log-group:files',
};

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/files';

function refOf(type: ResourceType): ResourceRef {
  const name = type === 'account' ? scope.account : 'files';
  return { type, ...scope, arn: arns[type], name, ...(type === 'sqs-queue' ? { locator: queueUrl } : {}) };
}

const topics = (...inner: readonly string[]) =>
  xml(`<ListTopicsResponse><ListTopicsResult>${inner.join('')}</ListTopicsResult></ListTopicsResponse>`);
const topicList = `<Topics><member><TopicArn>${arns['sns-topic']}</TopicArn></member></Topics>`;
const buckets = (...inner: readonly string[]) =>
  xml(`<ListAllMyBucketsResult>${inner.join('')}</ListAllMyBucketsResult>`);
const bucketList =
  '<Buckets><Bucket><Name>files</Name><BucketRegion>eu-central-1</BucketRegion></Bucket></Buckets>';

describe('a list', () => {
  interface Row {
    readonly type: ResourceType;
    readonly first: ServiceAnswer;
    readonly last: ServiceAnswer;
    readonly calls: readonly [first: string, next: string];
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
      first: json({ SecretList: [{ ARN: arns.secret, Name: 'files' }], NextToken: 'more' }),
      last: json({ SecretList: [{ ARN: arns.secret, Name: 'files' }] }),
      calls: [
        'secretsmanager ListSecrets {"MaxResults":100}',
        'secretsmanager ListSecrets {"MaxResults":100,"NextToken":"more"}',
      ],
    },
    {
      type: 'log-group',
      first: json({
        logGroups: [{ logGroupName: 'files', logGroupArn: arns['log-group'] }],
        nextToken: 'more',
      }),
      // Of old, only the ARN with the streams was told.
      last: json({ logGroups: [{ logGroupName: 'files', arn: `${arns['log-group']}:*` }] }),
      calls: [
        'logs DescribeLogGroups {"limit":50}',
        'logs DescribeLogGroups {"limit":50,"nextToken":"more"}',
      ],
    },
  ])('of $type asks for a page, and for the next', async ({ type, first, last, calls }) => {
    scripted.answer(first, last);
    const resources = [refOf(type)];

    expect(await scripted.inventory.list(scope, type)).toEqual({
      state: 'read',
      value: { resources, next: 'more' },
    });
    expect(await scripted.inventory.list(scope, type, 'more')).toEqual({
      state: 'read',
      value: { resources },
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

const attributesOf = (attributes: Readonly<Record<string, string>>) => {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`,
  );
  return xml(
    `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entries.join('')}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  );
};
const sse = (...rules: readonly string[]) =>
  xml(
    `<ServerSideEncryptionConfiguration>${rules.map(rule => `<Rule>${rule}</Rule>`).join('')}</ServerSideEncryptionConfiguration>`,
  );
const byDefault = (inner: string) =>
  `<ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault>`;
const kms = (keyId: string) =>
  byDefault(`<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${keyId}</KMSMasterKeyID>`);
const grant = (grantee: string, permission: string) =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
const group = (name: string) => `<URI>http://acs.amazonaws.com/groups/${name}</URI>`;
const acl = (...grants: readonly string[]) =>
  xml(
    `<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`,
  );
const blocked = (inner: string) =>
  xml(`<PublicAccessBlockConfiguration>${inner}</PublicAccessBlockConfiguration>`);
const keyMetadata = {
  KeyId: 'files',
  Arn: arns['kms-key'],
  AWSAccountId: '111122223333',
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
  KeySpec: 'SYMMETRIC_DEFAULT',
  Origin: 'AWS_KMS',
};
const keyFacts = {
  arn: arns['kms-key'],
  account: '111122223333',
  manager: 'CUSTOMER',
  keyState: 'Enabled',
  keySpec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
} as const;

type Row = {
  [Name in Aspect]: readonly [
    type: ResourceType,
    aspect: Name,
    value: AspectValues[Name],
    calls: readonly string[],
    ...answers: readonly ServiceAnswer[],
  ];
}[Aspect];

const off = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};
const queueCall = `sqs GetQueueAttributes {"AttributeNames":["KmsMasterKeyId","SqsManagedSseEnabled","Policy"],"QueueUrl":"${queueUrl}"}`;
const topicCall = `sns GetTopicAttributes {"TopicArn":"${arns['sns-topic']}"}`;
const tableCall = 'dynamodb DescribeTable {"TableName":"files"}';
const secretCall = `secretsmanager DescribeSecret {"SecretId":"${arns.secret}"}`;
const logCall = 'logs DescribeLogGroups {"limit":50,"logGroupNamePrefix":"files"}';
const accountCall = 's3-control GET /v20180820/configuration/publicAccessBlock';
const key = `"KeyId":"${arns['kms-key']}"`;

describe('an aspect', () => {
  test.each<Row>([
    [
      'account',
      'public-access-block',
      { ...off, blockPublicAcls: true },
      [accountCall],
      blocked('<BlockPublicAcls>true</BlockPublicAcls>'),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 's3' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>AES256</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 's3' },
      ['s3 GET /files/?encryption='],
      sse('<BucketKeyEnabled>true</BucketKeyEnabled>'),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'aws-managed' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>aws:kms</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'aws-managed' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'kms', keyId: 'alias/aws/s3' },
      ['s3 GET /files/?encryption='],
      sse(kms('alias/aws/s3')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'kms', keyId: 'second' },
      ['s3 GET /files/?encryption='],
      sse('<BucketKeyEnabled>true</BucketKeyEnabled>', kms('second')),
    ],
    [
      's3-bucket',
      'public-access-block',
      { ...off, restrictPublicBuckets: true },
      ['s3 GET /files/?publicAccessBlock='],
      blocked('<RestrictPublicBuckets>true</RestrictPublicBuckets><BlockPublicAcls>false</BlockPublicAcls>'),
    ],
    [
      's3-bucket',
      'policy',
      { document: '{"a":1}' },
      ['s3 GET /files/?policy='],
      { status: 200, body: '{"a":1}' },
    ],
    [
      's3-bucket',
      'policy-status',
      { isPublic: true },
      ['s3 GET /files/?policyStatus='],
      xml('<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>'),
    ],
    [
      's3-bucket',
      'acl',
      { publicGrants: [] },
      ['s3 GET /files/?acl='],
      acl(grant(group('s3/LogDelivery'), 'WRITE'), grant('<ID>me</ID>', 'FULL_CONTROL')),
    ],
    [
      's3-bucket',
      'acl',
      { publicGrants: ['READ', 'WRITE'] },
      ['s3 GET /files/?acl='],
      acl(
        grant(group('global/AllUsers'), 'READ'),
        grant(group('global/AuthenticatedUsers'), 'READ'),
        grant(group('global/AuthenticatedUsers'), 'WRITE'),
      ),
    ],
    ['s3-bucket', 'versioning', 'off', ['s3 GET /files/?versioning='], xml('<VersioningConfiguration/>')],
    [
      's3-bucket',
      'versioning',
      'enabled',
      ['s3 GET /files/?versioning='],
      xml('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    ],
    [
      's3-bucket',
      'versioning',
      'suspended',
      ['s3 GET /files/?versioning='],
      xml('<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>'),
    ],
    [
      's3-bucket',
      'tags',
      { a: '1', b: '' },
      ['s3 GET /files/?tagging='],
      xml(
        '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value></Value></Tag></TagSet></Tagging>',
      ),
    ],
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
  ])('of %s, %s, is %j', async (...row: Row) => {
    const [type, aspect, value, calls, ...answers] = row;
    scripted.answer(...answers);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'read', value },
    });
    expect(scripted.calls()).toEqual(calls);
  });

  test.each<[ResourceType, Aspect, ServiceAnswer]>([
    ['s3-bucket', 'encryption', sse(byDefault('<SSEAlgorithm>aws:fsx</SSEAlgorithm>'))],
    [
      's3-bucket',
      'versioning',
      xml('<VersioningConfiguration><Status>Perhaps</Status></VersioningConfiguration>'),
    ],
    ['s3-bucket', 'policy-status', xml('<PolicyStatus></PolicyStatus>')],
    ['s3-bucket', 'policy', { status: 200, body: '' }],
    ['s3-bucket', 'acl', acl(`<Grant><Grantee>${group('global/AllUsers')}</Grantee></Grant>`)],
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

const s3Error = (code: string, status: number) =>
  xml(`<Error><Code>${code}</Code><Message>x</Message></Error>`, status);
const queryError = (code: string, status: number) =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>x</Message></Error></ErrorResponse>`,
    status,
  );
const jsonError = (code: string, status = 400) => json({ __type: code, message: 'x' }, status);

describe('that nothing is set', () => {
  test.each<[ResourceType, Aspect, ServiceAnswer, unknown]>([
    ['account', 'public-access-block', queryError('NoSuchPublicAccessBlockConfiguration', 404), off],
    ['s3-bucket', 'public-access-block', s3Error('NoSuchPublicAccessBlockConfiguration', 404), off],
    [
      's3-bucket',
      'encryption',
      s3Error('ServerSideEncryptionConfigurationNotFoundError', 404),
      { by: 'none' },
    ],
    ['s3-bucket', 'policy', s3Error('NoSuchBucketPolicy', 404), {}],
    ['s3-bucket', 'policy-status', s3Error('NoSuchBucketPolicy', 404), { isPublic: false }],
    ['s3-bucket', 'tags', s3Error('NoSuchTagSet', 404), {}],
  ])('of %s, %s, is a value', async (type, aspect, answer, value) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'read', value },
    });
    scripted.calls();
  });
});

describe('an error', () => {
  test.each<[ResourceType, Aspect, ServiceAnswer, string, string, string]>([
    [
      'account',
      'public-access-block',
      queryError('AccessDenied', 403),
      'denied',
      's3:GetPublicAccessBlock',
      'AccessDenied',
    ],
    [
      's3-bucket',
      'encryption',
      s3Error('AccessDenied', 403),
      'denied',
      's3:GetBucketEncryption',
      'AccessDenied',
    ],
    [
      's3-bucket',
      'public-access-block',
      s3Error('AccessDenied', 403),
      'denied',
      's3:GetPublicAccessBlock',
      'AccessDenied',
    ],
    ['s3-bucket', 'policy', s3Error('SlowDown', 503), 'throttled', 's3:GetBucketPolicy', 'SlowDown'],
    [
      's3-bucket',
      'policy-status',
      s3Error('NoSuchBucket', 404),
      'gone',
      's3:GetBucketPolicyStatus',
      'NoSuchBucket',
    ],
    ['s3-bucket', 'acl', s3Error('PermanentRedirect', 301), 'failed', 's3:GetBucketAcl', 'PermanentRedirect'],
    [
      's3-bucket',
      'versioning',
      s3Error('InternalError', 500),
      'failed',
      's3:GetBucketVersioning',
      'InternalError',
    ],
    [
      's3-bucket',
      'tags',
      s3Error('ServiceUnavailable', 503),
      'failed',
      's3:GetBucketTagging',
      'ServiceUnavailable',
    ],
    // What a proxy, or an endpoint that does not know the action, may say of anything.
    ['s3-bucket', 'tags', s3Error('NoSuchThing', 404), 'failed', 's3:GetBucketTagging', 'NoSuchThing'],
    [
      'dynamodb-table',
      'encryption',
      jsonError('ResourceNotFoundException'),
      'gone',
      'dynamodb:DescribeTable',
      'ResourceNotFoundException',
    ],
    [
      'dynamodb-table',
      'point-in-time-recovery',
      jsonError('TableNotFoundException'),
      'gone',
      'dynamodb:DescribeContinuousBackups',
      'TableNotFoundException',
    ],
    [
      'dynamodb-table',
      'tags',
      jsonError('AccessDeniedException'),
      'denied',
      'dynamodb:ListTagsOfResource',
      'AccessDeniedException',
    ],
    [
      'dynamodb-table',
      'encryption',
      jsonError('ThrottlingException'),
      'throttled',
      'dynamodb:DescribeTable',
      'ThrottlingException',
    ],
    [
      'dynamodb-table',
      'encryption',
      jsonError('RequestLimitExceeded'),
      'throttled',
      'dynamodb:DescribeTable',
      'RequestLimitExceeded',
    ],
    [
      'sns-topic',
      'encryption',
      queryError('NotFound', 404),
      'gone',
      'sns:GetTopicAttributes',
      'NotFoundException',
    ],
    [
      'sns-topic',
      'policy',
      queryError('AuthorizationError', 403),
      'denied',
      'sns:GetTopicAttributes',
      'AuthorizationErrorException',
    ],
    [
      'sns-topic',
      'tags',
      queryError('Throttled', 429),
      'throttled',
      'sns:ListTagsForResource',
      'ThrottledException',
    ],
    [
      'sqs-queue',
      'encryption',
      jsonError('com.amazonaws.sqs#QueueDoesNotExist'),
      'gone',
      'sqs:GetQueueAttributes',
      'QueueDoesNotExist',
    ],
    [
      'sqs-queue',
      'policy',
      jsonError('AccessDenied', 403),
      'denied',
      'sqs:GetQueueAttributes',
      'AccessDenied',
    ],
    [
      'sqs-queue',
      'tags',
      jsonError('RequestThrottled', 403),
      'throttled',
      'sqs:ListQueueTags',
      'RequestThrottled',
    ],
    ['kms-key', 'key', jsonError('NotFoundException'), 'gone', 'kms:DescribeKey', 'NotFoundException'],
    ['kms-key', 'key', jsonError('InvalidArnException'), 'failed', 'kms:DescribeKey', 'InvalidArnException'],
    [
      'kms-key',
      'key-rotation',
      jsonError('UnsupportedOperationException'),
      'failed',
      'kms:GetKeyRotationStatus',
      'UnsupportedOperationException',
    ],
    [
      'kms-key',
      'policy',
      jsonError('AccessDeniedException'),
      'denied',
      'kms:GetKeyPolicy',
      'AccessDeniedException',
    ],
    [
      'kms-key',
      'tags',
      jsonError('ThrottlingException'),
      'throttled',
      'kms:ListResourceTags',
      'ThrottlingException',
    ],
    [
      'secret',
      'encryption',
      jsonError('ResourceNotFoundException'),
      'gone',
      'secretsmanager:DescribeSecret',
      'ResourceNotFoundException',
    ],
    [
      'secret',
      'policy',
      jsonError('InvalidRequestException'),
      'failed',
      'secretsmanager:GetResourcePolicy',
      'InvalidRequestException',
    ],
    [
      'secret',
      'tags',
      jsonError('ExpiredTokenException'),
      'denied',
      'secretsmanager:DescribeSecret',
      'ExpiredTokenException',
    ],
    [
      'log-group',
      'encryption',
      json({ logGroups: [] }),
      'gone',
      'logs:DescribeLogGroups',
      'ResourceNotFoundException',
    ],
    [
      'log-group',
      'encryption',
      json({ logGroups: [{ logGroupName: 'files-2' }] }),
      'gone',
      'logs:DescribeLogGroups',
      'ResourceNotFoundException',
    ],
    [
      'log-group',
      'tags',
      jsonError('TooManyRequestsException'),
      'throttled',
      'logs:ListTagsForResource',
      'TooManyRequestsException',
    ],
  ])('of %s, %s, is why it is unreadable: %j is %s', async (type, aspect, answer, reason, api, code) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'unreadable', reason, api, code },
    });
    scripted.calls();
  });

  test.each<[ResourceType, ServiceAnswer, string, string, string]>([
    ['s3-bucket', s3Error('AccessDenied', 403), 'denied', 's3:ListBuckets', 'AccessDenied'],
    [
      'dynamodb-table',
      jsonError('AccessDeniedException'),
      'denied',
      'dynamodb:ListTables',
      'AccessDeniedException',
    ],
    ['sns-topic', queryError('Throttling', 400), 'throttled', 'sns:ListTopics', 'Throttling'],
    ['sqs-queue', jsonError('AccessDenied', 403), 'denied', 'sqs:ListQueues', 'AccessDenied'],
    ['kms-key', jsonError('KMSInternalException', 500), 'failed', 'kms:ListKeys', 'KMSInternalException'],
    [
      'secret',
      jsonError('InvalidNextTokenException'),
      'failed',
      'secretsmanager:ListSecrets',
      'InvalidNextTokenException',
    ],
    [
      'log-group',
      jsonError('ThrottlingException'),
      'throttled',
      'logs:DescribeLogGroups',
      'ThrottlingException',
    ],
  ])('of the list of %s is why it is unreadable', async (type, answer, reason, api, code) => {
    scripted.answer(answer);

    expect(await scripted.inventory.list(scope, type)).toEqual({ state: 'unreadable', reason, api, code });
    scripted.calls();
  });
});

describe('a bucket', () => {
  test('of another region is asked there once more', async () => {
    const elsewhere = {
      ...s3Error('PermanentRedirect', 301),
      headers: { 'x-amz-bucket-region': 'us-west-2' },
    };
    scripted.answer(elsewhere, xml('<VersioningConfiguration/>'));

    expect(await scripted.inventory.describe(refOf('s3-bucket'), ['versioning'])).toEqual({
      versioning: { state: 'read', value: 'off' },
    });
    expect(scripted.calls()).toEqual(['s3 GET /files/?versioning=', 's3 GET /files/?versioning=']);
  });

  test('whose region is not told is looked for where the list was asked', async () => {
    scripted.answer(buckets('<Buckets><Bucket><Name>files</Name></Bucket></Buckets>'));

    expect(await scripted.inventory.list(scope, 's3-bucket')).toMatchObject({
      value: { resources: [{ region: 'eu-central-1' }] },
    });
    scripted.calls();
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
