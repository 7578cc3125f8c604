import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import type { BusEvent } from '../../../src/domain/trail/bus-event.ts';
import type { AnnouncedLog, TrailAnalysis } from '../../../src/domain/trail/trail-analyzer.ts';
import { TrailLogError } from '../../../src/domain/trail/trail-log-error.ts';
import { analyzeTrailLogs } from '../../../src/handlers/lambda/analyze-trail-logs.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { busDelivery } from './bus-fixtures.ts';
import { s3Notification, s3Record, s3TestEvent, snsEnvelope, sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

const tally = { bytes: 900, records: 7, matches: 3, stored: 2, suppressed: 1, alerts: 1 };
const analyzed: TrailAnalysis = { outcome: 'analyzed', ...tally };

/** Answers by key; what is no answer is thrown. */
function analyzerOf(answers: Readonly<Record<string, TrailAnalysis | Error>>) {
  const asked: AnnouncedLog[] = [];
  const analyze = async (log: AnnouncedLog): Promise<TrailAnalysis> => {
    asked.push(log);
    const answer = answers[log.key] ?? analyzed;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { analyze, analyzeEvent: () => Promise.reject(new Error('No event is expected.')), asked };
}

let telemetry: RecordedTelemetry;
let audit: MemoryAuditLog;
const clock = new ManualClock();
const remainingTime = () => 60_000;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
  audit = new MemoryAuditLog();
});

const run = (analyzer: ReturnType<typeof analyzerOf>, ...bodies: string[]) =>
  analyzeTrailLogs(
    receivedTimes(3, sqsEvent(...bodies)),
    { analyzer, audit, clock, remainingTime },
    telemetry,
  );
const receivedTimes = (count: number, event: SQSEvent): SQSEvent => ({
  Records: event.Records.map(record => ({
    ...record,
    attributes: { ...record.attributes, ApproximateReceiveCount: String(count) },
  })),
});
const failedIn = ({ batchItemFailures }: Awaited<ReturnType<typeof run>>) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const metric = (name: string) => telemetry.metricsOf(name)[0]?.value;

