import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';
import { WorkerDocumentInspector } from '../../../src/adapters/node/worker-document-inspector.ts';
import { WorkerTextExtractor } from '../../../src/adapters/node/worker-text-extractor.ts';
import { DocumentProcessor } from '../../../src/domain/documents/document-processor.ts';
import { DocumentValidator } from '../../../src/domain/documents/document-validator.ts';
import { IntakeStarter } from '../../../src/domain/intake/intake-starter.ts';
import { SensitiveDataScanner } from '../../../src/domain/sensitive-data/sensitive-data-scanner.ts';
import { admitUploads } from '../../../src/handlers/lambda/admit-uploads.ts';
import { processDocuments } from '../../../src/handlers/lambda/process-documents.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { documentWorld } from '../../domain/documents/document-world.ts';
import { apiRequest, apiWorld, bodyFor } from './api/api-world.ts';
import { s3Notification, s3Record, sqsEvent } from './notification-fixtures.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

/** Documentation numbers, as bare digits or as they are written. */
const numbers = [
  '4111111111111111',
  '5555555555554444',
  '378282246310005',
  '123456789',
  'AKIAIOSFODNN7EXAMPLE',
];

const text = [
  'card 4111 1111 1111 1111, or 5555-5555-5555-4444, or 378282246310005,',
  'SSN: 123-45-6789, social security number 123456789,',
  'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
].join('\n');

/** What a careless error may say. */
const careless = 'no such key: 4111111111111111 or 123-45-6789 or AKIAIOSFODNN7EXAMPLE.txt';

const documents: readonly [key: string, content: string, contentType: string][] = [
  ['numbers.txt', text, 'text/plain'],
  ['broken.pdf', `%PDF-1.7\n1 0 obj (${text}) endobj\n`, 'application/pdf'],
  ['forged.pdf', text, 'application/pdf'],
  ['cards/4111111111111111.txt', text, 'text/plain'],
  ['cards/4111 1111 1111 1111 and 123-45-6789.txt', 'nothing', 'text/plain'],
  ['cards/../5555555555554444.txt', text, 'text/plain'],
  ['AKIAIOSFODNN7EXAMPLE.html', text, 'text/html'],
];

/** Everything that leaves: joined groups, so that no way of writing a number hides it. */
function expectNoNumber(sinks: unknown): void {
  const told = JSON.stringify(sinks).replaceAll(/(?<=[0-9])[ -](?=[0-9])/g, '');
  expect(told.length).toBeGreaterThan(100);
  for (const number of numbers)
    expect({ number, found: told.includes(number) }).toEqual({ number, found: false });
}

const inspector = new WorkerDocumentInspector();
const extractor = new WorkerTextExtractor();
beforeAll(() => {
  jest.restoreAllMocks();
});
afterAll(() => Promise.all([inspector.close(), extractor.close()]));

async function world() {
  const faults = new FaultInjector();
  const telemetry = await recordedTelemetry();
  const parts = documentWorld(faults);
  const ports = {
    ...parts.ports,
    inspector: faults.wrap('inspector', inspector),
    extractor: faults.wrap('extractor', extractor),
  };
  const destination = (bucket: string) => ({ bucket, keyId: 'arn:aws:kms:eu-central-1:111122223333:key/k' });
  const processor = new DocumentProcessor({
    ...ports,
    validator: new DocumentValidator(ports),
    scanner: new SensitiveDataScanner(ports),
    processed: destination('processed'),
    quarantine: destination('quarantine'),
    verdicts: destination('compliance'),
  });
  const refs = [];
  for (const [key, content, contentType] of documents)
    refs.push(await parts.put(key, content, { contentType }));
  const event = sqsEvent(
    ...refs.map(({ bucket, key, versionId }) =>
      s3Notification(
        s3Record(encodeURIComponent(key), {
          s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key), versionId } },
        }),
      ),
    ),
  );
  const remainingTime = () => 60_000;
  const consume = () =>
    processDocuments(
      event,
      { processor, audit: parts.audit, clock: parts.clock, remainingTime },
      telemetry,
    ).catch((error: unknown) => error);
  const verdicts = async () => {
    const keys = parts.objects.list('compliance').map(({ ref }) => ref.key);
    return Promise.all(keys.map(key => parts.textOf({ bucket: 'compliance', key })));
  };
  const sinks = async (answer: unknown) => [
    telemetry.logs(),
    parts.audit.entries,
    parts.alerts.published,
    await verdicts(),
    answer instanceof Error ? [answer.message, answer.stack] : answer,
  ];
  return { ...parts, faults, telemetry, event, consume, sinks };
}

describe('no number of a card, no social security number and no key leaves', () => {
  test('while documents are processed', async () => {
    const { consume, sinks, alerts } = await world();
    const answer = await consume();
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(alerts.published.length).toBe(documents.length - 1);
    expectNoNumber(await sinks(answer));
  });

  test('while any call fails, whatever its error says', async () => {
    const counted = await world();
    counted.faults.reset();
    await counted.consume();
    const kinds = [...new Set(counted.faults.calls)];
    expect(kinds.length).toBeGreaterThan(6);
    for (const of of kinds) {
      const { faults, consume, sinks } = await world();
      for (let ordinal = 1; ordinal <= documents.length; ordinal += 1) {
        faults.failCall(ordinal, 'before', { of, code: careless });
      }
      const answer = await consume();
      expectNoNumber([await sinks(answer), of]);
    }
  });

  test('in the answers and logs of the document API', async () => {
    for (const operation of ['validate', 'encrypt', 'scan'] as const) {
      const { put, operations, telemetry, audit, objects } = await apiWorld();
      for (const [key, content, contentType] of documents) {
        await put(key, content, { contentType });
        const { body } = await operations[operation](apiRequest(bodyFor(operation, key)));
        // The caller's own key comes back to the caller, and to nobody else.
        const answer = JSON.parse(body) as Record<string, unknown>;
        for (const name of ['document_key', 'source_key', 'encrypted_key']) delete answer[name];
        expectNoNumber([answer, telemetry.logs(), audit.entries]);
      }
      const failure = {
        kind: 'retryable',
        operation: 'ObjectStore.current',
        code: 'Odd',
        message: careless,
      } as const;
      jest.spyOn(objects, 'current').mockRejectedValue(new PortError(failure));
      const failed = await operations[operation](apiRequest(bodyFor(operation, 'numbers.txt')));
      expectNoNumber([failed, telemetry.logs(), audit.entries]);
    }
  });

  test('while uploads are admitted and refused', async () => {
    const telemetry = await recordedTelemetry();
    const { audit, alerts, clock } = documentWorld();
    const starter = new IntakeStarter({ workflows: new MemoryWorkflowEngine(), audit, alerts, clock });
    const event = sqsEvent(...documents.map(([key]) => s3Notification(s3Record(encodeURIComponent(key)))));
    const answer = await admitUploads(
      event,
      { starter, audit, clock, remainingTime: () => 30_000 },
      telemetry,
    );
    expect(alerts.published).toHaveLength(1);
    expectNoNumber([answer, telemetry.logs(), audit.entries, alerts.published]);
  });
});
