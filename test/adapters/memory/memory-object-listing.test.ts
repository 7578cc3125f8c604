import { describe, test } from '@jest/globals';
import { objectListingContract } from '../../../src/adapters/contracts/object-listing-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryObjectListing } from '../../../src/adapters/memory/memory-object-listing.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';

describe(`the contract of ${objectListingContract.port}`, () => {
  test.each(objectListingContract.cases)('$name', ({ run }) => {
    const store = new MemoryObjectStore({ clock: new ManualClock(), buckets: ['logs'] });
    return run({
      store,
      listing: new MemoryObjectListing(store),
      bucket: 'logs',
      absentBucket: 'no-such-bucket',
      uniquePrefix: () => 'below/',
      hide: async target => {
        store.hide(target);
      },
    });
  });
});
