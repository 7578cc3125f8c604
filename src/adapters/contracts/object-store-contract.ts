import assert from 'node:assert/strict';
import { isPortError } from '../../ports/failure.ts';
import type {
  ObjectBody,
  ObjectRef,
  ObjectStore,
  ObjectTarget,
  PutOutcome,
  WriteOptions,
} from '../../ports/object-store.ts';
import type { Contract, ContractCase } from './contract.ts';

/** A store under test, with two empty or shared buckets. */
export interface ObjectStoreSubject {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly otherBucket: string;
  /** A bucket name that is valid, and free. */
  readonly absentBucket: string;
  /** A key that may encrypt, in the form in which the store reports it; for S3 the key's ARN. */
  readonly encryptionKeyId: string;
  /** A key that no other case uses. */
  uniqueKey(): string;
  /** Lays a delete marker over the key, as a lifecycle rule does, and gives the marker's version id. */
  hide(target: ObjectTarget): Promise<string>;
  /** Deletes one version for good. */
  erase(ref: ObjectRef): Promise<void>;
}

type Case = ContractCase<ObjectStoreSubject>;

const mebibyte = 1024 * 1024;

/** Names that people and attackers give to objects; a store keeps each as it is. */
const awkwardNames: readonly string[] = [
  'two words.pdf',
  'a+b.txt',
  '100%.txt',
  'already%20encoded.txt',
  'what?.txt',
  'part#2.txt',
  'a&b=c;d,e:f@g$h.txt',
  "it's (1)!*.txt",
  'größe/文書/🗂.txt',
  'decomposed e\u0301.txt',
  '.hidden',
  'folder/.hidden/',
  'double//slash',
  '~tilde_and-dash.txt',
  '"quoted" <tag> [x] {y} |z| \\ ^ `.txt',
];

const keyCases = awkwardNames.map(
  (name): Case => ({
    name: `keeps the key ${JSON.stringify(name)} as it is`,
    run: async subject => {
      const target = { bucket: subject.bucket, key: `${subject.uniqueKey()}/${name}` };
      const ref = await stored(subject.store, target, bytesOf(name));
      assert.equal(ref.key, target.key);
      assert.deepEqual(await contentOf(subject.store, ref), bytesOf(name));
      const copy = { bucket: subject.otherBucket, key: `${subject.uniqueKey()}/${name}` };
      const outcome = await subject.store.copy(ref, copy);
      assert.equal(outcome.outcome, 'copied');
      assert.deepEqual(await contentOf(subject.store, outcome.ref), bytesOf(name));
    },
  }),
);

const writeCases: readonly Case[] = [
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
        await failsWith('permanent', 'SizeMismatch', () => store.put(target, streamed(source, 100_000)));
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
        await failsWith('permanent', code, () => store.put(target, bytesOf('x'), { metadata }));
      }
      const largest = { name: 'x'.repeat(2044) };
      const ref = await stored(store, target, bytesOf('x'), { metadata: largest, ifAbsent: true });
      assert.deepEqual((await store.head(ref))?.metadata, largest);
      await failsWith('permanent', 'InvalidMetadata', () =>
        store.copy(ref, target, { metadata: { name: 'ß' } }),
      );
    },
  },
];

const readCases: readonly Case[] = [
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
        await failsWith('permanent', 'InvalidRange', () => store.read(object, { range: { first, last } }));
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

const copyCases: readonly Case[] = [
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

const absenceCases: readonly Case[] = [
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
        () => store.read(absent),
        () => store.put(absent, bytesOf('x')),
        () => store.put(absent, streamed(chunks(pattern(3 * mebibyte), [65_536]), 3 * mebibyte)),
        () => store.copy(absent, { bucket, key: uniqueKey() }),
        () => store.copy(absent, { bucket, key: uniqueKey() }, { metadata }),
        () => store.copy(there, absent),
        () => store.copy(there, absent, { metadata }),
      ]) {
        await failsWith('not-found', 'NoSuchBucket', call);
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
        await failsWith('permanent', code, () => store.head({ ...there, key }));
        await failsWith('permanent', code, () => store.read({ ...there, key }));
        await failsWith('permanent', code, () => store.put({ bucket, key }, bytesOf('x')));
        await failsWith('permanent', code, () => store.copy({ ...there, key }, there));
        await failsWith('permanent', code, () => store.copy(there, { bucket, key }));
      }
      const longest = uniqueKey().padEnd(1024, 'k');
      assert.equal((await store.put({ bucket, key: longest }, bytesOf('x'))).outcome, 'stored');
    },
  },
];

/** The promises of {@link ObjectStore}. */
export const objectStoreContract: Contract<ObjectStoreSubject> = {
  port: 'ObjectStore',
  cases: [...writeCases, ...readCases, ...copyCases, ...absenceCases, ...keyCases],
};

async function stored(
  store: ObjectStore,
  target: ObjectTarget,
  body: ObjectBody,
  options?: WriteOptions,
): Promise<ObjectRef> {
  const outcome = await store.put(target, body, options);
  assert.equal(outcome.outcome, 'stored');
  return outcome.ref;
}

async function contentOf(store: ObjectStore, ref: ObjectRef): Promise<Uint8Array> {
  const read = await store.read(ref);
  assert.ok(read !== undefined, 'the version is there');
  return collect(read.body);
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}

async function failsWith(kind: string, code: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, error => {
    assert.ok(isPortError(error), `a PortError, not ${String(error)}`);
    assert.deepEqual({ kind: error.kind, code: error.code }, { kind, code });
    return true;
  });
}

/** A store may refuse one of two writes at once for now; what counts is how it ends. */
async function persistently(write: () => Promise<PutOutcome>): Promise<PutOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === 10 || !isPortError(error) || error.kind !== 'retryable') throw error;
    }
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes whose order and number show. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

function* chunks(content: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let position = 0;
  for (let index = 0; position < content.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield content.subarray(position, position + size);
    position += size;
  }
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield pattern(10_000);
}

function streamed(parts: Iterable<Uint8Array>, size: number): ObjectBody {
  const stream = async function* () {
    yield* parts;
  };
  return { stream: stream(), size };
}

/** Faster than a deep comparison of megabytes. */
function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
