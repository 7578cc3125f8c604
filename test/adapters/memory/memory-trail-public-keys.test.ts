import { describe, expect, test } from '@jest/globals';
import {
  samplePublicKeys,
  trailPublicKeysContract,
} from '../../../src/adapters/contracts/trail-public-keys-contract.ts';
import { MemoryTrailPublicKeys } from '../../../src/adapters/memory/memory-trail-public-keys.ts';

function filled(): MemoryTrailPublicKeys {
  const keys = new MemoryTrailPublicKeys();
  for (const key of samplePublicKeys) keys.add('eu-central-1', key);
  return keys;
}

describe(`the contract of ${trailPublicKeysContract.port}`, () => {
  test.each(trailPublicKeysContract.cases)('$name', ({ run }) =>
    run({ keys: filled(), region: 'eu-central-1', emptyRegion: 'eu-west-1' }),
  );
});

test('keys are copies', async () => {
  const keys = filled();
  const time = ['2026-10-05T00:00:00.000Z', '2026-10-06T00:00:00.000Z'] as const;
  const [given] = await keys.ofRegion('eu-central-1', ...time);
  given?.value.fill(0);

  expect((await keys.ofRegion('eu-central-1', ...time))[0]?.value).toEqual(samplePublicKeys[0]?.value);
});
