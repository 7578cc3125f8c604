import type { AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { DeadLetterCause } from '../../ports/dead-letter-store.ts';
import { isPortError } from '../../ports/failure.ts';
import { maskNumbers } from '../kernel/mask-numbers.ts';

/** One failed delivery of a message. */
export interface MessageFailure {
  readonly messageId: string;
  /** How often the message had been received by then, this time included. */
  readonly receiveCount: number;
  readonly failedAt: Timestamp;
  readonly cause: DeadLetterCause;
}

const action = 'message.fail';

/** The audit entry that keeps the cause of a failure, for the time when its queue gives the message up. */
export function messageFailureEntry({
  messageId,
  receiveCount,
  failedAt,
  cause,
}: MessageFailure): AuditEntry {
  return {
    schemaVersion: 1,
    id: `${messageId}:${action}:${receiveCount}`,
    requestId: messageId,
    timestamp: failedAt,
    action,
    outcome: 'failed',
    details: {
      code: maskNumbers(cause.code.slice(0, 200)),
      message: maskNumbers(cause.message.slice(0, 4000)),
      receiveCount,
    },
  };
}

/** The cause that was noted last for a message; `undefined` where none was, or where the log cannot be asked. */
export async function lastCauseOf(
  messageId: string,
  audit: Pick<AuditLog, 'entriesOf'>,
): Promise<DeadLetterCause | undefined> {
  let cause: DeadLetterCause | undefined;
  try {
    for await (const entry of audit.entriesOf(messageId)) {
      const { code, message } = entry.details;
      if (entry.action === action && typeof code === 'string' && typeof message === 'string') {
        cause = { code, message };
      }
    }
  } catch (error) {
    // The letter is kept all the same: its cause is of use, and it is of need.
    if (!isPortError(error)) throw error;
  }
  return cause;
}
