import type { Timestamp } from '../../ports/clock.ts';
import type {
  DeadLetter,
  DeadLetterStore,
  StoreDeadLetterOutcome,
  StoredDeadLetter,
} from '../../ports/dead-letter-store.ts';

/**
 * Dead letters in memory. Letters are copied in and out.
 *
 * @example
 * const store = new MemoryDeadLetterStore();
 * await keeper.keep(letter);
 * expect(store.letters[0]?.cause?.code).toBe('damaged-gzip');
 */
export class MemoryDeadLetterStore implements DeadLetterStore {
  readonly #letters = new Map<string, StoredDeadLetter>();

  /** Every letter in the order of arrival, whatever has become of it. */
  get letters(): readonly StoredDeadLetter[] {
    return structuredClone([...this.#letters.values()]);
  }

  async store(letter: DeadLetter): Promise<StoreDeadLetterOutcome> {
    const holder = this.#letters.get(letter.id);
    if (holder !== undefined) return { outcome: 'present', letter: structuredClone(holder) };
    this.#letters.set(letter.id, structuredClone(letter));
    return { outcome: 'stored' };
  }

  async markAnnounced(id: string, at: Timestamp): Promise<void> {
    const letter = this.#letters.get(id);
    if (letter !== undefined) this.#letters.set(id, { announcedAt: at, ...letter });
  }

  async markRedriven(id: string, at: Timestamp): Promise<void> {
    const letter = this.#letters.get(id);
    if (letter !== undefined) this.#letters.set(id, { redrivenAt: at, ...letter });
  }

  async markDismissed(id: string, at: Timestamp): Promise<void> {
    const letter = this.#letters.get(id);
    if (letter !== undefined) this.#letters.set(id, { dismissedAt: at, ...letter });
  }

  async find(id: string): Promise<StoredDeadLetter | undefined> {
    return structuredClone(this.#letters.get(id));
  }

  async *waiting(): AsyncGenerator<StoredDeadLetter> {
    for (const letter of this.letters) {
      if (letter.redrivenAt === undefined && letter.dismissedAt === undefined) yield letter;
    }
  }
}
