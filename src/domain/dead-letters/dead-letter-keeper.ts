import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeadLetter, DeadLetterStore, StoredDeadLetter } from '../../ports/dead-letter-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { deadLetterAlert } from './dead-letter-alert.ts';
import { lastCauseOf } from './message-failure.ts';

export interface DeadLetterKeeperOptions {
  readonly letters: DeadLetterStore;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
}

export type KeepOutcome =
  | { readonly outcome: 'kept'; readonly letter: StoredDeadLetter }
  /** It was kept and announced before. */
  | { readonly outcome: 'already-kept'; readonly letter: StoredDeadLetter };

/**
 * Keeps what a queue has given up: stores the letter whole, audits it, announces it, and marks it as announced.
 * A repetition goes on where the last delivery stopped.
 *
 * Rejects with `PortError` when a port fails; the message must then stay in its dead-letter queue and come again.
 */
export class DeadLetterKeeper {
  readonly #options: DeadLetterKeeperOptions;

  constructor(options: DeadLetterKeeperOptions) {
    this.#options = options;
  }

  async keep(found: Omit<DeadLetter, 'cause'>): Promise<KeepOutcome> {
    const { letters, audit, alerts, clock } = this.#options;
    const cause = await lastCauseOf(found.id, audit);
    const given: DeadLetter = cause === undefined ? found : { ...found, cause };
    const answer = await letters.store(given);
    const letter = answer.outcome === 'present' ? answer.letter : given;
    if (answer.outcome === 'present' && answer.letter.announcedAt !== undefined) {
      return { outcome: 'already-kept', letter };
    }
    await audit.append({
      schemaVersion: 1,
      id: `${letter.id}:dead-letter.keep`,
      requestId: letter.id,
      timestamp: letter.lastSeenAt,
      action: 'dead-letter.keep',
      outcome: 'kept',
      correlationId: letter.id,
      details: {
        queueArn: letter.queueArn,
        receiveCount: letter.receiveCount,
        cause: letter.cause?.code ?? null,
      },
    });
    await alerts.publish(deadLetterAlert(letter));
    const announcedAt = canonicalTime(clock.now());
    await letters.markAnnounced(letter.id, announcedAt);
    return { outcome: 'kept', letter: { ...letter, announcedAt } };
  }
}
