import type {
  ApiKeyRegistry,
  ApiKeyState,
  CreateApiKeyOutcome,
  RegisteredApiKey,
} from '../../ports/api-key-registry.ts';
import { PortError } from '../../ports/failure.ts';

interface Entry {
  readonly key: RegisteredApiKey;
  readonly value: string;
  admitted: boolean;
}

/**
 * API keys in memory.
 *
 * @example
 * const registry = new MemoryApiKeyRegistry();
 * await rotator.rotate('createSecret', version);
 * expect(registry.lets('the value')).toBe(true);
 */
export class MemoryApiKeyRegistry implements ApiKeyRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #foreignValues = new Set<string>();
  #made = 0;

  /** Whether the API lets the bearer of a value in. */
  lets(value: string): boolean {
    if (this.#foreignValues.has(value)) return true;
    return [...this.#entries.values()].some(entry => entry.value === value && entry.admitted);
  }

  /** Adds a key that somebody else made, and lets its bearer in. */
  addForeign(value: string): void {
    this.#foreignValues.add(value);
  }

  /** Lets the bearer of a key in no more, as people do; the key stays. */
  dismiss(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.admitted = false;
  }

  /** The ids of all keys made by rotation, whether they are let in or not. */
  ids(): string[] {
    return [...this.#entries.keys()];
  }

  async create(version: string, value: string): Promise<CreateApiKeyOutcome> {
    const taken = [...this.#entries.values()].some(entry => entry.value === value);
    if (taken || this.#foreignValues.has(value)) return { outcome: 'value-in-use' };
    this.#made += 1;
    const key = { id: `key-${this.#made}`, version };
    this.#entries.set(key.id, { key, value, admitted: false });
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

  async examine(id: string, value: string): Promise<ApiKeyState> {
    const entry = this.#entries.get(id);
    if (entry?.admitted !== true) return 'not-admitted';
    return entry.value === value ? 'admitted' : 'other-value';
  }

  async *admitted(): AsyncGenerator<RegisteredApiKey> {
    for (const { key, admitted } of [...this.#entries.values()]) if (admitted) yield key;
  }

  async remove(id: string): Promise<void> {
    this.#entries.delete(id);
  }
}
