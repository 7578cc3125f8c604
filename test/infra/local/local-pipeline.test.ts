import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Happening,
  type LocalPipeline,
  PortInUseError,
  startLocalPipeline,
} from '../../../infra/local/local-pipeline.ts';
import { sampleTemplate, triggerSource, workSource } from './fixtures/sample-template.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

const functions = { trigger: triggerSource, work: workSource };
const assembly = writeAssembly({
  functions,
  stacks: {
    second: {
      dependsOn: ['first'],
      template: {
        Resources: { Copy: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'copy' } } },
        Outputs: { Imported: { Value: { 'Fn::ImportValue': 'alerts-arn' } } },
      },
    },
    first: { template: sampleTemplate },
  },
});
const happenings: Happening[] = [];
let pipeline: LocalPipeline;
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  pipeline = await startLocalPipeline({
    assembly,
    retryDelay: 5,
    stateRetryFactor: 0.001,
    logFolder: false,
    permissions: 'off',
    onHappening: happening => happenings.push(happening),
  });
  s3 = new S3Client(pipeline.client);
  sqs = new SQSClient(pipeline.client);
  await pipeline.idle();
});

afterAll(async () => {
  await pipeline.stop();
});

async function upload(Key: string): Promise<string> {
  const { VersionId = '' } = await s3.send(
    new PutObjectCommand({ Bucket: 'files-000000000000', Key, Body: Key }),
  );
  return VersionId;
}

/** Takes every message out of a queue. */
async function drain(queueName: string): Promise<string[]> {
  const QueueUrl = `${pipeline.endpoint}/${pipeline.accountId}/${queueName}`;
  const bodies: string[] = [];
  while ((await pipeline.queueDepth(queueName)) > 0) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return bodies;
}

function executionOf(versionId: string) {
  return pipeline.executions().find(({ name }) => name === versionId);
}

describe('a deployed template', () => {
  test('gives outputs, imports between stacks, names and what was left out', () => {
    expect(pipeline.outputs).toEqual({
      Bucket: 'files-000000000000',
      InboxUrl: `${pipeline.endpoint}/000000000000/inbox`,
      TopicArn: 'arn:aws:sns:eu-central-1:000000000000:alerts',
      RoleArn: 'arn:aws:iam::000000000000:role/other',
      Imported: 'arn:aws:sns:eu-central-1:000000000000:alerts',
    });
    expect(pipeline.leftOut).toEqual({ 'AWS::CloudWatch::Alarm': 1 });
    expect(pipeline.resources).toMatchObject({
      Trigger: 'trigger',
      Table: 'runs',
      Files: 'files-000000000000',
    });
    expect([...pipeline.deadLetterQueues].sort()).toEqual([
      'dead',
      pipeline.resources['RuleDead']?.split('/').at(-1),
    ]);
  });

  test('sends each queue that a bucket notifies the test event first', () => {
    expect(pipeline.logs('trigger')).toContain('test event of files-000000000000');
  });

  test('keeps topic policies', async () => {
    const { Attributes } = await new SNSClient(pipeline.client).send(
      new GetTopicAttributesCommand({ TopicArn: pipeline.outputs['TopicArn'] }),
    );
    expect(Attributes?.['Policy']).toBe('{"Statement":[]}');
  });

  test('encrypts with the key of the template', async () => {
    await upload('other/plain');
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'files-000000000000', Key: 'other/plain' }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms' });
    expect(head.SSEKMSKeyId).toMatch(/^arn:aws:kms:eu-central-1:000000000000:key\/[0-9a-f-]{36}$/);
  });

  test('refuses what the bucket policy denies', async () => {
    await expect(upload('forbidden/x')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('an upload', () => {
  test('travels through queue, function and state machine, each with its own environment', async () => {
    const versionId = await upload('in/a b+c.txt');
    await pipeline.idle();
    const execution = executionOf(versionId);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(JSON.parse(execution?.output ?? 'null')).toMatchObject({
      done: { key: 'in/a+b%2Bc.txt', region: 'eu-central-1', caller: 'trigger' },
    });
  });

  test('outside the filter of the notification goes no further', async () => {
    const versionId = await upload('out/x');
    await pipeline.idle();
    expect(executionOf(versionId)).toBeUndefined();
  });

  test('reaches a function through EventBridge', async () => {
    await upload('bridge/a b');
    await pipeline.idle();
    const work = pipeline.resources['Work'] ?? '';
    expect(pipeline.logs(work)).toContain('bridged bridge/a b');
    expect(work).toMatch(/^stack-first-Work-[0-9A-F]{12}$/);
  });

  test('that fails and is caught is announced by the state machine, and not again by the rule', async () => {
    const versionId = await upload('in/AnnounceMe');
    await pipeline.idle();
    expect(executionOf(versionId)).toMatchObject({ status: 'FAILED', error: 'Announced' });
    const announced = pipeline.announcements.all.filter(({ message }) => message.includes('AnnounceMe'));
    expect(announced).toHaveLength(1);
    expect(announced[0]?.subject).toBe('Caught');
    expect(JSON.parse(announced[0]?.message ?? '')).toMatchObject({
      errorType: 'AnnounceMe',
      errorMessage: 'because of in/AnnounceMe',
    });
  });

  test.each(['RetryMe', 'Unexpected'])('that fails with %s is announced by the rule', async errorType => {
    const versionId = await upload(`in/${errorType}`);
    const announced = await pipeline.announcements.waitFor(({ message }) => message.includes(versionId));
    expect(JSON.parse(announced.message)).toEqual({ abandoned: versionId, error: `it was ${errorType}` });
    await pipeline.idle();
    expect(executionOf(versionId)).toMatchObject({ status: 'FAILED', error: errorType });
    expect(await drain('archive')).toContain(announced.message);
  });

  test('is one of many at once', async () => {
    const versionIds = await Promise.all(
      Array.from({ length: 60 }, (_, index) => upload(`in/many/${index}`)),
    );
    await pipeline.idle();
    expect(versionIds.map(versionId => executionOf(versionId)?.status)).toEqual(Array(60).fill('SUCCEEDED'));
    expect(await pipeline.queueDepth('inbox')).toBe(0);
  });

  test('is told to whoever watches', async () => {
    const versionId = await upload('in/watched');
    await pipeline.idle();
    const uploads = happenings.flatMap(happening =>
      happening.kind === 'uploaded' ? [happening.event.key] : [],
    );
    const statuses = happenings.flatMap(happening =>
      happening.kind === 'execution' && happening.detail.name === versionId ? [happening.detail.status] : [],
    );
    expect(uploads).toContain('in/watched');
    expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(happenings.filter(({ kind }) => kind === 'fault')).toEqual([]);
  });
});

test('a message that always fails ends in the dead-letter queue', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: pipeline.outputs['InboxUrl'], MessageBody: '"poison"' }));
  await pipeline.idle();
  expect(await drain('dead')).toEqual(['"poison"']);
});

