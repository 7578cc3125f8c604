import { createHash } from 'node:crypto';
import { DeleteQueueCommand, GetQueueUrlCommand, type Message, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SqsMessageQueue } from '../../../src/adapters/aws/sqs-message-queue.ts';
import { messageQueueContract } from '../../../src/adapters/contracts/message-queue-contract.ts';
import type { MessageAttribute, QueueMessage } from '../../../src/ports/message-queue.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { type MessagingEndpoint, type ObservedQueue, startMessaging } from '../../emulators/messaging.ts';

let messaging: MessagingEndpoint;
let trail: ObservedQueue;
let other: ObservedQueue;
let queue: SqsMessageQueue;

beforeAll(async () => {
  messaging = await startMessaging();
  trail = await messaging.createQueue('trail');
  other = await messaging.createQueue('other');
  queue = new SqsMessageQueue({ client: messaging.sqs });
});
afterAll(() => messaging.close());

async function received(queueArn: string): Promise<readonly QueueMessage[]> {
  const observed = [trail, other].find(candidate => candidate.queueArn === queueArn);
  return ((await observed?.received()) ?? []).map(messageOf);
}

function messageOf({ Body = '', MessageAttributes = {} }: Message): QueueMessage {
  const attributes = Object.entries(MessageAttributes).map(([name, value]): [string, MessageAttribute] => [
    name,
    {
      dataType: String(value.DataType),
      value: value.StringValue ?? Buffer.from(value.BinaryValue ?? []).toString('base64'),
    },
  ]);
  return { body: Body, ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }) };
}

describe(`the contract of ${messageQueueContract.port}`, () => {
  test.each(messageQueueContract.cases)('$name', ({ run }) =>
    run({ queue, queueArn: trail.queueArn, otherQueueArn: other.queueArn, received }),
  );
});

const queueArn = 'arn:aws:sqs:us-east-1:111122223333:trail';

