import type { Clock } from '../../ports/clock.ts';
import type { DeviceRecord, RecordStore, WriteRecordsOutcome } from '../../ports/record-store.ts';

export interface GuardedRecordStoreOptions {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** Whether another delivery has ended the work. */
  readonly isConcluded: () => Promise<boolean>;
}

/** Milliseconds for which an answer counts. */
const interval = 5000;

/** Another delivery of the same file has ended the work: nothing is to be written any more. */
export class ConcludedMeanwhileError extends Error {
  constructor() {
    super('Another delivery has ingested the file');
    this.name = 'ConcludedMeanwhileError';
  }
}

/**
 * Writes records as long as no other delivery of the same file has ended the work, so that a slow one does not undo
 * what later files have written. It asks before the first write, and again when it has not asked for five seconds;
 * within these the rows of a later file may still be overwritten.
 *
 * Rejects with {@link ConcludedMeanwhileError} where another delivery has ended it.
 */
export class GuardedRecordStore implements RecordStore {
  readonly batchSize: number;
  readonly #options: GuardedRecordStoreOptions;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answer: Promise<boolean> = Promise.resolve(false);

  constructor(options: GuardedRecordStoreOptions) {
    this.#options = options;
    this.batchSize = options.records.batchSize;
  }

  async write(records: readonly DeviceRecord[]): Promise<WriteRecordsOutcome> {
    const now = this.#options.clock.now().getTime();
    if (now - this.#askedAt >= interval) {
      this.#askedAt = now;
      this.#answer = this.#options.isConcluded();
    }
    // Batches that are written at one time wait for one answer.
    if (await this.#answer) throw new ConcludedMeanwhileError();
    return this.#options.records.write(records);
  }
}
