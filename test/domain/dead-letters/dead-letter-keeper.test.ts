import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { DeadLetterKeeper } from '../../../src/domain/dead-letters/dead-letter-keeper.ts';
import { lastCauseOf, messageFailureEntry } from '../../../src/domain/dead-letters/message-failure.ts';
import type { DeadLetter } from '../../../src/ports/dead-letter-store.ts';
import { describeEachCrash } from '../../each-crash.ts';

const secret = 'the body of the message';
const letter: Omit<DeadLetter, 'cause'> = {
  schemaVersion: 1,
  id: '059f36b4-87a3-44ab-83d2-661975830a7d',
  queueArn: 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev',
  message: { body: secret, attributes: { kind: { dataType: 'String', value: 'log' } } },
  receiveCount: 6,
  sentAt: '2026-11-21T08:00:00.000Z',
  firstSeenAt: '2026-11-21T08:00:01.000Z',
  lastSeenAt: '2026-11-21T09:00:00.000Z',
};
const cause = { code: 'damaged-gzip', message: 's3://logs/x.json.gz: the bytes cannot be inflated' };

const failureOf = (receiveCount: number, given = cause) =>
  messageFailureEntry({ messageId: letter.id, receiveCount, failedAt: letter.sentAt, cause: given });

function world(faults = new FaultInjector()) {
  const clock = new ManualClock();
  const letters = new MemoryDeadLetterStore();
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const keeper = new DeadLetterKeeper({
    letters: faults.wrap('letters', letters),
    audit: faults.wrap('audit', audit),
    alerts: faults.wrap('alerts', alerts),
    clock,
  });
  return { clock, letters, audit, alerts, keeper, faults };
}

describe('a dead letter', () => {
  test('is kept whole, with the cause that was noted last', async () => {
    const { keeper, letters, audit, clock } = world();
    await audit.append(failureOf(1, { code: 'AccessDenied', message: 'earlier' }));
    await audit.append(failureOf(2));
    const announcedAt = clock.now().toISOString();
    const kept = { ...letter, cause, announcedAt };
    expect(await keeper.keep(letter)).toEqual({ outcome: 'kept', letter: kept });
    expect(await letters.find(letter.id)).toEqual(kept);
  });

  test('is announced and audited, without a word of its body', async () => {
    const { keeper, audit, alerts } = world();
    await audit.append(failureOf(1));
    await keeper.keep(letter);
    const [alert] = alerts.published;
    expect(alert).toMatchObject({
      id: `${letter.id}:dead-letter.kept`,
      kind: 'dead-letter.kept',
      severity: 'high',
      account: '111122223333',
      title: 'A message of sallyport-trail-dev could not be handled: damaged-gzip',
      correlationId: letter.id,
      details: { messageId: letter.id, queueArn: letter.queueArn, receiveCount: 6, cause },
    });
    expect(alert?.text).toContain('damaged-gzip: s3://logs/x.json.gz');
    expect(alert?.text).toContain(`--id ${letter.id}`);
    expect(audit.entries.at(-1)).toMatchObject({
      requestId: letter.id,
      action: 'dead-letter.keep',
      outcome: 'kept',
      details: { queueArn: letter.queueArn, receiveCount: 6, cause: 'damaged-gzip' },
    });
    expect(JSON.stringify([alerts.published, audit.entries])).not.toContain(secret);
  });

  test('whose cause nobody noted says so', async () => {
    const { keeper, letters, alerts } = world();
    await keeper.keep(letter);
    expect(await letters.find(letter.id)).not.toHaveProperty('cause');
    expect(alerts.published[0]?.title).toContain('unknown cause');
    expect(alerts.published[0]?.details['cause']).toBeNull();
  });

  test('is kept although the log of causes cannot be asked', async () => {
    const { keeper, letters, faults } = world();
    faults.failCall(1, 'before', { of: 'audit.entriesOf', kind: 'denied' });
    expect(await keeper.keep(letter)).toMatchObject({ outcome: 'kept' });
    expect(await letters.find(letter.id)).toMatchObject({ message: letter.message });
  });

  test('that comes again is announced no more, and stays as it was first', async () => {
    const { keeper, letters, alerts } = world();
    await keeper.keep(letter);
    const first = await letters.find(letter.id);
    const later = { ...letter, receiveCount: 7, lastSeenAt: '2026-11-21T10:00:00.000Z' };
    expect(await keeper.keep(later)).toEqual({ outcome: 'already-kept', letter: first });
    expect(await letters.find(letter.id)).toEqual(first);
    expect(alerts.published).toHaveLength(1);
  });

  test('from a queue whose ARN is none is announced without an account', async () => {
    const { keeper, alerts } = world();
    await keeper.keep({ ...letter, queueArn: 'queue' });
    expect(alerts.published[0]).not.toHaveProperty('account');
    expect(alerts.published[0]?.title).toContain('A message of queue');
  });
});

describe('a noted failure', () => {
  test('is bounded', () => {
    const { details } = failureOf(1, { code: 'c'.repeat(10_000), message: 'm'.repeat(100_000) });
    expect(JSON.stringify(details).length).toBeLessThan(5000);
  });

  test('of each receive is an entry of its own', () => {
    expect(failureOf(1).id).not.toBe(failureOf(2).id);
    expect(failureOf(1).id).toBe(failureOf(1).id);
  });

  test('is told from other entries of the message', async () => {
    const audit = new MemoryAuditLog();
    await audit.append(failureOf(1));
    await audit.append({
      ...failureOf(2),
      id: 'other',
      action: 'other',
      details: { code: 'x', message: 'y' },
    });
    await audit.append({ ...failureOf(3), id: 'odd', details: { code: 7 } });
    expect(await lastCauseOf(letter.id, audit)).toEqual(cause);
  });

  test('is not looked for any longer where the log itself is broken', async () => {
    const broken = {
      entriesOf: () => {
        throw new TypeError('a defect');
      },
    };
    await expect(lastCauseOf(letter.id, broken)).rejects.toThrow('a defect');
  });
});

await describeEachCrash('keeping a dead letter', async faults => {
  const { keeper, letters, audit, alerts, clock } = world(faults);
  await audit.append(failureOf(1));
  let deliveries = 0;
  return {
    deliver: () => {
      deliveries += 1;
      clock.advance(60_000);
      return keeper.keep({
        ...letter,
        receiveCount: 5 + deliveries,
        lastSeenAt: clock.now().toISOString(),
      });
    },
    verify: () => {
      expect(letters.letters).toEqual([
        expect.objectContaining({ id: letter.id, message: letter.message, announcedAt: expect.any(String) }),
      ]);
      expect(audit.entries.filter(({ action }) => action === 'dead-letter.keep')).toHaveLength(1);
      expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(1);
      expect(alerts.published.length).toBeLessThanOrEqual(2);
    },
  };
});
