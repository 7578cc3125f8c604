import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ingestRecordFiles } from '../../../src/handlers/lambda/ingest-record-files.ts';
import { PortError } from '../../../src/ports/failure.ts';
import type { RecordStore } from '../../../src/ports/record-store.ts';
import { type RecordWorldOptions, recordText, recordWorld } from '../../domain/records/record-fixtures.ts';
import { run } from '../cli/streams.ts';
import { s3Notification, s3Record, sqsEvent } from './notification-fixtures.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

/** What must not be told: a card number as it is written in different ways, and words that stand in records alone. */
const secrets = ['4111111111111111', '4111 1111 1111 1111', 'confidential', 'GEHEIM'];
const [card, spaced, word, key] = secrets as [string, string, string, string];

/** Each kind of fault, with something that must not be told in every place of a record. */
const texts = [
  recordText(1),
  recordText(2, { device_id: card, note: word, [key]: spaced }),
  recordText(2, { device_id: card, note: `${word}, but another` }),
  recordText(3, { device_id: `${word}\n${card}` }),
  recordText(4, { device_id: word, timestamp: spaced }),
  recordText(5, { device_id: word, value: card }),
  recordText(6, { device_id: word, [key]: '\ud800', '': spaced, schemaVersion: word }),
  recordText(7, { device_id: word }).replace('"value":7', `"value":${card}e200`),
  `{"${key}":1,"${key}":"${spaced}"}`,
  `[["${word}"]]`,
  `"${card}"`,
  `${word} ${spaced}`,
  `{"device_id":"${word}","${key}":"${card}`,
  recordText(8, { device_id: word, note: 'refused' }),
  `{"device_id":"${key}","value":`,
];
const body = texts.join('\n');
const files: readonly (readonly [string, string | Uint8Array])[] = [
  ['lines.json', body],
  ['list.json', `[${texts.slice(0, 8).join(',')},{"${word}":"${card}},{"${key}"]`],
  ['cut.json.gz', gzipSync(body).subarray(0, -9)],
  ['words.json', word],
  [`cards/${card}.json`, `${word} ${card}`],
];

function expectNothingTold(told: unknown): void {
  const text = JSON.stringify(told);
  expect(text.length).toBeGreaterThan(100);
  for (const secret of secrets) {
    expect({ secret, found: text.includes(secret) }).toEqual({ secret, found: false });
  }
}

function failureOf(cause: Error): PortError {
  const [operation, code] = ['RecordStore.write', 'Unheard'];
  return new PortError({ kind: 'permanent', operation, code, message: 'RecordStore.write failed', cause });
}

async function world(faults: FaultInjector, options: RecordWorldOptions = {}) {
  const telemetry = await recordedTelemetry();
  const built = recordWorld({
    ...options,
    store: { refuse: ({ attributes }) => attributes.get('note') === 'refused' },
    wrap: (name, port) => faults.wrap(name, port),
    partBytes: 500,
  });
  const records: ReturnType<typeof s3Record>[] = [];
  for (const [name, content] of files) {
    const { versionId } = await built.put(name, content);
    const object = { key: encodeURIComponent(name), versionId };
    records.push(s3Record('', { s3: { bucket: { name: 'records' }, object } }));
  }
  const { ingestor, clock } = built;
  const audit = faults.wrap('failures', built.audit);
  const ports = { ingestor, audit, clock, remainingTime: () => 60_000 };
  const consume = () =>
    ingestRecordFiles(sqsEvent(...records.map(record => s3Notification(record))), ports, telemetry).catch(
      (error: unknown) => error,
    );
  const sinks = (answer: unknown) => [
    telemetry.logs(),
    built.audit.entries,
    built.alerts.published,
    answer instanceof Error ? [answer.message, answer.stack] : answer,
  ];
  return { ...built, telemetry, consume, sinks };
}

describe('of what records hold, nothing leaves but the report', () => {
  test('while files are ingested', async () => {
    const { consume, sinks, alerts, objects } = await world(new FaultInjector());
    const answer = await consume();
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(alerts.published).toHaveLength(files.length);
    expect(objects.list('compliance-logs').length).toBeGreaterThan(files.length);
    expectNothingTold(sinks(answer));
  });

  test('while each call of a port fails in turn', async () => {
    const counted = new FaultInjector();
    const first = await world(counted);
    counted.reset();
    await first.consume();
    const calls = counted.calls.length;
    expect(new Set(counted.calls).size).toBeGreaterThan(6);
    for (let ordinal = 1; ordinal <= calls; ordinal += 1) {
      for (const moment of ['before', 'after'] as const) {
        const faults = new FaultInjector();
        const { consume, sinks } = await world(faults);
        faults.reset();
        faults.failCall(ordinal, moment, { kind: 'denied' });
        const answer = await consume();
        expect(faults.pending).toBe(0);
        expectNothingTold([sinks(answer), ordinal]);
      }
    }
  });

  test.each([
    ['nobody expected', (words: string) => new Error(words)],
    ['has a cause', (words: string) => failureOf(new Error(words))],
    ['is no error', (words: string) => ({ words })],
  ])('where the table fails with one that %s and shows records', async (_, failure) => {
    const records: RecordStore = {
      batchSize: 25,
      write: async batch => {
        throw failure(JSON.stringify(batch.map(({ deviceId, attributes }) => [deviceId, ...attributes])));
      },
    };
    const { consume, sinks, telemetry } = await world(new FaultInjector(), { records });
    const told = sinks(await consume());
    expect(telemetry.logs().filter(({ message }) => message === 'Record file not ingested')).not.toEqual([]);
    expectNothingTold(told);
  });

  test('in what the command line says', async () => {
    for (const [, content] of files) {
      for (const options of [[], ['--json']]) {
        const { code, stdout, stderr } = await run(['records', 'check', ...options, '-'], [content]);
        expect(code).toBe(1);
        expectNothingTold([stdout, stderr, 'x'.repeat(100)]);
      }
    }
  });
});
