/** Shares of a window's calls that were throttled: above the first the limit is halved, above the second it shrinks by a fifth. */
const [overload, pressure] = [0.25, 0.1];

/** Fewer calls than this say nothing about a share. */
const smallestWindow = 50;

/**
 * How many calls are made at one time: up to `most`, fewer while the other side throttles, more again once it does not.
 * It goes by the share of throttled calls, not by single ones: a service that throttles now and then for reasons of its
 * own is not helped by fewer calls.
 */
export class AdaptiveLimit {
  readonly #most: number;
  /** By rank. */
  readonly #waiting = new Map<number, (() => void)[]>();
  #limit: number;
  #running = 0;
  #ended = 0;
  #throttled = 0;

  constructor(most: number) {
    if (!Number.isSafeInteger(most) || most < 1)
      throw new RangeError('the limit must be a whole number from 1 on');
    this.#most = most;
    this.#limit = most;
  }

  /** Calls that may be made at one time, as things stand. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Makes a call when its turn comes, and learns from its answer. One that rejects counts as not throttled.
   *
   * @param rank Calls of a lower one go first, so that what was begun earlier also ends earlier.
   */
  async run<Answer>(
    call: () => Promise<Answer>,
    wasThrottled: (answer: Answer) => boolean,
    rank = 0,
  ): Promise<Answer> {
    if (this.#running >= this.#limit) await this.#turn(rank);
    else this.#running += 1;
    let throttled = false;
    try {
      const answer = await call();
      throttled = wasThrottled(answer);
      return answer;
    } finally {
      this.#learn(throttled);
      this.#running -= 1;
      this.#admit();
    }
  }

  #learn(throttled: boolean): void {
    this.#ended += 1;
    if (throttled) this.#throttled += 1;
    if (this.#ended < Math.max(smallestWindow, this.#limit)) return;
    const share = this.#throttled / this.#ended;
    const next =
      share > overload ? this.#limit / 2 : share > pressure ? this.#limit * 0.8 : this.#limit * 1.25 + 1;
    this.#limit = Math.min(this.#most, Math.max(1, Math.floor(next)));
    this.#ended = 0;
    this.#throttled = 0;
  }

  #turn(rank: number): Promise<void> {
    return new Promise(resolve => {
      const line = this.#waiting.get(rank);
      if (line === undefined) this.#waiting.set(rank, [resolve]);
      else line.push(resolve);
    });
  }

  #admit(): void {
    while (this.#running < this.#limit && this.#waiting.size > 0) {
      const rank = Math.min(...this.#waiting.keys());
      const line = this.#waiting.get(rank) ?? [];
      const next = line.shift();
      if (line.length === 0) this.#waiting.delete(rank);
      if (next === undefined) continue;
      this.#running += 1;
      next();
    }
  }
}
