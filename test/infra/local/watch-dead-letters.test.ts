import { expect, test } from '@jest/globals';
import { watchDeadLetters } from '../../../infra/local/watch-dead-letters.ts';

test('tells of growth only, until it is ended', async () => {
  const depths = [0, 2, 2, 1, 3];
  const told: [string, number][] = [];
  const done = Promise.withResolvers<void>();
  const pipeline = {
    deadLetterQueues: ['dead'],
    queueDepth: async () => {
      const depth = depths.shift();
      if (depth === undefined) done.resolve();
      return depth ?? 3;
    },
  };
  const end = watchDeadLetters(pipeline, (queue, depth) => told.push([queue, depth]), 1);
  await done.promise;
  end();
  expect(told).toEqual([
    ['dead', 2],
    ['dead', 3],
  ]);
});
