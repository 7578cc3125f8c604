import assert from 'node:assert/strict';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, contentOf, stored } from './sample-objects.ts';

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

export const keyCases = awkwardNames.map(
  (name): ObjectStoreCase => ({
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
