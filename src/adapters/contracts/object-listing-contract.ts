import assert from 'node:assert/strict';
import type { ListedObject, ObjectListing } from '../../ports/object-listing.ts';
import type { ObjectStore, ObjectTarget } from '../../ports/object-store.ts';
import { assertPortError } from './assert-port-error.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface ObjectListingSubject {
  readonly listing: ObjectListing;
  /** The store that the listing tells of. */
  readonly store: Pick<ObjectStore, 'current' | 'put'>;
  readonly bucket: string;
  readonly absentBucket: string;
  /** A prefix that ends with a slash, and that no other key begins with. */
  readonly uniquePrefix: () => string;
  /** Lays a delete marker over a key. */
  readonly hide: (target: ObjectTarget) => Promise<void>;
}

/** In the order of their UTF-8 bytes, which is not that of their UTF-16 units, nor of any language. */
const oddNames = [
  ' space ',
  '"quotes" and \'apostrophes\'',
  '%2F%25 percent',
  'A',
  'a',
  'a+b',
  'a<b>&amp;',
  'back\\slash',
  'line\nfeed',
  'tilde~(1)!*',
  'Übergröße',
  '発注書',
  '\uff01',
  '📄',
] as const;

/** What every {@link ObjectListing} promises. */
export const objectListingContract: Contract<ObjectListingSubject> = {
  port: 'ObjectListing',
  cases: [
    {
      name: 'an object is listed with its facts, as the store tells of the current version',
      async run(subject) {
        const [target] = await putAll(subject, ['one.json.gz'], 17);
        const listed = await keysBelow(subject, target.prefix);
        const head = await subject.store.current({ bucket: subject.bucket, key: target.key });
        assert.ok(head !== undefined);
        const { size, etag, lastModified } = head;
        assertSameJson(listed, [{ bucket: subject.bucket, key: target.key, size, etag, lastModified }]);
        assert.equal(size, 17);
      },
    },
    {
      name: 'keys of any characters come as they are stored, in the order of their UTF-8 bytes',
      async run(subject) {
        const [{ prefix }] = await putAll(subject, [...oddNames].reverse());
        const listed = await keysBelow(subject, prefix);
        assert.deepEqual(
          listed.map(({ key }) => key.slice(prefix.length)),
          [...oddNames],
        );
      },
    },
    {
      name: 'of an object that was replaced the current version is listed, once',
      async run(subject) {
        const [{ prefix, key }] = await putAll(subject, ['replaced'], 1);
        await subject.store.put({ bucket: subject.bucket, key }, new Uint8Array(3));
        assert.deepEqual(
          (await keysBelow(subject, prefix)).map(({ size }) => size),
          [3],
        );
      },
    },
    {
      name: 'a deleted object is listed neither as a key nor by its folder',
      async run(subject) {
        const [{ prefix, key }] = await putAll(subject, ['gone/a', 'there/b']);
        await subject.hide({ bucket: subject.bucket, key });
        assert.deepEqual(await namesBelow(subject, prefix), ['there/b']);
        assert.deepEqual(await foldersBelow(subject, prefix), [`${prefix}there/`]);
      },
    },
    {
      name: 'a prefix need not be a folder',
      async run(subject) {
        const [{ prefix }] = await putAll(subject, ['logs/a', 'logs-old/b', 'lo', 'other']);
        const listed = await keysBelow(subject, `${prefix}logs`);
        assert.deepEqual(
          listed.map(({ key }) => key),
          [`${prefix}logs-old/b`, `${prefix}logs/a`],
        );
        assert.deepEqual(await foldersBelow(subject, `${prefix}lo`), [
          `${prefix}logs-old/`,
          `${prefix}logs/`,
        ]);
      },
    },
    {
      name: 'a list starts behind a key, whether or not that is there',
      async run(subject) {
        const [{ prefix }] = await putAll(subject, ['2026/11/01/a', '2026/11/02/a', '2026/11/02/b']);
        const after = async (startAfter: string) => {
          const place = { bucket: subject.bucket, prefix };
          const listed = await allOf(subject.listing.list(place, { startAfter: `${prefix}${startAfter}` }));
          return listed.map(({ key }) => key.slice(prefix.length));
        };
        assert.deepEqual(await after('2026/11/02/a'), ['2026/11/02/b']);
        assert.deepEqual(await after('2026/11/02'), ['2026/11/02/a', '2026/11/02/b']);
        assert.deepEqual(await after('2026/12'), []);
        assert.deepEqual(await after('2025'), ['2026/11/01/a', '2026/11/02/a', '2026/11/02/b']);
      },
    },
    {
      name: 'folders are those right below the place, each once, and no objects',
      async run(subject) {
        const names = ['a', 'one/a', 'one/b', 'one/two/c', 'über + %/d', '📄/e', '\uff01/f', 'z'];
        const [{ prefix }] = await putAll(subject, names);
        const folders = ['one/', 'über + %/', '\uff01/', '📄/'].map(name => `${prefix}${name}`);
        assert.deepEqual(await foldersBelow(subject, prefix), folders);
        assert.deepEqual(await foldersBelow(subject, `${prefix}one/`), [`${prefix}one/two/`]);
      },
    },
    {
      name: 'where nothing is, nothing is listed',
      async run(subject) {
        const prefix = subject.uniquePrefix();
        assert.deepEqual(await keysBelow(subject, prefix), []);
        assert.deepEqual(await foldersBelow(subject, prefix), []);
      },
    },
    {
      name: 'who has seen enough may leave',
      async run(subject) {
        const [{ prefix }] = await putAll(subject, ['a/1', 'b/2', 'c/3']);
        const place = { bucket: subject.bucket, prefix };
        for await (const { key } of subject.listing.list(place)) {
          assert.equal(key, `${prefix}a/1`);
          break;
        }
        for await (const folder of subject.listing.folders(place)) {
          assert.equal(folder, `${prefix}a/`);
          break;
        }
      },
    },
    {
      name: 'an absent bucket is not-found',
      async run({ listing, absentBucket }) {
        const place = { bucket: absentBucket, prefix: '' };
        const expected = { kind: 'not-found', code: 'NoSuchBucket' } as const;
        await assertPortError(allOf(listing.list(place)), expected);
        await assertPortError(allOf(listing.folders(place)), expected);
      },
    },
  ],
};

interface Placed {
  readonly prefix: string;
  readonly key: string;
}

/** Puts an object for each name below a prefix of its own. */
async function putAll(
  { store, bucket, uniquePrefix }: ObjectListingSubject,
  names: readonly string[],
  size = 1,
): Promise<readonly [Placed, ...Placed[]]> {
  const prefix = uniquePrefix();
  for (const name of names) await store.put({ bucket, key: `${prefix}${name}` }, new Uint8Array(size));
  const [first = '', ...others] = names;
  const placed = (name: string): Placed => ({ prefix, key: `${prefix}${name}` });
  return [placed(first), ...others.map(placed)];
}

function keysBelow({ listing, bucket }: ObjectListingSubject, prefix: string): Promise<ListedObject[]> {
  return allOf(listing.list({ bucket, prefix }));
}

async function namesBelow(subject: ObjectListingSubject, prefix: string): Promise<string[]> {
  return (await keysBelow(subject, prefix)).map(({ key }) => key.slice(prefix.length));
}

function foldersBelow({ listing, bucket }: ObjectListingSubject, prefix: string): Promise<string[]> {
  return allOf(listing.folders({ bucket, prefix }));
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
