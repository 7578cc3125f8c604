import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, ListTagsForResourceCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalPipeline, startLocalPipeline } from '../../../infra/local/local-pipeline.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

const Tags = [{ Key: 'team', Value: 'a & b' }];
const keyArn = { 'Fn::GetAtt': ['Key', 'Arn'] };
const policy = { Version: '2012-10-17', Statement: [] };
const tableOf = (TableName: string, more: object) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ...more,
  },
});

const template = {
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: { EnableKeyRotation: true, KeyPolicy: policy, Tags },
    },
    Alias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/own', TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    },
    OffKey: { Type: 'AWS::KMS::Key', Properties: { Enabled: false, KeySpec: 'RSA_4096' } },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/own', KmsKeyId: keyArn, RetentionInDays: 7, Tags },
    },
    PlainLogs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/plain' } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'closed',
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
          ],
        },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: 'true' },
        Tags,
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policy },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'own', KmsMasterKeyId: keyArn, Tags } },
    PlainQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'plain', SqsManagedSseEnabled: false } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'own', KmsMasterKeyId: keyArn, Tags } },
    Table: tableOf('own', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      Tags,
    }),
    PlainTable: tableOf('plain', {}),
    ManagedTable: tableOf('managed', { SSESpecification: { SSEEnabled: true } }),
  },
  Outputs: {
    KeyArn: { Value: keyArn },
    LogsArn: { Value: { 'Fn::GetAtt': ['Logs', 'Arn'] } },
  },
};

let pipeline: LocalPipeline;

beforeAll(async () => {
  const assembly = writeAssembly({ stacks: { one: { template } } });
  pipeline = await startLocalPipeline({ assembly, logFolder: false });
});

afterAll(() => pipeline.stop());

test('a bucket tells what the template sets on it', async () => {
  const s3 = new S3Client(pipeline.client);
  const Bucket = 'closed';
  const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(encryption.ServerSideEncryptionConfiguration?.Rules?.[0]).toMatchObject({
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: pipeline.outputs['KeyArn'],
    },
  });
  const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  expect(block.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: true,
  });
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(Tags);
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  expect(JSON.parse(Policy)).toEqual(policy);
});

test('a queue tells its key or its lack of one, and its tags', async () => {
  const sqs = new SQSClient(pipeline.client);
  const attributesOf = async (name: string) =>
    (
      await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: `${pipeline.endpoint}/${pipeline.accountId}/${name}`,
          AttributeNames: ['All'],
        }),
      )
    ).Attributes;
  expect(await attributesOf('own')).toMatchObject({
    KmsMasterKeyId: pipeline.outputs['KeyArn'],
    SqsManagedSseEnabled: 'false',
  });
  const plain = await attributesOf('plain');
  expect([plain?.['KmsMasterKeyId'], plain?.['SqsManagedSseEnabled']]).toEqual([undefined, 'false']);
  const QueueUrl = `${pipeline.endpoint}/${pipeline.accountId}/own`;
  expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ team: 'a & b' });
});

test('a topic tells its key and its tags', async () => {
  const sns = new SNSClient(pipeline.client);
  const TopicArn = pipeline.resources['Topic'];
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes?.['KmsMasterKeyId']).toBe(pipeline.outputs['KeyArn']);
  const tagged = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
  expect(tagged.Tags).toEqual(Tags);
});

test('a table tells its key, its recovery and its tags', async () => {
  const dynamodb = new DynamoDBClient(pipeline.client);
  const settingsOf = async (TableName: string) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const recovery = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const ResourceArn = Table?.TableArn;
    const tagged = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }));
    return [
      Table?.SSEDescription?.KMSMasterKeyArn,
      recovery.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      tagged.Tags,
    ];
  };
  expect(await settingsOf('own')).toEqual([pipeline.outputs['KeyArn'], 'ENABLED', Tags]);
  expect(await settingsOf('plain')).toEqual([undefined, 'DISABLED', []]);
});

test('a key tells its state, its rotation, its policy and its tags, by alias as well', async () => {
  const kms = new KMSClient(pipeline.client);
  const KeyId = 'alias/own';
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({
    Arn: pipeline.outputs['KeyArn'],
    KeyId: pipeline.resources['Key'],
    KeyState: 'Enabled',
    KeyManager: 'CUSTOMER',
  });
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
  });
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  expect(JSON.parse(Policy)).toEqual(policy);
  const tagged = await kms.send(new ListResourceTagsCommand({ KeyId }));
  expect(tagged.Tags).toEqual([{ TagKey: 'team', TagValue: 'a & b' }]);
  const off = { KeyId: pipeline.resources['OffKey'] };
  expect((await kms.send(new DescribeKeyCommand(off))).KeyMetadata).toMatchObject({
    KeyState: 'Disabled',
    KeySpec: 'RSA_4096',
  });
  const rotation = await kms.send(new GetKeyRotationStatusCommand(off));
  expect(rotation.KeyRotationEnabled).toBe(false);
});

test('a log group tells its key or its lack of one', async () => {
  const { logGroups = [] } = await new CloudWatchLogsClient(pipeline.client).send(
    new DescribeLogGroupsCommand({}),
  );
  expect(logGroups.map(({ logGroupName, kmsKeyId }) => [logGroupName, kmsKeyId])).toEqual([
    ['/own', pipeline.outputs['KeyArn']],
    ['/plain', undefined],
  ]);
  expect(logGroups[0]).toMatchObject({ arn: pipeline.outputs['LogsArn'], retentionInDays: 7 });
});

test("a table under AWS's own key names a key that KMS knows as such", async () => {
  const { Table } = await new DynamoDBClient(pipeline.client).send(
    new DescribeTableCommand({ TableName: 'managed' }),
  );
  const { KeyMetadata } = await new KMSClient(pipeline.client).send(
    new DescribeKeyCommand({ KeyId: Table?.SSEDescription?.KMSMasterKeyArn }),
  );
  expect(KeyMetadata?.KeyManager).toBe('AWS');
});
