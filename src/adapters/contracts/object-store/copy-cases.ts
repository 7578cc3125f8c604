import assert from 'node:assert/strict';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, contentOf, stored } from './sample-objects.ts';

export const copyCases: readonly ObjectStoreCase[] = [
  {
    name: 'copies the version that is named, with its metadata and content type',
    run: async ({ store, bucket, otherBucket, uniqueKey }) => {
      const source = { bucket, key: uniqueKey() };
      const options = { contentType: 'text/csv', metadata: { 'correlation-id': 'c-1' } };
      const old = await stored(store, source, bytesOf('judged'), options);
      await stored(store, source, bytesOf('swapped'), { metadata: { swapped: 'yes' } });
      const target = { bucket: otherBucket, key: uniqueKey() };
      const outcome = await store.copy(old, target);
      assert.equal(outcome.outcome, 'copied');
      assert.deepEqual(outcome.ref, { ...target, versionId: outcome.ref.versionId });
      assert.deepEqual(await contentOf(store, outcome.ref), bytesOf('judged'));
      const head = await store.head(outcome.ref);
      assert.equal(head?.contentType, 'text/csv');
      assert.deepEqual(head.metadata, { 'correlation-id': 'c-1' });
      assert.equal(head.etag, outcome.etag);
    },
  },
  {
    name: 'replaces the metadata of a copy, and keeps its content type',
    run: async ({ store, bucket, otherBucket, uniqueKey }) => {
      const options = { contentType: 'text/csv', metadata: { old: 'yes' } };
      const source = await stored(store, { bucket, key: uniqueKey() }, bytesOf('x'), options);
      const metadata = { verdict: 'clean' };
      const outcome = await store.copy(source, { bucket: otherBucket, key: uniqueKey() }, { metadata });
      assert.equal(outcome.outcome, 'copied');
      const head = await store.head(outcome.ref);
      assert.deepEqual(head?.metadata, metadata);
      assert.equal(head.contentType, 'text/csv');
      assert.deepEqual((await store.head(source))?.metadata, { old: 'yes' });
    },
  },
  {
    name: 'encrypts a copy as asked',
    run: async ({ store, bucket, uniqueKey, encryptionKeyId }) => {
      const source = await stored(store, { bucket, key: uniqueKey() }, bytesOf('x'));
      const encryption = { algorithm: 'aws:kms', keyId: encryptionKeyId } as const;
      for (const options of [{ encryption }, { encryption, metadata: { a: 'b' } }]) {
        const outcome = await store.copy(source, { bucket, key: uniqueKey() }, options);
        assert.equal(outcome.outcome, 'copied');
        assert.deepEqual((await store.head(outcome.ref))?.encryption, encryption);
      }
    },
  },
  {
    name: 'brings an old version back by a copy onto its own key',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const old = await stored(store, target, bytesOf('good'));
      await stored(store, target, bytesOf('bad'));
      const outcome = await store.copy(old, target);
      assert.equal(outcome.outcome, 'copied');
      assert.notEqual(outcome.ref.versionId, old.versionId);
      assert.deepEqual(await contentOf(store, outcome.ref), bytesOf('good'));
      assert.deepEqual(await contentOf(store, old), bytesOf('good'));
    },
  },
];
