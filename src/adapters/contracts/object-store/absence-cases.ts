import assert from 'node:assert/strict';
import type { ObjectRef } from '../../../ports/object-store.ts';
import { assertPortError } from '../assert-port-error.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, chunks, contentOf, mebibyte, pattern, stored, streamed } from './sample-objects.ts';

export const absenceCases: readonly ObjectStoreCase[] = [
  {
    name: 'knows nothing of a key, version or delete marker that is not there',
    run: async ({ store, bucket, otherBucket, uniqueKey, hide, erase }) => {
      const target = { bucket, key: uniqueKey() };
      const kept = await stored(store, target, bytesOf('kept'));
      const erased = await stored(store, target, bytesOf('erased'));
      await erase(erased);
      const marker = { ...target, versionId: await hide(target) };
      const elsewhere = await stored(store, { bucket: otherBucket, key: uniqueKey() }, bytesOf('x'));
      const absent: readonly ObjectRef[] = [
        erased,
        marker,
        { ...kept, key: uniqueKey() },
        { ...kept, versionId: elsewhere.versionId },
        { ...kept, versionId: 'not-a-version' },
      ];
      for (const ref of absent) {
        assert.equal(await store.head(ref), undefined);
        assert.equal(await store.read(ref), undefined);
        assert.equal(await store.read(ref, { range: { first: 0, last: 0 } }), undefined);
        const copy = { bucket: otherBucket, key: uniqueKey() };
        assert.deepEqual(await store.copy(ref, copy), { outcome: 'source-missing' });
        assert.deepEqual(await store.copy(ref, copy, { metadata: { a: 'b' } }), {
          outcome: 'source-missing',
        });
        assert.equal((await store.put(copy, bytesOf('x'), { ifAbsent: true })).outcome, 'stored');
      }
      assert.deepEqual(await contentOf(store, kept), bytesOf('kept'));
    },
  },
  {
    name: 'fails where there is no such bucket',
    run: async ({ store, bucket, absentBucket, uniqueKey }) => {
      const there = await stored(store, { bucket, key: uniqueKey() }, bytesOf('x'));
      const absent = { ...there, bucket: absentBucket };
      const metadata = { a: 'b' };
      for (const call of [
        () => store.head(absent),
        () => store.current(absent),
        () => store.read(absent),
        () => store.put(absent, bytesOf('x')),
        () => store.put(absent, streamed(chunks(pattern(3 * mebibyte), [65_536]), 3 * mebibyte)),
        () => store.copy(absent, { bucket, key: uniqueKey() }),
        () => store.copy(absent, { bucket, key: uniqueKey() }, { metadata }),
        () => store.copy(there, absent),
        () => store.copy(there, absent, { metadata }),
      ]) {
        await assertPortError(call(), { kind: 'not-found', code: 'NoSuchBucket' });
      }
    },
  },
  {
    name: 'refuses keys that are too long, empty or not Unicode',
    run: async ({ store, bucket, uniqueKey }) => {
      const there = await stored(store, { bucket, key: uniqueKey() }, bytesOf('x'));
      for (const [code, key] of [
        ['KeyTooLongError', 'k'.repeat(1025)],
        ['KeyTooLongError', 'ü'.repeat(513)],
        ['InvalidKey', ''],
        ['InvalidKey', 'lone \ud800 surrogate'],
      ] as const) {
        await assertPortError(store.head({ ...there, key }), { kind: 'permanent', code });
        await assertPortError(store.current({ bucket, key }), { kind: 'permanent', code });
        await assertPortError(store.read({ ...there, key }), { kind: 'permanent', code });
        await assertPortError(store.put({ bucket, key }, bytesOf('x')), { kind: 'permanent', code });
        await assertPortError(store.copy({ ...there, key }, there), { kind: 'permanent', code });
        await assertPortError(store.copy(there, { bucket, key }), { kind: 'permanent', code });
      }
      const longest = uniqueKey().padEnd(1024, 'k');
      assert.equal((await store.put({ bucket, key: longest }, bytesOf('x'))).outcome, 'stored');
    },
  },
];
