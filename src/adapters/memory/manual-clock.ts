import type { Clock } from '../../ports/clock.ts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #milliseconds: number;

  constructor(start: Date | string = '2026-11-21T08:00:00.000Z') {
    this.#milliseconds = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#milliseconds);
  }

  /** Moves the clock forward. */
  advance(milliseconds: number): void {
    this.#milliseconds += milliseconds;
  }
}
