import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import type { ArrivedDocument, ProcessOutcome } from '../../../src/domain/documents/document-processor.ts';
import type { DocumentVerdict } from '../../../src/domain/documents/document-verdict.ts';
import { processDocuments } from '../../../src/handlers/lambda/process-documents.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { s3Notification, s3Record, s3TestEvent, sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

const verdict = (given: DocumentVerdict['verdict']): DocumentVerdict => ({
  schemaVersion: 1,
  correlationId: 'c',
  object: { bucket: 'in', key: 'a.txt' },
  verdict: given,
  reasons: [{ code: 'payment-card', explanation: '' }],
  findings: [],
  counts: { 'payment-card': 2 },
  deliver: given === 'compliant',
  judgedAt: '2026-11-21T08:00:00.000Z',
});
const ref = { bucket: 'out', key: 'a.txt', versionId: 'v' };
const quarantined = (given: DocumentVerdict['verdict']): ProcessOutcome => ({
  outcome: 'quarantined',
  verdict: verdict(given),
  ref,
});

let telemetry: RecordedTelemetry;
let audit: MemoryAuditLog;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
  audit = new MemoryAuditLog();
});

/** Answers by key; what is no outcome is thrown. */
async function run(answers: Readonly<Record<string, ProcessOutcome | Error>>, ...bodies: string[]) {
  const asked: ArrivedDocument[] = [];
  const process = async (document: ArrivedDocument): Promise<ProcessOutcome> => {
    asked.push(document);
    const answer = answers[document.key] ?? { outcome: 'delivered', verdict: verdict('compliant'), ref };
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ports = { processor: { process }, audit, clock: new ManualClock(), remainingTime: () => 60_000 };
  const event = sqsEvent(...bodies);
  const { batchItemFailures } = await processDocuments(event, ports, telemetry);
  return { asked, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), event };
}

describe('a batch of arrivals', () => {
  test('has each document processed, by its version', async () => {
    const { asked, failed } = await run(
      {},
      s3Notification(s3Record('a.txt'), s3Record('b+c.txt')),
      s3TestEvent,
    );
    expect(failed).toEqual([]);
    expect(asked).toMatchObject([
      { bucket: 'uploads', key: 'a.txt', versionId: 'v1', occurredAt: expect.any(String) },
      { key: 'b c.txt' },
    ]);
    expect(telemetry.metricsOf('DocumentsDelivered')).toMatchObject([{ value: [1, 1], unit: 'Count' }]);
    expect(telemetry.metricsOf('DocumentsInvalid')).toEqual([]);
  });

  test.each<[string, ProcessOutcome, string[]]>([
    [
      'a delivered one',
      { outcome: 'delivered', verdict: verdict('compliant'), ref },
      ['DocumentsDelivered', 'DocumentsCompliant'],
    ],
    ['a non-compliant one', quarantined('non-compliant'), ['DocumentsQuarantined', 'DocumentsNonCompliant']],
    [
      'an indeterminate one',
      quarantined('indeterminate'),
      ['DocumentsQuarantined', 'DocumentsIndeterminate'],
    ],
    ['an invalid one', quarantined('invalid'), ['DocumentsQuarantined', 'DocumentsInvalid']],
    ['one of a bad key', quarantined('key-refused'), ['DocumentsQuarantined', 'DocumentsInvalid']],
    [
      'a superseded one',
      { outcome: 'superseded', verdict: verdict('compliant') },
      ['DocumentsSuperseded', 'DocumentsCompliant'],
    ],
    ['a repeated one', { outcome: 'already-processed' }, ['DocumentsAlreadyProcessed']],
  ])('counts %s', async (_, outcome, metrics) => {
    const { failed } = await run({ 'a.txt': outcome }, s3Notification(s3Record('a.txt')));
    expect(failed).toEqual([]);
    for (const name of metrics) expect(telemetry.metricsOf(name)).toMatchObject([{ value: 1 }]);
    expect(telemetry.metricsOf('DocumentProcessingDuration')).toMatchObject([{ unit: 'Milliseconds' }]);
  });

  test('says what became of a quarantined one, without its findings', async () => {
    await run({ 'a.txt': quarantined('non-compliant') }, s3Notification(s3Record('a.txt')));
    expect(telemetry.logs().find(({ message }) => message === 'Document quarantined')).toMatchObject({
      level: 'WARN',
      key: 'a.txt',
      versionId: 'v1',
      verdict: 'non-compliant',
      codes: ['payment-card'],
      counts: { 'payment-card': 2 },
    });
  });

  test('fails the message of a document that is missing, or of a port that fails, and no other', async () => {
    const denied = new PortError({
      kind: 'denied',
      operation: 'ObjectStore.copy',
      code: 'AccessDenied',
      message: 'no',
    });
    const { failed, event } = await run(
      { 'gone.txt': { outcome: 'missing' }, 'denied.txt': denied },
      s3Notification(s3Record('gone.txt')),
      s3Notification(s3Record('a.txt')),
      s3Notification(s3Record('denied.txt'), s3Record('b.txt')),
    );
    const ids = event.Records.map(({ messageId }) => messageId);
    expect(failed).toEqual([ids[0], ids[2]]);
    expect(telemetry.metricsOf('DocumentsDelivered')).toMatchObject([{ value: [1, 1] }]);
    expect(telemetry.metricsOf('DocumentsFailed')).toMatchObject([{ value: [1, 1] }]);
    expect(await lastCauseOf(ids[0] ?? '', audit)).toMatchObject({
      code: 'missing',
      message: expect.stringContaining('s3://uploads/gone.txt (version v1)'),
    });
    expect(await lastCauseOf(ids[2] ?? '', audit)).toMatchObject({ code: 'AccessDenied' });
  });

  test('is worked on by two at a time', async () => {
    let running = 0;
    let most = 0;
    const process = async (): Promise<ProcessOutcome> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setImmediate(resolve));
      running -= 1;
      return { outcome: 'already-processed' };
    };
    const ports = { processor: { process }, audit, clock: new ManualClock(), remainingTime: () => 60_000 };
    const event = sqsEvent(...Array.from({ length: 10 }, (_, index) => s3Notification(s3Record(`${index}`))));
    await processDocuments(event, ports, telemetry);
    expect(most).toBe(2);
  });
});
