import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { chunked } from '../trail/fixtures/read-log.ts';
import { occurredAt, recordText, recordWorld, reportKeyId } from './record-fixtures.ts';

const [one, two, three] = [1, 2, 3].map(second => recordText(second)) as [string, string, string];
const bad = '{"device_id":"d1","timestamp":"yesterday","value":"4111111111111111"}';

/** Of an outcome that there is one of. */
function correlationIdOf(outcome: object): string {
  return 'correlationId' in outcome ? String(outcome.correlationId) : '';
}

describe('a file without faults', () => {
  test.each<[string, string | Uint8Array]>([
    ['array', `[${one},${two},${three}]`],
    ['lines', `${one}\n${two}\n${three}\n`],
    ['gzip', gzipSync(`[${one},${two},${three}]`)],
  ])('is in the table: %s', async (_, body) => {
    const world = recordWorld();
    const outcome = await world.ingest(body);

    expect(outcome).toMatchObject({
      outcome: 'ingested',
      records: 3,
      written: 3,
      rejected: 0,
      isRepetition: false,
    });
    expect(world.values()).toEqual([1, 2, 3]);
    expect(world.alerts.published).toEqual([]);
    expect(await world.report(correlationIdOf(outcome))).toBeUndefined();
  });

  test('is audited once, with what became of it', async () => {
    const world = recordWorld();
    const outcome = await world.ingest(`[${one},${one}]`);
    const correlationId = correlationIdOf(outcome);
    const entries = await world.entries(correlationId);

    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      action: 'records.ingest',
      outcome: 'ingested',
      requestId: correlationId,
      correlationId,
      timestamp: '2026-11-21T08:00:00.000Z',
      object: { bucket: 'records', key: 'day.json' },
      details: { records: 2, written: 1, duplicates: 1, rejected: 0, report: null, occurredAt },
    });
  });
});

describe('a file with bad records', () => {
  const body = `${one}\n${bad}\n${two}\nnope\n${recordText(1, { value: 9 })}\n${three}`;

  test('has its good ones in the table and each bad one in the report, as it came', async () => {
    const world = recordWorld();
    const outcome = await world.ingest(body);
    const correlationId = correlationIdOf(outcome);
    const report = await world.report(correlationId);

    expect(world.values()).toEqual([1, 2, 3]);
    expect(outcome).toMatchObject({
      outcome: 'ingested-with-rejects',
      ...{ records: 6, written: 3, rejected: 3 },
      codes: { conflict: 1, 'not-a-number': 1, 'not-json': 1, 'timestamp-format': 1 },
      report: { bucket: 'compliance-logs', key: `record-rejects/${correlationId}/summary.json` },
    });
    expect(report?.rejects.map(({ position, record }) => [position.index, record])).toEqual([
      [1, bad],
      [3, 'nope'],
      [4, recordText(1, { value: 9 })],
    ]);
    expect(report?.rejects[0]).toMatchObject({
      schemaVersion: 1,
      position: { index: 1, byte: one.length + 1 },
      reasons: [
        { code: 'timestamp-format', field: 'timestamp' },
        { code: 'not-a-number', field: 'value' },
      ],
      isWhole: true,
    });
    expect(report?.summary).toMatchObject({
      schemaVersion: 1,
      correlationId,
      rejects: 3,
      parts: [{ rejects: 3 }],
    });
    expect(report?.head).toMatchObject({
      contentType: 'application/json',
      encryption: { algorithm: 'aws:kms', keyId: reportKeyId },
      metadata: { 'correlation-id': correlationId },
    });
  });

  test('is announced once, and marked; no record is shown', async () => {
    const world = recordWorld();
    const outcome = await world.ingest(body);
    const correlationId = correlationIdOf(outcome);
    const entries = await world.entries(correlationId);

    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['records.ingest', 'ingested-with-rejects'],
      ['records.announce', 'announced'],
    ]);
    expect(world.alerts.published).toHaveLength(1);
    const [alert] = world.alerts.published;
    expect(alert).toMatchObject({
      id: `${correlationId}:records.ingested-with-rejects`,
      kind: 'records.ingested-with-rejects',
      severity: 'medium',
      title: 'Record file with 3 rejects',
      correlationId,
      occurredAt,
    });
    expect(alert?.text).toContain(`compliance-logs/record-rejects/${correlationId}/summary.json`);
    expect(alert?.text).toContain('1 × not-json: is no JSON');
    expect(alert?.text).toContain('Records:    6 read, 3 written, 0 repeated, 3 rejected');
    for (const shown of [alert, entries, outcome]) {
      expect(JSON.stringify(shown)).not.toMatch(/4111|yesterday|nope/);
    }
  });

  test('may have a report of several parts, each of about as many bytes', async () => {
    const world = recordWorld({ partBytes: 1000 });
    const outcome = await world.ingest(Array.from({ length: 40 }, (_, index) => `no ${index}`).join('\n'));
    const report = await world.report(correlationIdOf(outcome));

    expect(report?.summary.parts.length).toBeGreaterThan(5);
    expect(report?.summary.parts[1]?.key).toMatch(/^record-rejects\/[0-9a-f]{64}\/part-00001\.jsonl$/);
    expect(report?.rejects.map(({ record }) => record)).toEqual(
      Array.from({ length: 40 }, (_, index) => `no ${index}`),
    );
  });

  test('and cut off in the middle, keeps what came before the cut and reports the rest', async () => {
    const world = recordWorld();
    const outcome = await world.ingest(`[${one},${two},${three.slice(0, 30)}`);
    const report = await world.report(correlationIdOf(outcome));

    expect(outcome).toMatchObject({ outcome: 'ingested-with-rejects', written: 2, codes: { truncated: 1 } });
    expect(world.values()).toEqual([1, 2]);
    expect(report?.rejects).toMatchObject([{ position: { index: 2 }, record: three.slice(0, 30) }]);
    expect(world.alerts.published).toHaveLength(1);
  });

  test('that only the table refuses are reported, and their neighbours written', async () => {
    const world = recordWorld({ store: { refuse: ({ value }) => value.digits === '2' } });
    const outcome = await world.ingest(`[${one},${two},${three}]`);
    const report = await world.report(correlationIdOf(outcome));

    expect(outcome).toMatchObject({ written: 2, rejected: 1, codes: { 'refused-by-store': 1 } });
    expect(world.values()).toEqual([1, 3]);
    expect(report?.rejects).toMatchObject([{ position: { index: 1 }, record: two, isWhole: true }]);
  });
});

