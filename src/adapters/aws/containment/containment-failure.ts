import { type FailureKind, PortError } from '../../../ports/failure.ts';
import { translateFailure } from '../translate-failure.ts';

/**
 * Codes that mean something else here than their status says, or than elsewhere. Sources: "Error codes for the Amazon
 * EC2 API", and "Errors" of each action of Auto Scaling, Elastic Load Balancing, IAM and S3.
 */
const kindByCode: Readonly<Record<string, FailureKind>> = {
  ...coded('throttled', [
    // "You've reached the limit on the number of concurrent snapshots", which those that end make room under.
    'ConcurrentSnapshotLimitExceeded',
    'SnapshotCreationPerVolumeRateExceeded',
  ]),
  ...coded('denied', ['Blocked', 'PendingVerification']),
  ...coded('not-found', [
    'InvalidID',
    'LoadBalancerNotFoundException',
    'NoSuchEntityException',
    'TargetGroupNotFoundException',
  ]),
  ...coded('conflict', [
    'CannotDelete',
    'DeleteConflictException',
    'DependencyViolation',
    'EntityAlreadyExistsException',
    'IncorrectInstanceState',
    'IncorrectState',
    'InvalidState',
    'InvalidTargetException',
    'OperationNotPermitted',
    'ScalingActivityInProgressFault',
  ]),
  ...coded('retryable', [
    // "Submit your request again", "wait and then try again": IAM.
    'ConcurrentModificationException',
    'EntityTemporarilyUnmodifiableException',
    // "Another process is currently modifying the tags": EC2.
    'ConcurrentTagAccess',
    // "A conflicting conditional operation is currently in progress … Try again": S3.
    'OperationAborted',
    // "You already have a pending update to an Auto Scaling resource".
    'ResourceContentionFault',
  ]),
  ...coded('permanent', [
    // Of IAM: a quota, not a rate.
    'LimitExceededException',
    'UnmodifiableEntityException',
  ]),
};

/** Families of codes of EC2. */
const kindByPattern: readonly (readonly [RegExp, FailureKind])[] = [
  [/\.NotFound$/, 'not-found'],
  [/\.(?:Duplicate|InUse)$/, 'conflict'],
];

/** Translates what a call of EC2, Auto Scaling, Elastic Load Balancing, IAM or S3 threw. */
export function translateContainmentFailure(error: unknown, operation: string, target: string): PortError {
  const translated = translateFailure(error, operation, target);
  const { code } = translated;
  const kind = kindByCode[code] ?? kindByPattern.find(([pattern]) => pattern.test(code))?.[1];
  if (kind === undefined || kind === translated.kind) return translated;
  return new PortError({ kind, operation, code, message: translated.message, cause: error });
}

function coded(kind: FailureKind, codes: readonly string[]): Record<string, FailureKind> {
  return Object.fromEntries(codes.map(code => [code, kind]));
}
