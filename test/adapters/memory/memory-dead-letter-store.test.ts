import { describe, expect, test } from '@jest/globals';
import { deadLetterStoreContract } from '../../../src/adapters/contracts/dead-letter-store-contract.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';

describe(`the contract of ${deadLetterStoreContract.port}`, () => {
  test.each(deadLetterStoreContract.cases)('$name', ({ run }) => run({ store: new MemoryDeadLetterStore() }));
});

test('letters shows every letter in the order of arrival, whatever has become of it, and is a copy', async () => {
  const store = new MemoryDeadLetterStore();
  for (const id of ['b', 'a', 'c']) {
    await store.store({
      schemaVersion: 1,
      id,
      queueArn: 'arn:aws:sqs:eu-central-1:111122223333:trail',
      message: { body: id },
      receiveCount: 4,
      sentAt: '2026-11-21T08:00:00.000Z',
      firstSeenAt: '2026-11-21T08:00:00.250Z',
      lastSeenAt: '2026-11-21T08:30:00.000Z',
    });
  }
  await store.markRedriven('b', '2026-11-22T08:00:00.000Z');
  await store.markDismissed('c', '2026-11-23T08:00:00.000Z');

  (store.letters[0]?.message as { body: string }).body = 'changed';

  expect(
    store.letters.map(({ id, message, redrivenAt, dismissedAt }) => [
      id,
      message.body,
      redrivenAt,
      dismissedAt,
    ]),
  ).toEqual([
    ['b', 'b', '2026-11-22T08:00:00.000Z', undefined],
    ['a', 'a', undefined, undefined],
    ['c', 'c', undefined, '2026-11-23T08:00:00.000Z'],
  ]);
});
