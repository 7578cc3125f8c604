import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import { IntakeStarter } from '../../../src/domain/intake/intake-starter.ts';
import { admitUploads } from '../../../src/handlers/lambda/admit-uploads.ts';
import {
  objectCreatedEvent,
  s3Notification,
  s3Record,
  s3TestEvent,
  sqsEvent,
} from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  jest.restoreAllMocks();
  telemetry = await recordedTelemetry();
});

function world() {
  const faults = new FaultInjector();
  const workflows = new MemoryWorkflowEngine();
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const clock = new ManualClock();
  const starter = new IntakeStarter({
    workflows: faults.wrap('workflows', workflows),
    audit: faults.wrap('audit', audit),
    alerts: faults.wrap('alerts', alerts),
    clock,
  });
  const admit = (...deliveries: (string | SQSEvent)[]) => {
    const [first] = deliveries;
    const event = typeof first === 'object' ? first : sqsEvent(...deliveries.map(String));
    const remainingTime = () => 30_000;
    return admitUploads(event, { starter, audit, clock, remainingTime }, telemetry);
  };
  return { faults, workflows, audit, alerts, admit };
}

const startedKeys = (workflows: MemoryWorkflowEngine) => workflows.runs.map(({ input }) => input['key']);

describe('a batch', () => {
  test('starts an execution for each record of each message, in every form', async () => {
    const { admit, workflows } = world();
    const answer = await admit(
      s3Notification(s3Record('a+1.pdf'), s3Record('b.pdf')),
      JSON.stringify(objectCreatedEvent('c+1.pdf')),
      s3TestEvent,
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(startedKeys(workflows).toSorted()).toEqual(['a 1.pdf', 'b.pdf', 'c+1.pdf']);
  });

  test('with a hostile key admits its neighbours, and the refusal is not retried', async () => {
    const { admit, workflows, alerts } = world();
    const answer = await admit(
      s3Notification(s3Record('..%2Fx'), s3Record('a.pdf')),
      s3Notification(s3Record('b.pdf')),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(startedKeys(workflows).toSorted()).toEqual(['a.pdf', 'b.pdf']);
    expect(alerts.published).toHaveLength(1);
  });

  test('fails a message that cannot be read, after its readable records, and no other', async () => {
    const { admit, workflows } = world();
    const answer = await admit(
      'not JSON',
      s3Notification({ s3: 1 }, s3Record('a.pdf')),
      s3Notification(s3Record('b.pdf')),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }] });
    expect(startedKeys(workflows).toSorted()).toEqual(['a.pdf', 'b.pdf']);
    expect(telemetry.metricsOf('NotificationsFailed')).toHaveLength(1);
  });

  test('fails only the message whose port call failed; its redelivery completes it and doubles nothing', async () => {
    const { admit, workflows, faults } = world();
    const bodies = ['a', 'b', 'c'].map(key =>
      s3Notification(s3Record(`${key}1.pdf`), s3Record(`${key}2.pdf`)),
    );
    faults.failCall(3, 'before');
    const { batchItemFailures } = await admit(...bodies);
    expect(batchItemFailures).toHaveLength(1);
    expect(workflows.runs).toHaveLength(5);
    const failed = Number(batchItemFailures[0]?.itemIdentifier.slice(1)) - 1;
    expect(await admit(bodies[failed] ?? '')).toEqual({ batchItemFailures: [] });
    expect(workflows.runs).toHaveLength(6);
  });

  test('that fails whole is an error of the function, so that its alarm sees it', async () => {
    const { admit } = world();
    await expect(admit('not JSON', '{}')).rejects.toThrow('All records failed');
  });

  test('admits a thousand records of one message', async () => {
    const { admit, workflows } = world();
    await admit(s3Notification(...Array.from({ length: 1000 }, (_, index) => s3Record(`${index}.pdf`))));
    expect(workflows.runs).toHaveLength(1000);
  });
});

