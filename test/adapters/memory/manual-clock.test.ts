import { describe, expect, test } from '@jest/globals';
import { clockContract } from '../../../src/adapters/contracts/clock-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';

describe(`the contract of ${clockContract.port}`, () => {
  test.each(clockContract.cases)('$name', ({ run }) => run({ clock: new ManualClock() }));
});

test('it stands where it was set and moves as it is told', () => {
  const clock = new ManualClock('2026-11-21T08:00:00.999Z');
  expect(clock.now().toISOString()).toBe('2026-11-21T08:00:00.999Z');

  clock.advance(1);

  expect(clock.now().toISOString()).toBe('2026-11-21T08:00:01.000Z');
});
