import { describe, expect, test } from '@jest/globals';
import { recordStoreContract } from '../../../src/adapters/contracts/record-store-contract.ts';
import { MemoryRecordStore } from '../../../src/adapters/memory/memory-record-store.ts';
import type { DeviceRecord } from '../../../src/ports/record-store.ts';

describe(`the contract of ${recordStoreContract.port}`, () => {
  test.each(recordStoreContract.cases)('$name', ({ run }) => {
    const store = new MemoryRecordStore();
    const find = async (deviceId: string, timestamp: string) =>
      store.records.find(record => record.deviceId === deviceId && record.timestamp === timestamp);
    return run({ store, find });
  });
});

const record: DeviceRecord = {
  deviceId: 'd1',
  timestamp: '2026-11-21T08:00:00.000Z',
  value: { digits: '1' },
  attributes: new Map(),
};
const other: DeviceRecord = { ...record, deviceId: 'd2' };

test('what it is told to leave is told, and the rest written', async () => {
  const store = new MemoryRecordStore({ leaveUnprocessed: ({ deviceId }) => deviceId === 'd1' });

  expect(await store.write([record, other])).toEqual({ unprocessed: [record] });
  expect(store.records).toEqual([other]);
});

test('what it is told to refuse is refused with its neighbours', async () => {
  const store = new MemoryRecordStore({ refuse: ({ deviceId }) => deviceId === 'd1' });

  await expect(store.write([record, other])).rejects.toMatchObject({ kind: 'permanent' });
  expect(store.records).toEqual([]);
});

test('a batch is as large as it is told', async () => {
  const store = new MemoryRecordStore({ batchSize: 1 });

  expect(store.batchSize).toBe(1);
  await expect(store.write([record, other])).rejects.toMatchObject({ kind: 'permanent' });
});
