import assert from 'node:assert/strict';
import { assertPortError } from '../assert-port-error.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import {
  bytesOf,
  chunks,
  contentOf,
  endless,
  equalBytes,
  mebibyte,
  pattern,
  persistently,
  stored,
  streamed,
} from './sample-objects.ts';

export const writeCases: readonly ObjectStoreCase[] = [
  {
    name: 'describes a stored version',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const outcome = await store.put(target, bytesOf('hello'), {
        contentType: 'text/plain',
        metadata: { 'correlation-id': 'c-1', note: 'two words; a=b' },
      });
      assert.equal(outcome.outcome, 'stored');
      assert.notEqual(outcome.ref.versionId, '');
      const head = await store.head(outcome.ref);
      assert.ok(head !== undefined);
      assert.deepEqual(head.ref, outcome.ref);
      assert.equal(head.size, 5);
      assert.equal(head.contentType, 'text/plain');
      assert.deepEqual(head.metadata, { 'correlation-id': 'c-1', note: 'two words; a=b' });
      assert.equal(head.etag, outcome.etag);
      assert.match(head.etag, /^[^"]+$/);
      assert.match(head.lastModified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    },
  },
  {
    name: 'keeps an old version readable after it was written over',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const first = await stored(store, target, bytesOf('first'));
      const second = await stored(store, target, bytesOf('the second'));
      assert.notEqual(first.versionId, second.versionId);
      assert.deepEqual(await contentOf(store, first), bytesOf('first'));
      assert.deepEqual(await contentOf(store, second), bytesOf('the second'));
      assert.equal((await store.head(first))?.size, 5);
    },
  },
  {
    name: 'stores an empty object, whole or streamed',
    run: async ({ store, bucket, uniqueKey }) => {
      for (const body of [new Uint8Array(0), streamed([], 0)]) {
        const ref = await stored(store, { bucket, key: uniqueKey() }, body);
        assert.equal((await store.head(ref))?.size, 0);
        assert.deepEqual(await contentOf(store, ref), new Uint8Array(0));
      }
    },
  },
  {
    name: 'keeps the bytes as they were when the call was made',
    run: async ({ store, bucket, uniqueKey }) => {
      const body = bytesOf('original');
      const ref = await stored(store, { bucket, key: uniqueKey() }, body);
      body.fill(0);
      assert.deepEqual(await contentOf(store, ref), bytesOf('original'));
    },
  },
  {
    name: 'streams megabytes in and out, whatever the size of the chunks',
    run: async ({ store, bucket, uniqueKey }) => {
      const content = pattern(6 * mebibyte + 7);
      const body = streamed(chunks(content, [1, 0, 65_536, 1_000_000, 3]), content.length);
      const ref = await stored(store, { bucket, key: uniqueKey() }, body);
      assert.equal((await store.head(ref))?.size, content.length);
      assert.ok(equalBytes(await contentOf(store, ref), content), 'the bytes come back as they went in');
    },
  },
  {
    name: 'leaves no version of a stream that is shorter or longer than it said',
    run: async ({ store, bucket, uniqueKey }) => {
      const others = [0, 99_999, 100_001, 3 * mebibyte].map(actual => chunks(pattern(actual), [10_000]));
      for (const source of [...others, endless()]) {
        const target = { bucket, key: uniqueKey() };
        await assertPortError(store.put(target, streamed(source, 100_000)), {
          kind: 'permanent',
          code: 'SizeMismatch',
        });
        // The slot is still free: nothing was stored.
        const outcome = await store.put(target, bytesOf('x'), { ifAbsent: true });
        assert.equal(outcome.outcome, 'stored');
      }
    },
  },
  {
    name: 'hands on the error of a stream that fails, and leaves no version',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const fault = new Error('the source failed');
      const failing = async function* () {
        yield pattern(100_000);
        throw fault;
      };
      await assert.rejects(store.put(target, { stream: failing(), size: 200_000 }), error => error === fault);
      assert.equal((await store.put(target, bytesOf('x'), { ifAbsent: true })).outcome, 'stored');
    },
  },
  {
    name: 'writes if absent once, and leaves what is there',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const first = await stored(store, target, bytesOf('first'), { ifAbsent: true });
      const second = await store.put(target, bytesOf('second'), { ifAbsent: true });
      assert.deepEqual(second, { outcome: 'already-exists' });
      assert.deepEqual(await contentOf(store, first), bytesOf('first'));
    },
  },
  {
    name: 'writes if absent for exactly one of many at once',
    run: async ({ store, bucket, uniqueKey }) => {
      const target = { bucket, key: uniqueKey() };
      const writers = Array.from({ length: 20 }, (_, index) => bytesOf(`writer ${index}`));
      const outcomes = await Promise.all(
        writers.map(body => persistently(() => store.put(target, body, { ifAbsent: true }))),
      );
      const winners = outcomes.flatMap((outcome, index) =>
        outcome.outcome === 'stored' ? [{ outcome, index }] : [],
      );
      assert.equal(winners.length, 1);
      for (const { outcome, index } of winners) {
        assert.deepEqual(await contentOf(store, outcome.ref), bytesOf(`writer ${index}`));
      }
    },
  },
  {
    name: 'counts a key under a delete marker as absent',
    run: async ({ store, bucket, uniqueKey, hide }) => {
      const target = { bucket, key: uniqueKey() };
      await stored(store, target, bytesOf('first'));
      await hide(target);
      const outcome = await store.put(target, bytesOf('second'), { ifAbsent: true });
      assert.equal(outcome.outcome, 'stored');
    },
  },
  {
    name: 'reports the encryption that was asked for',
    run: async ({ store, bucket, uniqueKey, encryptionKeyId }) => {
      for (const encryption of [
        { algorithm: 'aws:kms', keyId: encryptionKeyId },
        { algorithm: 'AES256' },
      ] as const) {
        const ref = await stored(store, { bucket, key: uniqueKey() }, bytesOf('x'), { encryption });
        assert.deepEqual((await store.head(ref))?.encryption, encryption);
      }
    },
  },
  {
    name: 'refuses metadata that would not come back as it is',
    run: async ({ store, bucket, uniqueKey }) => {
      const refused: readonly [string, Readonly<Record<string, string>>][] = [
        ['InvalidMetadata', { name: 'größe' }],
        ['InvalidMetadata', { name: 'two\nlines' }],
        ['InvalidMetadata', { name: ' outer space' }],
        ['InvalidMetadata', { Upper: 'x' }],
        ['InvalidMetadata', { 'a b': 'x' }],
        ['InvalidMetadata', { '': 'x' }],
        ['MetadataTooLarge', { name: 'x'.repeat(2045) }],
      ];
      const target = { bucket, key: uniqueKey() };
      for (const [code, metadata] of refused) {
        await assertPortError(store.put(target, bytesOf('x'), { metadata }), { kind: 'permanent', code });
      }
      const largest = { name: 'x'.repeat(2044) };
      const ref = await stored(store, target, bytesOf('x'), { metadata: largest, ifAbsent: true });
      assert.deepEqual((await store.head(ref))?.metadata, largest);
      await assertPortError(store.copy(ref, target, { metadata: { name: 'ß' } }), {
        kind: 'permanent',
        code: 'InvalidMetadata',
      });
    },
  },
];
