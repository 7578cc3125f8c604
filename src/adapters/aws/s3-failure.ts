import { type FailureKind, PortError } from '../../ports/failure.ts';
import { translateFailure } from './translate-failure.ts';

interface S3Fault {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly ArgumentName?: string;
}

/** Codes that mean something else in S3 than their status says ("Error responses", Amazon S3 API Reference). */
const kindByCode: Readonly<Record<string, FailureKind>> = {
  BadDigest: 'retryable',
  // "If a conflicting operation occurs during the upload … retry the upload": PutObject, If-None-Match.
  ConditionalRequestConflict: 'retryable',
  IncompleteBody: 'retryable',
  // 403, but about an archived object.
  InvalidObjectState: 'conflict',
  'KMS.DisabledException': 'conflict',
  'KMS.KMSInvalidStateException': 'conflict',
  'KMS.NotFoundException': 'not-found',
  'KMS.ThrottlingException': 'throttled',
  XAmzContentSHA256Mismatch: 'retryable',
};

/** Answers to HEAD have no body that would name the error; these are what S3 names such a status elsewhere. */
const codeByStatus: Readonly<Record<number, string>> = {
  500: 'InternalError',
  502: 'ServiceUnavailable',
  503: 'ServiceUnavailable',
  504: 'ServiceUnavailable',
};

/** Translates what a call of S3 threw. */
export function translateS3Failure(error: unknown, operation: string, target: string): PortError {
  const translated = translateFailure(error, operation, target);
  const code = isNameless(error) ? (codeByStatus[statusOf(error) ?? 0] ?? translated.code) : translated.code;
  const kind = isFault(error) ? (kindByCode[code] ?? translated.kind) : translated.kind;
  if (code === translated.code && kind === translated.kind) return translated;
  return new PortError({
    kind,
    operation,
    code,
    message: `${operation} on ${target} failed: ${code}`,
    cause: error,
  });
}

/** The status of the answer, where there was one. */
export function statusOf(error: unknown): number | undefined {
  return isFault(error) ? error.$metadata?.httpStatusCode : undefined;
}

/** Whether the answer says that there is no such object or version to read; a delete marker is none. */
export function namesAbsentVersion(error: unknown): boolean {
  if (!isFault(error)) return false;
  if (['NoSuchKey', 'NoSuchVersion', 'MethodNotAllowed'].includes(error.name)) return true;
  // A version id that S3 cannot have given names nothing either.
  return (
    error.name === 'InvalidArgument' &&
    (error.ArgumentName === 'versionId' || /version id/i.test(error.message))
  );
}

/** Whether CopyObject says that its source is a delete marker. */
export function namesDeleteMarker(error: unknown): boolean {
  return isFault(error) && error.name === 'InvalidRequest' && /delete marker/i.test(error.message);
}

/** Whether CopyObject says that its source is larger than it copies. */
export function namesTooLargeSource(error: unknown): boolean {
  return isFault(error) && error.name === 'InvalidRequest' && /larger than the maximum/i.test(error.message);
}

/** Whether the answer named no error, as answers to HEAD cannot. */
function isNameless(error: unknown): boolean {
  return isFault(error) && ['Unknown', 'UnknownError'].includes(error.name);
}

function isFault(error: unknown): error is S3Fault {
  return error instanceof Error && '$metadata' in error;
}
