import { describe, expect, test } from '@jest/globals';
import { trailEventStoreContract } from '../../../src/adapters/contracts/trail-event-store-contract.ts';
import { MemoryTrailEventStore } from '../../../src/adapters/memory/memory-trail-event-store.ts';
import type { TrailEvent } from '../../../src/ports/trail-event-store.ts';

describe(`the contract of ${trailEventStoreContract.port}`, () => {
  test.each(trailEventStoreContract.cases)('$name', ({ run }) =>
    run({ store: new MemoryTrailEventStore(), tooManyBytes: 409_600 }),
  );
});

const event: TrailEvent = {
  schemaVersion: 1,
  eventId: 'one',
  eventTime: '2026-11-21T08:00:00.000Z',
  eventName: 'StopLogging',
  eventSource: 'cloudtrail.amazonaws.com',
  account: '111122223333',
  region: 'eu-central-1',
  principal: 'arn:aws:iam::111122223333:user/eve',
  rules: ['trail-stopped'],
  fingerprint: 'f',
  identity: 'i',
  via: 'log',
  ruleSet: '5',
  source: { bucket: 'logs', key: 'k', versionId: 'v1', index: 0 },
  storedAt: '2026-11-21T08:05:00.000Z',
};

test('events shows every event in the order of arrival, and is a copy', async () => {
  const store = new MemoryTrailEventStore();
  await store.store({ ...event, eventTime: '2026-11-22T08:00:00.000Z' });
  await store.store({ ...event, eventId: 'two' });

  for (const { rules } of store.events) (rules as string[]).push('changed');

  expect(store.events.map(({ eventId, rules }) => [eventId, rules])).toEqual([
    ['one', ['trail-stopped']],
    ['two', ['trail-stopped']],
  ]);
});

test('the limit is the bytes of the names and values of an event', async () => {
  const values = ['one', event.eventTime, 'StopLogging', event.eventSource, event.account, event.region];
  const others = [event.principal, 'trail-stopped', 'f', 'i', 'log', '5', 'logs', 'k', 'v1', event.storedAt];
  const names = [...Object.keys(event), ...Object.keys(event.source ?? {})];
  // Each number counts one byte: `schemaVersion` and `source.index`.
  const bytes = [...values, ...others, ...names].join('').length + 2;

  await expect(new MemoryTrailEventStore({ maxItemBytes: bytes }).store(event)).resolves.toEqual({
    outcome: 'stored',
  });
  await expect(new MemoryTrailEventStore({ maxItemBytes: bytes - 1 }).store(event)).rejects.toMatchObject({
    code: 'ItemTooLarge',
  });
  await expect(
    new MemoryTrailEventStore({ maxItemBytes: bytes }).store({ ...event, fingerprint: 'é' }),
  ).rejects.toMatchObject({ code: 'ItemTooLarge' });
});
