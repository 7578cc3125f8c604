import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { AutoScalingClient, DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ExecuteStatementCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type ObjectCannedACL,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../../infra/local/local-pipeline.ts';
import { s3ControlClient } from '../../../../src/adapters/aws/inventory/s3-control-client.ts';
import { writeAssembly } from '../fixtures/write-assembly.ts';

const account = '000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:${account}:${resource}`;
const statement = (Effect: string, Action: string | string[], Resource: unknown, more = {}) => ({
  Effect,
  Action,
  Resource,
  ...more,
});
const keyArn = { 'Fn::GetAtt': ['Key', 'Arn'] };
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

/** A role that may nothing, one that may write to a bucket under its key, and one that may list it, too. */
const template = {
  Resources: {
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Files: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'files',
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
              },
            },
          ],
        },
      },
    },
    FilesPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Files' },
        PolicyDocument: policy(
          statement('Deny', 's3:PutObject', 'arn:aws:s3:::files/forbidden/*', {
            Sid: 'Forbidden',
            Principal: '*',
          }),
        ),
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'runs',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    },
    Nobody: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'nobody' } },
    Writer: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'writer',
        Policies: [
          {
            PolicyName: 'Writing',
            PolicyDocument: policy(
              statement('Allow', ['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::files/*'),
              statement('Allow', 'dynamodb:PutItem', arn('dynamodb', 'table/runs')),
              statement('Allow', 'sqs:ListQueueTags', arn('sqs', 'inbox')),
              statement('Allow', ['kms:GenerateDataKey', 'kms:Decrypt'], keyArn, {
                Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::files' } },
              }),
            ),
          },
        ],
      },
    },
    Lister: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'lister',
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::GetAtt': ['Writer', 'Arn'] } },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'sts:ExternalId': 'known' } },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'Listing',
            PolicyDocument: policy(
              statement('Allow', ['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::files/*'),
              statement('Allow', 's3:ListBucket', 'arn:aws:s3:::files'),
            ),
          },
        ],
      },
    },
  },
};

let pipeline: LocalPipeline;
const happenings: Happening[] = [];

beforeAll(async () => {
  pipeline = await startLocalPipeline({
    assembly: writeAssembly({ stacks: { one: { template } } }),
    logFolder: false,
    onHappening: happening => happenings.push(happening),
  });
}, 30_000);

afterAll(() => pipeline.stop());

/** Signs as a role, by its name. */
const as = (role: string) => ({
  ...pipeline.client,
  credentials: { accessKeyId: role, secretAccessKey: 'local', sessionToken: 'local' },
});

const lastDenial = () => happenings.flatMap(each => (each.kind === 'denied' ? [each.denial] : [])).at(-1);

const queueUrl = () => `${pipeline.endpoint}/${account}/inbox`;

