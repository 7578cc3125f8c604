import { PortError } from '../../ports/failure.ts';
import type { PutPendingOutcome, SecretVault, SecretVersions } from '../../ports/secret-vault.ts';

/**
 * A secret in memory.
 *
 * @example
 * const vault = new MemorySecretVault({ version: 'first', value: '{"schemaVersion":1,"apiKey":"…"}' });
 * vault.begin('second'); // a rotation begins
 */
export class MemorySecretVault implements SecretVault {
  /** Whether the secret is set up to be rotated. */
  rotates = true;
  readonly #values = new Map<string, string>();
  /** Versions by their labels. */
  readonly #labels = new Map<string, string>();

  constructor(first: { readonly version: string; readonly value: string }) {
    this.#values.set(first.version, first.value);
    this.#labels.set('current', first.version);
  }

  /** Begins a rotation: the version is the pending one and has no value. */
  begin(version: string): void {
    this.label('pending', version);
  }

  /** Gives a version a label of one's own, which no other version then has. */
  label(label: string, version: string): void {
    this.#labels.set(label, version);
  }

  async describe(): Promise<SecretVersions> {
    const [current, previous, pending] = ['current', 'previous', 'pending'].map(label =>
      this.#labels.get(label),
    );
    return {
      rotates: this.rotates,
      ...(current === undefined ? {} : { current }),
      ...(previous === undefined ? {} : { previous }),
      ...(pending === undefined ? {} : { pending }),
      labelled: [...new Set(this.#labels.values())],
    };
  }

  async read(version: string): Promise<string | undefined> {
    return this.#values.get(version);
  }

  async putPending(version: string, value: string): Promise<PutPendingOutcome> {
    if (this.#values.has(version)) return { outcome: 'present' };
    this.#values.set(version, value);
    this.#labels.set('pending', version);
    return { outcome: 'put' };
  }

  async makeCurrent(version: string, current: string | undefined): Promise<void> {
    const actual = this.#labels.get('current');
    if (actual !== current) {
      throw new PortError({
        kind: 'conflict',
        operation: 'SecretVault.makeCurrent',
        code: 'OtherVersionCurrent',
        message: `The current version is ${actual}, not ${current}`,
      });
    }
    this.#labels.set('current', version);
    if (actual !== undefined) this.#labels.set('previous', actual);
  }
}
