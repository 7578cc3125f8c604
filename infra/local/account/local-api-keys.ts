import { randomBytes } from 'node:crypto';
import type { ApiKey } from '../api-gateway/api-key.ts';

export interface LocalApiKeyOptions {
  /** @default a new one */
  readonly id?: string;
  readonly name: string;
  /** @default a new one */
  readonly value?: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A key as API Gateway's control plane has it. */
export interface LocalApiKey extends ApiKey {
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

/** The API keys of an account and the usage plans that let them in. */
export class LocalApiKeys {
  readonly #keys = new Map<string, LocalApiKey>();
  /** The keys of each plan, by the plan's id; the APIs look at these lists themselves. */
  readonly #plans = new Map<string, ApiKey[]>();

  /** Throws where another key has the value. */
  add(options: LocalApiKeyOptions): LocalApiKey {
    const { id = newId(5), value = newId(20), name, enabled, description, tags = {} } = options;
    if (this.hasValue(value)) throw new Error(`Another API key has the value of ${name}.`);
    const key = { id, name, value, enabled, description, tags, createdAt: new Date() };
    this.#keys.set(id, key);
    return key;
  }

  hasValue(value: string): boolean {
    return [...this.#keys.values()].some(key => key.value === value);
  }

  find(id: string): LocalApiKey | undefined {
    return this.#keys.get(id);
  }

  list(): LocalApiKey[] {
    return [...this.#keys.values()];
  }

  /** Removes a key, and from the plans. Gives `false` where there is none. */
  remove(id: string): boolean {
    for (const planId of this.#plans.keys()) this.dismiss(planId, id);
    return this.#keys.delete(id);
  }

  /** Adds a plan; `keys` is the list that its APIs look at. */
  addPlan(id: string, keys: ApiKey[]): void {
    this.#plans.set(id, keys);
  }

  /** The keys of a plan; `undefined` where there is no such plan. */
  keysOf(planId: string): readonly ApiKey[] | undefined {
    return this.#plans.get(planId);
  }

  /** Lets a key in under a plan. Gives `false` where there is no such plan or key, or where it is let in already. */
  admit(planId: string, keyId: string): boolean {
    const keys = this.#plans.get(planId);
    const key = this.#keys.get(keyId);
    if (keys === undefined || key === undefined || keys.includes(key)) return false;
    keys.push(key);
    return true;
  }

  /** Takes a key from a plan. Gives `false` where the plan does not have it. */
  dismiss(planId: string, keyId: string): boolean {
    const keys = this.#plans.get(planId) ?? [];
    const at = keys.findIndex(({ id }) => id === keyId);
    if (at === -1) return false;
    keys.splice(at, 1);
    return true;
  }
}

function newId(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
