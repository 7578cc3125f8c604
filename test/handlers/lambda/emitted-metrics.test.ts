import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { rotationSteps } from '../../../src/domain/credentials/api-key-rotator.ts';
import { DeadLetterKeeper } from '../../../src/domain/dead-letters/dead-letter-keeper.ts';
import type { ProcessOutcome } from '../../../src/domain/documents/document-processor.ts';
import type { ReleaseResult, RollbackResult } from '../../../src/domain/findings/containment-rollback.ts';
import type { RemediationResult } from '../../../src/domain/findings/finding-remediator.ts';
import type { IntakeOutcome } from '../../../src/domain/intake/intake-starter.ts';
import type { RecordUploadOutcome } from '../../../src/domain/intake/upload-recorder.ts';
import { recordFileConclusion } from '../../../src/domain/records/record-file-conclusion.ts';
import type { IngestionOutcome } from '../../../src/domain/records/record-ingestor.ts';
import { IntegrityTally } from '../../../src/domain/trail/integrity/integrity-tally.ts';
import type { TrailAnalysis } from '../../../src/domain/trail/trail-analyzer.ts';
import { admitUploads } from '../../../src/handlers/lambda/admit-uploads.ts';
import { advanceScan } from '../../../src/handlers/lambda/advance-scan.ts';
import { analyzeTrailLogs } from '../../../src/handlers/lambda/analyze-trail-logs.ts';
import type { DocumentOperation } from '../../../src/handlers/lambda/api/document-requests.ts';
import {
  emittedMetrics,
  type MeasuringService,
  metricUnits,
} from '../../../src/handlers/lambda/emitted-metrics.env.ts';
import { ingestRecordFiles } from '../../../src/handlers/lambda/ingest-record-files.ts';
import { keepDeadLetters } from '../../../src/handlers/lambda/keep-dead-letters.ts';
import { processDocuments } from '../../../src/handlers/lambda/process-documents.ts';
import { recordUpload } from '../../../src/handlers/lambda/record-upload.ts';
import { remediateFindings } from '../../../src/handlers/lambda/remediate-findings.ts';
import { rollBackFinding } from '../../../src/handlers/lambda/roll-back-finding.ts';
import { rotateApiKey } from '../../../src/handlers/lambda/rotate-api-key.ts';
import { summarizeTrailAlerts } from '../../../src/handlers/lambda/summarize-trail-alerts.ts';
import { reportTrailRulesNews } from '../../../src/handlers/lambda/trail-rules-news.ts';
import { verifyTrailLogs } from '../../../src/handlers/lambda/verify-trail-logs.ts';
import { awsOwned, ScanWorld, scope, table } from '../../domain/compliance/scan-fixtures.ts';
import { rotationWorld } from '../../domain/credentials/rotation-world.ts';
import { card } from '../../domain/documents/document-world.ts';
import { apiRequest, apiWorld, bodyFor } from './api/api-world.ts';
import { backfillEachWay } from './backfill-each-way.ts';
import { busDelivery } from './bus-fixtures.ts';
import { findingEvent } from './finding-fixtures.ts';
import { s3Notification, s3Record, s3TestEvent, sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const consumption = () => ({
  audit: new MemoryAuditLog(),
  clock: new ManualClock(),
  remainingTime: () => 60_000,
});

/** One message for each answer, a test event of S3, and one message whose work fails. */
const objectsFor = (answers: readonly unknown[]) =>
  sqsEvent(
    ...answers.map((_, place) => s3Notification(s3Record(String(place)))),
    s3TestEvent,
    s3Notification(s3Record('failing')),
  );

/** Answers by the key of the object; the one that is not there fails. */
const answering =
  <Answer>(answers: readonly Answer[]) =>
  async ({ key }: { readonly key: string }): Promise<Answer> => {
    const answer = answers[Number(key)];
    if (answer === undefined) throw new Error('not done');
    return answer;
  };

const admissions: readonly IntakeOutcome[] = [
  { outcome: 'started', correlationId: 'c', executionName: 'e', rerun: 0 },
  { outcome: 'already-started', correlationId: 'c', executionName: 'e' },
  {
    outcome: 'refused',
    correlationId: 'c',
    reasons: [{ code: 'dot-segment', position: 0, explanation: '' }],
  },
];

const verdict = (given: 'compliant' | 'non-compliant' | 'indeterminate' | 'invalid') => ({
  schemaVersion: 1 as const,
  correlationId: 'c',
  object: { bucket: 'in', key: 'a.txt' },
  verdict: given,
  reasons: [],
  findings: [],
  counts: {},
  deliver: given === 'compliant',
  judgedAt: '2026-11-21T08:00:00.000Z',
});
const processed: readonly ProcessOutcome[] = [
  {
    outcome: 'delivered',
    verdict: verdict('compliant'),
    ref: { bucket: 'b', key: 'k', versionId: 'v' },
  },
  { outcome: 'superseded', verdict: verdict('compliant') },
  { outcome: 'quarantined', verdict: verdict('non-compliant') },
  { outcome: 'quarantined', verdict: verdict('indeterminate') },
  { outcome: 'quarantined', verdict: verdict('invalid') },
  { outcome: 'already-processed' },
  { outcome: 'missing' },
];

const ingestion = (outcome: string, isRepetition = false): IngestionOutcome => ({
  ...recordFileConclusion.parse({ outcome }),
  correlationId: 'c',
  isRepetition,
});
const ingestions: readonly IngestionOutcome[] = [
  ...['ingested', 'ingested-with-rejects', 'too-large', 'refused'].map(outcome => ingestion(outcome)),
  ingestion('ingested', true),
  { outcome: 'missing' },
];

const tally = { bytes: 1, records: 1, matches: 1, stored: 1, suppressed: 1, alerts: 1 };
const analyses: readonly TrailAnalysis[] = [
  { outcome: 'analyzed', ...tally },
  { outcome: 'skipped', reason: 'digest' },
];

const upload = {
  schemaVersion: 1,
  filename: 'a.pdf',
  uploadTimestamp: '2026-11-21T08:00:00.000Z',
  bucket: 'uploads',
  versionId: 'v1',
  size: 7,
  etag: 'e',
  correlationId: 'c1',
} as const;
const recordings: readonly RecordUploadOutcome[] = [
  { outcome: 'recorded', upload },
  { outcome: 'duplicate', upload },
];

const remediation = {
  schemaVersion: 1,
  findingId: 'f1',
  generation: '2026-11-21T07:55:00.000Z',
  decidedAt: '2026-11-21T08:00:00.000Z',
  target: '000000000000/us-east-1/instance/i-0abc',
  plan: {},
  steps: {},
} as const;
const remediations: readonly RemediationResult[] = [
  ...(['contained', 'partially-contained', 'planned', 'notify-only', 'exempt', 'failed'] as const).map(
    outcome => ({ outcome, remediation, isAnnounced: true }),
  ),
  { outcome: 'repeated', remediation },
  { outcome: 'superseded', remediation },
];
const rollbacks: readonly RollbackResult[] = [
  ...(['rolled-back', 'partially-rolled-back', 'nothing-to-undo'] as const).map(outcome => ({
    outcome,
    steps: [],
  })),
  { outcome: 'unknown' },
];

async function remediateAndRollBack(telemetry: RecordedTelemetry): Promise<void> {
  const results = [...remediations];
  const remediate = async () => {
    const result = results.shift();
    if (result === undefined) throw new Error('not done');
    return result;
  };
  const findings = [...remediations, 'failing'].map((_, place) =>
    JSON.stringify(
      findingEvent({
        id: `f${place}`,
        ...(place === 0 ? { service: { ...serviceOfFinding(), additionalInfo: { sample: true } } } : {}),
      }),
    ),
  );
  await remediateFindings(
    sqsEvent(...findings, 'no finding'),
    { ...consumption(), remediator: { remediate } },
    telemetry,
  );
  for (const outcome of rollbacks) {
    const rollback = {
      rollBack: async () => outcome,
      release: async (): Promise<ReleaseResult> => ({ outcome: 'released' }),
    };
    for (const action of ['rollback', 'release']) {
      await rollBackFinding(
        { action, findingId: 'f1', by: 'kim', reason: 'false alarm' },
        { rollback, invocationId: 'i1', remainingTime: () => 30_000 },
        telemetry,
      );
    }
  }
}

const serviceOfFinding = () => (findingEvent()['detail'] as { service: object }).service;

async function analyzeBothWays(telemetry: RecordedTelemetry): Promise<void> {
  const analyzer = { analyze: answering(analyses), analyzeEvent: async () => tally };
  const logs = objectsFor(analyses);
  const events = sqsEvent(JSON.stringify(busDelivery));
  for (const each of [logs, events]) await analyzeTrailLogs(each, { ...consumption(), analyzer }, telemetry);
  const object = { bucket: 'rules', key: 'rules.json' };
  const refusal = { reason: 'invalid', object, faults: ['fault'], standing: 'hash' } as const;
  reportTrailRulesNews({ kind: 'refused', refusal }, telemetry);
}

async function summarizeOnce(telemetry: RecordedTelemetry): Promise<void> {
  const summaries = { windows: 1, alerts: 1, postponed: 1, failures: [], unfinished: false };
  const summarizer = { summarize: async () => summaries };
  await summarizeTrailAlerts({ summarizer, remainingTime: () => 30_000 }, telemetry);
}

async function keepAndFail(telemetry: RecordedTelemetry): Promise<void> {
  const faults = new FaultInjector();
  const clock = new ManualClock();
  const keeper = new DeadLetterKeeper({
    letters: faults.wrap('letters', new MemoryDeadLetterStore()),
    audit: new MemoryAuditLog(),
    alerts: new MemoryAlertChannel(),
    clock,
  });
  const ports = { keeper, clock, sourceQueueArn: 'arn:aws:sqs:eu-central-1:111122223333:trail' };
  await keepDeadLetters(sqsEvent('a letter'), ports, telemetry);
  faults.failFrom(1, 'before');
  // A batch of which nothing is kept fails as a whole.
  await keepDeadLetters(sqsEvent('another'), ports, telemetry).catch(() => {});
}

async function verifyNothing(telemetry: RecordedTelemetry): Promise<void> {
  const watch = async () => ({ tally: new IntegrityTally(), isUnfinished: false, alerts: 1 });
  const scope = { bucket: 'logs', prefix: '', hours: 26 };
  const clock = new ManualClock();
  await verifyTrailLogs({}, { watch: { watch }, clock, scope, remainingTime: () => 900_000 }, telemetry);
}

async function scanOnce(telemetry: RecordedTelemetry): Promise<void> {
  const { scanner } = new ScanWorld([table('a', { encryption: awsOwned })]);
  const first = { execution: 'scan-1', startedAt: '2026-11-21T08:00:00.000Z' };
  await advanceScan(first, { scanner, scope, remainingTime: () => 900_000 }, telemetry);
}

async function recordEach(telemetry: RecordedTelemetry): Promise<void> {
  const input = { schemaVersion: 1, bucket: 'uploads', key: 'a.pdf', versionId: 'v1' };
  for (const outcome of recordings) await recordUpload(input, { record: async () => outcome }, telemetry);
}

/** Has an operation of the document API answer, refuse and fail. */
async function callApi(operation: DocumentOperation): Promise<RecordedTelemetry> {
  const faults = new FaultInjector();
  const { put, operations, telemetry } = await apiWorld(faults);
  await put('notes.txt', 'nothing of note');
  await put('card.txt', card);
  await put('image.txt', Buffer.from([0, 1, 2]));
  const call = (key: string) => operations[operation](apiRequest(bodyFor(operation, key)));
  for (const key of ['notes.txt', 'card.txt', 'image.txt', '../a']) await call(key);
  faults.failFrom(1, 'before');
  await call('notes.txt');
  return telemetry;
}

const recorded = async (run: (telemetry: RecordedTelemetry) => Promise<unknown>) => {
  const telemetry = await recordedTelemetry();
  await run(telemetry);
  return telemetry;
};

/** Three rotations, with which the key of the first one ends, and a step that is refused. */
async function rotateThrice(telemetry: RecordedTelemetry): Promise<void> {
  const { rotator, vault } = rotationWorld();
  const take = (Step: string, ClientRequestToken: string) =>
    rotateApiKey(
      { Step, SecretId: 'secret', ClientRequestToken },
      { rotator, secretArn: 'secret' },
      telemetry,
    );
  for (const version of ['1', '2', '3'].map(digit => digit.repeat(32))) {
    vault.begin(version);
    for (const step of rotationSteps) await take(step, version);
  }
  await take('finishSecret', '4'.repeat(32)).catch(() => undefined);
}

/** Has the handler of each service meet every outcome there is. */
const services: Readonly<Record<MeasuringService, () => Promise<RecordedTelemetry>>> = {
  'intake-trigger': () =>
    recorded(telemetry =>
      admitUploads(
        objectsFor(admissions),
        { ...consumption(), starter: { admit: answering(admissions) } },
        telemetry,
      ),
    ),
  'upload-writer': () => recorded(recordEach),
  'document-processor': () =>
    recorded(telemetry =>
      processDocuments(
        objectsFor(processed),
        { ...consumption(), processor: { process: answering(processed) } },
        telemetry,
      ),
    ),
  'record-ingestor': () =>
    recorded(telemetry =>
      ingestRecordFiles(
        objectsFor(ingestions),
        { ...consumption(), ingestor: { ingest: answering(ingestions) } },
        telemetry,
      ),
    ),
  'trail-analyzer': () => recorded(analyzeBothWays),
  'trail-backfiller': () => recorded(backfillEachWay),
  'trail-summarizer': () => recorded(summarizeOnce),
  'trail-verifier': () => recorded(verifyNothing),
  'trail-dead-letter-keeper': () => recorded(keepAndFail),
  'document-validator': () => callApi('validate'),
  'document-encryptor': () => callApi('encrypt'),
  'document-scanner': () => callApi('scan'),
  'upload-url-issuer': () => callApi('uploadUrl'),
  'compliance-scanner': () => recorded(scanOnce),
  'finding-remediator': () => recorded(remediateAndRollBack),
  'api-key-rotator': () => recorded(rotateThrice),
};

describe('what alarms and dashboards count on', () => {
  test.each(Object.entries(services))(
    '%s emits what is declared of it, and nothing else',
    async (name, run) => {
      const emitted = (await run()).allMetrics();
      const declared: readonly string[] = emittedMetrics[name as MeasuringService];
      expect([...new Set(emitted.map(metric => metric.name))].sort()).toEqual([...declared].sort());
      for (const metric of emitted) {
        expect([metric.name, metric.unit]).toEqual([
          metric.name,
          metricUnits[metric.name as keyof typeof metricUnits],
        ]);
        expect([metric.name, Object.keys(metric.dimensions).sort()]).toEqual([
          metric.name,
          metric.name === 'UploadsRefusedByCode' ? ['Code', 'service'] : ['service'],
        ]);
        // The fixture's POWERTOOLS_SERVICE_NAME.
        expect(metric.dimensions['service']).toBe('test');
      }
    },
  );

  test('every metric belongs to a service', () => {
    const ofServices = new Set<string>(Object.values(emittedMetrics).flat());
    expect([...ofServices].sort()).toEqual(Object.keys(metricUnits).sort());
  });
});
