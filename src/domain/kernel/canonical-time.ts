import type { Timestamp } from '../../ports/clock.ts';

/** The one written form of an instant: UTC with milliseconds, `2026-11-21T08:00:00.000Z`. */
export function canonicalTime(instant: Date): Timestamp {
  return instant.toISOString();
}

/** The instant that lies the given number of milliseconds after `time`. */
export function laterBy(time: Timestamp, milliseconds: number): Timestamp {
  return canonicalTime(new Date(Date.parse(time) + milliseconds));
}
