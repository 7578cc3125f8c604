import { describe, expect, test } from '@jest/globals';
import { clockContract } from '../../../src/adapters/contracts/clock-contract.ts';
import { systemClock } from '../../../src/adapters/node/system-clock.ts';

describe(`the contract of ${clockContract.port}`, () => {
  test.each(clockContract.cases)('$name', ({ run }) => run({ clock: systemClock }));
});

test('it tells the time of the machine', () => {
  const before = Date.now();
  const now = systemClock.now().getTime();

  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
