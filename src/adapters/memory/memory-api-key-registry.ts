import type {
  ApiKeyExamination,
  ApiKeyRegistry,
  CreateApiKeyOutcome,
  RegisteredApiKey,
} from '../../ports/api-key-registry.ts';
import type { Clock } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';

interface Entry {
  readonly key: RegisteredApiKey;
  readonly value: string;
  enabled: boolean;
  admitted: boolean;
}

/**
 * API keys in memory.
 *
 * @example
 * const registry = new MemoryApiKeyRegistry({ clock: new ManualClock() });
 * await rotator.rotate('setSecret', version);
 * expect(registry.lets('the value')).toBe(true);
 */
export class MemoryApiKeyRegistry implements ApiKeyRegistry {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #foreignValues = new Set<string>();
  #made = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** Whether the API lets the bearer of a value in. */
  lets(value: string): boolean {
    if (this.#foreignValues.has(value)) return true;
    return [...this.#entries.values()].some(
      entry => entry.value === value && entry.enabled && entry.admitted,
    );
  }

  /** Adds a key that somebody else made, and lets its bearer in. */
  addForeign(value: string): void {
    this.#foreignValues.add(value);
  }

  /** Disables a key, as people do. */
  disable(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.enabled = false;
  }

  async find(version: string): Promise<RegisteredApiKey | undefined> {
    return [...this.#entries.values()].find(({ key }) => key.version === version)?.key;
  }

  async create(version: string, value: string): Promise<CreateApiKeyOutcome> {
    const taken = [...this.#entries.values()].some(entry => entry.value === value);
    if (taken || this.#foreignValues.has(value)) return { outcome: 'value-in-use' };
    this.#made += 1;
    const key = { id: `key-${this.#made}`, version, createdAt: this.#clock.now().toISOString() };
    this.#entries.set(key.id, { key, value, enabled: true, admitted: false });
    return { outcome: 'created', key };
  }

  async admit(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new PortError({
        kind: 'not-found',
        operation: 'ApiKeyRegistry.admit',
        code: 'NotFoundException',
        message: `There is no API key ${id}`,
      });
    }
    entry.admitted = true;
  }

  async examine(id: string, value: string): Promise<ApiKeyExamination | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { enabled, admitted } = entry;
    return { enabled, admitted, hasValue: entry.value === value };
  }

  async *keys(): AsyncGenerator<RegisteredApiKey> {
    for (const { key } of [...this.#entries.values()]) yield key;
  }

  async remove(id: string): Promise<void> {
    this.#entries.delete(id);
  }
}
