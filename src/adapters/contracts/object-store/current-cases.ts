import assert from 'node:assert/strict';
import { assertSameJson } from '../assert-same-json.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, contentOf, stored } from './sample-objects.ts';

export const currentCases: readonly ObjectStoreCase[] = [
  {
    name: 'tells the current version of a key, with all that its head tells',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      for (const text of ['first', 'second one', 'the third of them']) {
        const options = { contentType: 'text/plain', metadata: { text } };
        const ref = await stored(store, target, bytesOf(text), options);
        const current = await store.current(target);
        assertSameJson(current?.ref, ref);
        assertSameJson(current, await store.head(ref));
        assert.equal(current?.size, text.length);
        assert.deepEqual(await contentOf(store, current.ref), bytesOf(text));
      }
    },
  },
  {
    name: 'gives a reference that stays with its version when the key is written again',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      await stored(store, target, bytesOf('judged'));
      const judged = await store.current(target);
      assert.ok(judged !== undefined);
      await stored(store, target, bytesOf('swapped'));
      assert.deepEqual(await contentOf(store, judged.ref), bytesOf('judged'));
    },
  },
  {
    name: 'takes nothing of a target but its bucket and key',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const old = await stored(store, target, bytesOf('old'));
      const latest = await stored(store, target, bytesOf('latest'));
      assertSameJson((await store.current(old))?.ref, latest);
    },
  },
  {
    name: 'takes a copy onto the key for its current version',
    run: async ({ store, bucket, otherBucket, uniqueKey }) => {
      const source = await stored(store, { bucket: otherBucket, key: uniqueKey() }, bytesOf('copied'));
      const target = { bucket, key: uniqueKey() };
      await stored(store, target, bytesOf('old'));
      const copy = await store.copy(source, target);
      assert.equal(copy.outcome, 'copied');
      assertSameJson((await store.current(target))?.ref, copy.ref);
    },
  },
  {
    name: 'has no current version of a key that was never written, or that lies under a delete marker',
    run: async ({ store, bucket, otherBucket, uniqueKey, hide }) => {
      const target = { bucket, key: uniqueKey() };
      assert.equal(await store.current(target), undefined);
      await stored(store, { ...target, bucket: otherBucket }, bytesOf('elsewhere'));
      assert.equal(await store.current(target), undefined);
      await stored(store, target, bytesOf('hidden'));
      await hide(target);
      assert.equal(await store.current(target), undefined);
      const again = await stored(store, target, bytesOf('again'));
      assertSameJson((await store.current(target))?.ref, again);
    },
  },
  {
    name: 'goes back to the version before one that is deleted for good',
    run: async ({ store, bucket, uniqueKey, hide, erase }) => {
      const target = { bucket, key: uniqueKey() };
      const first = await stored(store, target, bytesOf('first'));
      await erase(await stored(store, target, bytesOf('second')));
      assertSameJson((await store.current(target))?.ref, first);
      await erase({ ...target, versionId: await hide(target) });
      assertSameJson((await store.current(target))?.ref, first);
      await erase(first);
      assert.equal(await store.current(target), undefined);
    },
  },
];
