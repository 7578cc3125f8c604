import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { startLocalPipeline } from '../../../infra/local/local-pipeline.ts';
import { depthsInOrder } from '../../../infra/local/queue-depths.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

const maxReceiveCount = 3;

const functionOf = (name: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
  },
});

const mappingOf = (queue: string, name: string) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  DependsOn: [name],
  Properties: { EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] }, FunctionName: name },
});

const template = {
  Resources: {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Inbox: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'inbox',
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount },
      },
    },
    failing: functionOf('failing'),
    keeping: functionOf('keeping'),
    Failing: mappingOf('Inbox', 'failing'),
    Keeping: mappingOf('Dead', 'keeping'),
  },
  Outputs: { InboxUrl: { Value: { Ref: 'Inbox' } } },
};

const functions = {
  failing: `export const handler = async () => { throw new Error('never'); };`,
  // Fails for a while, in which there is nothing under way.
  keeping: `export const handler = async ({ Records }) => {
    for (const { messageId, body, attributes, eventSourceARN } of Records) {
      const { ApproximateReceiveCount, SentTimestamp } = attributes;
      if (ApproximateReceiveCount < 8) throw new Error('not yet');
      console.log(JSON.stringify({ messageId, body, ApproximateReceiveCount, SentTimestamp, eventSourceARN }));
    }
  };`,
};

test('a function takes the letters of a dead-letter queue, each under the id it was sent with; idle waits for it', async () => {
  const assembly = writeAssembly({ functions, stacks: { only: { template } } });
  const pipeline = await startLocalPipeline({
    assembly,
    retryDelay: 50,
    logFolder: false,
    permissions: 'off',
  });
  const sqs = new SQSClient(pipeline.client);
  try {
    const QueueUrl = pipeline.outputs['InboxUrl'];
    const sent = await Promise.all(
      ['one', 'two'].map(async MessageBody => {
        const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
        return [MessageBody, MessageId];
      }),
    );
    await pipeline.idle();
    const kept = pipeline
      .logs('keeping')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Record<string, string>);
    expect(kept.map(({ body, messageId }) => [body, messageId]).sort()).toEqual(sent.sort());
    for (const { ApproximateReceiveCount, SentTimestamp, eventSourceARN } of kept) {
      // It counts on over the move, the receive from the dead-letter queue included.
      expect(Number(ApproximateReceiveCount)).toBeGreaterThan(maxReceiveCount);
      expect(SentTimestamp).toMatch(/^\d{13}$/);
      expect(eventSourceARN).toBe('arn:aws:sqs:eu-central-1:000000000000:dead');
    }
    expect(pipeline.deadLetterQueues).toEqual(['dead']);
    expect(await pipeline.queueDepth('dead')).toBe(0);
  } finally {
    sqs.destroy();
    await pipeline.stop();
  }
});

test('a message that goes over to the dead-letter queue while depths are looked at is counted', async () => {
  const depths = new Map([
    ['dead', 0],
    ['inbox', 1],
  ]);
  const found = await depthsInOrder(depths.keys(), new Set(['dead']), async queue => {
    const depth = depths.get(queue) ?? 0;
    depths.set('dead', 1).set('inbox', 0);
    return depth;
  });
  expect(found.some(depth => depth > 0)).toBe(true);
});
