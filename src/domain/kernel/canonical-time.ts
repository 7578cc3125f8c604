import type { Timestamp } from '../../ports/clock.ts';

/** The one written form of an instant: UTC with milliseconds, `2026-11-21T08:00:00.000Z`. */
export function canonicalTime(instant: Date): Timestamp {
  return instant.toISOString();
}

/**
 * The second that an instant lies in. S3 dates an event to the millisecond, EventBridge the same event to the second: what
 * is to be the same for both is made of what both say.
 */
export function wholeSecond(time: Timestamp): Timestamp {
  return canonicalTime(new Date(Math.floor(Date.parse(time) / 1000) * 1000));
}

/** The instant that lies the given number of milliseconds after `time`. */
export function laterBy(time: Timestamp, milliseconds: number): Timestamp {
  return canonicalTime(new Date(Date.parse(time) + milliseconds));
}
