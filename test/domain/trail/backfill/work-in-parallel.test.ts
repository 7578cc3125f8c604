import { expect, test } from '@jest/globals';
import { workInParallel } from '../../../../src/domain/trail/backfill/work-in-parallel.ts';

const tick = () => new Promise<void>(resolve => setImmediate(resolve));

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('answers come as soon as they are there, whatever is slower', async () => {
  const slow = Promise.withResolvers<string>();
  const answers = workInParallel([1, 2, 3], 2, async item => (item === 1 ? slow.promise : String(item)));

  expect((await answers.next()).value).toBe('2');
  expect((await answers.next()).value).toBe('3');
  slow.resolve('1');
  expect((await answers.next()).value).toBe('1');
  expect((await answers.next()).done).toBe(true);
});

test('no more is taken from the items than is worked on', async () => {
  let taken = 0;
  const items = (async function* () {
    for (;;) {
      taken += 1;
      yield taken;
    }
  })();
  const answers = workInParallel(items, 3, async item => item);
  await answers.next();

  expect(taken).toBe(3);
  await answers.return(undefined);
});

test('a failure ends it once what is under way is done, and nothing more is begun', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const answers = workInParallel([1, 2, 3, 4, 5], 2, async item => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await tick();
    ended.push(item);
  });

  await expect(allOf(answers)).rejects.toThrow('one');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});

test('who leaves early lets go of the items, and what is under way comes to its end', async () => {
  let closed = false;
  const ended: number[] = [];
  const items = (async function* () {
    try {
      for (let item = 1; ; item += 1) yield item;
    } finally {
      closed = true;
    }
  })();
  for await (const answer of workInParallel(items, 2, async item => {
    if (item > 1) await tick();
    ended.push(item);
    return item;
  })) {
    if (answer === 1) break;
  }

  expect(closed).toBe(true);
  expect(ended.toSorted()).toEqual([1, 2]);
});

test('what the items end in is what it ends in', async () => {
  const items = (async function* () {
    yield 1;
    throw new Error('listing');
  })();

  await expect(allOf(workInParallel(items, 4, async item => item))).rejects.toThrow('listing');
});
