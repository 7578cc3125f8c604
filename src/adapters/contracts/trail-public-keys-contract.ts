import assert from 'node:assert/strict';
import type { TrailPublicKey, TrailPublicKeys } from '../../ports/trail-public-keys.ts';
import type { Contract } from './contract.ts';

/** What a subject must hold for the contract to be run on it. */
export interface TrailPublicKeysSubject {
  readonly keys: TrailPublicKeys;
  /** A region with both keys of {@link samplePublicKeys}. */
  readonly region: string;
  /** A region without keys. */
  readonly emptyRegion: string;
}

/** Two keys, one after the other: the bytes are any. */
export const samplePublicKeys: readonly TrailPublicKey[] = [
  {
    fingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
    value: Uint8Array.of(0x30, 0x82, 1, 10, 0, 255),
    validFrom: '2026-10-01T00:00:00.000Z',
    validTo: '2026-10-31T00:00:00.000Z',
  },
  {
    fingerprint: '8eba5db5bea9b640d1c96a77256fe7f2',
    value: Uint8Array.of(0x30, 0x82, 1, 10, 7),
    validFrom: '2026-10-30T00:00:00.000Z',
    validTo: '2026-11-30T00:00:00.000Z',
  },
];

/** What every {@link TrailPublicKeys} promises. */
export const trailPublicKeysContract: Contract<TrailPublicKeysSubject> = {
  port: 'TrailPublicKeys',
  cases: [
    {
      name: 'all keys that were valid at any moment of a time are told, with their bytes',
      async run({ keys, region }) {
        const found = await keys.ofRegion(region, '2026-10-30T12:00:00.000Z', '2026-10-30T13:00:00.000Z');
        assert.deepEqual(sorted(found), sorted(samplePublicKeys));
      },
    },
    {
      name: 'a key that was valid only before, or only after, is not told',
      async run({ keys, region }) {
        const before = await keys.ofRegion(region, '2026-10-05T00:00:00.000Z', '2026-10-06T00:00:00.000Z');
        const after = await keys.ofRegion(region, '2026-11-05T00:00:00.000Z', '2026-11-06T00:00:00.000Z');
        assert.deepEqual(sorted(before), sorted(samplePublicKeys.slice(0, 1)));
        assert.deepEqual(sorted(after), sorted(samplePublicKeys.slice(1)));
      },
    },
    {
      name: 'no keys are an empty list',
      async run({ keys, region, emptyRegion }) {
        const time = ['2026-10-05T00:00:00.000Z', '2026-11-06T00:00:00.000Z'] as const;
        assert.deepEqual(await keys.ofRegion(emptyRegion, ...time), []);
        assert.deepEqual(
          await keys.ofRegion(region, '2025-01-01T00:00:00.000Z', '2025-01-02T00:00:00.000Z'),
          [],
        );
      },
    },
  ],
};

function sorted(keys: readonly TrailPublicKey[]) {
  return keys
    .map(({ value, ...facts }) => ({ ...facts, value: Buffer.from(value).toString('hex') }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}
