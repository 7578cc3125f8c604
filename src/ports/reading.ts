/**
 * Why something could not be read:
 *
 * - `denied`: the caller lacks a permission.
 * - `throttled`: refused for load, or not answered in time.
 * - `gone`: it is not there (any more).
 * - `failed`: anything else; `code` says what.
 */
export const unreadableReasons = ['denied', 'throttled', 'gone', 'failed'] as const;

export type UnreadableReason = (typeof unreadableReasons)[number];

/** That something could not be read: a fact like any other, and never a value. */
export interface Unreadable {
  readonly state: 'unreadable';
  readonly reason: UnreadableReason;
  /** The call that was to read it, as permissions name services: `s3:GetBucketPolicy`. */
  readonly api: string;
  /** The service's own code, for example `AccessDeniedException`. */
  readonly code: string;
}

/** What was read, or why it was not. */
export type Reading<Value> = { readonly state: 'read'; readonly value: Value } | Unreadable;