describe('a file that is too large', () => {
  const body = `[${one},${two},${three}]`;

  test('as it is stored, is not read', async () => {
    const world = recordWorld({ policy: { maximumFileBytes: body.length - 1 } });
    const read = jest.spyOn(world.objects, 'read');
    const outcome = await world.ingest(body);

    expect(outcome).toMatchObject({
      outcome: 'too-large',
      bytes: body.length,
      written: 0,
      reasons: [{ code: 'file-too-large' }],
      report: null,
    });
    expect(read).not.toHaveBeenCalled();
    expect(world.records.records).toEqual([]);
    expect(world.alerts.published).toMatchObject([{ kind: 'records.too-large' }]);
  });

  test.each([
    ['inflated', { maximumInflatedBytes: body.length - 5 }, 'file-too-large', 2],
    ['by its records', { maximumRecords: 1 }, 'too-many-records', 1],
  ])('%s, keeps what came before, and says where it stopped', async (_, policy, code, written) => {
    const world = recordWorld({ policy });
    const outcome = await world.ingest(gzipSync(body));
    const report = await world.report(correlationIdOf(outcome));

    expect(outcome).toMatchObject({ outcome: 'too-large', written, rejected: 1, reasons: [{ code }] });
    expect(report?.rejects).toMatchObject([
      { position: { index: written }, reasons: [{ code }], isWhole: false },
    ]);
    expect(world.alerts.published).toMatchObject([
      { kind: 'records.too-large', title: 'Record file too large' },
    ]);
  });

  test('is not, at the very bounds', async () => {
    const policy = { maximumFileBytes: body.length, maximumInflatedBytes: body.length, maximumRecords: 3 };
    expect(await recordWorld({ policy }).ingest(body)).toMatchObject({ outcome: 'ingested', written: 3 });
  });
});

