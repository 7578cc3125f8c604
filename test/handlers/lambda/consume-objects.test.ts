import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import { type AnnouncedObject, consumeObjects } from '../../../src/handlers/lambda/consume-objects.ts';
import { readObjectNotifications } from '../../../src/handlers/lambda/object-notifications.ts';
import { s3Notification, s3Record, sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
let audit: MemoryAuditLog;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
  audit = new MemoryAuditLog();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Consumes one message for each key. */
function consume(
  keys: readonly string[],
  work: (object: AnnouncedObject) => Promise<void>,
  remaining = 1000,
) {
  const event = sqsEvent(...keys.map(key => s3Notification(s3Record(key))));
  const consumption = {
    read: readObjectNotifications,
    work,
    atOnce: 1,
    failureMetric: 'NotificationsFailed' as const,
  };
  const ports = { audit, clock: new ManualClock(), remainingTime: () => remaining };
  return consumeObjects(event, consumption, ports, telemetry).then(({ batchItemFailures }) =>
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  );
}

describe('a batch whose time is nearly over', () => {
  test('is answered with a fifth of the time left, its causes noted', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    let failed: readonly string[] | undefined;
    const work = ({ key }: AnnouncedObject) =>
      key === 'stuck' ? new Promise<void>(() => undefined) : Promise.resolve();
    const answer = consume(['good', 'stuck'], work).then(it => {
      failed = it;
    });
    await jest.advanceTimersByTimeAsync(799);
    expect(failed).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await answer;
    expect(failed).toEqual(['m2']);
    expect(await lastCauseOf('m2', audit)).toMatchObject({ code: 'TimedOut' });
  });

  test('begins nothing any more: what waits for its turn never gets it', async () => {
    const begun: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const work = ({ key }: AnnouncedObject) => {
      begun.push(key);
      return key === 'slow' ? released : Promise.resolve();
    };
    expect(await consume(['good', 'slow', 'waiting'], work, 100)).toEqual(['m2', 'm3']);
    release();
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(begun).toEqual(['good', 'slow']);
  });

  test('hears no more of what it has given up', async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const { promise: slow, reject: fail } = Promise.withResolvers<void>();
    const work = ({ key }: AnnouncedObject) => (key === 'slow' ? slow : Promise.resolve());
    expect(await consume(['good', 'slow'], work, 100)).toEqual(['m2']);
    fail(new Error('too late'));
    await new Promise(resolve => setTimeout(resolve, 20));
    process.off('unhandledRejection', hear);
    expect(unhandled).toEqual([]);
  });
});

test('a batch that is done leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
  const before = timers();
  expect(await consume(['a', 'b'], () => Promise.resolve(), 600_000)).toEqual([]);
  expect(timers()).toBe(before);
});
