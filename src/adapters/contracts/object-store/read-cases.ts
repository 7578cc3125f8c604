import assert from 'node:assert/strict';
import { assertPortError } from '../assert-port-error.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, collect, contentOf, equalBytes, mebibyte, pattern, stored } from './sample-objects.ts';

export const readCases: readonly ObjectStoreCase[] = [
  {
    name: 'reads ranges, cut at the end of the object',
    run: async ({ store, bucket, uniqueKey }) => {
      const content = pattern(100_000);
      const ref = await stored(store, { bucket, key: uniqueKey() }, content);
      for (const [first, last] of [
        [0, 0],
        [0, 99_999],
        [10, 70_000],
        [99_999, 99_999],
        [99_990, 500_000],
      ] as const) {
        const read = await store.read(ref, { range: { first, last } });
        assert.equal(read?.head.size, 100_000);
        assert.deepEqual(read.head, await store.head(ref));
        assert.ok(
          equalBytes(await collect(read.body), content.subarray(first, last + 1)),
          `bytes ${first}-${last}`,
        );
      }
    },
  },
  {
    name: 'refuses a range that starts beyond the end, or is none',
    run: async ({ store, bucket, uniqueKey }) => {
      const ref = await stored(store, { bucket, key: uniqueKey() }, bytesOf('hello'));
      const empty = await stored(store, { bucket, key: uniqueKey() }, new Uint8Array(0));
      for (const [object, first, last] of [
        [ref, 5, 9],
        [ref, 500, 900],
        [ref, 3, 2],
        [ref, -1, 2],
        [ref, 0.5, 2],
        [empty, 0, 0],
      ] as const) {
        await assertPortError(store.read(object, { range: { first, last } }), {
          kind: 'permanent',
          code: 'InvalidRange',
        });
      }
    },
  },
  {
    name: 'lets a reader leave early, again and again',
    run: async ({ store, bucket, uniqueKey }) => {
      const content = pattern(3 * mebibyte);
      const ref = await stored(store, { bucket, key: uniqueKey() }, content);
      // More often than a client has connections: each must be given back.
      for (let round = 0; round < 60; round += 1) {
        const read = await store.read(ref);
        assert.ok(read !== undefined);
        for await (const chunk of read.body) {
          assert.equal(chunk[0], content[0]);
          break;
        }
      }
      assert.ok(equalBytes(await contentOf(store, ref), content));
    },
  },
  {
    name: 'hands out bytes that are the reader’s own',
    run: async ({ store, bucket, uniqueKey }) => {
      const ref = await stored(store, { bucket, key: uniqueKey() }, bytesOf('original'));
      const read = await store.read(ref);
      for await (const chunk of read?.body ?? []) chunk.fill(0);
      assert.deepEqual(await contentOf(store, ref), bytesOf('original'));
    },
  },
];
