import type { ApiKeyRegistry, RegisteredApiKey } from '../../ports/api-key-registry.ts';
import type { SecretVault, SecretVersions } from '../../ports/secret-vault.ts';
import { type ApiKeySecret, newApiKey, parseApiKeySecret, renderApiKeySecret } from './api-key-secret.ts';

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
 * - `unreadable-value`: the version's value is none that `createSecret` stores.
 * - `value-in-use`: some key has the value that was drawn; the next delivery draws another.
 * - `key-not-admitted`, `key-of-other-value`: what is wrong with the version's key.
 */
export type RotationRefusal =
  | 'rotation-off'
  | 'not-pending'
  | 'no-value'
  | 'unreadable-value'
  | 'value-in-use'
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

/** What a version holds that a rotation has made. */
type MadeKey = Required<ApiKeySecret>;

const done: RotationResult = { outcome: 'done' };
const refused = (reason: RotationRefusal): RotationResult => ({ outcome: 'refused', reason });

/**
 * Rotates the API key that a secret holds, by the four steps of AWS Secrets Manager (User Guide, "Lambda rotation
 * functions"). The value of a key cannot be changed: each rotation makes a key of its own, and the key of the version
 * before stays valid until the rotation after, so that clients have that long to read the secret again.
 *
 * Every step can be repeated, and comes to the same end whenever an earlier delivery of it stopped. A key is let in
 * before its id and its value are stored, both at once: what the API lets in can be listed, other keys cannot. A delivery
 * that stops between the two leaves a key whose value nobody has, and which the end of a rotation removes; one that stops
 * before the key is let in leaves a key that lets nobody in, and that is found by people alone.
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
      return step === 'finishSecret'
        ? this.#finishAgain(version)
        : { outcome: 'already-current', removed: 0 };
    }
    if (versions.pending !== version) return refused('not-pending');
    switch (step) {
      case 'createSecret':
        return this.#create(version);
      case 'setSecret':
        return this.#withKey(version, ({ apiKeyId }) => this.#set(apiKeyId));
      case 'testSecret':
        return this.#withKey(version, key => this.#test(key));
      case 'finishSecret':
        return this.#withKey(version, key => this.#finish(versions, version, key));
    }
  }

  async #create(version: string): Promise<RotationResult> {
    const { vault, registry, randomBytes } = this.#options;
    // A value that the version has already stays.
    if ((await vault.read(version)) !== undefined) return done;
    const apiKey = newApiKey(randomBytes);
    const made = await registry.create(version, apiKey);
    if (made.outcome === 'value-in-use') return refused('value-in-use');
    const { id } = made.key;
    await this.#admitNew(id);
    const { outcome } = await vault.putPending(version, renderApiKeySecret({ apiKey, apiKeyId: id }));
    // Another delivery was first: its key is the one of the version.
    if (outcome === 'present' && madeKeyIn(await vault.read(version))?.apiKeyId !== id)
      await registry.remove(id);
    return done;
  }

  /** Lets a new key in, so that the list of those that are has it, whatever becomes of this delivery. */
  async #admitNew(id: string): Promise<void> {
    const { registry } = this.#options;
    try {
      await registry.admit(id);
    } catch (error) {
      // Nobody would find it later. Should this fail, too, the key stays and lets nobody in.
      await registry.remove(id).catch(() => undefined);
      throw error;
    }
  }

  async #withKey(version: string, work: (key: MadeKey) => Promise<RotationResult>): Promise<RotationResult> {
    const text = await this.#options.vault.read(version);
    if (text === undefined) return refused('no-value');
    const key = madeKeyIn(text);
    return key === undefined ? refused('unreadable-value') : work(key);
  }

  async #set(id: string): Promise<RotationResult> {
    await this.#options.registry.admit(id);
    return done;
  }

  async #test({ apiKey, apiKeyId }: MadeKey): Promise<RotationResult> {
    const state = await this.#options.registry.examine(apiKeyId, apiKey);
    if (state === 'not-admitted') return refused('key-not-admitted');
    return state === 'admitted' ? done : refused('key-of-other-value');
  }

  async #finish({ current }: SecretVersions, version: string, key: MadeKey): Promise<RotationResult> {
    // Out of turn, this step would hand clients a key that lets nobody in.
    const tested = await this.#test(key);
    if (tested.outcome !== 'done') return tested;
    await this.#options.vault.makeCurrent(version, current);
    return this.#end('finished', version, key);
  }

  async #finishAgain(version: string): Promise<RotationResult> {
    const key = madeKeyIn(await this.#options.vault.read(version));
    // What people have put by hand has no key to look after, and the others may be all that clients have.
    if (key === undefined) return { outcome: 'already-current', removed: 0 };
    return this.#end('already-current', version, key);
  }

  /**
   * Removes what the current version has replaced, if its key is let in: people who moved labels while the version was
   * made current, or who took the key out since, may have ended it, and this is what tells them.
   */
  async #end(
    outcome: 'finished' | 'already-current',
    version: string,
    key: MadeKey,
  ): Promise<RotationResult> {
    const tested = await this.#test(key);
    return tested.outcome === 'done'
      ? { outcome, removed: await this.#retire(version, key.apiKeyId) }
      : tested;
  }

  /**
   * Removes the keys that no version of the secret stands for any more, and those that deliveries without an end have
   * made for this version. Answers how many.
   *
   * @param id The key of the version.
   */
  async #retire(version: string, id: string): Promise<number> {
    const { vault, registry } = this.#options;
    const keys: RegisteredApiKey[] = [];
    // The keys first: one that is made from here on is not among them, and its version is labelled.
    for await (const key of registry.admitted()) keys.push(key);
    const { previous, labelled } = await vault.describe();
    // The version before may never have had a key, as that of the template: clients then bear one of those before it.
    const replaced = keys.some(key => key.version === previous);
    const retired = keys.filter(key =>
      key.version === version ? key.id !== id : replaced && !labelled.includes(key.version),
    );
    for (const key of retired) await registry.remove(key.id);
    return retired.length;
  }
}

/** The key in a text that `createSecret` has stored; `undefined` where the text is another, or there is none. */
function madeKeyIn(text: string | undefined): MadeKey | undefined {
  const { apiKey, apiKeyId } = parseApiKeySecret(text ?? '') ?? {};
  return apiKey === undefined || apiKeyId === undefined ? undefined : { apiKey, apiKeyId };
}
