import type { ApiKeyRegistry, RegisteredApiKey } from '../../ports/api-key-registry.ts';
import type { SecretVault, SecretVersions } from '../../ports/secret-vault.ts';
import { newApiKey, parseApiKeySecret, renderApiKeySecret } from './api-key-secret.ts';

/** The steps of a rotation, in their order. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationStep = (typeof rotationSteps)[number];

export interface ApiKeyRotatorOptions {
  readonly vault: SecretVault;
  readonly registry: ApiKeyRegistry;
  /** Bytes that nobody can guess. */
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * - `rotation-off`: the secret is not set up to be rotated.
 * - `not-pending`: no rotation makes this version.
 * - `no-value`: the version has no value: `createSecret` has not been.
 * - `unreadable-value`: the version's value is none that holds an API key.
 * - `value-in-use`: a key of somebody else has the value.
 * - `key-missing`, `key-disabled`, `key-not-admitted`, `key-of-other-value`: what is wrong with the version's key.
 */
export type RotationRefusal =
  | 'rotation-off'
  | 'not-pending'
  | 'no-value'
  | 'unreadable-value'
  | 'value-in-use'
  | 'key-missing'
  | 'key-disabled'
  | 'key-not-admitted'
  | 'key-of-other-value';

export type RotationResult =
  /** The step is done, now or by an earlier delivery of it. */
  | { readonly outcome: 'done' }
  /** The version is the current one; `removed` counts the keys that ended with this delivery. */
  | { readonly outcome: 'finished'; readonly removed: number }
  /** The version had been made current before; of `finishSecret`, what was left to remove is removed. */
  | { readonly outcome: 'already-current'; readonly removed: number }
  | { readonly outcome: 'refused'; readonly reason: RotationRefusal };

const done: RotationResult = { outcome: 'done' };
const refused = (reason: RotationRefusal): RotationResult => ({ outcome: 'refused', reason });

/**
 * Rotates the API key that a secret holds, by the four steps of AWS Secrets Manager (User Guide, "Lambda rotation
 * functions"). The value of a key cannot be changed: each rotation makes a key of its own, and the key of the version
 * before stays valid until the rotation after, so that clients have that long to read the secret again.
 *
 * Every step can be repeated, and comes to the same end whenever an earlier delivery of it stopped. A key belongs to a
 * version of the secret and bears its id; the value is stored before the key is made.
 *
 * Rejects with `PortError` when a port fails; the step can then be delivered again.
 */
export class ApiKeyRotator {
  readonly #options: ApiKeyRotatorOptions;

  constructor(options: ApiKeyRotatorOptions) {
    this.#options = options;
  }

  /** @param version The id of the version that the rotation makes: Secrets Manager's `ClientRequestToken`. */
  async rotate(step: RotationStep, version: string): Promise<RotationResult> {
    const { vault } = this.#options;
    const versions = await vault.describe();
    if (!versions.rotates) return refused('rotation-off');
    if (versions.current === version) {
      return { outcome: 'already-current', removed: step === 'finishSecret' ? await this.#retire() : 0 };
    }
    if (versions.pending !== version) return refused('not-pending');
    switch (step) {
      case 'createSecret':
        return this.#create(version);
      case 'setSecret':
        return this.#withValue(version, value => this.#set(version, value));
      case 'testSecret':
        return this.#withValue(version, value => this.#test(version, value));
      case 'finishSecret':
        return this.#withValue(version, value => this.#finish(versions, version, value));
    }
  }

  async #create(version: string): Promise<RotationResult> {
    const { vault, randomBytes } = this.#options;
    // Where the version has its value already, that one stays.
    await vault.putPending(version, renderApiKeySecret(newApiKey(randomBytes)));
    return done;
  }

  async #withValue(
    version: string,
    work: (apiKey: string) => Promise<RotationResult>,
  ): Promise<RotationResult> {
    const text = await this.#options.vault.read(version);
    if (text === undefined) return refused('no-value');
    const apiKey = parseApiKeySecret(text);
    return apiKey === undefined ? refused('unreadable-value') : work(apiKey);
  }

  async #set(version: string, value: string): Promise<RotationResult> {
    const { registry } = this.#options;
    const key = (await registry.find(version)) ?? (await this.#make(version, value));
    if (key === undefined) return refused('value-in-use');
    await registry.admit(key.id);
    return done;
  }

  async #make(version: string, value: string): Promise<RegisteredApiKey | undefined> {
    const { registry } = this.#options;
    const made = await registry.create(version, value);
    // Another delivery may have made it since it was looked for.
    return made.outcome === 'created' ? made.key : registry.find(version);
  }

  async #test(version: string, value: string): Promise<RotationResult> {
    const { registry } = this.#options;
    const key = await registry.find(version);
    const found = key === undefined ? undefined : await registry.examine(key.id, value);
    if (found === undefined) return refused('key-missing');
    if (!found.hasValue) return refused('key-of-other-value');
    if (!found.enabled) return refused('key-disabled');
    return found.admitted ? done : refused('key-not-admitted');
  }

  async #finish({ current }: SecretVersions, version: string, value: string): Promise<RotationResult> {
    // Out of turn, this step would hand clients a key that lets nobody in.
    const tested = await this.#test(version, value);
    if (tested.outcome !== 'done') return tested;
    await this.#options.vault.makeCurrent(version, current);
    return { outcome: 'finished', removed: await this.#retire() };
  }

  /** Removes the keys that no version of the secret stands for any more. Answers how many. */
  async #retire(): Promise<number> {
    const { vault, registry } = this.#options;
    const keys: RegisteredApiKey[] = [];
    // The keys first: one that is made from here on is not among them, and its version is labelled.
    for await (const key of registry.keys()) keys.push(key);
    const { previous, labelled } = await vault.describe();
    const stale = keys.filter(key => !labelled.includes(key.version));
    // The version before may never have had a key, as that of the template: clients then bear the one before it.
    const overlap = keys.some(key => key.version === previous) ? undefined : newest(stale);
    const retired = stale.filter(key => key !== overlap);
    for (const { id } of retired) await registry.remove(id);
    return retired.length;
  }
}

function newest(keys: readonly RegisteredApiKey[]): RegisteredApiKey | undefined {
  return keys.toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1))[0];
}
