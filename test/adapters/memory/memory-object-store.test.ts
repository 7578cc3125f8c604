import { describe, expect, test } from '@jest/globals';
import {
  type ObjectStoreSubject,
  objectStoreContract,
} from '../../../src/adapters/contracts/object-store-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';

function subject(): ObjectStoreSubject {
  const store = new MemoryObjectStore({ clock: new ManualClock(), buckets: ['uploads', 'quarantine'] });
  let keys = 0;
  return {
    store,
    bucket: 'uploads',
    otherBucket: 'quarantine',
    absentBucket: 'no-such-bucket',
    encryptionKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1',
    uniqueKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
    hide: async target => store.hide(target).versionId,
    erase: async ref => store.erase(ref),
  };
}

describe('MemoryObjectStore keeps the contract of ObjectStore', () => {
  for (const { name, run } of objectStoreContract.cases) test(name, () => run(subject()));
});

describe('MemoryObjectStore', () => {
  test('dates a version by its clock, cut to whole seconds', async () => {
    const clock = new ManualClock('2026-11-21T08:00:00.999Z');
    const store = new MemoryObjectStore({ clock, buckets: ['uploads'] });
    await store.put({ bucket: 'uploads', key: 'a' }, new Uint8Array(1));
    clock.advance(1);
    await store.put({ bucket: 'uploads', key: 'a' }, new Uint8Array(2));
    expect(store.list('uploads').map(head => [head.size, head.lastModified])).toEqual([
      [1, '2026-11-21T08:00:00.000Z'],
      [2, '2026-11-21T08:00:01.000Z'],
    ]);
  });

  test('encrypts by its default where nothing is asked', async () => {
    const defaultEncryption = { algorithm: 'aws:kms', keyId: 'key-1' } as const;
    const store = new MemoryObjectStore({
      clock: new ManualClock(),
      buckets: ['uploads'],
      defaultEncryption,
    });
    await store.put({ bucket: 'uploads', key: 'a' }, new Uint8Array(1));
    expect(store.list('uploads')[0]?.encryption).toEqual(defaultEncryption);
  });

  test('lists what can be read, by key and then age', async () => {
    const store = new MemoryObjectStore({ clock: new ManualClock(), buckets: ['uploads'] });
    const put = (key: string, size: number) => store.put({ bucket: 'uploads', key }, new Uint8Array(size));
    await put('b', 1);
    await put('a', 2);
    await put('a', 3);
    const hidden = store.hide({ bucket: 'uploads', key: 'a' });
    await store.head({ bucket: 'uploads', key: 'never written', versionId: hidden.versionId });
    expect(store.list('uploads').map(head => [head.ref.key, head.size])).toEqual([
      ['a', 2],
      ['a', 3],
      ['b', 1],
    ]);
  });
});
