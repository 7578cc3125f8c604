import { expect } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTrailEventStore } from '../../../src/adapters/memory/memory-trail-event-store.ts';
import { TrailAnalyzer } from '../../../src/domain/trail/trail-analyzer.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { analyzeTrailLogs } from '../../../src/handlers/lambda/analyze-trail-logs.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import {
  digest,
  digestKey,
  eventId,
  logKey,
  trailLog,
  trailRecord,
} from '../../domain/trail/trail-fixtures.ts';
import { gathered } from '../../domain/trail/trail-world.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { s3Notification, s3Record, s3TestEvent, snsEnvelope, sqsEvent } from './notification-fixtures.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

const remainingTime = () => 60_000;
const telemetry = await recordedTelemetry();
const rules = compileTrailRules({ monitoredEvents: ['CreateUser', 'StopLogging'] });
const numbered = (number: number, eventName = 'CreateUser') =>
  trailRecord({ eventID: eventId(number), eventName });
const named = (bucketKey: string) => ({ s3: { bucket: { name: 'logs' }, object: { key: bucketKey } } });

await describeEachCrash(
  'the handler works on a batch of logs, some repeated, one damaged, one digest, one test event',
  async faults => {
    const clock = new ManualClock();
    const objects = new MemoryObjectStore({ clock, buckets: ['logs'] });
    const events = new MemoryTrailEventStore();
    const alerts = new MemoryAlertChannel();
    const windows = new MemoryAlertWindows();
    const audit = new MemoryAuditLog();
    const bodies: Record<string, Uint8Array> = {
      [logKey]: trailLog(numbered(1), numbered(2, 'StopLogging'), numbered(3, 'ListUsers')),
      'more.json': trailLog(numbered(4), numbered(1)),
      'damaged.json': trailLog(numbered(5)).subarray(0, -12),
      [digestKey]: Buffer.from(JSON.stringify(digest)),
    };
    for (const [key, bytes] of Object.entries(bodies)) await objects.put({ bucket: 'logs', key }, bytes);
    const analyzer = new TrailAnalyzer({
      objects: faults.wrap('objects', objects),
      events: faults.wrap('events', events),
      alerts: faults.wrap('alerts', alerts),
      windows: faults.wrap('windows', windows),
      clock,
      rules,
    });
    const messages: readonly SQSRecord[] = sqsEvent(
      s3Notification(...[logKey, 'more.json'].map(key => s3Record(key, named(key)))),
      snsEnvelope(JSON.stringify({ s3Bucket: 'logs', s3ObjectKey: [logKey, digestKey] })),
      s3Notification(s3Record('damaged.json', named('damaged.json'))),
      s3TestEvent,
    ).Records;
    let waiting = messages;
    const log = faults.wrap('audit', audit);
    // The handler goes on where a cause cannot be noted: the crash is told here.
    let unnoted = false;
    const causes: Pick<AuditLog, 'append'> = {
      append: entry =>
        log.append(entry).catch((error: unknown) => {
          unnoted = true;
          throw error;
        }),
    };
    return {
      /** What a batch does not name as failed leaves the queue; the damaged log's message is the only one to stay. */
      deliver: async () => {
        unnoted = false;
        const event = { Records: [...waiting] };
        const failed = await analyzeTrailLogs(
          event,
          { analyzer, audit: causes, clock, remainingTime },
          telemetry,
        ).then(
          ({ batchItemFailures }) => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
          () => waiting.map(({ messageId }) => messageId),
        );
        waiting = waiting.filter(({ messageId }) => failed.includes(messageId));
        const crashed = waiting.length > 1 || unnoted;
        if (crashed) throw Object.assign(new Error('Messages remain'), { code: 'InjectedFault' });
        waiting = messages;
      },
      verify: async () => {
        expect(events.events.map(event => event.eventId).toSorted()).toEqual([1, 2, 4].map(eventId));
        for (const { announced, rules: matched } of events.events) expect(announced).toEqual(matched);
        expect(await gathered(windows)).toEqual(
          [`CreateUser ${eventId(1)}`, `CreateUser ${eventId(4)}`, `StopLogging ${eventId(2)}`].toSorted(),
        );
        expect(windows.windows.map(({ announced }) => announced)).toEqual([true, true]);
        // Logs of one batch may both tell of a window's first match, and a crash may repeat that.
        expect(alerts.published.length).toBeLessThanOrEqual(6);
        expect(audit.entries.every(({ requestId }) => ['m1', 'm2', 'm3'].includes(requestId))).toBe(true);
      },
    };
  },
);
