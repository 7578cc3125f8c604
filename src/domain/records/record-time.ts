import type { Timestamp } from '../../ports/clock.ts';

export type RecordTimeFault =
  | 'timestamp-format'
  | 'timestamp-without-zone'
  | 'timestamp-out-of-range'
  | 'timestamp-too-precise';

export type RecordTime =
  | { readonly outcome: 'read'; readonly time: Timestamp }
  | { readonly outcome: 'refused'; readonly fault: RecordTimeFault };

/** ISO 8601, extended form, date and time of day; the zone as RFC 3339 writes it, or without colon or minutes. */
const form =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/;
/** Most are written so already: of a day that each month has, as it is to be. */
const canonicalForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const longestText = 64;
const fewestDigits = 3;
const mostDigits = 9;

/**
 * The instant of a record in UTC: with milliseconds; where it is given more finely, with all its digits, up to nine, so
 * that two records of one millisecond stay two. A time without its zone could be any of a day's instants, and one that
 * no clock shows (24:00, a leap second, 30 February) is none.
 *
 * @example recordTime('2026-11-21T09:00:00,5+01:00') // { outcome: 'read', time: '2026-11-21T08:00:00.500Z' }
 */
export function recordTime(text: string): RecordTime {
  if (canonicalForm.test(text)) return { outcome: 'read', time: text };
  const match = text.length > longestText ? null : form.exec(text);
  if (match === null) return refused('timestamp-format');
  const [, date = '', hour = '', minute = '', second = '00', fraction = '', zone, sign] = match;
  if (zone === undefined) return refused('timestamp-without-zone');
  const digits = withoutZeros(fraction).padEnd(fewestDigits, '0');
  if (digits.length > mostDigits) return refused('timestamp-too-precise');
  const zoneHours = Number(match[8] ?? 0);
  const zoneMinutes = Number(match[9] ?? 0);
  if (Number(hour) > 23 || zoneHours > 23 || zoneMinutes > 59) return refused('timestamp-out-of-range');
  const local = new Date(`${date}T${hour}:${minute}:${second}Z`);
  // A day that its month does not have becomes one of the next month.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(date)) {
    return refused('timestamp-out-of-range');
  }
  const offset = (zoneHours * 60 + zoneMinutes) * (sign === '-' ? -1 : 1);
  const instant = new Date(local.getTime() - offset * 60_000).toISOString();
  // Years before 0 and after 9999 have another form, which would not sort.
  if (!/^\d{4}-/.test(instant)) return refused('timestamp-out-of-range');
  return { outcome: 'read', time: `${instant.slice(0, -'000Z'.length)}${digits}Z` };
}

function withoutZeros(fraction: string): string {
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  return fraction.slice(0, end);
}

function refused(fault: RecordTimeFault): RecordTime {
  return { outcome: 'refused', fault };
}