describe('a file that is refused', () => {
  test.each([
    ['for its key', { key: '../day.json', versionId: 'v1' }, 'dot-segment'],
    ['for want of a version', { key: 'day.json' }, 'unversioned'],
    ['for a version that may change', { key: 'day.json', versionId: 'null' }, 'unversioned'],
  ])('%s, is not looked at, but audited and announced', async (_, file, code) => {
    const world = recordWorld();
    const head = jest.spyOn(world.objects, 'head');
    const outcome = await world.ingestor.ingest({ bucket: 'records', ...file, occurredAt });

    expect(outcome).toMatchObject({ outcome: 'refused', reasons: [{ code }] });
    expect(head).not.toHaveBeenCalled();
    expect(world.alerts.published).toMatchObject([
      { kind: 'records.refused', details: { reasons: [{ code }] } },
    ]);
    expect(await world.entries(correlationIdOf(outcome))).toHaveLength(2);
  });

  test('shows no card number that its key holds', async () => {
    const world = recordWorld();
    const { bucket, versionId } = await world.put('4111111111111111.json', 'nope');
    const outcome = await world.ingestor.ingest({
      bucket,
      key: '4111111111111111.json',
      versionId,
      occurredAt,
    });
    const entries = await world.entries(correlationIdOf(outcome));
    expect(JSON.stringify([entries, world.alerts.published])).not.toContain('4111111111111111');
  });
});

test('a version that is not there is missing, and leaves nothing', async () => {
  const world = recordWorld();
  const file = { bucket: 'records', key: 'day.json', versionId: 'gone', occurredAt };

  expect(await world.ingestor.ingest(file)).toEqual({ outcome: 'missing' });
  expect(world.alerts.published).toEqual([]);
});

/** So many records, all of one value. */
const textsOf = (count: number, value: number) =>
  Array.from({ length: count }, (_, second) => recordText(second, { value })).join('\n');

describe('deliveries repeat', () => {
  test('and change nothing: the file is not read again, and tells the same', async () => {
    const world = recordWorld();
    const file = await world.put('day.json', `${one}\nnope`);
    const first = await world.ingestor.ingest(file);
    const read = jest.spyOn(world.objects, 'read');
    const write = jest.spyOn(world.records, 'write');
    // EventBridge dates the same event to the second.
    const second = await world.ingestor.ingest({ ...file, occurredAt: '2026-11-21T08:00:00.000Z' });

    expect(second).toEqual({ ...first, isRepetition: true });
    expect([read.mock.calls.length, write.mock.calls.length, world.alerts.published.length]).toEqual([
      0, 0, 1,
    ]);
  });

  test('and do not undo what a later file has written', async () => {
    const world = recordWorld();
    const earlier = await world.put('day-1.json', one);
    await world.ingestor.ingest(earlier);
    await world.ingestor.ingest(await world.put('day-2.json', recordText(1, { value: 9 })));
    await world.ingestor.ingest(earlier);

    expect(world.values()).toEqual([9]);
  });

  test.each([
    ['before it has written anything', 1, 0],
    ['after it has written something', 60, 5000],
  ])('and stop beside one that was faster, %s', async (_, count, pause) => {
    const gate = Promise.withResolvers<void>();
    const world = recordWorld({ concurrency: 1 });
    const file = await world.put('day-1.json', textsOf(count, 1));
    const head = await world.objects.head(file);
    if (head === undefined) throw new Error('the file is there');
    async function* slowly() {
      if (pause > 0) yield Buffer.from(`${textsOf(30, 1)}\n`);
      await gate.promise;
      yield Buffer.from(textsOf(count, 1));
    }
    jest.spyOn(world.objects, 'read').mockResolvedValueOnce({ head, body: slowly() });
    const slow = world.ingestor.ingest(file);
    await new Promise(setImmediate);
    const fast = await world.ingestor.ingest(file);
    await world.ingestor.ingest(await world.put('day-2.json', textsOf(count, 9)));
    world.clock.advance(pause);
    gate.resolve();

    expect(await slow).toEqual({ ...fast, isRepetition: true });
    expect(new Set(world.values())).toEqual(new Set([9]));
    const actions = await world.entries(correlationIdOf(fast));
    expect(actions.map(({ action }) => action)).toEqual(['records.ingest']);
  });

  test('another version of the key is another file', async () => {
    const world = recordWorld();
    await world.ingestor.ingest(await world.put('day.json', one));
    await world.ingestor.ingest(await world.put('day.json', recordText(1, { value: 9 })));

    expect(world.values()).toEqual([9]);
  });
});

