import { describe, expect, test } from '@jest/globals';
import { MemoryRecordStore } from '../../../src/adapters/memory/memory-record-store.ts';
import {
  RecordBatchWriter,
  type RecordBatchWriterOptions,
} from '../../../src/domain/records/record-batch-writer.ts';
import type { ValidRecord } from '../../../src/domain/records/record-file-reading.ts';
import { type FailureKind, PortError } from '../../../src/ports/failure.ts';
import type { DeviceRecord, RecordStore } from '../../../src/ports/record-store.ts';

function validRecord(index: number, length = 10): ValidRecord {
  const timestamp = new Date(index).toISOString();
  return {
    kind: 'valid',
    position: { index, byte: 0 },
    record: { deviceId: 'd1', timestamp, value: { digits: String(index) }, attributes: new Map() },
    text: 'x'.repeat(length),
  };
}

const indexOf = ({ value }: DeviceRecord) => Number(value.digits);

function failure(kind: FailureKind): PortError {
  return new PortError({ kind, operation: 'RecordStore.write', code: kind, message: kind });
}

function refusal(): PortError {
  const [operation, code] = ['RecordStore.write', 'RecordRefused'];
  return new PortError({ kind: 'permanent', operation, code, message: 'refused' });
}

type Answer = (batch: readonly DeviceRecord[], call: number) => readonly DeviceRecord[] | Promise<never>;

/** A store whose calls are noted, and answered by `answer` before they reach the table. */
class WatchedStore implements RecordStore {
  readonly batchSize = 25;
  readonly batches: (readonly number[])[] = [];
  readonly table = new MemoryRecordStore();
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #answer: (
    batch: readonly DeviceRecord[],
    call: number,
  ) => readonly DeviceRecord[] | Promise<never>;

  constructor(answer: Answer = () => []) {
    this.#answer = answer;
  }

  async write(records: readonly DeviceRecord[]) {
    this.batches.push(records.map(indexOf));
    const call = this.batches.length;
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      await new Promise(setImmediate);
      const unprocessed = await this.#answer(records, call);
      await this.table.write(records.filter(record => !unprocessed.includes(record)));
      return { unprocessed };
    } finally {
      this.#atOnce -= 1;
    }
  }
}

async function writeAll(
  records: RecordStore,
  given: readonly ValidRecord[],
  options: Partial<RecordBatchWriterOptions> = {},
) {
  const waits: number[] = [];
  const refused: number[] = [];
  const writer = new RecordBatchWriter({
    records,
    timeLeft: () => 60_000,
    refuse: async ({ position }) => void refused.push(position.index),
    concurrency: 8,
    sleep: async milliseconds => void waits.push(milliseconds),
    random: () => 0.5,
    ...options,
  });
  const outcome = await (async () => {
    for (const record of given) await writer.add(record);
    await writer.finish();
    return 'done';
  })().catch((error: unknown) => error);
  await writer.settle();
  return { outcome, waits, refused, written: writer.written };
}

