import { type FailureKind, isPortError, PortError } from '../../ports/failure.ts';

/** What an AWS SDK v3 error carries, as far as translation needs it. */
interface ServiceFault {
  readonly name: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
  readonly code?: string;
}

/**
 * Error names by kind. Sources: the "Common Errors" page of each service's API reference and
 * the retryable and throttling lists of the AWS SDKs' standard retry mode.
 */
const kindByName: Readonly<Record<string, FailureKind>> = {
  ...named('throttled', [
    'BandwidthLimitExceeded',
    'EC2ThrottledException',
    'KMSThrottlingException',
    'KmsThrottlingException',
    'KmsThrottled',
    'LimitExceededException',
    'OverLimit',
    'PriorRequestNotComplete',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
    'ExecutionLimitExceeded',
    'Throttled',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
    'TransactionInProgressException',
  ]),
  ...named('denied', [
    'AccessDenied',
    'AccessDeniedException',
    'AuthFailure',
    'AuthorizationError',
    'AuthorizationErrorException',
    'CredentialsError',
    'CredentialsProviderError',
    'ExpiredToken',
    'ExpiredTokenException',
    'Forbidden',
    'IncompleteSignature',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'InvalidSecurity',
    'InvalidSecurityException',
    'InvalidSignatureException',
    'KMSAccessDenied',
    'KMSAccessDeniedException',
    'KmsAccessDenied',
    'KmsAccessDeniedException',
    'KMSOptInRequired',
    'KmsOptInRequired',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'NotAuthorized',
    'OptInRequired',
    'SignatureDoesNotMatch',
    'TokenRefreshRequired',
    'UnauthorizedOperation',
    'UnrecognizedClientException',
  ]),
  ...named('not-found', [
    'KMSNotFoundException',
    'KmsNotFound',
    'NoSuchBucket',
    'NotFound',
    'NotFoundException',
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
    'ResourceNotFoundException',
    'StateMachineDoesNotExist',
  ]),
  ...named('conflict', [
    'ConditionalCheckFailedException',
    'ConflictException',
    'ConditionalRequestConflict',
    'KMSDisabledException',
    'KMSInvalidStateException',
    'KmsDisabled',
    'KmsInvalidState',
    'KmsInvalidStateException',
    'OperationAborted',
    'PreconditionFailed',
    'ReplicatedWriteConflictException',
    'ResourceInUseException',
    'StateMachineDeleting',
    'TransactionConflictException',
  ]),
  ...named('retryable', [
    'InternalError',
    'InternalFailure',
    'InternalServerError',
    'KMSInternalException',
    // A clock that is wrong, or a call that was held up: it is signed anew.
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
    'RequestTimeout',
    'RequestTimeoutException',
    'ServiceUnavailable',
    'TimeoutError',
    'AbortError',
  ]),
};

/** Errors of sockets, and of this process's means, after which the same call may succeed. */
const passingSocketCodes = new Set([
  'EADDRNOTAVAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
]);

/**
 * Turns what an SDK call threw into a {@link PortError}; one that already is a `PortError` comes back as it is.
 *
 * @param operation The port and its operation, for example `ObjectStore.head`.
 * @param target What the call was about, for people: a bucket, table or queue; never content.
 */
export function translateFailure(error: unknown, operation: string, target: string): PortError {
  if (isPortError(error)) return error;
  const fault = asFault(error);
  // A socket error is named `Error`, or `AggregateError` where several addresses were tried.
  const code = isPassingSocketFault(fault) ? fault.code : fault.name;
  return new PortError({
    kind: kindOf(fault),
    operation,
    code,
    message: `${operation} on ${target} failed: ${code}`,
    cause: error,
  });
}

function kindOf(fault: ServiceFault): FailureKind {
  const byName = Object.hasOwn(kindByName, fault.name) ? kindByName[fault.name] : undefined;
  if (byName !== undefined) return byName;
  if (fault.$retryable?.throttling === true) return 'throttled';
  if (fault.$retryable !== undefined) return 'retryable';
  if (isPassingSocketFault(fault)) return 'retryable';
  const status = fault.$metadata?.httpStatusCode;
  if (status === undefined) return 'permanent';
  if (status === 401 || status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'retryable' : 'permanent';
}

/** By its shape, not its class: in a sandbox (a test runner's) the errors of Node.js are of another realm. */
function asFault(error: unknown): ServiceFault {
  const isFault =
    typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string';
  return isFault ? (error as ServiceFault) : { name: 'UnknownError' };
}

function isPassingSocketFault(fault: ServiceFault): fault is ServiceFault & { readonly code: string } {
  const { code } = fault;
  return code !== undefined && (passingSocketCodes.has(code) || code.startsWith('ERR_SSL_'));
}

function named(kind: FailureKind, names: readonly string[]): Record<string, FailureKind> {
  return Object.fromEntries(names.map(name => [name, kind]));
}
