import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clientConfiguration } from '../../../infra/local/aws-clients.ts';
import { type Emulators, startEmulators } from '../../../infra/local/emulators.ts';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  failuresIn,
} from '../../../infra/local/event-source-mapping.ts';
import type { Invocation } from '../../../infra/local/lambda-function.ts';
import { queueDepth } from '../../../infra/local/queue-depths.ts';

const region = 'eu-central-1';
const mappings: EventSourceMapping[] = [];
let emulators: Emulators;
let sqs: SQSClient;
let queues = 0;

interface Event {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

type Answer = (event: Event) => unknown;

beforeAll(async () => {
  emulators = await startEmulators(region);
  sqs = new SQSClient(clientConfiguration(emulators.messaging, region, 'tester'));
});

afterEach(async () => {
  await Promise.all(mappings.splice(0).map(mapping => mapping.stop()));
});

afterAll(async () => {
  sqs.destroy();
  await emulators.stop();
});

async function createQueue(attributes: Record<string, string> = {}): Promise<{ arn: string; url: string }> {
  queues += 1;
  const name = `queue-${queues}`;
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return {
    arn: `arn:aws:sqs:${region}:000000000000:${name}`,
    url: `${emulators.messaging}/000000000000/${name}`,
  };
}

async function createQueueWithDeadLetters(maxReceiveCount: number) {
  const deadLetters = await createQueue();
  const policy = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount };
  return { deadLetters, queue: await createQueue({ RedrivePolicy: JSON.stringify(policy) }) };
}

async function send(url: string, bodies: readonly string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
}

/** Starts a mapping to a function that answers, or throws, as `answer` does. */
function map(
  queue: { arn: string; url: string },
  answer: Answer,
  more: Partial<EventSourceMappingOptions> = {},
): { readonly events: Event[]; readonly faults: string[] } {
  const events: Event[] = [];
  const faults: string[] = [];
  const invoke = async (event: object): Promise<Invocation> => {
    events.push(event as Event);
    try {
      const payload = JSON.stringify((await answer(event as Event)) ?? null);
      return { requestId: '1', outcome: 'answered', payload };
    } catch (error) {
      return {
        requestId: '1',
        outcome: 'failed',
        error: { errorType: 'Error', errorMessage: String(error) },
      };
    }
  };
  const mapping = new EventSourceMapping({
    client: sqs,
    queueUrl: queue.url,
    queueArn: queue.arn,
    region,
    batchSize: 10,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    retryDelayMs: 5,
    invoke,
    onFault: text => faults.push(text),
    ...more,
  });
  mappings.push(mapping);
  mapping.start();
  return { events, faults };
}

/** The bodies that arrive in a queue, by long polling. */
async function receive(url: string, count: number): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) {
    const command = new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) throw new Error(`Only ${bodies.length} of ${count} messages arrived`);
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
  return bodies.sort();
}

async function untilEmpty(url: string): Promise<void> {
  while ((await queueDepth(sqs, url)) > 0) await new Promise(resolve => setImmediate(resolve));
}

const failing =
  (bodies: readonly string[]): Answer =>
  ({ Records }) => ({
    batchItemFailures: Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });

