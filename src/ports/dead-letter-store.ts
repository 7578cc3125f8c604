import type { Timestamp } from './clock.ts';
import type { QueueMessage } from './message-queue.ts';

/** Why a message could not be handled, as far as it was noted. */
export interface DeadLetterCause {
  /** Stable code, for example `damaged-gzip` or `AccessDenied`. */
  readonly code: string;
  readonly message: string;
}

/** A message that its queue has given up, whole. */
export interface DeadLetter {
  readonly schemaVersion: 1;
  /** The message's id in its queue. */
  readonly id: string;
  /** ARN of the queue that it could not leave, and that it can be sent back to. */
  readonly queueArn: string;
  readonly message: QueueMessage;
  /** How often it was received, the dead-letter queue included. */
  readonly receiveCount: number;
  /** When it was sent. */
  readonly sentAt: Timestamp;
  /** When it was received for the first time. */
  readonly firstSeenAt: Timestamp;
  /** When it was taken off the dead-letter queue. */
  readonly lastSeenAt: Timestamp;
  readonly cause?: DeadLetterCause;
}

/** A stored letter, and what has become of it. */
export interface StoredDeadLetter extends DeadLetter {
  readonly announcedAt?: Timestamp;
  /** When it was sent back to its queue. */
  readonly redrivenAt?: Timestamp;
  /** When it was closed without being sent back: what it asks for is obsolete, or was done in another way. */
  readonly dismissedAt?: Timestamp;
}

export type StoreDeadLetterOutcome =
  | { readonly outcome: 'stored' }
  /** It stands there as it was stored first. */
  | { readonly outcome: 'present'; readonly letter: StoredDeadLetter };

/** Messages that could not be handled, kept until somebody sends them back or dismisses them. */
export interface DeadLetterStore {
  /** Stores the letter under its id; one that is there is left as it was; atomic. */
  store(letter: DeadLetter): Promise<StoreDeadLetterOutcome>;
  /** Notes when it was announced; the first time stays. Of an id that is not there nothing is noted. */
  markAnnounced(id: string, at: Timestamp): Promise<void>;
  /** Notes when it was sent back; the first time stays. Of an id that is not there nothing is noted. */
  markRedriven(id: string, at: Timestamp): Promise<void>;
  /** Notes when it was dismissed; the first time stays. Of an id that is not there nothing is noted. */
  markDismissed(id: string, at: Timestamp): Promise<void>;
  find(id: string): Promise<StoredDeadLetter | undefined>;
  /**
   * The letters that have been neither sent back nor dismissed, in no order. Where one cannot be read, the others come
   * first.
   */
  waiting(): AsyncIterable<StoredDeadLetter>;
}
