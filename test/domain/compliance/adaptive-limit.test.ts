import { describe, expect, test } from '@jest/globals';
import { AdaptiveLimit } from '../../../src/domain/compliance/adaptive-limit.ts';
import { pagesAheadAt } from '../../../src/domain/compliance/scan-pages.ts';

/** Ends the given number of calls, the first `throttled` of each twenty throttled, one after the other. */
async function learn(limit: AdaptiveLimit, calls: number, throttledOfTwenty: number): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    await limit.run(
      async () => call % 20 < throttledOfTwenty,
      wasThrottled => wasThrottled,
    );
  }
}

describe('AdaptiveLimit', () => {
  test.each([0, -1, 1.5, Number.NaN])('takes no limit of %p', most => {
    expect(() => new AdaptiveLimit(most)).toThrow(RangeError);
  });

  test('makes at most so many calls at one time, in their order, and all of them', async () => {
    const limit = new AdaptiveLimit(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const gates = Array.from({ length: 10 }, () => Promise.withResolvers<void>());
    const work = gates.map(({ promise }, index) =>
      limit.run(
        async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(index);
          await promise;
          running -= 1;
        },
        () => false,
      ),
    );
    for (const gate of gates) {
      gate.resolve();
      await new Promise(setImmediate);
    }
    await Promise.all(work);
    expect({ most, order }).toEqual({ most: 3, order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });

  test.each([
    ['is left where few calls are throttled', 2, 100, 16],
    ['shrinks where more are', 4, 50, 12],
    ['is halved where many are', 10, 50, 8],
    ['is never less than one', 20, 400, 1],
  ])('%s', async (_, throttledOfTwenty, calls, expected) => {
    const limit = new AdaptiveLimit(16);
    await learn(limit, calls, throttledOfTwenty);
    expect(limit.limit).toBe(expected);
  });

  test('makes so many calls again at one time once it has come back', async () => {
    const limit = new AdaptiveLimit(8);
    await learn(limit, 400, 20);
    expect(limit.limit).toBe(1);
    let running = 0;
    let most = 0;
    const work = Array.from({ length: 600 }, () =>
      limit.run(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
        },
        () => false,
      ),
    );
    await Promise.all(work);
    expect(most).toBe(8);
  });

  test('comes back once calls are not throttled any more, and not beyond where it began', async () => {
    const limit = new AdaptiveLimit(16);
    await learn(limit, 400, 20);
    await learn(limit, 100, 0);
    expect(limit.limit).toBe(3);
    await learn(limit, 400, 0);
    expect(limit.limit).toBe(16);
  });

  test('begins no call beyond a limit that has shrunk, and all that wait when it has grown', async () => {
    const limit = new AdaptiveLimit(4);
    await learn(limit, 50, 20);
    expect(limit.limit).toBe(2);
    let begun = 0;
    const gate = Promise.withResolvers<void>();
    const work = Array.from({ length: 4 }, () =>
      limit.run(
        () => {
          begun += 1;
          return gate.promise;
        },
        () => false,
      ),
    );
    await new Promise(setImmediate);
    expect(begun).toBe(2);
    gate.resolve();
    await Promise.all(work);
    expect(begun).toBe(4);
  });

  test('lets calls of a lower rank go first, those of one rank in their order', async () => {
    const limit = new AdaptiveLimit(1);
    const order: string[] = [];
    const ranks = [3, 1, 2, 1, 3];
    const work = ranks.map((rank, index) =>
      limit.run(
        async () => {
          order.push(`${rank}:${index}`);
        },
        () => false,
        rank,
      ),
    );
    await Promise.all(work);
    expect(order).toEqual(['3:0', '1:1', '1:3', '2:2', '3:4']);
  });

  test('reads few pages ahead where it has shrunk', async () => {
    const limit = new AdaptiveLimit(16);
    expect(pagesAheadAt(limit, 16)).toBe(12);
    await learn(limit, 50, 20);
    expect(pagesAheadAt(limit, 16)).toBe(2);
  });

  test('gives its place on where a call rejects', async () => {
    const limit = new AdaptiveLimit(1);
    const failing = limit.run(
      () => Promise.reject(new Error('no')),
      () => false,
    );
    const next = limit.run(
      async () => 'yes',
      () => false,
    );
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
