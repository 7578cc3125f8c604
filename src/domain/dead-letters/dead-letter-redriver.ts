import type { Clock } from '../../ports/clock.ts';
import type { DeadLetterStore, StoredDeadLetter } from '../../ports/dead-letter-store.ts';
import type { MessageQueue } from '../../ports/message-queue.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';

export interface DeadLetterRedriverOptions {
  readonly letters: DeadLetterStore;
  readonly queue: MessageQueue;
  readonly clock: Clock;
}

/** Which letters: those named, or of those that wait, all or those with one of these causes' codes. */
export type RedriveSelection = { readonly ids: readonly string[] } | { readonly causes?: readonly string[] };

/** What stands in the way of sending a letter: it was sent before, or there is none of that id. */
export type NotRedriven =
  | { readonly outcome: 'already-redriven'; readonly letter: StoredDeadLetter }
  | { readonly outcome: 'unknown'; readonly id: string };

export type RedrivePreview = { readonly outcome: 'waiting'; readonly letter: StoredDeadLetter } | NotRedriven;

export type RedriveOutcome =
  | { readonly outcome: 'redriven'; readonly letter: StoredDeadLetter }
  /** It could not be sent, or not be marked as sent: it waits still, and may be sent once more. */
  | { readonly outcome: 'failed'; readonly letter: StoredDeadLetter; readonly error: Error }
  | NotRedriven;

/**
 * Sends dead letters back to the queues that gave them up, once their cause is mended. A letter is marked once its
 * queue has it; one that fails leaves the others as they are.
 */
export class DeadLetterRedriver {
  readonly #options: DeadLetterRedriverOptions;

  constructor(options: DeadLetterRedriverOptions) {
    this.#options = options;
  }

  /** What {@link redrive} would do; does nothing. */
  async *preview(selection: RedriveSelection): AsyncGenerator<RedrivePreview> {
    const { letters } = this.#options;
    if ('ids' in selection) {
      for (const id of selection.ids) {
        const letter = await letters.find(id);
        if (letter === undefined) yield { outcome: 'unknown', id };
        else if (letter.redrivenAt === undefined) yield { outcome: 'waiting', letter };
        else yield { outcome: 'already-redriven', letter };
      }
      return;
    }
    const { causes } = selection;
    for await (const letter of letters.waiting()) {
      if (causes === undefined || causes.includes(letter.cause?.code ?? ''))
        yield { outcome: 'waiting', letter };
    }
  }

  /** Rejects with `PortError` where the letters cannot be read. */
  async *redrive(selection: RedriveSelection): AsyncGenerator<RedriveOutcome> {
    for await (const found of this.preview(selection)) {
      if (found.outcome === 'waiting') yield await this.#send(found.letter);
      else yield found;
    }
  }

  async #send(letter: StoredDeadLetter): Promise<RedriveOutcome> {
    const { letters, queue, clock } = this.#options;
    try {
      await queue.send(letter.queueArn, letter.message);
      const redrivenAt = canonicalTime(clock.now());
      await letters.markRedriven(letter.id, redrivenAt);
      return { outcome: 'redriven', letter: { ...letter, redrivenAt } };
    } catch (error) {
      return { outcome: 'failed', letter, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
