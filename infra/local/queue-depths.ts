import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Activity } from './activity.ts';

/** Messages in a queue: visible, delayed or in flight. */
export async function queueDepth(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * The depths of the queues, one after the other and dead-letter queues last: a message that goes over to one while
 * they are looked at is counted there, if not before.
 */
export async function depthsInOrder(
  queues: Iterable<string>,
  deadLetterQueues: ReadonlySet<string>,
  depthOf: (queue: string) => Promise<number>,
): Promise<readonly number[]> {
  const inOrder = [...queues].toSorted(
    (a, b) => Number(deadLetterQueues.has(a)) - Number(deadLetterQueues.has(b)),
  );
  const depths: number[] = [];
  for (const queue of inOrder) depths.push(await depthOf(queue));
  return depths;
}

const lookAgainAfterMs = 20;

/**
 * Resolves once nothing is under way and the queues are empty, at one and the same time. Rejects after `timeoutMs`.
 *
 * @param depths The depths of the queues whose messages something waits for.
 */
export async function untilIdle(
  activity: Activity,
  depths: () => Promise<readonly number[]>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { begun } = activity;
    if (activity.underWay === 0) {
      const found = await depths();
      // Queues may be empty because their last message was taken while they were looked at.
      if (activity.begun === begun && activity.underWay === 0 && found.every(depth => depth === 0)) return;
    }
    if (Date.now() > deadline) {
      const left = `${activity.underWay} under way, queue depths ${(await depths()).join(', ')}`;
      throw new Error(`The local run was not idle within ${timeoutMs} ms: ${left}.`);
    }
    await new Promise(resolve => setTimeout(resolve, lookAgainAfterMs));
  }
}
