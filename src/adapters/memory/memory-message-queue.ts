import { PortError } from '../../ports/failure.ts';
import type { MessageQueue, QueueMessage } from '../../ports/message-queue.ts';

/** An ARN as SQS names its queues. */
const queueArnForm = /^arn:[^:]+:sqs:[^:]+:\d{12}:[\w-]{1,80}(?:\.fifo)?$/;

/**
 * Queues in memory, which keep what they are sent.
 *
 * @example
 * const queues = new MemoryMessageQueue({ queueArns: [trailQueueArn] });
 * await redrive.run();
 * expect(queues.sent(trailQueueArn).map(message => message.body)).toEqual([letter.message.body]);
 */
export class MemoryMessageQueue implements MessageQueue {
  readonly #queues: ReadonlyMap<string, QueueMessage[]>;

  /** @param options.queueArns The queues that are there. */
  constructor(options: { readonly queueArns: Iterable<string> }) {
    this.#queues = new Map([...options.queueArns].map(queueArn => [queueArn, []]));
  }

  /** Every message of the queue in the order of arrival; none of a queue that is not there. */
  sent(queueArn: string): readonly QueueMessage[] {
    return structuredClone(this.#queues.get(queueArn) ?? []);
  }

  async send(queueArn: string, message: QueueMessage): Promise<void> {
    const operation = 'MessageQueue.send';
    if (!queueArnForm.test(queueArn)) {
      throw new PortError({
        kind: 'permanent',
        operation,
        code: 'InvalidQueueArn',
        message: `${JSON.stringify(queueArn)} is no ARN of a queue`,
      });
    }
    const messages = this.#queues.get(queueArn);
    if (messages === undefined) {
      throw new PortError({
        kind: 'not-found',
        operation,
        code: 'QueueDoesNotExist',
        message: `There is no queue ${queueArn}`,
      });
    }
    messages.push(structuredClone(message));
  }
}
