import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { DeadLetterKeeper } from '../../../src/domain/dead-letters/dead-letter-keeper.ts';
import { keepDeadLetters } from '../../../src/handlers/lambda/keep-dead-letters.ts';
import { sentAt, sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

const sourceQueueArn = 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
});

function world(faults = new FaultInjector()) {
  const clock = new ManualClock();
  const letters = new MemoryDeadLetterStore();
  const keeper = new DeadLetterKeeper({
    letters: faults.wrap('letters', letters),
    audit: faults.wrap('audit', new MemoryAuditLog()),
    alerts: faults.wrap('alerts', new MemoryAlertChannel()),
    clock,
  });
  const run = async (Records: readonly SQSRecord[]) => {
    const { batchItemFailures } = await keepDeadLetters(
      { Records: [...Records] },
      { keeper, clock, sourceQueueArn },
      telemetry,
    );
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { clock, letters, run };
}

function messageOf(change: Partial<SQSRecord> = {}): SQSRecord {
  const [message] = sqsEvent('a body').Records;
  if (message === undefined) throw new Error('There is no message.');
  return { ...message, ...change };
}

describe('a message of a dead-letter queue', () => {
  test('is kept whole, as SQS gives it, C5', async () => {
    const { run, letters, clock } = world();
    const message = messageOf({
      body: 'body "with" \u0000 everything 📄',
      attributes: {
        ...messageOf().attributes,
        ApproximateReceiveCount: '6',
        ApproximateFirstReceiveTimestamp: String(Date.parse('2026-11-21T08:00:09Z')),
      },
      messageAttributes: {
        text: { dataType: 'String', stringValue: 'one' },
        bytes: { dataType: 'Binary', binaryValue: 'AAEC' },
        odd: { dataType: 'String' },
      },
    });
    expect(await run([message])).toEqual([]);
    const now = clock.now().toISOString();
    expect(letters.letters).toEqual([
      {
        schemaVersion: 1,
        id: 'm1',
        queueArn: sourceQueueArn,
        message: {
          body: message.body,
          attributes: {
            text: { dataType: 'String', value: 'one' },
            bytes: { dataType: 'Binary', value: 'AAEC' },
            odd: { dataType: 'String', value: '' },
          },
        },
        receiveCount: 6,
        sentAt,
        firstSeenAt: '2026-11-21T08:00:09.000Z',
        lastSeenAt: now,
        announcedAt: now,
      },
    ]);
  });

  test('that names its queue is believed', async () => {
    const { run, letters } = world();
    const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:another';
    await run([messageOf({ attributes: { ...messageOf().attributes, DeadLetterQueueSourceArn: queueArn } })]);
    expect(letters.letters[0]?.queueArn).toBe(queueArn);
  });

  test('without attributes or times is kept all the same', async () => {
    const { run, letters, clock } = world();
    const attributes = {
      SenderId: 'x',
      ApproximateReceiveCount: '',
      SentTimestamp: 'x',
      ApproximateFirstReceiveTimestamp: '',
    };
    await run([messageOf({ attributes })]);
    const now = clock.now().toISOString();
    expect(letters.letters[0]).toMatchObject({ receiveCount: 1, sentAt: now, lastSeenAt: now });
    expect(letters.letters[0]?.message).toEqual({ body: 'a body' });
  });

  test('is counted once, however often it comes', async () => {
    const { run } = world();
    await run([messageOf()]);
    await run([messageOf()]);
    expect(telemetry.metricsOf('DeadLettersKept')).toEqual([
      { name: 'DeadLettersKept', value: 1, unit: 'Count', dimensions: { service: 'test' } },
    ]);
    expect(telemetry.logs().map(({ message }) => message)).toEqual([
      'Dead letter kept',
      'Dead letter already kept',
    ]);
  });

  test('that is not kept stays in its queue, and the others leave it', async () => {
    const faults = new FaultInjector();
    const { run, letters } = world(faults);
    faults.failCall(2, 'before', { of: 'letters.store' });
    const failed = await run([
      messageOf({ messageId: 'a' }),
      messageOf({ messageId: 'b' }),
      messageOf({ messageId: 'c' }),
    ]);
    expect(failed).toHaveLength(1);
    expect(letters.letters).toHaveLength(2);
    expect(telemetry.metricsOf('DeadLettersNotKept')[0]?.value).toBe(1);
    expect(telemetry.logs().find(({ level }) => level === 'ERROR')).toMatchObject({
      message: 'Dead letter not kept',
      messageId: failed[0],
    });
  });
});
