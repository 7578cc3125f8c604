/**
 * The one vocabulary of failure. Every adapter translates what its service answers into one of six kinds:
 *
 * - `retryable`: a passing fault (time-out, 5xx, lost connection); the same call may succeed later.
 * - `throttled`: refused for load; the same call may succeed later, more slowly.
 * - `denied`: the caller lacks a permission. Says nothing of the resource (unknown is not safe).
 * - `not-found`: a thing the call takes for granted (bucket, table, queue) is not there.
 * - `conflict`: the state of the resource contradicts the call.
 * - `permanent`: the call can never succeed as it stands (bad input, too large, not supported).
 */
export const failureKinds = [
  'retryable',
  'throttled',
  'denied',
  'not-found',
  'conflict',
  'permanent',
] as const;

export type FailureKind = (typeof failureKinds)[number];

const brand = Symbol.for('sallyport.PortError');

export interface PortErrorOptions {
  readonly kind: FailureKind;
  /** The port and its operation, for example `ObjectStore.head`. */
  readonly operation: string;
  /** Stable code: the service's own (`AccessDenied`) or one that the adapter documents. */
  readonly code: string;
  /** What was asked of what, without content, secrets or card numbers. */
  readonly message: string;
  readonly cause?: unknown;
}

/** An infrastructure fault at a port. Expected outcomes are return values, never a `PortError`. */
export class PortError extends Error {
  readonly kind: FailureKind;
  readonly operation: string;
  readonly code: string;
  readonly [brand] = true;

  constructor(options: PortErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PortError';
    this.kind = options.kind;
    this.operation = options.operation;
    this.code = options.code;
  }
}

/** Tells a `PortError`, also one thrown by another copy of this package. */
export function isPortError(error: unknown): error is PortError {
  return error instanceof Error && (error as Partial<PortError>)[brand] === true;
}
