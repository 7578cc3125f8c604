import { expect, test } from '@jest/globals';
import { MemoryObjectListing } from '../../../../src/adapters/memory/memory-object-listing.ts';
import type { BackfillSelection } from '../../../../src/domain/trail/backfill/backfill-selection.ts';
import { listTrailLogs, newListingProgress } from '../../../../src/domain/trail/backfill/list-trail-logs.ts';
import type { ObjectListing } from '../../../../src/ports/object-listing.ts';
import { BackfillWorld, bucket, keyOf, logOf } from './backfill-fixtures.ts';

async function worldOf(keys: readonly string[]): Promise<BackfillWorld> {
  const world = new BackfillWorld();
  for (const [index, key] of keys.entries()) await world.put(key, logOf(index));
  return world;
}

/** The keys that a selection takes in of these, and what it asked the listing for. */
async function selected(keys: readonly string[], selection: Partial<BackfillSelection>) {
  const world = await worldOf(keys);
  const listing = new MemoryObjectListing(world.objects);
  const asked: string[] = [];
  const watched: ObjectListing = {
    list: (place, options) => {
      asked.push(`list ${place.prefix} after ${options?.startAfter}`);
      return listing.list(place, options);
    },
    folders: place => {
      asked.push(`folders ${place.prefix}`);
      return listing.folders(place);
    },
  };
  const progress = newListingProgress();
  const found: string[] = [];
  const whole = { bucket, prefix: '', from: '2026-11-01', to: '2026-11-30', ...selection };
  for await (const { key } of listTrailLogs(watched, whole, progress)) found.push(key);
  return { found, asked, progress };
}

test('logs of all accounts, organizations, regions and kinds of events are found, and no digest or other service', async () => {
  const logs = [
    keyOf('2026-11-02', 1),
    keyOf('2026-11-02', 2, { region: 'us-east-1' }),
    keyOf('2026-11-03', 3, { account: '444455556666' }),
    keyOf('2026-11-03', 4).replace('AWSLogs/', 'AWSLogs/o-exampleorgid/'),
    keyOf('2026-11-03', 5).replace('/CloudTrail/', '/CloudTrail-Insight/'),
    keyOf('2026-11-03', 6, { prefix: 'team a/trail/' }),
    keyOf('2026-11-03', 7, { prefix: 'o-exampleorgid/' }),
  ];
  const others = [
    keyOf('2026-11-02', 8).replace('/CloudTrail/', '/CloudTrail-Digest/'),
    keyOf('2026-11-02', 9).replace('/CloudTrail/', '/elasticloadbalancing/'),
    'AWSLogs/111122223333/CloudTrail/',
    'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/02/',
    'AWSLogs/111122223333/CloudTrail/eu-central-1/note.json.gz',
    'AWSLogs/12/CloudTrail/eu-central-1/2026/11/02/a.json.gz',
    'reports/2026/11/02/report.json',
  ];

  const { found, progress } = await selected([...others, ...logs], {});

  expect(found.toSorted()).toEqual(logs.toSorted());
  expect(progress).toMatchObject({ regions: 7, logs: 7 });
});

test('of a region the days that were asked for are listed, both ends included, and no others', async () => {
  const days = [
    '2025-12-31',
    '2026-10-31',
    '2026-11-01',
    '2026-11-15',
    '2026-11-30',
    '2026-12-01',
    '2027-01-01',
  ];
  const keys = days.map((day, index) => keyOf(day, index));

  const { found, asked } = await selected(keys, { prefix: 'AWSLogs/111122223333/CloudTrail/eu-central-1/' });

  expect(found).toEqual([2, 3, 4].map(index => keys[index]));
  expect(asked).toEqual([
    'list AWSLogs/111122223333/CloudTrail/eu-central-1/ after AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01',
  ]);
});

test.each([
  ['', 3],
  ['AWSLogs', 3],
  ['AWSLogs/', 3],
  ['AWSLogs/1111', 2],
  ['AWSLogs/111122223333', 2],
  ['AWSLogs/111122223333/', 2],
  ['AWSLogs/111122223333/Cloud', 2],
  ['AWSLogs/111122223333/CloudTrail/', 2],
  ['AWSLogs/111122223333/CloudTrail/eu-', 2],
  ['AWSLogs/111122223333/CloudTrail/eu-central-1/', 2],
  ['AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/0', 1],
  ['AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/11/', 1],
])('the prefix %j may end anywhere: it takes in %i logs', async (prefix, count) => {
  const keys = [
    keyOf('2026-11-02', 1),
    keyOf('2026-11-11', 2),
    keyOf('2026-11-02', 3, { account: '444455556666' }),
  ];

  const { found } = await selected(keys, { prefix });

  expect(found).toHaveLength(count);
  for (const key of found) expect(key.startsWith(prefix)).toBe(true);
});

test('folders that lie too deep to be searched are counted, and do not hide what was found', async () => {
  const { found, progress } = await selected(
    [keyOf('2026-11-02', 1), 'a/b/c/d/e/f/g.txt', 'a/b/c/d/x/y.txt'],
    {},
  );

  expect(found).toEqual([keyOf('2026-11-02', 1)]);
  expect(progress.passedOver).toBe(2);
});

test('a bucket of too many other folders asks for a closer prefix', async () => {
  const listing: ObjectListing = {
    async *list() {},
    async *folders({ prefix }) {
      for (let index = 0; index < 50; index += 1) yield `${prefix}${index}/`;
    },
  };
  const logs = listTrailLogs(listing, { bucket, prefix: '', from: '2026-11-01', to: '2026-11-30' });

  await expect(logs.next()).rejects.toMatchObject({ code: 'TooManyFolders' });
});

test.each([
  ['an empty bucket', []],
  [
    'one of other things',
    ['reports/a.json', 'AWSLogs/111122223333/Config/eu-central-1/2026/11/02/a.json.gz'],
  ],
  ['one of digests', [keyOf('2026-11-02', 1).replace('/CloudTrail/', '/CloudTrail-Digest/')]],
])('%s holds no trail: that is told, and is not nothing', async (_, keys) => {
  await expect(selected(keys, {})).rejects.toMatchObject({ code: 'NoTrail' });
});

test('a trail without logs on these days is none the less a trail', async () => {
  expect(await selected([keyOf('2026-10-02', 1)], {})).toMatchObject({ found: [], progress: { regions: 1 } });
});

test.each([
  [{ from: '2026-11-1' }, 'InvalidDay'],
  [{ from: '2026-02-30' }, 'InvalidDay'],
  [{ to: '2026-11-31' }, 'InvalidDay'],
  [{ to: 'tomorrow' }, 'InvalidDay'],
  [{ from: '2026-11-03', to: '2026-11-02' }, 'InvalidRange'],
])('%j is refused as %s', async (selection, code) => {
  await expect(selected([keyOf('2026-11-02', 1)], selection)).rejects.toMatchObject({ code });
});
