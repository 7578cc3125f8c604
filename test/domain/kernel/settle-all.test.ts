import { expect, test } from '@jest/globals';
import { settleAll } from '../../../src/domain/kernel/settle-all.ts';

test('every item is worked on, never more at once than allowed, and failures come in the order of the items', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const failures = await settleAll([1, 2, 3, 4, 5, 6, 7], 3, async item => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < 8 - item; turn += 1) await Promise.resolve();
    running -= 1;
    done.push(item);
    if (item % 2 === 0) throw new Error(`failed ${item}`);
    if (item === 5) throw 'failed 5';
  });
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
  expect(failures.map(({ message }) => message)).toEqual(['failed 2', 'failed 4', 'failed 5', 'failed 6']);
});

test('nothing to do is done', async () => {
  expect(await settleAll([], 3, async () => undefined)).toEqual([]);
});
