import { expect } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';
import { IntakeStarter } from '../../../src/domain/intake/intake-starter.ts';
import { admitUploads } from '../../../src/handlers/lambda/admit-uploads.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { objectCreatedEvent, s3Notification, s3Record, sqsEvent } from './notification-fixtures.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

const telemetry = await recordedTelemetry();

/** A queue in front of the handler: what a batch does not name as failed leaves it, the rest is delivered again. */
function queueOf(messages: readonly SQSRecord[], starter: IntakeStarter) {
  let waiting = [...messages];
  const deliver = async (): Promise<void> => {
    const failed = await admitUploads(
      { Records: waiting },
      { starter, audit: new MemoryAuditLog(), clock: new ManualClock(), remainingTime: () => 30_000 },
      telemetry,
    ).then(
      ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
      () => new Set(waiting.map(({ messageId }) => messageId)),
    );
    waiting = waiting.filter(({ messageId }) => failed.has(messageId));
    if (waiting.length > 0) throw Object.assign(new Error('Messages remain'), { code: 'InjectedFault' });
    waiting = [...messages];
  };
  return { deliver };
}

await describeEachCrash(
  'the handler works on a batch of good, hostile and repeated notifications',
  faults => {
    const workflows = new MemoryWorkflowEngine();
    const audit = new MemoryAuditLog();
    const alerts = new MemoryAlertChannel();
    const wrap = <Port extends object>(name: string, port: Port) => faults.wrap(name, port);
    const starter = new IntakeStarter({
      workflows: wrap('workflows', workflows),
      audit: wrap('audit', audit),
      alerts: wrap('alerts', alerts),
      clock: new ManualClock(),
    });
    const { Records } = sqsEvent(
      s3Notification(s3Record('a.pdf'), s3Record('..%2Fa'), s3Record('b.pdf')),
      JSON.stringify(objectCreatedEvent('c.pdf')),
      s3Notification(s3Record('a.pdf'), s3Record('unversioned.pdf', {}, null)),
    );
    return {
      deliver: queueOf(Records, starter).deliver,
      verify: () => {
        expect(workflows.runs.map(({ input }) => input['key']).toSorted()).toEqual([
          'a.pdf',
          'b.pdf',
          'c.pdf',
        ]);
        expect(audit.entries.map(({ action }) => action).toSorted()).toEqual([
          'upload.announce-refusal',
          'upload.announce-refusal',
          'upload.refuse',
          'upload.refuse',
        ]);
        expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(2);
      },
    };
  },
);
