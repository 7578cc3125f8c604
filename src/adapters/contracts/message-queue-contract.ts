import assert from 'node:assert/strict';
import type { MessageQueue, QueueMessage } from '../../ports/message-queue.ts';
import { assertPortError } from './assert-port-error.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';
import { eventually } from './eventually.ts';

export interface MessageQueueSubject {
  readonly queue: MessageQueue;
  /** A queue that takes messages. */
  readonly queueArn: string;
  /** Another one, so that a message can go astray. */
  readonly otherQueueArn: string;
  /** Every message of the queue so far, as a consumer gets it; those that are on their way may be missing. */
  received(queueArn: string): Promise<readonly QueueMessage[]>;
}

const bodies: Readonly<Record<string, string>> = {
  'a single character': ' ',
  'JSON within JSON': JSON.stringify({ Message: JSON.stringify({ Records: [{ key: 'a+b%20"\\' }] }) }),
  'line breaks and tabs': 'first\r\nsecond\n\tthird',
  markup: '<Body>&amp;</Body> %41 +',
  'other scripts': 'Überweisung – 発注書 – заказ – طلب',
};

const attributes: Readonly<Record<string, NonNullable<QueueMessage['attributes']>>> = {
  text: { kind: { dataType: 'String', value: '"quoted" 発注書 & <b>' } },
  'a labelled text': { country: { dataType: 'String.country', value: 'DE' } },
  'a number': { count: { dataType: 'Number', value: '12345678901234567890.10' } },
  binary: { content: { dataType: 'Binary', value: 'AP8QAA==' } },
  'a labelled binary': { content: { dataType: 'Binary.gzip', value: 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=' } },
  several: {
    'a.b-c_d': { dataType: 'String', value: 'one' },
    other: { dataType: 'Number.byte', value: '2' },
    third: { dataType: 'Binary', value: 'Aw==' },
  },
};

/** What every {@link MessageQueue} promises. */
export const messageQueueContract: Contract<MessageQueueSubject> = {
  port: 'MessageQueue',
  cases: [
    ...Object.entries(bodies).map(([name, text]) => ({
      name: `a body arrives whatever is in it: ${name}`,
      async run(subject: MessageQueueSubject) {
        await assertArrives(subject, { body: `${crypto.randomUUID()}${text}${crypto.randomUUID()}` });
      },
    })),
    {
      name: 'a body of 256 KiB arrives',
      async run(subject) {
        await assertArrives(subject, { body: crypto.randomUUID().padEnd(262_144, 'x') });
      },
    },
    ...Object.entries(attributes).map(([name, value]) => ({
      name: `attributes arrive: ${name}`,
      async run(subject: MessageQueueSubject) {
        await assertArrives(subject, { body: crypto.randomUUID(), attributes: value });
      },
    })),
    {
      name: 'a message without attributes arrives without any',
      async run(subject) {
        const { queue, queueArn } = subject;
        const [bare, empty] = [crypto.randomUUID(), crypto.randomUUID()];
        await queue.send(queueArn, { body: bare });
        await queue.send(queueArn, { body: empty, attributes: {} });
        for (const body of [bare, empty]) {
          const [message] = await arrivals(subject, queueArn, body, 1);
          assert.equal(Object.keys(message?.attributes ?? {}).length, 0);
        }
      },
    },
    {
      name: 'a repetition is another message',
      async run(subject) {
        const message = { body: crypto.randomUUID() };
        for (let count = 0; count < 3; count += 1) await subject.queue.send(subject.queueArn, message);
        await arrivals(subject, subject.queueArn, message.body, 3);
      },
    },
    {
      name: 'each message goes to the queue that is named, 20 at once too',
      async run(subject) {
        const sent = Array.from({ length: 20 }, (_, index) => ({
          queueArn: index % 2 === 0 ? subject.queueArn : subject.otherQueueArn,
          body: crypto.randomUUID(),
        }));
        await Promise.all(sent.map(({ queueArn, body }) => subject.queue.send(queueArn, { body })));
        for (const { queueArn, body } of sent) await arrivals(subject, queueArn, body, 1);
        for (const queueArn of [subject.queueArn, subject.otherQueueArn]) {
          const received = new Set((await subject.received(queueArn)).map(({ body }) => body));
          assert.ok(sent.every(message => message.queueArn === queueArn || !received.has(message.body)));
        }
      },
    },
    {
      name: 'an ARN that names no queue is not found',
      async run({ queue, queueArn }) {
        for (const absent of [`${queueArn}-absent`, queueArn.replace(/[^:]+$/, crypto.randomUUID())]) {
          for (let attempt = 0; attempt < 2; attempt += 1) {
            await assertPortError(queue.send(absent, { body: 'x' }), {
              kind: 'not-found',
              code: 'QueueDoesNotExist',
            });
          }
        }
      },
    },
    {
      name: 'what is no ARN of a queue is refused for good',
      async run({ queue, queueArn }) {
        for (const text of [
          '',
          'a-queue',
          'https://sqs.eu-central-1.amazonaws.com/111122223333/a-queue',
          queueArn.replace(':sqs:', ':sns:'),
          queueArn.replace(/:\d{12}:/, ':1234:'),
          `${queueArn}:more`,
          `${queueArn}/more`,
          `${queueArn}\n`,
          ` ${queueArn}`,
          queueArn.replace(/[^:]+$/, ''),
        ]) {
          await assertPortError(queue.send(text, { body: 'x' }), {
            kind: 'permanent',
            code: 'InvalidQueueArn',
          });
        }
      },
    },
    {
      name: 'who changes a message that was sent does not change the queue',
      async run(subject) {
        const message = { body: crypto.randomUUID(), attributes: { a: { dataType: 'String', value: 'b' } } };
        const given = structuredClone(message);
        await subject.queue.send(subject.queueArn, given);
        given.attributes.a.value = 'changed';
        const [arrived] = await arrivals(subject, subject.queueArn, message.body, 1);
        assertSameJson(arrived, message);
      },
    },
  ],
};

async function assertArrives(subject: MessageQueueSubject, message: QueueMessage): Promise<void> {
  await subject.queue.send(subject.queueArn, message);
  const [arrived] = await arrivals(subject, subject.queueArn, message.body, 1);
  assertSameJson(arrived, message);
}

/** Waits for so many messages of that body. Delivery is at least once: there may be more. */
async function arrivals(
  { received }: MessageQueueSubject,
  queueArn: string,
  body: string,
  count: number,
): Promise<readonly QueueMessage[]> {
  let found: readonly QueueMessage[] = [];
  await eventually(async () => {
    found = (await received(queueArn)).filter(message => message.body === body);
    assert.ok(found.length >= count, `${found.length} of ${count} messages have arrived`);
  });
  return found;
}
