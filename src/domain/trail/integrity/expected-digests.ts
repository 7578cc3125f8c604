import { type DigestName, hour } from './trail-layout.ts';

/** Digests come late by minutes; so long after its hour one is not called missing. */
export const digestGrace = 2 * hour;

/** The time that is verified, in milliseconds; without an end it reaches as far as the digests do. */
export interface TimeWindow {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * The ends of the digests that must have stood between two others: one for each hour ("CloudTrail creates and delivers a
 * digest file every hour", also where it delivered no log), newest first, and only those that fall into the window.
 *
 * @param after End of the earlier one.
 * @param before Start of the later one.
 */
export function* hoursBetween(after: number, before: number, window: TimeWindow): Generator<number, void> {
  for (let count = Math.round((before - after) / hour); count >= 1; count -= 1) {
    const end = after + count * hour;
    if (fallsInto({ start: end - hour, end }, window)) yield end;
    else if (window.from !== undefined && end <= window.from) return;
  }
}

/** The end of the last digest that must be there by now, for a chain whose last one is known; that itself if none is due. */
export function lastDue(last: Pick<DigestName, 'end'>, to: number, now: number): number {
  const due = Math.min(to + hour, now - digestGrace);
  return last.end + Math.max(0, Math.floor((due - last.end) / hour)) * hour;
}

export function fallsInto({ start, end }: { start: number; end: number }, { from, to }: TimeWindow): boolean {
  return (from === undefined || end > from) && (to === undefined || start < to);
}
