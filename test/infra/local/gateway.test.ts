import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceRequest } from '../../../infra/local/account/local-service.ts';
import { clientConfiguration } from '../../../infra/local/aws-clients.ts';
import { type Emulators, startEmulators } from '../../../infra/local/emulators.ts';
import type { PublishedMessage } from '../../../infra/local/forward-topic-request.ts';
import { Gateway, PortInUseError, serviceOf } from '../../../infra/local/gateway.ts';
import { LocalS3 } from '../../../infra/local/s3/local-s3.ts';
import { LocalStepFunctions } from '../../../infra/local/step-functions.ts';
import { TableSettings } from '../../../infra/local/table-settings.ts';

const region = 'eu-central-1';
const accountId = '000000000000';
const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:sample`;
const published: PublishedMessage[] = [];
const asked: ServiceRequest[] = [];
const tableSettings = new TableSettings({ region, keyArnOf: keyId => `arn:of:${keyId}` });
let gateway: Gateway;
let emulators: Emulators;
let configuration: ReturnType<typeof clientConfiguration>;

beforeAll(async () => {
  gateway = new Gateway();
  await gateway.listen(0);
  emulators = await startEmulators(region);
  configuration = clientConfiguration(gateway.endpoint, region, 'tester');
  const s3 = new LocalS3({ region, accountId });
  s3.createBucket({ name: 'files', versioned: true });
  const stepFunctions = new LocalStepFunctions({ region, accountId, runTask: async () => ({}) });
  const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
  stepFunctions.createStateMachine({ arn: stateMachineArn, name: 'sample', definition });
  gateway.connect({
    region,
    messaging: emulators.messaging,
    tables: emulators.tables,
    tableSettings,
    services: {
      kms: async request => {
        asked.push(request);
        return {
          status: 400,
          headers: { 'x-own': 'yes' },
          body: `{"__type":"Answer","message":"${asked.length}"}`,
        };
      },
      's3-control': () => ({ status: 200, body: 'control' }),
    },
    s3: (request, response, proceed) => s3.handle(request, response, proceed),
    stepFunctions: (action, text) => stepFunctions.handle(action, text),
    onPublished: message => published.push(message),
  });
});

afterAll(async () => {
  await gateway.close();
  await emulators.stop();
});

const scope = (service: string): string =>
  `Credential=AKID/20261121/${region}/${service}/aws4_request, SignedHeaders=host`;

describe('a connection', () => {
  test.each(['AmazonSQS.ListQueues', 'AmazonSQS.ReceiveMessage', 'DynamoDB_20120810.ListTables'])(
    'stays open while clients hold it idle, and they are told so, after %s',
    async target => {
      const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
      const answer = await fetch(gateway.endpoint, { method: 'POST', headers, body: '{}' });
      await answer.text();
      expect(answer.headers.get('keep-alive')).toBe('timeout=600');
    },
  );
});

describe('serviceOf', () => {
  test.each<[string, Partial<Parameters<typeof serviceOf>[0]>, string]>([
    ['a signed request', { headers: { authorization: `AWS4-HMAC-SHA256 ${scope('sqs')}` } }, 'sqs'],
    [
      'a signed request over its target',
      { headers: { authorization: scope('s3'), 'x-amz-target': 'AmazonSQS.X' } },
      's3',
    ],
    [
      'a presigned URL',
      { headers: {}, url: `/b/k?X-Amz-Credential=AKID%2F20261121%2F${region}%2Fs3%2Faws4_request` },
      's3',
    ],
    ['an unsigned table call', { headers: { 'x-amz-target': 'DynamoDB_20120810.Scan' } }, 'dynamodb'],
    ['an unsigned queue call', { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' } }, 'sqs'],
    [
      'an unsigned workflow call',
      { headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' } },
      'states',
    ],
    [
      'an account of S3 Control',
      {
        headers: { authorization: scope('s3'), 'x-amz-account-id': accountId },
        url: '/v20180820/configuration/publicAccessBlock',
      },
      's3-control',
    ],
    [
      'a bucket whose name is the version of S3 Control',
      { headers: { authorization: scope('s3') }, url: '/v20180820/configuration' },
      's3',
    ],
    ['an unsigned event', { headers: { 'x-amz-target': 'AWSEvents.PutEvents' } }, 'events'],
    [
      'an unsigned invocation',
      { headers: {}, method: 'POST', url: '/2015-03-31/functions/scan/invocations' },
      'lambda',
    ],
    [
      'an upload whose key looks like an invocation',
      { headers: {}, method: 'PUT', url: '/2015-03-31/functions/scan/invocations' },
      's3',
    ],
    [
      'an unsigned topic call',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        method: 'POST',
        url: '/',
      },
      'sns',
    ],
    [
      'an upload that a tool calls a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, method: 'PUT', url: '/b/k' },
      's3',
    ],
    ['a plain PUT', { headers: { 'content-type': 'text/plain' }, url: '/b/k' }, 's3'],
    ['a browser form', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, url: '/b' }, 's3'],
  ])('tells by %s', (_name, request, expected) => {
    expect(serviceOf({ headers: {}, ...request })).toBe(expected);
  });
});

describe('one endpoint', () => {
  test('serves objects, streams included', async () => {
    const s3 = new S3Client(configuration);
    const Body = Buffer.alloc(300_000, 'x');
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'a b/../ü', Body }));
    const { Body: stream } = await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'a b/../ü' }));
    expect(await stream?.transformToByteArray()).toHaveLength(Body.length);
  });

  test('serves tables, to signed calls and to plain ones', async () => {
    const dynamodb = new DynamoDBClient(configuration);
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'uploads',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    await dynamodb.send(new PutItemCommand({ TableName: 'uploads', Item: { id: { S: 'ü' } } }));
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: 'uploads' }));
    expect(Items).toEqual([{ id: { S: 'ü' } }]);
    const plain = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'DynamoDB_20120810.Scan' },
      body: '{"TableName":"uploads"}',
    });
    expect(await plain.json()).toMatchObject({ Count: 1, Items: [{ id: { S: 'ü' } }] });
  });

  test('serves queues, whose URLs lead back to it', async () => {
    const sqs = new SQSClient(configuration);
    const url = `${gateway.endpoint}/${accountId}/jobs`;
    expect((await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }))).QueueUrl).toBe(url);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).QueueUrl).toBe(url);
    expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'jobs' }))).QueueUrls).toEqual([url]);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'http://sqs/000000000000/jobs' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 5 }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['http://sqs/000000000000/jobs']);
  });

  test('serves workflows', async () => {
    const sfn = new SFNClient(configuration);
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{}' }),
    );
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ name: 'one', stateMachineArn });
    await expect(
      sfn.send(new DescribeExecutionCommand({ executionArn: `${executionArn}x` })),
    ).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
  });

  test('refuses a workflow call that is no JSON', async () => {
    const headers = { 'X-Amz-Target': 'AWSStepFunctions.StartExecution' };
    const answer = await fetch(gateway.endpoint, { method: 'POST', headers, body: '{"a":1,' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  });

  test('serves the other services of the account, with the region of the signature', async () => {
    const answer = await fetch(`${gateway.endpoint}/path?query`, {
      method: 'POST',
      headers: { authorization: scope('kms').replace(region, 'us-west-2'), 'X-Amz-Target': 'TrentService.X' },
      body: 'ü',
    });
    expect([answer.status, answer.headers.get('x-own'), await answer.json()]).toEqual([
      400,
      'yes',
      { __type: 'Answer', message: '1' },
    ]);
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      url: '/path?query',
      region: 'us-west-2',
      body: 'ü',
    });
    expect(asked.at(-1)?.headers['x-amz-target']).toBe('TrentService.X');
  });

  test('tells S3 Control from S3', async () => {
    const answer = await fetch(`${gateway.endpoint}/v20180820/configuration/publicAccessBlock`, {
      headers: { authorization: scope('s3'), 'x-amz-account-id': accountId },
    });
    expect(await answer.text()).toBe('control');
  });

  test.each(['athena', 'constructor'])('refuses the service %s by name', async name => {
    const answer = await fetch(gateway.endpoint, { headers: { authorization: scope(name) } });
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({
      message: `The local run does not emulate "${name}"; it has s3, dynamodb, sqs, sns, states, kms, s3-control.`,
    });
  });
});

describe('topics', () => {
  async function createSubscribedTopic(
    name: string,
  ): Promise<{ topicArn: string; received: () => Promise<unknown[]> }> {
    const [sns, sqs] = [new SNSClient(configuration), new SQSClient(configuration)];
    const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${region}:${accountId}:${name}`,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    const received = async () => {
      const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 });
      return ((await sqs.send(receive)).Messages ?? []).map(({ Body }) => Body);
    };
    return { topicArn, received };
  }

  test('give each subscriber its variant of a structured message, and all of it is heard', async () => {
    const { topicArn, received } = await createSubscribedTopic('structured');
    const { MessageId } = await new SNSClient(configuration).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: 'Refused',
        MessageStructure: 'json',
        Message: JSON.stringify({ default: '{"a":"1 + 1 & ü"}', email: 'Dear all' }),
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'upload.refused' } },
      }),
    );
    expect(await received()).toEqual(['{"a":"1 + 1 & ü"}']);
    expect(published.at(-1)).toEqual({
      topicArn,
      messageId: MessageId,
      subject: 'Refused',
      message: '{"a":"1 + 1 & ü"}',
      email: 'Dear all',
      attributes: { kind: 'upload.refused' },
    });
  });

  test('prefer the variant for queues', async () => {
    const { topicArn, received } = await createSubscribedTopic('variant');
    const Message = JSON.stringify({ default: 'all', sqs: 'queues' });
    await new SNSClient(configuration).send(
      new PublishCommand({ TopicArn: topicArn, MessageStructure: 'json', Message }),
    );
    expect(await received()).toEqual(['queues']);
  });

  test('are heard for each message of a batch', async () => {
    const { topicArn, received } = await createSubscribedTopic('batch');
    const { Successful } = await new SNSClient(configuration).send(
      new PublishBatchCommand({
        TopicArn: topicArn,
        PublishBatchRequestEntries: [
          { Id: 'one', Message: 'plain' },
          { Id: 'two', Message: '{"default":"structured"}', MessageStructure: 'json' },
        ],
      }),
    );
    expect(await received()).toEqual(['plain', 'structured']);
    expect(published.slice(-2).map(({ message, messageId }) => [message, messageId])).toEqual([
      ['plain', Successful?.[0]?.MessageId],
      ['structured', Successful?.[1]?.MessageId],
    ]);
  });

  test.each([
    ['no JSON', 'text'],
    ['no default', '{"email":"x"}'],
    ['a default that is no text', '{"default":1}'],
    ['a list', '["x"]'],
  ])('refuse a structured message of %s', async (_name, Message) => {
    const { topicArn } = await createSubscribedTopic('refusing');
    const before = published.length;
    const publish = new PublishCommand({ TopicArn: topicArn, MessageStructure: 'json', Message });
    await expect(new SNSClient(configuration).send(publish)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(published).toHaveLength(before);
  });

  test('that do not exist are not heard', async () => {
    const before = published.length;
    const publish = new PublishCommand({ TopicArn: `arn:aws:sns:${region}:${accountId}:none`, Message: 'x' });
    await expect(new SNSClient(configuration).send(publish)).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    expect(published).toHaveLength(before);
  });
});

