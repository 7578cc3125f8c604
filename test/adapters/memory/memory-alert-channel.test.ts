import { describe, expect, test } from '@jest/globals';
import { alertChannelContract } from '../../../src/adapters/contracts/alert-channel-contract.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';

describe(`the contract of ${alertChannelContract.port}`, () => {
  test.each(alertChannelContract.cases)('$name', ({ run }) => {
    const channel = new MemoryAlertChannel();
    const deliveries = async (id: string) => channel.published.filter(alert => alert.id === id);
    return run({ channel, deliveries, tooManyBytes: 262_144 });
  });
});

const alert = {
  schemaVersion: 1,
  id: 'one',
  kind: 'upload.refused',
  severity: 'medium',
  title: 'Upload refused',
  text: '',
  occurredAt: '2026-11-21T08:00:00.000Z',
  details: {},
} as const;

test('published shows every delivery in order, a repetition twice', async () => {
  const alerts = new MemoryAlertChannel();
  for (const id of ['one', 'two', 'one']) await alerts.publish({ ...alert, id });

  expect(alerts.published.map(({ id }) => id)).toEqual(['one', 'two', 'one']);
});

test('the limit is the bytes of the alert as JSON', async () => {
  const bytes = Buffer.byteLength(JSON.stringify(alert));

  await expect(new MemoryAlertChannel({ maxBytes: bytes }).publish(alert)).resolves.toBeUndefined();
  await expect(new MemoryAlertChannel({ maxBytes: bytes - 1 }).publish(alert)).rejects.toMatchObject({
    code: 'AlertTooLarge',
  });
});
