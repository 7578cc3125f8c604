import type { Timestamp } from './clock.ts';

/** A JSON value whose numbers keep the digits they came with. An object of JSON is a map, so that no name is special. */
export type LosslessJson =
  | string
  | boolean
  | null
  | LosslessNumber
  | readonly LosslessJson[]
  | ReadonlyMap<string, LosslessJson>;

/** A number as it was written, in JSON's notation; DynamoDB keeps up to 38 significant digits. */
export interface LosslessNumber {
  readonly digits: string;
}

/** One valid record of a device. `deviceId` and `timestamp` are its key. */
export interface DeviceRecord {
  readonly deviceId: string;
  /** Where it was measured more finely than in milliseconds, with up to nine digits of the second. */
  readonly timestamp: Timestamp;
  readonly value: LosslessNumber;
  /** All other attributes of the record, in its order. */
  readonly attributes: ReadonlyMap<string, LosslessJson>;
}

export interface WriteRecordsOutcome {
  /** Not written for want of throughput; may be written later. */
  readonly unprocessed: readonly DeviceRecord[];
}

/** A table of records by device and time. The last write of a key wins. */
export interface RecordStore {
  /** Records one call takes at most. */
  readonly batchSize: number;
  /**
   * Writes up to `batchSize` records with distinct keys, replacing what stands under their keys. Writing the same
   * again changes nothing. Where the store can never take these records in one call, be it for one of them, for their
   * number or for a key that two have, it is a `PortError` (`permanent`, `RecordRefused`); which of several it is, and
   * whether the others were written, is then not told. Any other failure says nothing of the records.
   */
  write(records: readonly DeviceRecord[]): Promise<WriteRecordsOutcome>;
}