describe('a caller that may nothing is told so as each service tells it', () => {
  type Call = () => Promise<unknown>;
  const finding = {
    SchemaVersion: '2018-10-08',
    Id: 'one',
    ProductArn: arn('securityhub', `product/${account}/default`),
    GeneratorId: 'one',
    AwsAccountId: account,
    CreatedAt: '2026-01-01T00:00:00Z',
    UpdatedAt: '2026-01-01T00:00:00Z',
    Title: 'One',
    Description: 'One',
    Resources: [{ Type: 'Other', Id: 'one' }],
  };
  test.each<[action: string, name: string, call: Call]>([
    [
      's3:GetObject',
      'AccessDenied',
      () => new S3Client(as('nobody')).send(new GetObjectCommand({ Bucket: 'files', Key: 'a' })),
    ],
    [
      's3:ListAllMyBuckets',
      'AccessDenied',
      () => new S3Client(as('nobody')).send(new ListBucketsCommand({})),
    ],
    [
      'dynamodb:PutItem',
      'AccessDeniedException',
      () =>
        new DynamoDBClient(as('nobody')).send(
          new PutItemCommand({ TableName: 'runs', Item: { id: { S: 'a' } } }),
        ),
    ],
    [
      'dynamodb:ExecuteStatement',
      'AccessDeniedException',
      () =>
        new DynamoDBClient(as('nobody')).send(
          new ExecuteStatementCommand({ Statement: 'SELECT * FROM runs' }),
        ),
    ],
    [
      'sqs:ReceiveMessage',
      'AccessDenied',
      () => new SQSClient(as('nobody')).send(new ReceiveMessageCommand({ QueueUrl: queueUrl() })),
    ],
    [
      'sqs:SendMessage',
      'AccessDenied',
      () =>
        new SQSClient(as('nobody')).send(
          new SendMessageBatchCommand({ QueueUrl: queueUrl(), Entries: [{ Id: '1', MessageBody: 'a' }] }),
        ),
    ],
    [
      'sns:Publish',
      'AuthorizationErrorException',
      () =>
        new SNSClient(as('nobody')).send(
          new PublishCommand({ TopicArn: arn('sns', 'alerts'), Message: 'a' }),
        ),
    ],
    [
      'states:StartExecution',
      'AccessDeniedException',
      () =>
        new SFNClient(as('nobody')).send(
          new StartExecutionCommand({ stateMachineArn: arn('states', 'stateMachine:a') }),
        ),
    ],
    [
      'kms:DescribeKey',
      'AccessDeniedException',
      () => new KMSClient(as('nobody')).send(new DescribeKeyCommand({ KeyId: 'a' })),
    ],
    [
      'secretsmanager:GetSecretValue',
      'AccessDeniedException',
      () => new SecretsManagerClient(as('nobody')).send(new GetSecretValueCommand({ SecretId: 'a' })),
    ],
    [
      'logs:DescribeLogGroups',
      'AccessDeniedException',
      () => new CloudWatchLogsClient(as('nobody')).send(new DescribeLogGroupsCommand({})),
    ],
    [
      'ec2:CreateSnapshots',
      'UnauthorizedOperation',
      () =>
        new EC2Client(as('nobody')).send(
          new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: 'i-1' } }),
        ),
    ],
    [
      'iam:GetUser',
      'AccessDenied',
      () => new IAMClient(as('nobody')).send(new GetUserCommand({ UserName: 'a' })),
    ],
    [
      'autoscaling:DetachInstances',
      'AccessDenied',
      () =>
        new AutoScalingClient(as('nobody')).send(
          new DetachInstancesCommand({ AutoScalingGroupName: 'a', ShouldDecrementDesiredCapacity: true }),
        ),
    ],
    [
      'elasticloadbalancing:RegisterTargets',
      'AccessDenied',
      () =>
        new ElasticLoadBalancingV2Client(as('nobody')).send(
          new RegisterTargetsCommand({
            TargetGroupArn: arn('elasticloadbalancing', 'targetgroup/a/1'),
            Targets: [{ Id: 'i-1' }],
          }),
        ),
    ],
    [
      'sts:AssumeRole',
      'AccessDenied',
      () =>
        new STSClient(as('nobody')).send(
          new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/lister`, RoleSessionName: 'one' }),
        ),
    ],
    [
      'securityhub:BatchImportFindings',
      'AccessDeniedException',
      () => new SecurityHubClient(as('nobody')).send(new BatchImportFindingsCommand({ Findings: [finding] })),
    ],
    [
      's3:GetAccountPublicAccessBlock',
      'AccessDenied',
      () => s3ControlClient(as('nobody')).send(new GetPublicAccessBlockCommand({ AccountId: account })),
    ],
    [
      'apigateway:GET',
      'AccessDeniedException',
      () => new APIGatewayClient(as('nobody')).send(new GetApiKeyCommand({ apiKey: 'a' })),
    ],
  ])('%s: %s', async (action, name, call) => {
    await expect(call()).rejects.toMatchObject({ name, message: expect.stringContaining(action) });
    expect(lastDenial()?.action).toBe(action);
  });

  test.each<[string, (client: SQSClientConfig) => Promise<unknown>, string | undefined]>([
    [
      arn('dynamodb', 'table/runs'),
      client =>
        new DynamoDBClient(client).send(
          new PutItemCommand({ TableName: 'runs', Item: { id: { S: 'here' } } }),
        ),
      undefined,
    ],
    [
      arn('sqs', 'inbox'),
      client => new SQSClient(client).send(new ListQueueTagsCommand({ QueueUrl: queueUrl() })),
      'QueueDoesNotExist',
    ],
  ])('%s is out of reach from another region', async (resource, call, here) => {
    const fault = await call(as('writer')).then(
      () => undefined,
      (error: Error) => error.name,
    );
    expect(fault).toBe(here);
    const elsewhere = resource.replace('eu-central-1', 'us-east-1');
    await expect(call({ ...as('writer'), region: 'us-east-1' })).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied(?:Exception)?$/),
      message: expect.stringContaining(elsewhere),
    });
  });

  test.each([
    ['known', true],
    ['other', false],
  ])('a role is taken on by whom it trusts, with the external id: %s', async (ExternalId, isTrusted) => {
    const RoleArn = `arn:aws:iam::${account}:role/lister`;
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ExternalId });
    const assumed = new STSClient(as('writer')).send(command);
    if (!isTrusted) return expect(assumed).rejects.toMatchObject({ name: 'AccessDenied' });
    const { AccessKeyId = '' } = (await assumed).Credentials ?? {};
    const client = new S3Client(as(AccessKeyId));
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'files' }))).$metadata.httpStatusCode).toBe(
      200,
    );
    await expect(client.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test.each([
    ['nobody', `arn:aws:sts::${account}:assumed-role/nobody/nobody`, 'AROALOCALLOCALLOCAL00:nobody'],
    ['anybody', `arn:aws:iam::${account}:user/local`, 'AIDALOCALLOCALLOCAL00'],
  ])('and who it is, which needs no permission: %s', async (who, Arn, UserId) => {
    const identity = await new STSClient(as(who)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: account, Arn, UserId });
  });
});

describe('the local S3', () => {
  const put = (role: string, Key: string, more = {}) =>
    new S3Client(as(role)).send(new PutObjectCommand({ Bucket: 'files', Key, Body: 'a', ...more }));

  const beginParts = (ACL: ObjectCannedACL) =>
    new S3Client(as('writer')).send(
      new CreateMultipartUploadCommand({ Bucket: 'files', Key: 'shared.txt', ACL }),
    );

  test('encrypts in the name of who may use the key, for the bucket where that has a bucket key', async () => {
    await put('writer', 'a.txt');
    await expect(put('lister', 'b.txt')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(lastDenial()).toMatchObject({ action: 'kms:GenerateDataKey' });
    const read = new GetObjectCommand({ Bucket: 'files', Key: 'a.txt' });
    await expect(new S3Client(as('lister')).send(read)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(lastDenial()).toMatchObject({ action: 'kms:Decrypt' });
    const head = new HeadObjectCommand({ Bucket: 'files', Key: 'a.txt' });
    expect((await new S3Client(as('lister')).send(head)).ContentLength).toBe(1);
  });

  test('tells that a key is not there to who may list, and to nobody else', async () => {
    const read = new GetObjectCommand({ Bucket: 'files', Key: 'missing.txt' });
    await expect(new S3Client(as('lister')).send(read)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(new S3Client(as('writer')).send(read)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(lastDenial()).toMatchObject({ action: 's3:ListBucket' });
  });

  test('asks for tags on their own', async () => {
    await expect(put('writer', 'tagged.txt', { Tagging: 'a=1' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect(lastDenial()).toMatchObject({ action: 's3:PutObjectTagging' });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a put', () => put('writer', 'shared.txt', { ACL: 'bucket-owner-full-control' })],
    ['an upload in parts', () => beginParts('bucket-owner-full-control')],
  ])('asks for the ACL on its own, be it the one that changes nothing: %s', async (_, write) => {
    await expect(write()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(lastDenial()).toMatchObject({ action: 's3:PutObjectAcl' });
  });

  test.each(['writer', 'anybody else'])(
    'holds %s to what the bucket denies, and says by which statement',
    async who => {
      const client = who === 'writer' ? new S3Client(as(who)) : new S3Client(pipeline.client);
      const command = new PutObjectCommand({ Bucket: 'files', Key: 'forbidden/a', Body: 'a' });
      await expect(client.send(command)).rejects.toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('with an explicit deny in a resource-based policy'),
      });
      expect(lastDenial()?.explanation).toBe('statement "Forbidden" of arn:aws:s3:::files denies it');
    },
  );

  test.each([
    ['writer', 204],
    ['nobody', 403],
  ])('takes a form as its signer: %s', async (role, status) => {
    const { url, fields } = await createPresignedPost(new S3Client(as(role)), {
      Bucket: 'files',
      Key: 'form.txt',
    });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['text']));
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(status);
  });
});
