import type {
  BackfillEntry,
  BackfillLedger,
  BackfillObject,
  BackfillScope,
} from '../../ports/backfill-ledger.ts';

/** A settled entry stands against an open one of the same object and work. */
function standsAgainst(noted: BackfillEntry, entry: BackfillEntry): boolean {
  const isOpen = ({ outcome }: BackfillEntry) => outcome === 'missing' || outcome === 'failed';
  return !isOpen(noted) && isOpen(entry) && noted.etag === entry.etag && noted.work === entry.work;
}

/**
 * What backfills have done, in memory. Entries are copied in and out.
 *
 * @example
 * const ledger = new MemoryBackfillLedger();
 * for await (const result of backfill.run(selection)) tell(result);
 * expect(ledger.all).toHaveLength(3);
 */
export class MemoryBackfillLedger implements BackfillLedger {
  readonly #entries = new Map<string, BackfillEntry>();

  /** Every entry of every backfill, in the order in which the objects were first noted. */
  get all(): readonly BackfillEntry[] {
    return structuredClone([...this.#entries.values()]);
  }

  async find(object: BackfillObject): Promise<BackfillEntry | undefined> {
    return structuredClone(this.#entries.get(nameOf(object)));
  }

  async note(entry: BackfillEntry): Promise<void> {
    const name = nameOf(entry);
    const noted = this.#entries.get(name);
    if (noted === undefined || !standsAgainst(noted, entry)) this.#entries.set(name, structuredClone(entry));
  }

  async *entries({ backfill, bucket }: BackfillScope): AsyncGenerator<BackfillEntry> {
    for (const entry of this.all) if (entry.backfill === backfill && entry.bucket === bucket) yield entry;
  }
}

function nameOf({ backfill, bucket, key }: BackfillObject): string {
  return JSON.stringify([backfill, bucket, key]);
}
