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

/** Which letters to dismiss: never all without saying so. */
export type DismissSelection = { readonly ids: readonly string[] } | { readonly causes: readonly string[] };

/** A letter that does not wait: it was sent or dismissed before, or there is none of that id. */
export type NotWaiting =
  | { readonly outcome: 'already-redriven' | 'already-dismissed'; readonly letter: StoredDeadLetter }
  | { readonly outcome: 'unknown'; readonly id: string };

export type RedrivePreview = { readonly outcome: 'waiting'; readonly letter: StoredDeadLetter } | NotWaiting;

export type RedriveOutcome =
  | { readonly outcome: 'redriven'; readonly letter: StoredDeadLetter }
  /** It could not be sent, or not be marked as sent: it waits still, and may be sent once more. */
  | { readonly outcome: 'failed'; readonly letter: StoredDeadLetter; readonly error: Error }
  | NotWaiting;

export type DismissOutcome =
  | { readonly outcome: 'dismissed'; readonly letter: StoredDeadLetter }
  /** It could not be marked: it waits still. */
  | { readonly outcome: 'failed'; readonly letter: StoredDeadLetter; readonly error: Error }
  | NotWaiting;

/**
 * Sends dead letters back to the queues that gave them up, once their cause is mended, or dismisses those that are
 * obsolete: what was mended by a new version of an object is announced by that version. A letter is marked as sent once
 * its queue has it; one that fails leaves the others as they are.
 */
export class DeadLetterRedriver {
  readonly #options: DeadLetterRedriverOptions;

  constructor(options: DeadLetterRedriverOptions) {
    this.#options = options;
  }

  /** The letters that {@link redrive} or {@link dismiss} would take, and those named that do not wait; does nothing. */
  async *preview(selection: RedriveSelection): AsyncGenerator<RedrivePreview> {
    const { letters } = this.#options;
    if ('ids' in selection) {
      for (const id of selection.ids) {
        const letter = await letters.find(id);
        yield letter === undefined ? { outcome: 'unknown', id } : { outcome: stateOf(letter), letter };
      }
      return;
    }
    const { causes } = selection;
    for await (const letter of letters.waiting()) {
      const { cause } = letter;
      if (causes === undefined || (cause !== undefined && causes.includes(cause.code)))
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

  /** Closes letters without sending them. Rejects with `PortError` where the letters cannot be read. */
  async *dismiss(selection: DismissSelection): AsyncGenerator<DismissOutcome> {
    for await (const found of this.preview(selection)) {
      if (found.outcome === 'waiting') yield await this.#dismiss(found.letter);
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
      return { outcome: 'failed', letter, error: errorOf(error) };
    }
  }

  async #dismiss(letter: StoredDeadLetter): Promise<DismissOutcome> {
    const { letters, clock } = this.#options;
    try {
      const dismissedAt = canonicalTime(clock.now());
      await letters.markDismissed(letter.id, dismissedAt);
      return { outcome: 'dismissed', letter: { ...letter, dismissedAt } };
    } catch (error) {
      return { outcome: 'failed', letter, error: errorOf(error) };
    }
  }
}

/** Of a letter that was both sent and dismissed, by two at once, that it was sent. */
function stateOf(letter: StoredDeadLetter): 'waiting' | 'already-redriven' | 'already-dismissed' {
  if (letter.redrivenAt !== undefined) return 'already-redriven';
  return letter.dismissedAt === undefined ? 'waiting' : 'already-dismissed';
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