describe('time', () => {
  test('that is nearly over ends the work, which a later delivery completes', async () => {
    const world = recordWorld();
    const file = await world.put('day.json', `${one}\n${two}`);

    const times = [60_000, 10_000];
    await expect(world.ingestor.ingest(file, () => times.shift() ?? 0)).rejects.toMatchObject({
      kind: 'throttled',
      code: 'OutOfTime',
    });
    expect(world.records.records).toEqual([]);
    expect(await world.ingestor.ingest(file, () => 10_001)).toMatchObject({
      outcome: 'ingested',
      written: 2,
    });
  });

  test.each([
    ['ten seconds, of a long time', 900_000, 10_000, undefined],
    ['a quarter, of a short one', 8_000, 2_000, undefined],
    ['what it is told', 8_000, 5_000, 5_000],
  ])('has an end in which nothing is begun: %s', async (_, all, reserve, told) => {
    for (const [left, rows] of [
      [reserve, 0],
      [reserve + 1, 1],
    ] as const) {
      const world = recordWorld(told === undefined ? {} : { reserve: told });
      const times = told === undefined ? [all] : [];
      await world.ingest(one, () => times.shift() ?? left).catch(() => undefined);
      expect(world.records.records).toHaveLength(rows);
    }
  });

  test('is spent waiting for a table without throughput, and no longer', async () => {
    let calls = 0;
    const world = recordWorld({ store: { leaveUnprocessed: () => calls++ < 60 } });
    let now = 0;
    const ingestion = world.ingest(`[${one},${two}]`, () => {
      now += 1000;
      return 900_000 - now;
    });

    expect(await ingestion).toMatchObject({ outcome: 'ingested', written: 2 });
    expect(world.waits.length).toBeGreaterThan(20);
  });

  test('waits by the timer of the platform, where no other is given', async () => {
    jest.useFakeTimers();
    try {
      let isFull = true;
      const world = recordWorld({ store: { leaveUnprocessed: () => isFull } });
      const { objects, records, audit, alerts, clock } = world;
      const { RecordIngestor } = await import('../../../src/domain/records/record-ingestor.ts');
      const report = { bucket: 'compliance-logs', keyId: reportKeyId };
      const ingestor = new RecordIngestor({ objects, records, audit, alerts, clock, report });
      const ingestion = ingestor.ingest(await world.put('day.json', one));
      await jest.advanceTimersByTimeAsync(500);
      isFull = false;
      await jest.advanceTimersByTimeAsync(20_000);
      expect(await ingestion).toMatchObject({ outcome: 'ingested', written: 1 });
    } finally {
      jest.useRealTimers();
    }
  });
});

test('a failure in the middle leaves the source released and nothing under way', async () => {
  const world = recordWorld();
  const file = await world.put('day.json', 'x');
  let isReleased = false;
  const head = await world.objects.head(file);
  async function* body() {
    try {
      for (let second = 0; ; second += 1) yield Buffer.from(`${recordText(second)}\n`);
    } finally {
      isReleased = true;
    }
  }
  if (head === undefined) throw new Error('the file is there');
  jest.spyOn(world.objects, 'read').mockResolvedValue({ head, body: body() });
  jest.spyOn(world.records, 'write').mockRejectedValue(new Error('lost'));

  await expect(world.ingestor.ingest(file)).rejects.toThrow('lost');
  expect(isReleased).toBe(true);
});

test('a source that fails ends the work only once what is being written has been', async () => {
  const world = recordWorld();
  const file = await world.put('day.json', 'x');
  const head = await world.objects.head(file);
  if (head === undefined) throw new Error('the file is there');
  const batch = Array.from({ length: 25 }, (_, second) => recordText(second)).join('\n');
  const failed = Promise.withResolvers<void>();
  async function* body() {
    yield Buffer.from(`${batch}\n`);
    failed.resolve();
    throw new Error('lost');
  }
  const events: string[] = [];
  jest.spyOn(world.objects, 'read').mockResolvedValue({ head, body: body() });
  jest.spyOn(world.records, 'write').mockImplementation(async () => {
    await failed.promise;
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    events.push('written');
    return { unprocessed: [] };
  });

  await world.ingestor.ingest(file).catch(() => events.push('rejected'));

  expect(events).toEqual(['written', 'rejected']);
});

test('a file is read as it streams, in chunks of any size', async () => {
  const world = recordWorld();
  const file = await world.put('day.json', 'x');
  const bytes = gzipSync(Array.from({ length: 300 }, (_, second) => recordText(second)).join('\n'));
  const head = await world.objects.head(file);
  if (head === undefined) throw new Error('the file is there');
  jest.spyOn(world.objects, 'read').mockResolvedValue({ head, body: chunked(bytes, 100) });

  expect(await world.ingestor.ingest(file)).toMatchObject({ outcome: 'ingested', written: 300 });
});
