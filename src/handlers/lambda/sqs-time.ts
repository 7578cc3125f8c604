import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import type { Timestamp } from '../../ports/clock.ts';

/** The time in an attribute of an SQS message: milliseconds since 1970, as text. */
export function sqsTime(milliseconds: string | undefined): Timestamp | undefined {
  const instant = new Date(Number(milliseconds ?? Number.NaN));
  return Number.isNaN(instant.getTime()) ? undefined : canonicalTime(instant);
}