test('announcements are waited for, to a limit', async () => {
  const soon = pipeline.announcements.waitFor(({ message }) => message === 'to come');
  await new SNSClient(pipeline.client).send(
    new PublishCommand({ TopicArn: pipeline.outputs['TopicArn'], Message: 'to come' }),
  );
  expect((await soon).message).toBe('to come');
  await expect(pipeline.announcements.waitFor(() => false, 1)).rejects.toThrow(
    'No such announcement within 1 ms',
  );
});

test('stopping does not wait for a function that hangs', async () => {
  const hanging = Promise.withResolvers<void>();
  const other = await startLocalPipeline({
    assembly,
    logFolder: false,
    permissions: 'off',
    onLog: ({ line }) => {
      if (line === 'hanging') hanging.resolve();
    },
  });
  const client = new SQSClient(other.client);
  await client.send(new SendMessageCommand({ QueueUrl: other.outputs['InboxUrl'], MessageBody: '"hang"' }));
  await hanging.promise;
  await other.stop();
  await expect(fetch(other.endpoint)).rejects.toThrow('fetch failed');
});

test('a port that is taken is told apart from other faults', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(startLocalPipeline({ assembly, port, logFolder: false })).rejects.toBeInstanceOf(
    PortInUseError,
  );
  await new Promise(resolve => other.close(resolve));
});

