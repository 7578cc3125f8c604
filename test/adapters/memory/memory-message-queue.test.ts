import { describe, expect, test } from '@jest/globals';
import { messageQueueContract } from '../../../src/adapters/contracts/message-queue-contract.ts';
import { MemoryMessageQueue } from '../../../src/adapters/memory/memory-message-queue.ts';

const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:trail';
const otherQueueArn = 'arn:aws:sqs:eu-central-1:111122223333:intake';

describe(`the contract of ${messageQueueContract.port}`, () => {
  test.each(messageQueueContract.cases)('$name', ({ run }) => {
    const queue = new MemoryMessageQueue({ queueArns: [queueArn, otherQueueArn] });
    return run({ queue, queueArn, otherQueueArn, received: async arn => queue.sent(arn) });
  });
});

test('sent shows the messages of one queue in the order of arrival, and is a copy', async () => {
  const queue = new MemoryMessageQueue({ queueArns: [queueArn, otherQueueArn] });
  for (const body of ['one', 'two', 'one']) await queue.send(queueArn, { body });

  (queue.sent(queueArn)[0] as { body: string }).body = 'changed';

  expect(queue.sent(queueArn)).toEqual([{ body: 'one' }, { body: 'two' }, { body: 'one' }]);
  expect(queue.sent(otherQueueArn)).toEqual([]);
  expect(queue.sent(`${queueArn}-absent`)).toEqual([]);
});