describe('EventSourceMapping', () => {
  test('hands messages over as Lambda does, and deletes them', async () => {
    const queue = await createQueue();
    const { events, faults } = map(queue, () => undefined);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'hello',
        MessageAttributes: {
          colour: { DataType: 'String', StringValue: 'red' },
          raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
        },
      }),
    );
    await untilEmpty(queue.url);
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: 'hello',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              colour: { stringValue: 'red', dataType: 'String', stringListValues: [], binaryListValues: [] },
              raw: { binaryValue: 'AQI=', dataType: 'Binary', stringListValues: [], binaryListValues: [] },
            },
            md5OfBody: '5d41402abc4b2a76b9719d911017c592',
            eventSource: 'aws:sqs',
            eventSourceARN: queue.arn,
            awsRegion: region,
          },
        ],
      },
    ]);
    expect(faults).toEqual([]);
  });

  test('gives failed messages again, counts it, and leaves them to the dead-letter queue in the end', async () => {
    const { queue, deadLetters } = await createQueueWithDeadLetters(3);
    await send(queue.url, ['good', 'bad']);
    const { events } = map(queue, failing(['bad']));
    expect(await receive(deadLetters.url, 1)).toEqual(['bad']);
    const bad = events.flatMap(({ Records }) => Records).filter(({ body }) => body === 'bad');
    expect(bad.map(({ attributes }) => attributes['ApproximateReceiveCount'])).toEqual(['1', '2', '3']);
    expect(events.flatMap(({ Records }) => Records).filter(({ body }) => body === 'good')).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['answers nonsense', () => 'nonsense'],
    [
      'names a message that is not in the batch',
      () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }),
    ],
  ])('fails the whole batch where the function %s', async (_name, answer) => {
    const { queue, deadLetters } = await createQueueWithDeadLetters(1);
    await send(queue.url, ['a', 'b', 'c']);
    map(queue, answer);
    expect(await receive(deadLetters.url, 3)).toEqual(['a', 'b', 'c']);
  });

  test('takes an answer for success where partial failures are not asked for', async () => {
    const { queue, deadLetters } = await createQueueWithDeadLetters(1);
    await send(queue.url, ['a', 'b']);
    map(queue, failing(['a']), { reportBatchItemFailures: false });
    await untilEmpty(queue.url);
    expect(await queueDepth(sqs, deadLetters.url)).toBe(0);
  });

  test('never runs more batches at once than it may', async () => {
    const queue = await createQueue();
    await send(queue.url, ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    const bothRun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const running: Event[] = [];
    map(
      queue,
      async event => {
        running.push(event);
        if (running.length === 2) bothRun.resolve();
        await release.promise;
      },
      { batchSize: 2 },
    );
    await bothRun.promise;
    // By the time that the emulator has answered these, a third batch would have been received and begun.
    for (let call = 0; call < 5; call++) await queueDepth(sqs, queue.url);
    expect(running.map(({ Records }) => Records.length)).toEqual([2, 2]);
    release.resolve();
    await untilEmpty(queue.url);
    expect(
      running
        .flatMap(({ Records }) => Records.map(({ body }) => body))
        .sort()
        .join(''),
    ).toBe('abcdefg');
  });

  test('goes on as soon as any of the batches has ended', async () => {
    const queue = await createQueue();
    await send(queue.url, ['a', 'b', 'c']);
    const releases: (() => void)[] = [];
    const [bothRun, thirdRuns] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    map(
      queue,
      async () => {
        const release = Promise.withResolvers<void>();
        releases.push(release.resolve);
        if (releases.length === 2) bothRun.resolve();
        if (releases.length === 3) thirdRuns.resolve();
        await release.promise;
      },
      { batchSize: 1 },
    );
    await bothRun.promise;
    releases[0]?.();
    await thirdRuns.promise;
    for (const release of releases) release();
    await untilEmpty(queue.url);
    expect(releases).toHaveLength(3);
  });

  test('gathers batches larger than one call to SQS can bring', async () => {
    const queue = await createQueue();
    await send(
      queue.url,
      Array.from({ length: 10 }, (_, n) => `a${n}`),
    );
    await send(
      queue.url,
      Array.from({ length: 10 }, (_, n) => `b${n}`),
    );
    const { events } = map(queue, () => undefined, { batchSize: 15 });
    await untilEmpty(queue.url);
    expect(events.map(({ Records }) => Records.length)).toEqual([15, 5]);
  });

  test('stops while it waits for messages, and leaves later ones alone', async () => {
    const queue = await createQueue();
    const { events, faults } = map(queue, () => undefined);
    await mappings[0]?.stop();
    await send(queue.url, ['late']);
    expect(await receive(queue.url, 1)).toEqual(['late']);
    expect(events).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('says that polling fails, and goes on', async () => {
    const reached = Promise.withResolvers<string>();
    map({ arn: 'arn:aws:sqs:x:0:none', url: `${emulators.messaging}/000000000000/none` }, () => undefined, {
      onFault: reached.resolve,
    });
    expect(await reached.promise).toMatch(/polling failed: .*QueueDoesNotExist/);
  });
});

describe('failuresIn', () => {
  const batch = ['a', 'b'];
  test.each<[string, unknown, readonly string[]]>([
    ['null', null, []],
    ['an empty object', {}, []],
    ['no failures', { batchItemFailures: [] }, []],
    ['null failures', { batchItemFailures: null }, []],
    ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }] }, batch],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, batch],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }, batch],
    ['another member', { batchItemFailures: [{ id: 'a' }] }, batch],
    ['bare ids', { batchItemFailures: ['a'] }, batch],
    ['no list', { batchItemFailures: 'a' }, batch],
    ['a text', 'ok', batch],
    ['a list', [], batch],
  ])('%s', (_name, answer, expected) => {
    expect(failuresIn(JSON.stringify(answer), batch)).toEqual(expected);
  });
});
