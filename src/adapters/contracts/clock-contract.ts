import assert from 'node:assert/strict';
import type { Clock } from '../../ports/clock.ts';
import type { Contract } from './contract.ts';

export interface ClockSubject {
  readonly clock: Clock;
}

/** What every {@link Clock} promises. */
export const clockContract: Contract<ClockSubject> = {
  port: 'Clock',
  cases: [
    {
      name: 'the present instant is a valid date that a timestamp can be written of',
      async run({ clock }) {
        assert.match(clock.now().toISOString(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      },
    },
    {
      name: 'the clock does not run backwards',
      async run({ clock }) {
        let last = clock.now().getTime();
        for (let reading = 0; reading < 1000; reading += 1) {
          const now = clock.now().getTime();
          assert.ok(now >= last, `${now} comes after ${last}`);
          last = now;
        }
      },
    },
    {
      name: 'who changes a date that was given out does not change the time',
      async run({ clock }) {
        clock.now().setFullYear(1970);
        assert.notEqual(clock.now().getFullYear(), 1970);
      },
    },
  ],
};