describe('a batch of announcements', () => {
  test('has each of its logs analyzed, and measured', async () => {
    const analyzer = analyzerOf({});
    expect(
      failedIn(
        await run(
          analyzer,
          s3Notification(s3Record('a.json'), s3Record('b.json')),
          s3Notification(s3Record('c.json')),
        ),
      ),
    ).toEqual([]);
    expect(analyzer.asked.map(({ key }) => key).toSorted()).toEqual(['a.json', 'b.json', 'c.json']);
    expect(analyzer.asked[0]).toMatchObject({ bucket: 'uploads', versionId: 'v1' });
    expect(telemetry.metricsOf('TrailRecords')[0]).toMatchObject({ value: [7, 7, 7], unit: 'Count' });
    for (const [name, value] of [
      ['TrailLogBytes', 900],
      ['TrailMatches', 3],
      ['TrailMatchesSuppressed', 1],
      ['TrailEventsStored', 2],
      ['TrailAlerts', 1],
      ['TrailLogsAnalyzed', 1],
    ] as const) {
      expect([name, metric(name)]).toEqual([name, [value, value, value]]);
    }
    expect(telemetry.logs().filter(({ message }) => message === 'Log analyzed')[0]).toMatchObject({
      bucket: 'uploads',
      ...tally,
    });
  });

  test('counts what it skips', async () => {
    const analyzer = analyzerOf({ 'd.json': { outcome: 'skipped', reason: 'digest' } });
    expect(
      failedIn(
        await run(
          analyzer,
          s3TestEvent,
          snsEnvelope('CloudTrail validation message.'),
          s3Notification(s3Record('d.json')),
        ),
      ),
    ).toEqual([]);
    expect(metric('NotificationsSkipped')).toEqual([1, 1]);
    expect(metric('TrailObjectsSkipped')).toBe(1);
    expect(telemetry.logs().filter(({ message }) => message === 'Object skipped')[0]).toMatchObject({
      key: 'd.json',
      reason: 'digest',
    });
  });

  const fault = new TrailLogError('truncated', 'the log ends within record 4');
  const denied = new PortError({
    kind: 'denied',
    operation: 'ObjectStore.read',
    code: 'AccessDenied',
    message: 'ObjectStore.read failed: AccessDenied',
  });
  test.each<[string, TrailAnalysis | Error, string, string]>([
    [
      'a log that is unreadable',
      { outcome: 'unreadable', fault, ...tally },
      'truncated',
      's3://uploads/bad.json (version v1): the log ends within record 4',
    ],
    [
      'a log that is missing',
      { outcome: 'missing' },
      'missing',
      's3://uploads/bad.json (version v1): is not in the bucket',
    ],
    [
      'a port that fails',
      denied,
      'AccessDenied',
      's3://uploads/bad.json (version v1): ObjectStore.read failed',
    ],
    [
      'a defect',
      new TypeError('x is undefined'),
      'Unexpected',
      's3://uploads/bad.json (version v1): x is undefined',
    ],
  ])('fails the message of %s alone, and notes the cause', async (_, answer, code, message) => {
    const analyzer = analyzerOf({ 'bad.json': answer });
    const good = s3Notification(s3Record('good.json'));
    expect(
      failedIn(
        await run(analyzer, good, s3Notification(s3Record('bad.json'), s3Record('also-good.json')), good),
      ),
    ).toEqual(['m2']);
    expect(analyzer.asked).toHaveLength(4);
    expect(metric('TrailLogsFailed')).toBe(1);
    expect(await lastCauseOf('m2', audit)).toEqual({ code, message: expect.stringContaining(message) });
    expect(audit.entries.map(({ id, details }) => [id, details['receiveCount']])).toEqual([
      ['m2:message.fail:3', 3],
    ]);
  });

  test('measures what an unreadable log gave, but not as analyzed', async () => {
    const analyzer = analyzerOf({ 'bad.json': { outcome: 'unreadable', fault, ...tally } });
    await run(analyzer, s3Notification(s3Record('bad.json')), s3Notification(s3Record('good.json')));
    expect(metric('TrailEventsStored')).toEqual([2, 2]);
    expect(metric('TrailLogsAnalyzed')).toBe(1);
    expect(telemetry.logs().find(({ message }) => message === 'Log unreadable')).toMatchObject({
      level: 'ERROR',
      key: 'bad.json',
      code: 'truncated',
      fault: fault.message,
    });
  });

  test('fails a message that announces nothing, after its good parts', async () => {
    const analyzer = analyzerOf({});
    expect(
      failedIn(
        await run(analyzer, 'nonsense', s3Notification(s3Record('a.json'), { s3: {} })).catch(() => ({
          batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
        })),
      ),
    ).toEqual(['m1', 'm2']);
    expect(analyzer.asked).toHaveLength(1);
    expect(await lastCauseOf('m1', audit)).toEqual({
      code: 'MalformedNotification',
      message: 'body: is not JSON',
    });
  });

  test('names the first causes of a message with many, and counts the others', async () => {
    const keys = Array.from({ length: 9 }, (_, index) => `${index}.json`);
    const analyzer = analyzerOf(Object.fromEntries(keys.map(key => [key, { outcome: 'missing' }])));
    await run(
      analyzer,
      s3Notification(...keys.map(key => s3Record(key))),
      s3Notification(s3Record('good.json')),
    );
    const cause = await lastCauseOf('m1', audit);
    expect(cause?.message).toContain('s3://uploads/0.json');
    expect(cause?.message).toContain('s3://uploads/4.json');
    expect(cause?.message).not.toContain('s3://uploads/5.json');
    expect(cause?.message).toMatch(/; and 4 more$/);
  });

  test('fails its message all the same where the cause cannot be noted', async () => {
    const append = async () => {
      throw denied;
    };
    const event = sqsEvent(s3Notification(s3Record('bad.json')), s3Notification(s3Record('good.json')));
    const analyzer = analyzerOf({ 'bad.json': { outcome: 'missing' } });
    expect(
      failedIn(
        await analyzeTrailLogs(event, { analyzer, audit: { append }, clock, remainingTime }, telemetry),
      ),
    ).toEqual(['m1']);
    expect(telemetry.logs().find(({ message }) => message === 'Cause not noted')).toMatchObject({
      messageId: 'm1',
    });
  });

  test('ends before the function is stopped: what is done is done, what is not comes again, with its cause', async () => {
    const begun: string[] = [];
    const analyze = (log: AnnouncedLog): Promise<TrailAnalysis> => {
      begun.push(log.key);
      return log.key.startsWith('stuck') ? new Promise(() => undefined) : Promise.resolve(analyzed);
    };
    const event = sqsEvent(
      ...['stuck-1.json', 'good.json', 'stuck-2.json', 'late.json'].map(key => s3Notification(s3Record(key))),
    );
    const ports = { analyzer: { ...analyzerOf({}), analyze }, audit, clock, remainingTime: () => 250 };
    expect(failedIn(await analyzeTrailLogs(event, ports, telemetry))).toEqual(['m1', 'm3', 'm4']);
    // Two at a time: the last one had no turn, and gets none afterwards.
    expect(begun).toEqual(['stuck-1.json', 'good.json', 'stuck-2.json']);
    for (const message of ['m1', 'm3', 'm4']) {
      expect(await lastCauseOf(message, audit)).toMatchObject({ code: 'TimedOut' });
    }
  });

  test('waits for the cause to be noted', async () => {
    let noted = false;
    const append = async () => {
      await new Promise(resolve => setImmediate(resolve));
      noted = true;
      return { outcome: 'appended' as const };
    };
    const event = sqsEvent(s3Notification(s3Record('bad.json')), s3Notification(s3Record('good.json')));
    const analyzer = analyzerOf({ 'bad.json': { outcome: 'missing' } });
    await analyzeTrailLogs(event, { analyzer, audit: { append }, clock, remainingTime }, telemetry);
    expect(noted).toBe(true);
  });

  test('logs what is malformed, and the causes of the first logs in their order', async () => {
    const bodies = [s3Notification({ s3: {} }, s3Record('bad.json')), s3Notification(s3Record('good.json'))];
    await run(analyzerOf({ 'bad.json': { outcome: 'missing' } }), ...bodies);
    const messages = telemetry.logs().map(({ message }) => message);
    expect(messages).toEqual(expect.arrayContaining(['Notification malformed', 'Log missing']));
    expect((await lastCauseOf('m1', audit))?.code).toBe('MalformedNotification');
  });

  test('shows a hostile key, and does not obey it', async () => {
    const analyzer = analyzerOf({});
    await run(analyzer, s3Notification(s3Record('a%0Ab%E2%80%AE.json')));
    expect(telemetry.logs().find(({ message }) => message === 'Log analyzed')).toMatchObject({
      key: 'a\\u{a}b\\u{202e}.json',
    });
  });
});

