import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalPipeline, startLocalPipeline } from '../../../../infra/local/local-pipeline.ts';
import { writeAssembly } from '../fixtures/write-assembly.ts';
import { codeOf, sendRaw } from '../s3/send-raw.ts';

const account = '000000000000';
const region = 'eu-central-1';
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const [own, foreign] = [arn('sns', 'own'), arn('sns', 'foreign')];

/** Where a worker may write and publish, and read nothing. */
const template = {
  Resources: {
    Own: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'own' } },
    Foreign: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'foreign' } },
    Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files' } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'runs',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    },
    Worker: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'worker',
        Policies: [
          {
            PolicyName: 'Writing',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'sns:Publish', Resource: own },
                { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('sqs', 'inbox') },
                { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn('dynamodb', 'table/runs') },
                {
                  Effect: 'Allow',
                  Action: 'apigateway:GET',
                  Resource: `arn:aws:apigateway:${region}::/usageplans/*/keys/*`,
                },
              ],
            },
          },
        ],
      },
    },
  },
};

let pipeline: LocalPipeline;

beforeAll(async () => {
  pipeline = await startLocalPipeline({
    assembly: writeAssembly({ stacks: { one: { template } } }),
    logFolder: false,
  });
  const { client } = pipeline;
  await new DynamoDBClient(client).send(new PutItemCommand({ TableName: 'runs', Item: { id: { S: 'a' } } }));
  await new S3Client(client).send(new PutObjectCommand({ Bucket: 'files', Key: 'secret', Body: 'secret' }));
}, 30_000);

afterAll(() => pipeline.stop());

const form = 'application/x-www-form-urlencoded';
const scopeOf = (service: string) => `worker/20261121/${region}/${service}/aws4_request`;

/** A request of the worker, as no SDK would send it. */
const send = (
  service: string,
  headers: Record<string, string>,
  body: string,
  path = '/',
  method = 'POST',
) => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${scopeOf(service)}, SignedHeaders=host, Signature=a`;
  const date = '20261121T080000Z';
  return sendRaw(pipeline.endpoint, method, path, { authorization, 'x-amz-date': date, ...headers }, body);
};

const topics = async () => {
  const { Topics = [] } = await new SNSClient(pipeline.client).send(new ListTopicsCommand({}));
  return Topics.map(({ TopicArn }) => TopicArn).sort();
};

describe('a request that would be judged as one call and served as another', () => {
  test.each([
    ['an action', `Action=Publish&Action=DeleteTopic&Message=a&TopicArn=${own}`],
    [
      'an action, its name written otherwise',
      `Action=Publish&A%63tion=DeleteTopic&Message=a&TopicArn=${own}`,
    ],
    ['a resource', `Action=Publish&Message=a&TopicArn=${own}&TopicArn=${foreign}`],
  ])('is refused for %s that stands there twice', async (_, body) => {
    const before = pipeline.announcements.all.length;
    const answer = await send('sns', { 'content-type': form }, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidQueryParameter']);
    expect(await topics()).toEqual([foreign, own]);
    expect(pipeline.announcements.all).toHaveLength(before);
  });

  test.each(['ec2', 'iam', 'sts', 'autoscaling', 'elasticloadbalancing'])(
    'is refused by %s for a doubled action, too',
    async service => {
      const body = 'Action=GetCallerIdentity&Action=AssumeRole';
      const answer = await send(service, { 'content-type': form }, body);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidQueryParameter']);
    },
  );

  test.each([
    'DynamoDB_20120810.Scan.PutItem',
    'DynamoDB_20120810.Scan,DynamoDB_20120810.PutItem',
    'PutItem',
    '',
  ])('is refused for the target "%s"', async target => {
    const item = { TableName: 'runs', Item: { id: { S: 'b' } } };
    const answer = await send('dynamodb', { 'x-amz-target': target }, JSON.stringify(item));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).__type).toBe('com.amazon.coral.service#UnknownOperationException');
    const { Count } = await new DynamoDBClient(pipeline.client).send(new ScanCommand({ TableName: 'runs' }));
    expect(Count).toBe(1);
  });

  test('is refused for a path that leads elsewhere', async () => {
    const path = '/usageplans/a/keys/../../../apikeys/b';
    const answer = await send('apigateway', {}, '', path, 'GET');
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([400, 'InvalidRequest']);
  });

  test('is the call that it was judged as, where its body reads as a form, too', async () => {
    const QueueUrl = `${pipeline.endpoint}/${account}/inbox`;
    const MessageBody = `&Action=DeleteTopic&TopicArn=${foreign}&rest=`;
    const headers = { 'content-type': form, 'x-amz-target': 'AmazonSQS.SendMessage' };
    const answer = await send('sqs', headers, JSON.stringify({ QueueUrl, MessageBody }));
    expect(answer.status).toBe(200);
    const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 });
    const { Messages } = await new SQSClient(pipeline.client).send(receive);
    expect(Messages?.map(({ Body }) => Body)).toEqual([MessageBody]);
    expect(await topics()).toEqual([foreign, own]);
  });
});

describe('a signature of which nobody can be told to be the signer', () => {
  test.each([
    [
      'JSON',
      'DynamoDB_20120810.Scan',
      '{"TableName":"runs"}',
      /"com\.amazon\.coral\.service#IncompleteSignature"/,
    ],
    ['a form', undefined, 'Action=ListTopics', /<Code>IncompleteSignature<\/Code>/],
  ])('is refused, and is not the administrator: of %s', async (_, target, body, expected) => {
    const headers = {
      authorization: 'AWS worker:c2ln',
      ...(target === undefined ? { 'content-type': form } : { 'x-amz-target': target }),
    };
    const answer = await sendRaw(pipeline.endpoint, 'POST', '/', headers, body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(expected)]);
  });

  test.each<[string, string, Record<string, string>]>([
    ['Signature Version 2', '/files/secret', { authorization: 'AWS worker:c2ln' }],
    ['Signature Version 2 in a URL', '/files/secret?AWSAccessKeyId=worker&Signature=c2ln&Expires=1', {}],
    [
      'a header beside the parameter',
      `/files/secret?X-Amz-Credential=${scopeOf('s3')}`,
      { authorization: `AWS4-HMAC-SHA256 Credential=${scopeOf('s3').replace('worker', 'local')}` },
    ],
  ])('is refused by the local S3: %s', async (_, path, headers) => {
    const answer = await sendRaw(pipeline.endpoint, 'GET', path, headers);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequest']);
  });

  test('does not hide behind a header that is none', async () => {
    const path = `/files/secret?X-Amz-Credential=${scopeOf('s3')}`;
    const headers = { 'x-amz-credential': scopeOf('s3').replace('worker', 'local') };
    expect((await sendRaw(pipeline.endpoint, 'GET', path, headers)).status).toBe(403);
  });

  test('is not missed where there is none', async () => {
    expect((await sendRaw(pipeline.endpoint, 'GET', '/files/secret')).text).toBe('secret');
  });
});
