import { expect, test } from '@jest/globals';
import { limitConcurrency } from '../../../src/domain/kernel/limit-concurrency.ts';

test.each([1, 3])('at most %i at a time, in order, whatever becomes of each', async most => {
  const limited = limitConcurrency(most);
  const begun: number[] = [];
  let running = 0;
  let peak = 0;
  const work = (index: number) => async () => {
    begun.push(index);
    running += 1;
    peak = Math.max(peak, running);
    await new Promise(resolve => setImmediate(resolve));
    running -= 1;
    if (index % 3 === 0) throw new Error(`failed ${index}`);
    return index;
  };
  const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => limited(work(index))));
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(peak).toBe(most);
  expect(settled.map(({ status }) => status === 'rejected')).toEqual(begun.map(index => index % 3 === 0));
  expect(await limited(async () => 'later')).toBe('later');
});