const records = (count: number) => Array.from({ length: count }, (_, index) => validRecord(index));
const stored = (store: WatchedStore) => store.table.records.map(indexOf).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('batches', () => {
  test('are as large as the store takes them', async () => {
    const store = new WatchedStore();
    const { outcome, written } = await writeAll(store, records(60));
    expect([outcome, written, store.batches.map(({ length }) => length)]).toEqual(['done', 60, [25, 25, 10]]);
    expect(stored(store)).toEqual(upTo(60));
  });

  test('are smaller where the records are large', async () => {
    const store = new WatchedStore();
    await writeAll(
      store,
      [0, 1, 2, 3].map(index => validRecord(index, 600_000)),
    );
    expect(store.batches).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('of none there is none', async () => {
    const store = new WatchedStore();
    expect(await writeAll(store, [])).toMatchObject({ outcome: 'done', written: 0 });
    expect(store.batches).toEqual([]);
  });

  test.each([1, 3, 8])('%i are under way at one time, and no more', async concurrency => {
    const store = new WatchedStore();
    await writeAll(store, records(25 * 20), { concurrency });
    expect(store.mostAtOnce).toBe(concurrency);
    expect(stored(store)).toEqual(upTo(500));
  });

  test('that a slow store has not taken keep further records waiting', async () => {
    const gate = Promise.withResolvers<void>();
    const store: RecordStore = { batchSize: 1, write: () => gate.promise.then(() => ({ unprocessed: [] })) };
    const writer = new RecordBatchWriter({
      records: store,
      timeLeft: () => 60_000,
      refuse: async () => undefined,
      concurrency: 2,
      sleep: async () => undefined,
      random: () => 0,
    });
    await writer.add(validRecord(1));
    await writer.add(validRecord(2));
    let isTaken = false;
    const third = writer.add(validRecord(3)).then(() => {
      isTaken = true;
    });
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    gate.resolve();
    await third;
    await writer.finish();
    expect(writer.written).toBe(3);
  });
});

describe('what is left unprocessed', () => {
  test('is tried again until nothing is left, with doubling waits while nothing moves', async () => {
    // All 25 four times over, then all but 20, then nothing.
    const store = new WatchedStore((batch, call) => (call <= 4 ? batch : call === 5 ? batch.slice(5) : []));
    const { outcome, waits, written } = await writeAll(store, records(25));
    expect([outcome, written]).toEqual(['done', 25]);
    expect(store.batches.map(({ length }) => length)).toEqual([25, 25, 25, 25, 25, 20]);
    // Full jitter, of which the half is drawn here: of 100, 200, 400, 800, and anew of 50.
    expect(waits).toEqual([50, 100, 200, 400, 25]);
    expect(stored(store)).toEqual(upTo(25));
  });

  test('waits no longer than ten seconds', async () => {
    const store = new WatchedStore((batch, call) => (call <= 12 ? batch : []));
    const { waits } = await writeAll(store, records(1), { random: () => 0.999, timeLeft: () => 1e9 });
    expect(Math.max(...waits)).toBe(9_990);
  });

  test('is no reason to write the others again', async () => {
    const store = new WatchedStore((batch, call) => (call === 1 ? batch.slice(24) : []));
    await writeAll(store, records(25));
    expect(store.batches[1]).toEqual([24]);
  });

  test('and throttled calls are the same', async () => {
    const store = new WatchedStore((_, call) => (call <= 2 ? Promise.reject(failure('throttled')) : []));
    const { outcome, waits } = await writeAll(store, records(3));
    expect([outcome, waits]).toEqual(['done', [50, 100]]);
  });

  test.each([
    ['before a wait that there is no time for', (call: number) => (call > 3 ? 60 : 1000)],
    ['at once, where the time is over', (call: number) => (call > 3 ? 0 : 1000)],
  ])('gives up %s', async (_, timeAfter) => {
    const store = new WatchedStore(batch => batch);
    const { outcome } = await writeAll(store, records(1), {
      timeLeft: () => timeAfter(store.batches.length),
    });
    expect(outcome).toMatchObject({ kind: 'throttled', code: 'OutOfTime' });
    expect(store.batches.length).toBeGreaterThan(3);
    expect(store.batches.length).toBeLessThan(20);
  });
});

describe('what the store refuses for good', () => {
  const refusing = (...bad: readonly number[]) =>
    new WatchedStore(batch =>
      batch.some(record => bad.includes(indexOf(record))) ? Promise.reject(refusal()) : [],
    );

  test.each([[[7]], [[0, 24]], [[3, 4, 30, 49]], [upTo(24)]])('is found: %j', async bad => {
    const store = refusing(...bad);
    const { outcome, refused, written } = await writeAll(store, records(50));
    expect(outcome).toBe('done');
    expect(refused.sort((a, b) => a - b)).toEqual(bad);
    expect(stored(store)).toEqual(upTo(50).filter(index => !bad.includes(index)));
    expect(written).toBe(50 - bad.length);
  });

  test('is found however often, as long as others are written between', async () => {
    const bad = upTo(100).filter(index => index % 3 === 0 && index < 90);
    const { outcome, refused, written } = await writeAll(refusing(...bad), records(100), { concurrency: 1 });
    expect([outcome, refused, written]).toEqual(['done', bad, 70]);
  });

  test.each([
    ['from the beginning', upTo(100), 0, 24],
    ['after others were written', upTo(100).slice(50), 50, 24],
  ])('again and again, %s, is the fault of the store', async (_, bad, expected, most) => {
    const { outcome, written, refused } = await writeAll(refusing(...bad), records(100), { concurrency: 1 });
    expect(outcome).toMatchObject({ kind: 'permanent', code: 'RecordRefused' });
    expect([written, refused.length]).toEqual([expected, most]);
  });

  test.each([1, 3, 24])('is the fault of the store where it takes none of %i', async count => {
    const { outcome } = await writeAll(refusing(...upTo(count)), records(count));
    expect(outcome).toMatchObject({ kind: 'permanent', code: 'RecordRefused' });
  });

  test('fails the writing, where it cannot be reported', async () => {
    const lost = new Error('lost');
    const { outcome } = await writeAll(refusing(1), records(3), { refuse: () => Promise.reject(lost) });
    expect(outcome).toBe(lost);
  });
});

test('nothing is written where there is no time', async () => {
  const store = new WatchedStore();
  const { outcome } = await writeAll(store, records(1), { timeLeft: () => 0 });
  expect(outcome).toMatchObject({ kind: 'throttled', code: 'OutOfTime' });
  expect(store.batches).toEqual([]);
});

test.each<FailureKind>(['retryable', 'denied', 'not-found', 'conflict', 'permanent'])(
  'a %s failure, which says nothing of the records, ends the writing once nothing is under way',
  async kind => {
    const store = new WatchedStore((_, call) => (call === 2 ? Promise.reject(failure(kind)) : []));
    const { outcome } = await writeAll(store, records(1000), { concurrency: 3 });
    expect(outcome).toMatchObject({ kind });
    const calls = store.batches.length;
    expect(calls).toBeLessThan(10);
    await new Promise(setImmediate);
    expect(store.batches).toHaveLength(calls);
  },
);
