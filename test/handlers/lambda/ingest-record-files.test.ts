import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import { notifiedIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import { recordFileConclusion } from '../../../src/domain/records/record-file-conclusion.ts';
import type {
  IngestionOutcome,
  RecordFileNotification,
} from '../../../src/domain/records/record-ingestor.ts';
import { ingestRecordFiles } from '../../../src/handlers/lambda/ingest-record-files.ts';
import { PortError } from '../../../src/ports/failure.ts';
import {
  objectCreatedEvent,
  s3Notification,
  s3Record,
  s3TestEvent,
  sqsEvent,
} from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
let audit: MemoryAuditLog;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
  audit = new MemoryAuditLog();
});

const outcomeOf = (outcome: string, counts: object = {}, isRepetition = false): IngestionOutcome => ({
  ...recordFileConclusion.parse({ outcome, ...counts }),
  correlationId: 'c',
  isRepetition,
});

/** Answers by key; what is no outcome is thrown. */
async function run(answers: Readonly<Record<string, IngestionOutcome | Error>>, ...bodies: string[]) {
  const asked: (RecordFileNotification & { readonly time: number })[] = [];
  const ingest = async (file: RecordFileNotification, remainingTime?: () => number) => {
    asked.push({ ...file, time: remainingTime?.() ?? 0 });
    const answer = answers[file.key] ?? outcomeOf('ingested');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ports = { ingestor: { ingest }, audit, clock: new ManualClock(), remainingTime: () => 60_000 };
  const { batchItemFailures } = await ingestRecordFiles(sqsEvent(...bodies), ports, telemetry);
  return { asked, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('a batch of announcements', () => {
  test('has each file ingested, by its version and within its time', async () => {
    const { asked, failed } = await run(
      {},
      s3Notification(s3Record('a.json'), s3Record('b+c.json')),
      s3TestEvent,
      JSON.stringify(objectCreatedEvent('d.json')),
    );
    expect(failed).toEqual([]);
    expect(asked).toMatchObject([
      {
        bucket: 'uploads',
        key: 'a.json',
        versionId: 'v1',
        occurredAt: '2026-11-21T08:00:00.123Z',
        time: 60_000,
      },
      { key: 'b c.json' },
      { key: 'd.json', versionId: 'v1' },
    ]);
  });

  test('fails the messages alone whose files failed, and notes why', async () => {
    const error = new PortError({ kind: 'throttled', operation: 'x', code: 'OutOfTime', message: 'no time' });
    const { failed } = await run(
      { 'bad.json': error, 'gone.json': { outcome: 'missing' } },
      s3Notification(s3Record('bad.json')),
      s3Notification(s3Record('good.json')),
      s3Notification(s3Record('gone.json')),
      'nonsense',
    );
    expect(failed.toSorted()).toEqual(['m1', 'm3', 'm4']);
    expect(await lastCauseOf('m1', audit)).toMatchObject({
      code: 'OutOfTime',
      message: 's3://uploads/bad.json (version v1): no time',
    });
    expect(await lastCauseOf('m3', audit)).toMatchObject({ code: 'missing' });
    expect(telemetry.metricsOf('RecordFilesFailed')).toMatchObject([{ value: [1, 1, 1] }]);
  });

  test.each<[string, IngestionOutcome, Readonly<Record<string, number>>]>([
    [
      'an ingested one',
      outcomeOf('ingested', { bytes: 9, written: 5 }),
      { RecordFilesIngested: 1, RecordsIngested: 5, RecordFileBytes: 9 },
    ],
    [
      'one with rejects',
      outcomeOf('ingested-with-rejects', { written: 5, rejected: 2, duplicates: 1 }),
      { RecordFilesWithRejects: 1, RecordsIngested: 5, RecordsRejected: 2, RecordsRepeated: 1 },
    ],
    ['a large one', outcomeOf('too-large', { written: 3 }), { RecordFilesTooLarge: 1, RecordsIngested: 3 }],
    ['a refused one', outcomeOf('refused'), { RecordFilesRefused: 1 }],
    ['a repeated one', outcomeOf('ingested', { written: 5 }, true), { RecordFilesRepeated: 1 }],
  ])('counts %s', async (_, outcome, metrics) => {
    const { failed } = await run({ 'a.json': outcome }, s3Notification(s3Record('a.json')));
    expect(failed).toEqual([]);
    for (const [name, value] of Object.entries(metrics)) {
      expect(telemetry.metricsOf(name)).toMatchObject([{ value }]);
    }
    expect(telemetry.metricsOf('RecordsIngested')).toHaveLength('RecordFilesRepeated' in metrics ? 0 : 1);
    expect(telemetry.metricsOf('RecordIngestionDuration')).toMatchObject([{ unit: 'Milliseconds' }]);
  });

  test('logs a file without a version under the id that it is audited under', async () => {
    await run({}, s3Notification(s3Record('a.json', {}, null)));
    const occurredAt = '2026-11-21T08:00:00.000Z';
    expect(telemetry.logs().find(({ message }) => message === 'Record file ingested')).toMatchObject({
      correlationId: notifiedIdentity({ bucket: 'uploads', key: 'a.json', occurredAt }),
    });
  });

  test('says what became of a file', async () => {
    const outcome = outcomeOf('too-large', {
      codes: { 'not-json': 2 },
      reasons: [{ code: 'too-many-records', explanation: '' }],
    });
    await run({ 'a.json': outcome }, s3Notification(s3Record('a.json')));
    expect(telemetry.logs().find(({ message }) => message === 'Record file too-large')).toMatchObject({
      level: 'WARN',
      key: 'a.json',
      versionId: 'v1',
      codes: { 'not-json': 2 },
      reasons: ['too-many-records'],
    });
  });
});
