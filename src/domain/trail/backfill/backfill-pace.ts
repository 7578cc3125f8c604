import type { Clock } from '../../../ports/clock.ts';
import { isPortError } from '../../../ports/failure.ts';

export interface BackfillPaceOptions {
  readonly clock: Clock;
  /** Resolves after that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Turns in a second, at most. @defaultValue as many as are asked for */
  readonly objectsPerSecond?: number;
  /** How often a port is asked that throttles, or fails in passing. @defaultValue 6 */
  readonly attempts?: number;
}

/** Milliseconds: the longest pauses after the first failure and after any. */
const [firstPause, longestPause] = [200, 20_000];

/** How fast a backfill goes, so that it does not take what the live flow needs. */
export class BackfillPace {
  readonly #options: BackfillPaceOptions;
  /** Milliseconds since 1970 from which the next turn may be taken. */
  #nextTurn = 0;

  constructor(options: BackfillPaceOptions) {
    this.#options = options;
  }

  /** Resolves when another log may be begun. */
  async turn(): Promise<void> {
    const { clock, pause, objectsPerSecond } = this.#options;
    if (objectsPerSecond === undefined) return;
    const now = clock.now().getTime();
    const turn = Math.max(now, this.#nextTurn);
    this.#nextTurn = turn + 1000 / objectsPerSecond;
    if (turn > now) await pause(turn - now);
  }

  /**
   * Asks a port, and asks it again where it throttles or fails in passing: later and later, at a time of chance (full
   * jitter: "Exponential Backoff And Jitter", AWS Architecture Blog). Rejects with what it failed with last.
   */
  async patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { pause, random, attempts = 6 } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (attempt >= attempts || !mayPass(error)) throw error;
        await pause(random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
      }
    }
  }
}

function mayPass(error: unknown): boolean {
  return isPortError(error) && (error.kind === 'throttled' || error.kind === 'retryable');
}
