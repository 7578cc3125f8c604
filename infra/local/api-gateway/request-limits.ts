/** How many requests may come: `rate` a second on the average, `burst` at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

export interface Quota {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
}

/** A token bucket, which is what API Gateway throttles by. */
export class TokenBucket {
  readonly #throttle: Throttle;
  #tokens: number;
  #filledAt: number;

  constructor(throttle: Throttle, now: Date) {
    this.#throttle = throttle;
    this.#tokens = throttle.burst;
    this.#filledAt = now.getTime();
  }

  /** Takes a token, unless there is none. */
  take(now: Date): boolean {
    const { rate, burst } = this.#throttle;
    const seconds = Math.max(0, now.getTime() - this.#filledAt) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + seconds * rate);
    this.#filledAt = now.getTime();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Counts the requests of a period, which begins by the calendar, in UTC. */
export class QuotaCounter {
  readonly #quota: Quota;
  #period = '';
  #count = 0;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** Counts a request, unless the period's are used up. */
  take(now: Date): boolean {
    const period = periodOf(now, this.#quota.period);
    if (period !== this.#period) this.#count = 0;
    this.#period = period;
    if (this.#count >= this.#quota.limit) return false;
    this.#count += 1;
    return true;
  }
}

const dayMs = 24 * 60 * 60 * 1000;

function periodOf(now: Date, period: Quota['period']): string {
  if (period === 'MONTH') return now.toISOString().slice(0, 7);
  if (period === 'DAY') return now.toISOString().slice(0, 10);
  // The first of January 1970 was a Thursday; a week begins on Sunday.
  return String(Math.floor((now.getTime() / dayMs + 4) / 7));
}