describe('a body', () => {
  test('that breaks off never reaches the tables, which would throw', async () => {
    const seen: (string | undefined)[] = [];
    const tables = createServer((request, response) => {
      seen.push(request.headers['content-length']);
      response.end('{}');
    });
    await new Promise<void>(resolve => tables.listen(0, '127.0.0.1', resolve));
    const other = new Gateway();
    await other.listen(0);
    other.connect({
      region,
      messaging: emulators.messaging,
      tables: `http://127.0.0.1:${(tables.address() as AddressInfo).port}`,
      tableSettings,
      services: {},
      s3: async () => {},
      stepFunctions: async () => ({ status: 200, body: {} }),
      onPublished: () => {},
    });
    const scan = async () => {
      const headers = { 'X-Amz-Target': 'DynamoDB_20120810.Scan' };
      return (await fetch(other.endpoint, { method: 'POST', headers, body: '{}' })).text();
    };
    const socket = connect(Number(new URL(other.endpoint).port), '127.0.0.1');
    try {
      socket.write(
        'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n' +
          'Expect: 100-continue\r\nContent-Length: 100\r\n\r\n{',
      );
      // "100 Continue": the gateway has taken the request on.
      await once(socket, 'data');
      expect(await scan()).toBe('{}');
      socket.destroy();
      await once(socket, 'close');
      expect(await scan()).toBe('{}');
      expect(seen).toEqual(['2', '2']);
    } finally {
      socket.destroy();
      await other.close();
      tables.closeAllConnections();
      tables.close();
    }
  });

  test.each(['DynamoDB_20120810.PutItem', 'AmazonSQS.CreateQueue', 'AWSStepFunctions.StartExecution'])(
    'above 16 MiB is refused to %s',
    async target => {
      const answer = await fetch(gateway.endpoint, {
        method: 'POST',
        headers: { 'X-Amz-Target': target },
        body: new Uint8Array(16 * 1024 * 1024 + 1),
      });
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ __type: 'RequestEntityTooLarge' });
    },
  );
});

test('a port that is taken is told apart from other faults', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(new Gateway().listen(port)).rejects.toBeInstanceOf(PortInUseError);
  await new Promise(resolve => other.close(resolve));
});
