import { printableText } from '../../domain/kernel/printable-text.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { UsageError } from './verb.ts';

const dayLength = 86_400_000;

/**
 * Reads an option that names an instant: `2026-11-21T08:00:00Z`, or `2026-11-21` for the beginning of that day (UTC), or, where
 * the option says until when, its end.
 *
 * @throws {UsageError} for anything else.
 */
export function readInstant(option: string, text: string, edge: 'from' | 'to'): Timestamp {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDay || isInstant ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for a day in March.
  const isReal = !Number.isNaN(time) && Number(text.slice(8, 10)) <= daysOfMonth(text);
  if (!isReal) {
    throw new UsageError(
      `${option} takes 2026-11-21 or 2026-11-21T08:00:00Z, not "${printableText(text, 40)}"`,
    );
  }
  return new Date(isDay && edge === 'to' ? time + dayLength : time).toISOString();
}

function daysOfMonth(text: string): number {
  return new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
}