describe('a message without a time', () => {
  test('is admitted where its notification has one, and told where it has none', async () => {
    const { admit, workflows } = world();
    const timeless = s3Notification({
      s3: { bucket: { name: 'uploads' }, object: { key: 'b', versionId: 'v' } },
    });
    const event = sqsEvent(s3Notification(s3Record('a.pdf')), timeless);
    for (const { attributes } of event.Records) Object.assign(attributes, { SentTimestamp: undefined });
    expect(await admit(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect(startedKeys(workflows)).toEqual(['a.pdf']);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({
        message: 'Notification malformed',
        messageId: 'm2',
        error: expect.objectContaining({ message: expect.stringMatching(/Records\[0\]: bears no time/) }),
      }),
    );
  });
});

describe('telemetry', () => {
  test('counts admitted, repeated and refused uploads, the latter by code', async () => {
    const { admit } = world();
    await admit(
      s3Notification(s3Record('a.pdf'), s3Record('a.pdf'), s3Record('../a'), s3Record('b.pdf', {}, null)),
    );
    expect(telemetry.metricsOf('UploadsAdmitted')).toMatchObject([{ unit: 'Count', value: 1 }]);
    expect(telemetry.metricsOf('UploadsAlreadyStarted')).toMatchObject([{ unit: 'Count', value: 1 }]);
    expect(telemetry.metricsOf('UploadsRefused')).toMatchObject([
      { unit: 'Count', value: [1, 1], dimensions: { service: 'test' } },
    ]);
    const codes = telemetry.metricsOf('UploadsRefusedByCode').map(({ dimensions }) => dimensions['Code']);
    expect(codes).toContain('unversioned');
    expect(codes.length).toBeGreaterThan(1);
    expect(telemetry.metricsOf('IntakeDuration')).toMatchObject([{ unit: 'Milliseconds' }]);
  });

  test('logs a hostile key escaped, with the correlation id', async () => {
    const { admit, workflows } = world();
    await admit(s3Notification(s3Record('..%2F%E2%80%AEa'), s3Record('a.pdf')));
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'Upload refused', key: '../\\u{202e}a', level: 'WARN' }),
    );
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'Upload admitted', correlationId: workflows.runs[0]?.name }),
    );
  });

  test('names the upload whose port call failed, with its correlation id', async () => {
    const { admit, faults } = world();
    faults.failCall(1, 'before', { code: 'Broken' });
    await admit(s3Notification(s3Record('a%E2%80%AE.pdf')), s3Notification(s3Record('b.pdf'))).catch(
      () => undefined,
    );
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'Upload neither admitted nor refused',
        correlationId: expect.stringMatching(/^[0-9a-f]{64}$/),
        bucket: 'uploads',
        key: expect.stringMatching(/^a\\u\{202e\}\.pdf$|^b\.pdf$/),
        versionId: 'v1',
        error: expect.objectContaining({ code: 'Broken' }),
      }),
    );
  });

  test('counts and names what is skipped, and counts each failed notification', async () => {
    const { admit } = world();
    const removal = s3Record('a', { eventName: 'ObjectRemoved:Delete' });
    await admit(
      s3Notification(removal, removal),
      s3TestEvent,
      s3Notification({ s3: 1 }, { s3: 2 }, s3Record('a.pdf')),
    );
    expect(telemetry.metricsOf('NotificationsSkipped')).toMatchObject([{ value: [2, 1] }]);
    expect(telemetry.metricsOf('NotificationsFailed')).toMatchObject([{ value: 2 }]);
    const skipped = telemetry.logs().filter(({ message }) => message === 'Notifications skipped');
    expect(skipped.map(({ events }) => events)).toEqual([['ObjectRemoved:Delete'], ['s3:TestEvent']]);
  });

  test('tells at most five malformed records of a message, and each code of a refusal once', async () => {
    const { admit } = world();
    const broken = Array.from({ length: 30 }, () => ({ s3: 0 }));
    await admit(s3Notification(...broken), s3Notification(s3Record('..%2F..%2Fa')));
    expect(telemetry.logs().filter(({ message }) => message === 'Notification malformed')).toHaveLength(5);
    expect(telemetry.metricsOf('UploadsRefusedByCode').map(({ dimensions }) => dimensions['Code'])).toEqual([
      'dot-segment',
    ]);
  });

  test('works on ten uploads at a time, over all messages', async () => {
    let running = 0;
    let most = 0;
    const admit = async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return { outcome: 'already-started', correlationId: 'c', executionName: 'e' } as const;
    };
    const records = Array.from({ length: 40 }, (_, index) => s3Record(`${index}`));
    const ports = {
      starter: { admit },
      audit: new MemoryAuditLog(),
      clock: new ManualClock(),
      remainingTime: () => 30_000,
    };
    const event = sqsEvent(s3Notification(...records.slice(0, 20)), s3Notification(...records.slice(20)));
    await admitUploads(event, ports, telemetry);
    expect(most).toBe(10);
  });

  test('keeps the cause of a failure, for the time when the queue gives the message up', async () => {
    const { admit, audit, faults } = world();
    faults.failCall(1, 'before', { of: 'workflows.start', kind: 'denied', code: 'AccessDenied' });
    await admit(s3Notification(s3Record('a.pdf')), s3Notification(s3Record('b.pdf')));
    expect(await lastCauseOf('m1', audit)).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('s3://uploads/a.pdf (version v1)'),
    });
  });
});
