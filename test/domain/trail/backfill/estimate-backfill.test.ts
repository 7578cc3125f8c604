import { expect, test } from '@jest/globals';
import { MemoryObjectListing } from '../../../../src/adapters/memory/memory-object-listing.ts';
import { backfillPrices } from '../../../../src/domain/trail/backfill/backfill-prices.ts';
import { estimateBackfill, usdOf } from '../../../../src/domain/trail/backfill/estimate-backfill.ts';
import type { ObjectListing } from '../../../../src/ports/object-listing.ts';
import { BackfillWorld, bucket, keyOf, november } from './backfill-fixtures.ts';

test('what a backfill would look at is counted, and nothing of it is read', async () => {
  const world = new BackfillWorld();
  const keys = await world.putLogs(4);
  await world.put(keyOf('2026-10-01', 5), new Uint8Array(10_000));
  const sizes: number[] = [];

  const estimate = await estimateBackfill(new MemoryObjectListing(world.objects), november, size =>
    sizes.push(size),
  );

  const stored = world.objects.list(bucket).filter(({ ref }) => keys.includes(ref.key));
  const bytes = stored.reduce((sum, { size }) => sum + size, 0);
  expect(estimate).toMatchObject({ objects: 4, bytes, regions: 1, foldersPassedOver: 0 });
  expect(sizes).toHaveLength(4);
  // Root, AWSLogs, account and CloudTrail; then one page of the region; and all that once more for the backfill.
  expect(estimate.requests).toEqual({ list: 10, read: 8 });
});

test('costs are requests times prices, by the reason for which they arise', async () => {
  const listing: ObjectListing = {
    async *list() {
      const key = keyOf('2026-11-02', 1);
      for (let index = 0; index < 250_000; index += 1) {
        yield {
          bucket,
          key: `${key}${index}`,
          size: 16_000,
          etag: 'e',
          lastModified: '2026-11-02T00:00:00.000Z',
        };
      }
    },
    async *folders() {},
  };
  const prefix = 'AWSLogs/111122223333/CloudTrail/eu-central-1/';

  const estimate = await estimateBackfill(listing, { ...november, prefix });

  expect(estimate).toMatchObject({ objects: 250_000, bytes: 4_000_000_000 });
  const costOf = (reason: string) =>
    Object.fromEntries(
      estimate.costs
        .filter(cost => cost.reason === reason)
        .map(({ price, units, usd }) => [price, [units, usd]]),
    );
  expect(costOf('always')).toEqual({
    list: [502, expect.closeTo((502 / 1000) * 0.005)],
    get: [500_000, expect.closeTo(0.2)],
  });
  expect(costOf('table-ledger')).toEqual({
    tableRead: [250_000, expect.closeTo(0.03125)],
    tableWrite: [250_000, expect.closeTo(0.15625)],
  });
  expect(costOf('matches')).toEqual({ tableWrite: [1_000_000, expect.closeTo(0.625)] });
  expect(costOf('kms')).toEqual({ keyRequest: [250_000, expect.closeTo(0.75)] });
  expect(costOf('outside-aws')).toEqual({ dataOut: [4_000_000_000, expect.closeTo(0.335, 2)] });
  expect(costOf('step-functions')['transition']).toEqual([7500, expect.closeTo(0.1875)]);
  expect(usdOf(estimate, ['always', 'kms'])).toBeCloseTo(0.2 + 0.00251 + 0.75);
});

test('a trail without logs on these days costs the search for it', async () => {
  const world = new BackfillWorld();
  await world.put(keyOf('2026-10-01', 5), new Uint8Array(10));

  const estimate = await estimateBackfill(new MemoryObjectListing(world.objects), november);

  expect(estimate).toMatchObject({ objects: 0, bytes: 0, requests: { read: 0 } });
  expect(usdOf(estimate, ['always'])).toBeGreaterThan(0);
});

test('each price names a page of AWS and the month in which it stood there', () => {
  for (const { usd, per, source, known } of Object.values(backfillPrices)) {
    expect(usd).toBeGreaterThan(0);
    expect(per).toBeGreaterThanOrEqual(1);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/pricing\/$/);
    expect(known).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
  }
});
