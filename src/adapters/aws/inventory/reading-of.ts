import type { FailureKind } from '../../../ports/failure.ts';
import type { Reading, Unreadable, UnreadableReason } from '../../../ports/reading.ts';
import { translateFailure } from '../translate-failure.ts';
import { RoleNotAssumedError } from './role-not-assumed-error.ts';

/**
 * How the services say that what a call names is not there. Only by name: a status 404 may as well come from a proxy, or
 * from an endpoint that does not know the action, and what is taken for gone is reported no more.
 */
const goneCodes = new Set([
  'AWS.SimpleQueueService.NonExistentQueue',
  'NoSuchBucket',
  'NotFound',
  'NotFoundException',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'TableNotFoundException',
]);

/**
 * That there was no answer in time, or no means left to ask: the service is too busy, or this process is. As with throttling,
 * fewer calls at one time may help, and the same call later.
 */
const busyCodes = new Set([
  'EMFILE',
  'ENFILE',
  'ETIMEDOUT',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
]);

const reasonByKind: Partial<Record<FailureKind, UnreadableReason>> = {
  denied: 'denied',
  throttled: 'throttled',
};

/** That something which every answer holds is missing from one, or is of a kind that is not known. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** What the service must have answered. */
export function required<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null || value === '') {
    throw new UnexpectedAnswerError(`The answer has no ${what}`);
  }
  return value;
}

/**
 * What a call gives, or why it gives nothing; never rejects.
 *
 * @param api The call, as permissions name services: `s3:GetBucketPolicy`.
 * @param absent What errors mean that only say that nothing is set, by their names.
 */
export async function readingOf<Value>(
  api: string,
  call: () => Promise<Value>,
  absent: Readonly<Record<string, Value>> = {},
): Promise<Reading<Value>> {
  try {
    return { state: 'read', value: await call() };
  } catch (error) {
    const meaning =
      error instanceof Error ? Object.entries(absent).find(([name]) => name === error.name) : undefined;
    return meaning === undefined ? unreadable(api, error) : { state: 'read', value: meaning[1] };
  }
}

function unreadable(api: string, error: unknown): Unreadable {
  if (error instanceof RoleNotAssumedError) {
    return unreadable('sts:AssumeRole', error.cause);
  }
  const { kind, code } = translateFailure(error, api, api);
  return { state: 'unreadable', reason: reasonOf(kind, code), api, code };
}

function reasonOf(kind: FailureKind, code: string): UnreadableReason {
  if (goneCodes.has(code)) return 'gone';
  return busyCodes.has(code) ? 'throttled' : (reasonByKind[kind] ?? 'failed');
}
