import type { LedgerOutcome, UploadLedger, UploadRecord } from '../../ports/upload-ledger.ts';

/**
 * A table of uploads in memory. Records are copied in and out: what the caller does to its own object later
 * changes nothing here.
 *
 * @example
 * const ledger = new MemoryUploadLedger();
 * await recorder.record(upload);
 * expect(ledger.uploads).toHaveLength(1);
 */
export class MemoryUploadLedger implements UploadLedger {
  /** Filename, then timestamp: a joined key could be forged by a filename that holds the separator. */
  readonly #slots = new Map<string, Map<string, UploadRecord>>();

  /** @param options.uploads Records that are there from the start; of two with one slot, the first stays. */
  constructor(options: { readonly uploads?: Iterable<UploadRecord> } = {}) {
    for (const upload of options.uploads ?? []) this.#claim(upload);
  }

  /** Every record, grouped by filename, in the order of arrival. */
  get uploads(): readonly UploadRecord[] {
    return [...this.#slots.values()].flatMap(records => [...records.values()].map(record => ({ ...record })));
  }

  async record(upload: UploadRecord): Promise<LedgerOutcome> {
    const holder = this.#claim(upload);
    return holder === undefined ? { outcome: 'recorded' } : { outcome: 'taken', by: { ...holder } };
  }

  #claim(upload: UploadRecord): UploadRecord | undefined {
    const records = this.#slots.get(upload.filename) ?? new Map<string, UploadRecord>();
    const holder = records.get(upload.uploadTimestamp);
    if (holder !== undefined) return holder;
    records.set(upload.uploadTimestamp, { ...upload });
    this.#slots.set(upload.filename, records);
    return undefined;
  }
}
