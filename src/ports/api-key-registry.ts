import type { Timestamp } from './clock.ts';

/** A key that lets callers in to an API, without its value. */
export interface RegisteredApiKey {
  readonly id: string;
  /** The version of the secret that holds the key's value: each key belongs to one. */
  readonly version: string;
  readonly createdAt: Timestamp;
}

export type CreateApiKeyOutcome =
  | { readonly outcome: 'created'; readonly key: RegisteredApiKey }
  /** Some key, ours or not, has this value. */
  | { readonly outcome: 'value-in-use' };

/** What is so about a key. */
export interface ApiKeyExamination {
  readonly enabled: boolean;
  /** Whether its value is the one asked about. */
  readonly hasValue: boolean;
  /** Whether the API lets its bearer in. */
  readonly admitted: boolean;
}

/**
 * The keys of one API that are made by rotation; keys that others made are out of its sight and reach. Values go in and
 * never come out.
 */
export interface ApiKeyRegistry {
  /** The key that belongs to a version; the oldest, should there be several. */
  find(version: string): Promise<RegisteredApiKey | undefined>;
  /** Makes an enabled key, which is not yet let in. No two keys have the same value. */
  create(version: string, value: string): Promise<CreateApiKeyOutcome>;
  /** Lets the bearer of a key in; one who is let in stays so. A key that is not there is a `PortError` (`not-found`). */
  admit(id: string): Promise<void>;
  /** What is so about a key; `undefined` where there is none of that id. */
  examine(id: string, value: string): Promise<ApiKeyExamination | undefined>;
  /** Every key that was made by rotation, in no order. */
  keys(): AsyncIterable<RegisteredApiKey>;
  /** Removes a key, which lets nobody in any more; one that is gone is no fault. */
  remove(id: string): Promise<void>;
}
