/** Which versions of a secret there are, and what each is for. Ids are those of the versions. */
export interface SecretVersions {
  /** Whether the secret is set up to be rotated. */
  readonly rotates: boolean;
  /** What clients are given. */
  readonly current?: string;
  /** What was current before. */
  readonly previous?: string;
  /** What a rotation makes; the current version once the rotation is over, or none. */
  readonly pending?: string;
  /** Every version that is kept for some purpose: those above, and what people have labelled themselves. */
  readonly labelled: readonly string[];
}

/** `present`: the version has a value already, which stays. */
export type PutPendingOutcome = { readonly outcome: 'put' | 'present' };

/** One secret and its versions. Values are secrets: no error and no log names them. */
export interface SecretVault {
  /** Which versions there are. A secret that is not there is a `PortError` (`not-found`). */
  describe(): Promise<SecretVersions>;
  /** The value of a version; `undefined` where there is no such version, or where it has no value yet. */
  read(version: string): Promise<string | undefined>;
  /** Gives the version its value and makes it the pending one; a version's value never changes. Atomic. */
  putPending(version: string, value: string): Promise<PutPendingOutcome>;
  /**
   * Makes `version` the current one, and what was current the previous one.
   *
   * @param current The version that is current, as far as the caller knows. Where it is another one, nothing changes and
   * the call is a `PortError` (`conflict`).
   */
  makeCurrent(version: string, current: string | undefined): Promise<void>;
}