async function withAnswers<Result>(
  answers: (endpoint: string) => readonly CannedAnswer[],
  use: (queue: SqsMessageQueue, requests: readonly string[]) => Promise<Result>,
): Promise<Result> {
  // The answers name the endpoint, which is known once it listens.
  const given: CannedAnswer[] = [];
  const canned = await startCannedAnswers(...Array.from({ length: 8 }, (_, index) => lazily(given, index)));
  given.push(...answers(canned.endpoint));
  const client = new SQSClient({
    endpoint: canned.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  try {
    return await use(new SqsMessageQueue({ client }), canned.requests);
  } finally {
    client.destroy();
    await canned.close();
  }
}

/** The answer of that place, or the last one. */
function lazily(given: readonly CannedAnswer[], index: number): CannedAnswer {
  const answer = () => given[Math.min(index, given.length - 1)];
  return {
    get status() {
      return answer()?.status ?? 500;
    },
    get body() {
      return answer()?.body ?? '';
    },
  };
}

const urlAnswer = (endpoint: string) => jsonAnswer(200, { QueueUrl: `${endpoint}/111122223333/trail` });
/** Of a message without attributes, as SQS answers it; the SDK compares the digest. */
const sentAnswer = (body: string, fields: object = { MessageId: 'm' }) =>
  jsonAnswer(200, { MD5OfMessageBody: createHash('md5').update(body).digest('hex'), ...fields });
const fault = (status: number, name: string) =>
  jsonAnswer(status, { __type: `com.amazonaws.sqs#${name}`, message: 'x' });

describe('the URL of a queue', () => {
  test('is asked for by name and account, once', async () => {
    await withAnswers(
      endpoint => [urlAnswer(endpoint), sentAnswer('one'), sentAnswer('two')],
      async (canned, requests) => {
        await canned.send(queueArn, { body: 'one' });
        await canned.send(queueArn, { body: 'two' });

        expect(requests.map(body => JSON.parse(body))).toMatchObject([
          { QueueName: 'trail', QueueOwnerAWSAccountId: '111122223333' },
          { MessageBody: 'one' },
          { MessageBody: 'two' },
        ]);
      },
    );
  });

  test('is asked for once by messages that are sent at once', async () => {
    await withAnswers(
      endpoint => [urlAnswer(endpoint), sentAnswer('x')],
      async (canned, requests) => {
        await Promise.all([1, 2, 3].map(() => canned.send(queueArn, { body: 'x' })));

        expect(requests.filter(body => JSON.parse(body).QueueName !== undefined)).toHaveLength(1);
        expect(requests).toHaveLength(4);
      },
    );
  });

  test('is asked for again after a question that failed', async () => {
    await withAnswers(
      endpoint => [fault(500, 'InternalError'), urlAnswer(endpoint), sentAnswer('x')],
      async (canned, requests) => {
        await expect(canned.send(queueArn, { body: 'x' })).rejects.toMatchObject({ kind: 'retryable' });
        await canned.send(queueArn, { body: 'x' });

        expect(requests).toHaveLength(3);
      },
    );
  });
});

test.each(['Binary', 'Binary.gzip'])('an attribute of type %s is sent as bytes', async dataType => {
  await withAnswers(
    endpoint => [urlAnswer(endpoint), sentAnswer('x')],
    async (canned, requests) => {
      await canned.send(queueArn, { body: 'x', attributes: { content: { dataType, value: 'AP8Q' } } });

      expect(JSON.parse(String(requests[1])).MessageAttributes).toEqual({
        content: { DataType: dataType, BinaryValue: 'AP8Q' },
      });
    },
  );
});

describe('failures', () => {
  test('a queue of another region is refused, and not looked for in this one', async () => {
    await withAnswers(
      endpoint => [urlAnswer(endpoint)],
      async (canned, requests) => {
        const sent = canned.send(queueArn.replace('us-east-1', 'eu-central-1'), { body: 'x' });

        await expect(sent).rejects.toMatchObject({ kind: 'permanent', code: 'OtherRegion' });
        expect(requests).toEqual([]);
      },
    );
  });

  test('a queue that is deleted once its URL is known is not found', async () => {
    const gone = await messaging.createQueue('gone');
    await queue.send(gone.queueArn, { body: 'x' });
    const QueueName = gone.queueArn.replace(/^.*:/, '');
    const { QueueUrl } = await messaging.sqs.send(new GetQueueUrlCommand({ QueueName }));
    await messaging.sqs.send(new DeleteQueueCommand({ QueueUrl }));

    await expect(queue.send(gone.queueArn, { body: 'x' })).rejects.toMatchObject({
      kind: 'not-found',
      operation: 'MessageQueue.send',
      code: 'QueueDoesNotExist',
    });
  });

  test.each([
    ['QueueDoesNotExist', 400, 'not-found', 'QueueDoesNotExist'],
    ['AWS.SimpleQueueService.NonExistentQueue', 400, 'not-found', 'QueueDoesNotExist'],
    ['AccessDeniedException', 403, 'denied', 'AccessDeniedException'],
    ['RequestThrottled', 403, 'throttled', 'RequestThrottled'],
    ['KmsAccessDenied', 400, 'denied', 'KmsAccessDenied'],
    ['KmsDisabled', 400, 'conflict', 'KmsDisabled'],
    ['InvalidMessageContents', 400, 'permanent', 'InvalidMessageContents'],
    ['ServiceUnavailable', 503, 'retryable', 'ServiceUnavailable'],
  ])('%s is told alike of the URL and of the message', async (name, status, kind, code) => {
    for (const before of [[], [urlAnswer]]) {
      await withAnswers(
        endpoint => [...before.map(answer => answer(endpoint)), fault(status, name)],
        async canned => {
          await expect(canned.send(queueArn, { body: 'x' })).rejects.toMatchObject({
            kind,
            code,
            operation: 'MessageQueue.send',
          });
        },
      );
    }
  });

  test('a message that was damaged on its way is sent again by who can', async () => {
    await withAnswers(
      endpoint => [urlAnswer(endpoint), sentAnswer('y')],
      async canned => {
        await expect(canned.send(queueArn, { body: 'x' })).rejects.toMatchObject({
          kind: 'retryable',
          code: 'InvalidChecksum',
        });
      },
    );
  });

  test.each([
    ['no URL', 'NoQueueUrl', () => [jsonAnswer(200, {})]],
    ['no message', 'NoMessageId', (endpoint: string) => [urlAnswer(endpoint), sentAnswer('x', {})]],
  ])('an answer that names %s is not taken for success', async (_, code, answers) => {
    await withAnswers(answers, async canned => {
      await expect(canned.send(queueArn, { body: 'x' })).rejects.toMatchObject({ kind: 'retryable', code });
    });
  });
});
