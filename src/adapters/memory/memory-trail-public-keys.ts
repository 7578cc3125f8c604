import type { Timestamp } from '../../ports/clock.ts';
import type { TrailPublicKey, TrailPublicKeys } from '../../ports/trail-public-keys.ts';

/** Keys in memory, by region. */
export class MemoryTrailPublicKeys implements TrailPublicKeys {
  readonly #byRegion = new Map<string, TrailPublicKey[]>();

  add(region: string, key: TrailPublicKey): void {
    const { value, ...facts } = key;
    const keys = this.#byRegion.get(region) ?? [];
    keys.push({ ...facts, value: Uint8Array.from(value) });
    this.#byRegion.set(region, keys);
  }

  async ofRegion(region: string, from: Timestamp, to: Timestamp): Promise<readonly TrailPublicKey[]> {
    const keys = this.#byRegion.get(region) ?? [];
    return keys
      .filter(
        ({ validFrom, validTo }) =>
          Date.parse(validFrom) <= Date.parse(to) && Date.parse(validTo) >= Date.parse(from),
      )
      .map(key => ({ ...key, value: Uint8Array.from(key.value) }));
  }
}
