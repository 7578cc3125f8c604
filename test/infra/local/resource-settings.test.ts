import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
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
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
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
  },
  Outputs: { KeyArn: { Value: keyArn } },
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
