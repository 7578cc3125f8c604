import { isPortError, PortError } from '../../ports/failure.ts';
import type { DeviceRecord, RecordStore } from '../../ports/record-store.ts';
import type { ValidRecord } from './record-file-reading.ts';

export interface RecordBatchWriterOptions {
  readonly records: RecordStore;
  /** Milliseconds in which something may still be written. */
  readonly timeLeft: () => number;
  /** Takes a record that the store can never hold. */
  readonly refuse: (record: ValidRecord) => Promise<void>;
  /** Batches under way at one time. */
  readonly concurrency: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** UTF-16 units of the texts of one batch: parsed, they take many times as much. */
const mostBatchLength = 1024 * 1024;
const firstWait = 50;
const longestWait = 10_000;
/** So many refusals, with not one record written between them, are the fault of the store. */
const mostRefusals = 25;

/**
 * Writes records batch by batch, several batches at a time. Who adds faster than the store writes, waits: no more is
 * held than the batches under way.
 *
 * What the store leaves unprocessed, or throttles, is tried again under exponential backoff with full jitter, as long as
 * there is time. A batch with a record that the store can never hold is divided until that one is found. Where it takes
 * none at all, it is at fault itself, and so the writing fails.
 */
export class RecordBatchWriter {
  readonly #options: RecordBatchWriterOptions;
  readonly #underWay = new Set<Promise<void>>();
  #batch: ValidRecord[] = [];
  #batchLength = 0;
  #written = 0;
  /** Refusals since a record was written last. */
  #refusedInRow = 0;
  #lastRefusal: PortError | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: RecordBatchWriterOptions) {
    this.#options = options;
  }

  /** Records that the store has taken. */
  get written(): number {
    return this.#written;
  }

  /** Takes in a record; no two may have one key. Rejects with what a batch before it failed with. */
  async add(record: ValidRecord): Promise<void> {
    this.#batch.push(record);
    this.#batchLength += record.text.length;
    const { records } = this.#options;
    if (this.#batch.length >= records.batchSize || this.#batchLength >= mostBatchLength) await this.#begin();
  }

  /** Resolves once everything is written; rejects once nothing is under way any more. */
  async finish(): Promise<void> {
    if (this.#failure === undefined && this.#batch.length > 0) await this.#begin();
    await this.settle();
    this.#throwFailure();
    if (this.#written === 0 && this.#lastRefusal !== undefined) throw this.#lastRefusal;
  }

  /** Waits until nothing is under way, whatever becomes of it. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #begin(): Promise<void> {
    while (this.#underWay.size >= this.#options.concurrency) await Promise.race(this.#underWay);
    this.#throwFailure();
    const batch = this.#batch;
    this.#batch = [];
    this.#batchLength = 0;
    const writing = this.#write(batch)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #write(batch: readonly ValidRecord[]): Promise<void> {
    let waiting = batch;
    let wait = firstWait;
    while (waiting.length > 0) {
      const answer = await this.#tryOnce(waiting);
      if (answer === 'refused') return this.#divide(waiting);
      const taken = waiting.length - answer.length;
      this.#written += taken;
      if (taken > 0) this.#refusedInRow = 0;
      // A store that takes some of them is catching up.
      wait = taken > 0 ? firstWait : Math.min(2 * wait, longestWait);
      waiting = answer;
      if (waiting.length > 0) await this.#pause(this.#options.random() * wait);
    }
  }

  /** Those that are still to be written, or that one of them can never be. */
  async #tryOnce(batch: readonly ValidRecord[]): Promise<readonly ValidRecord[] | 'refused'> {
    if (this.#options.timeLeft() <= 0) throw outOfTime();
    try {
      const { unprocessed } = await this.#options.records.write(batch.map(({ record }) => record));
      if (unprocessed.length === 0) return [];
      const left = new Set(unprocessed.map(keyOf));
      return batch.filter(({ record }) => left.has(keyOf(record)));
    } catch (error) {
      if (isPortError(error) && error.kind === 'throttled') return batch;
      if (!isPortError(error) || error.code !== 'RecordRefused') throw error;
      if (batch.length === 1) this.#noteRefusal(error);
      return 'refused';
    }
  }

  #noteRefusal(error: PortError): void {
    this.#lastRefusal = error;
    this.#refusedInRow += 1;
    if (this.#refusedInRow >= mostRefusals) throw error;
  }

  async #divide(batch: readonly ValidRecord[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (batch.length === 1) return this.#options.refuse(first);
    const middle = Math.ceil(batch.length / 2);
    await this.#write(batch.slice(0, middle));
    await this.#write(batch.slice(middle));
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds >= this.#options.timeLeft()) throw outOfTime();
    await this.#options.sleep(milliseconds);
  }
}

function keyOf({ deviceId, timestamp }: DeviceRecord): string {
  return JSON.stringify([deviceId, timestamp]);
}

/** Kept in the vocabulary of ports: the same work may succeed when the store is less busy. */
export function outOfTime(): PortError {
  return new PortError({
    kind: 'throttled',
    operation: 'RecordIngestor.ingest',
    code: 'OutOfTime',
    message: 'the time of the function was nearly over before all records were written',
  });
}
