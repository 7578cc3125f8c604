const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Lengths of a bucket, and what one is called. */
const steps: readonly (readonly [milliseconds: number, name: string])[] = [
  [minute, 'minute'],
  [10 * minute, '10 minutes'],
  [hour, 'hour'],
  [day, 'day'],
  [7 * day, 'week'],
  [30 * day, '30 days'],
  [365 * day, 'year'],
  [3650 * day, '10 years'],
  [36_500 * day, 'century'],
];

/** Bars that are still told from another. */
const mostBuckets = 200;

export interface TimeBuckets {
  /** Milliseconds since 1970 at which the first begins; a multiple of `step`. */
  readonly start: number;
  readonly step: number;
  /** What one bucket is: `hour`. */
  readonly name: string;
  readonly count: number;
}

/** Spans of one length, in UTC, that hold all times from the first to the last: the shortest that are not too many. */
export function timeBuckets(first: number, last: number): TimeBuckets {
  const fitting = steps.find(([step]) => Math.floor(last / step) - Math.floor(first / step) < mostBuckets);
  const [step, name] = fitting ?? [36_500 * day, 'century'];
  const start = Math.floor(first / step) * step;
  return { start, step, name, count: Math.floor(last / step) - start / step + 1 };
}

/** `2026-11-21 08:00:00`, in UTC. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}
