/** A key that lets callers in to an API, without its value. */
export interface RegisteredApiKey {
  readonly id: string;
  /** The version of the secret that the key was made for. */
  readonly version: string;
}

export type CreateApiKeyOutcome =
  | { readonly outcome: 'created'; readonly key: RegisteredApiKey }
  /** Some key, ours or not, has this value. */
  | { readonly outcome: 'value-in-use' };

/**
 * - `admitted`: the API lets in who bears the value by this key.
 * - `other-value`: the key is let in, and has another value.
 * - `not-admitted`: the key is not let in, or is not there.
 */
export type ApiKeyState = 'admitted' | 'other-value' | 'not-admitted';

/**
 * The keys of one API that are made by rotation; keys that others made are out of its sight and reach. Values go in and
 * never come out. A key that is not admitted is known by its id alone: nothing lists it.
 */
export interface ApiKeyRegistry {
  /** Makes an enabled key, which is not yet let in. No two keys have the same value. */
  create(version: string, value: string): Promise<CreateApiKeyOutcome>;
  /** Lets the bearer of a key in; one who is let in stays so. A key that is not there is a `PortError` (`not-found`). */
  admit(id: string): Promise<void>;
  /** What is so about a key that should have this value. */
  examine(id: string, value: string): Promise<ApiKeyState>;
  /** Every key that was made by rotation and is let in, in no order. */
  admitted(): AsyncIterable<RegisteredApiKey>;
  /** Removes a key, which lets nobody in any more; one that is gone is no fault. */
  remove(id: string): Promise<void>;
}