describe('what the local run does not know stops it', () => {
  const sqsMapping = { EventSourceArn: 'arn:aws:sqs:x:0:q', FunctionName: 'work' };
  const work = { Runtime: 'nodejs24.x', Code: { S3Key: 'work.zip' }, FunctionName: 'work' };
  const mapping = 'AWS::Lambda::EventSourceMapping';
  const rule = { EventPattern: { source: ['x'] }, Targets: [] };
  test.each<[string, string, object, RegExp]>([
    [
      'a type',
      'AWS::RDS::DBInstance',
      {},
      /^Stack stack-one: Thing is of the type AWS::RDS::DBInstance, which the local run has never heard of\. Teach it/,
    ],
    ['a type by an inherited name', 'constructor', {}, /Thing is of the type constructor, which .* Teach it/],
    ['a type by the name __proto__', '__proto__', {}, /Thing is of the type __proto__, which .* Teach it/],
    [
      'a batch of none',
      mapping,
      { ...sqsMapping, BatchSize: 0 },
      /Stack stack-one: Thing \(.*[\s\S]*BatchSize/,
    ],
    [
      'a batch below none',
      mapping,
      { ...sqsMapping, BatchSize: -1 },
      /Stack stack-one: Thing \(.*[\s\S]*BatchSize/,
    ],
    [
      'a function without time',
      'AWS::Lambda::Function',
      { ...work, Timeout: 0 },
      /Stack stack-one: Thing \(.*[\s\S]*Timeout/,
    ],
    [
      'a queue that gives up at once',
      'AWS::SQS::Queue',
      { RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:x:0:q', maxReceiveCount: 0 } },
      /Stack stack-one: Thing \(.*[\s\S]*maxReceiveCount/,
    ],
    [
      'a bucket name',
      'AWS::S3::Bucket',
      { BucketName: 'BAD_Name' },
      /Stack stack-one: Thing \(AWS::S3::Bucket\): "BAD_Name" is no valid BucketName/,
    ],
    [
      'a definition that is no JSON',
      'AWS::StepFunctions::StateMachine',
      { DefinitionString: '{' },
      /Stack stack-one: Thing \(.*\): its definition is no JSON/,
    ],
    [
      'a definition that is invalid',
      'AWS::StepFunctions::StateMachine',
      { DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Bogus","End":true}}}' },
      /Stack stack-one: Thing \(AWS::StepFunctions::StateMachine\): .* is invalid/,
    ],
    [
      'a function in another language',
      'AWS::Lambda::Function',
      { ...work, Runtime: 'python3.13' },
      /not python3\.13/,
    ],
    [
      'a function without a bundle',
      'AWS::Lambda::Function',
      { ...work, Code: { ZipFile: '' } },
      /no file asset/,
    ],
    [
      'an event source',
      'AWS::Lambda::EventSourceMapping',
      { ...sqsMapping, EventSourceArn: 'arn:aws:kinesis:x' },
      /only queues/,
    ],
    [
      'a filter of an event source',
      'AWS::Lambda::EventSourceMapping',
      { ...sqsMapping, FilterCriteria: {} },
      /FilterCriteria/,
    ],
    ['a mapping to no function', 'AWS::Lambda::EventSourceMapping', sqsMapping, /there is no function work/],
    [
      'a subscription protocol',
      'AWS::SNS::Subscription',
      { TopicArn: 'arn:t', Protocol: 'https', Endpoint: 'x' },
      /not by "https"/,
    ],
    [
      'a pattern operator',
      'AWS::Events::Rule',
      { EventPattern: { a: [{ cidr: 'x' }] } },
      /Stack stack-one: Thing\.EventPattern: a\[0\]\.cidr: /,
    ],
    [
      'a schedule that is none',
      'AWS::Events::Rule',
      { ...rule, ScheduleExpression: 'rate(1 hours)' },
      /Thing\.ScheduleExpression: "rate\(1 hours\)"/,
    ],
    [
      'a rule target',
      'AWS::Events::Rule',
      { ...rule, Targets: [{ Id: 't', Arn: 'arn:aws:kinesis:x' }] },
      /not to arn:aws:kinesis:x/,
    ],
    [
      'a task',
      'AWS::StepFunctions::StateMachine',
      {
        DefinitionString:
          '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::ecs:runTask","End":true}}}',
      },
      /does not know the task arn:aws:states:::ecs:runTask/,
    ],
    [
      'a definition elsewhere',
      'AWS::StepFunctions::StateMachine',
      { DefinitionS3Location: {} },
      /from the template only/,
    ],
    [
      'a bucket policy of no bucket',
      'AWS::S3::BucketPolicy',
      { Bucket: 'none', PolicyDocument: {} },
      /there is no bucket none/,
    ],
    [
      'a bucket notification',
      'AWS::S3::Bucket',
      {
        NotificationConfiguration: {
          QueueConfigurations: [
            { Event: 's3:ObjectRemoved:*', Queue: 'arn:aws:sqs:eu-central-1:000000000000:q' },
          ],
        },
      },
      /s3:ObjectRemoved/,
    ],
    [
      'a malformed property',
      'AWS::SQS::Queue',
      { DelaySeconds: 'soon' },
      /Stack stack-one: Thing \(AWS::SQS::Queue\): [\s\S]*DelaySeconds/,
    ],
  ])('%s', async (_name, Type, Properties, message) => {
    const template = { Resources: { Thing: { Type, Properties } } };
    const folder = writeAssembly({ functions, stacks: { one: { template } } });
    await expect(startLocalPipeline({ assembly: folder, logFolder: false })).rejects.toThrow(message);
  });

  test.each([
    ['AWS::SQS::Queue', 'QueueName'],
    ['AWS::S3::Bucket', 'BucketName'],
  ])('a name of %s that is taken', async (Type, name) => {
    const Resources = {
      One: { Type, Properties: { [name]: 'same' } },
      Other: { Type, Properties: { [name]: 'same' } },
    };
    const folder = writeAssembly({ stacks: { one: { template: { Resources } } } });
    await expect(startLocalPipeline({ assembly: folder, logFolder: false })).rejects.toThrow(
      `Stack stack-one: Other (${Type}): its ${name} "same" is that of`,
    );
  });
});
