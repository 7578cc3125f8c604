import { PortError } from '../../ports/failure.ts';
import type { DeviceRecord, RecordStore, WriteRecordsOutcome } from '../../ports/record-store.ts';

export interface MemoryRecordStoreOptions {
  /** @defaultValue 25, as DynamoDB takes */
  readonly batchSize?: number;
  /** Chooses the records of a call that are left unprocessed. @defaultValue none are */
  readonly leaveUnprocessed?: (record: DeviceRecord) => boolean;
  /** Chooses the records that can never be stored. @defaultValue none are */
  readonly refuse?: (record: DeviceRecord) => boolean;
}

/**
 * A table of records in memory. Records are kept as they are given: they are read-only.
 *
 * @example
 * const store = new MemoryRecordStore();
 * await ingestor.ingest(file);
 * expect(store.records).toHaveLength(3);
 */
export class MemoryRecordStore implements RecordStore {
  readonly batchSize: number;
  readonly #options: MemoryRecordStoreOptions;
  readonly #rows = new Map<string, DeviceRecord>();

  constructor(options: MemoryRecordStoreOptions = {}) {
    this.#options = options;
    this.batchSize = options.batchSize ?? 25;
  }

  /** Every record, in the order in which their keys were first written. */
  get records(): readonly DeviceRecord[] {
    return [...this.#rows.values()];
  }

  async write(records: readonly DeviceRecord[]): Promise<WriteRecordsOutcome> {
    if (records.length > this.batchSize)
      throw refused(`takes ${this.batchSize} records, not ${records.length}`);
    const keys = new Set(records.map(keyOf));
    if (keys.size < records.length) throw refused('takes each key once');
    const { refuse = never, leaveUnprocessed = never } = this.#options;
    if (records.some(record => isUnstorable(record) || refuse(record))) throw refused('takes no such record');
    const unprocessed = records.filter(leaveUnprocessed);
    for (const record of records) {
      if (!unprocessed.includes(record)) this.#rows.set(keyOf(record), record);
    }
    return { unprocessed };
  }
}

function keyOf({ deviceId, timestamp }: DeviceRecord): string {
  return JSON.stringify([deviceId, timestamp]);
}

function isUnstorable({ deviceId, timestamp }: DeviceRecord): boolean {
  return deviceId === '' || timestamp === '' || Buffer.byteLength(deviceId) > 2048;
}

function never(): boolean {
  return false;
}

function refused(why: string): PortError {
  return new PortError({
    kind: 'permanent',
    operation: 'RecordStore.write',
    code: 'RecordRefused',
    message: `RecordStore.write failed: it ${why}`,
  });
}
