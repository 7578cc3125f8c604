/**
 * How every SDK client of a function behaves: a call that hangs must not eat the invocation's time, and
 * what one call cannot get the queue or the state machine asks for again.
 */
export const awsClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
