import { expect, test } from '@jest/globals';
import { FaultInjector } from '../../../../src/adapters/memory/fault-injection.ts';
import type { ListedObject } from '../../../../src/ports/object-listing.ts';
import { describeEachCrash } from '../../../each-crash.ts';
import fc from '../../../seeded-properties.ts';
import { eventId } from '../trail-fixtures.ts';
import { allOf, BackfillWorld, bucket, keyOf, logOf, november } from './backfill-fixtures.ts';

function verify(
  world: BackfillWorld,
  logs: readonly { readonly key: string; readonly number: number }[],
): void {
  expect(world.events.events.map(event => event.eventId).toSorted()).toEqual(
    logs.map(({ number }) => eventId(2 * number)).toSorted(),
  );
  expect(world.ledger.all.map(({ key, outcome, tally }) => [key, outcome, tally.matches]).toSorted()).toEqual(
    logs.map(({ key }) => [key, 'analyzed', 1]).toSorted(),
  );
}

await describeEachCrash('a backfill runs', async faults => {
  const world = new BackfillWorld(faults);
  const keys = await world.putLogs(3);
  return {
    deliver: () => allOf(world.backfill({ concurrency: 1, attempts: 1 }).run(world.logs(november))),
    verify: () =>
      verify(
        world,
        keys.map((key, number) => ({ key, number })),
      ),
  };
});

/** When the process dies, how many logs are put before it is started again, and a seed for the order of the listing. */
const lives = fc.array(
  fc.record({ death: fc.integer({ min: 1, max: 40 }), added: fc.nat(3), order: fc.nat() }),
  {
    maxLength: 6,
  },
);

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const rank = (index: number) => Math.imul(index + 1, seed * 2 + 1) >>> 0;
  return items
    .map((item, index) => ({ item, rank: rank(index) }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

test('wherever it dies, whatever is added meanwhile, in whatever order logs are listed: each is analyzed, and the result is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
      lives,
      async (count, concurrency, plan) => {
        const faults = new FaultInjector();
        const world = new BackfillWorld(faults);
        const logs: { key: string; number: number }[] = [];
        const add = async (more: number) => {
          for (let added = 0; added < more; added += 1) {
            const number = logs.length;
            // Files of one minute may come later with a name that sorts before those that are there.
            const key = keyOf(`2026-11-0${(number % 9) + 1}`, 99 - number);
            logs.push({ key, number });
            await world.put(key, logOf(number));
          }
        };
        const listed = (order: number): readonly ListedObject[] =>
          shuffled(
            world.objects.list(bucket).map(({ ref, size, etag, lastModified }) => ({
              ...{ bucket, key: ref.key, size, etag, lastModified },
            })),
            order,
          );
        await add(count);
        for (const { death, added, order } of plan) {
          faults.reset();
          faults.failFrom(death, order % 2 === 0 ? 'before' : 'after');
          await allOf(world.backfill({ concurrency, attempts: 2 }).run(listed(order))).catch(() => undefined);
          await add(added);
        }
        faults.reset();
        world.analyzed.length = 0;
        const settled = world.ledger.all
          .filter(({ outcome }) => outcome === 'analyzed')
          .map(({ key }) => key);
        const results = await allOf(world.backfill({ concurrency }).run(listed(plan.length)));

        verify(world, logs);
        expect(results).toHaveLength(logs.length);
        expect(world.analyzed.filter(key => settled.includes(key))).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
