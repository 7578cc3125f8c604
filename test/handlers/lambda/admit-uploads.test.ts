import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';
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
  const starter = new IntakeStarter({
    workflows: faults.wrap('workflows', workflows),
    audit: faults.wrap('audit', audit),
    alerts: faults.wrap('alerts', alerts),
    clock: new ManualClock(),
  });
  const admit = (...bodies: string[]) => admitUploads(sqsEvent(...bodies), starter, telemetry);
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
});
