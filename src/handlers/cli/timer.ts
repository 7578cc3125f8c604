/** Time as progress needs it, so that a test can stand in for it. */
export interface Timer {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Calls `tick` again and again, until the answer is called. */
  every(milliseconds: number, tick: () => void): () => void;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  every(milliseconds, tick) {
    const interval = setInterval(tick, milliseconds);
    return () => clearInterval(interval);
  },
};