describe('an event of the bus', () => {
  const done = { matches: 1, stored: 1, suppressed: 0, alerts: 1 };
  const runEvent = (analyzeEvent: (event: BusEvent) => Promise<typeof done>) =>
    analyzeTrailLogs(
      sqsEvent(JSON.stringify(busDelivery), s3Notification(s3Record('a.json'))),
      { analyzer: { ...analyzerOf({}), analyzeEvent }, audit, clock, remainingTime },
      telemetry,
    );

  test('is analyzed beside logs, and measured', async () => {
    const asked: BusEvent[] = [];
    const answer = await runEvent(async event => {
      asked.push(event);
      return done;
    });
    expect(failedIn(answer)).toEqual([]);
    expect(asked).toMatchObject([{ id: 'delivery-1', record: busDelivery.detail }]);
    expect(metric('TrailBusEvents')).toBe(1);
    expect(metric('TrailLogsAnalyzed')).toBe(1);
    expect(telemetry.logs().find(({ message }) => message === 'Event analyzed')).toMatchObject({
      event: 'event delivery-1 of the bus (111122223333, us-east-1)',
      ...done,
    });
  });

  test('counts what came of it like that of a log', async () => {
    await runEvent(async () => ({ matches: 101, stored: 102, suppressed: 103, alerts: 104 }));
    const names = ['TrailMatches', 'TrailEventsStored', 'TrailMatchesSuppressed', 'TrailAlerts'];
    const counted = names.map(name => [metric(name)].flat().filter(value => Number(value) > 100));
    expect(counted).toEqual([[101], [102], [103], [104]]);
  });

  test('that matches nothing is no line in the log', async () => {
    await runEvent(async () => ({ ...done, matches: 0 }));
    expect(telemetry.logs().filter(({ message }) => message === 'Event analyzed')).toEqual([]);
  });

  test('that fails, fails its message alone, with its cause', async () => {
    const denied = new PortError({ kind: 'denied', operation: 'x', code: 'AccessDenied', message: 'denied' });
    const answer = await runEvent(async () => {
      throw denied;
    });
    expect(failedIn(answer)).toEqual(['m1']);
    expect(await lastCauseOf('m1', audit)).toEqual({
      code: 'AccessDenied',
      message: 'event delivery-1 of the bus (111122223333, us-east-1): denied',
    });
  });
});
