import { describe, expect, test } from '@jest/globals';
import { type ContainmentApi, containmentApis } from '../../../../src/ports/containment.ts';
import type { FailureKind } from '../../../../src/ports/failure.ts';
import { scriptedContainment, serviceError } from './scripted-clients.ts';

const region = 'eu-central-1';

describe('a call goes to its service, in its region, as it is', () => {
  test.each(containmentApis)('%s', async api => {
    const input = { Some: { Nested: ['thing', 1, true, null] } };
    const { containment, calls } = scriptedContainment({});
    expect(await containment.perform({ api, region, input })).toEqual({ requestId: 'a-request' });
    expect(calls).toEqual([{ api, region: api.startsWith('iam:') ? '' : region, input }]);
  });
});

test('an answer that names no request gives none', async () => {
  const { containment } = scriptedContainment({ 'ec2:CreateTags': { $metadata: {} } });
  expect(await containment.perform({ api: 'ec2:CreateTags', region, input: {} })).toEqual({});
});

describe('a rule that the group did not have is not found, though the call be answered', () => {
  const apis: readonly ContainmentApi[] = ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress'];
  test.each(apis)('%s', async api => {
    const { containment } = scriptedContainment({
      [api]: { Return: true, UnknownIpPermissions: [{ IpProtocol: '-1' }] },
    });
    await expect(containment.perform({ api, region, input: {} })).rejects.toMatchObject({
      kind: 'not-found',
      operation: 'Containment.perform',
      code: 'InvalidPermission.NotFound',
    });
    const known = scriptedContainment({ [api]: { Return: true, UnknownIpPermissions: [] } });
    await expect(known.containment.perform({ api, region, input: {} })).resolves.toEqual({
      requestId: 'a-request',
    });
  });
});

describe('a failure is of its kind', () => {
  const kinds: Readonly<Record<FailureKind, readonly (readonly [ContainmentApi, string, number?])[]>> = {
    throttled: [
      ['ec2:CreateTags', 'RequestLimitExceeded', 503],
      ['autoscaling:DetachInstances', 'Throttling'],
      ['iam:PutUserPolicy', 'ThrottlingException'],
      ['s3:PutBucketPolicy', 'SlowDown', 503],
      ['ec2:CreateSnapshots', 'SnapshotCreationPerVolumeRateExceeded'],
      ['ec2:CreateSnapshots', 'ConcurrentSnapshotLimitExceeded'],
    ],
    denied: [
      ['ec2:CreateTags', 'UnauthorizedOperation', 403],
      ['ec2:CreateTags', 'AuthFailure', 401],
      ['ec2:CreateTags', 'Blocked'],
      ['ec2:CreateTags', 'PendingVerification'],
      ['iam:UpdateAccessKey', 'AccessDenied', 403],
      ['s3:PutBucketPolicy', 'AccessDenied', 403],
    ],
    'not-found': [
      ['ec2:ModifyInstanceAttribute', 'InvalidInstanceID.NotFound'],
      ['ec2:DeleteSecurityGroup', 'InvalidGroup.NotFound'],
      ['ec2:CreateTags', 'InvalidID'],
      ['ec2:RevokeSecurityGroupEgress', 'InvalidPermission.NotFound'],
      ['ec2:ModifyNetworkInterfaceAttribute', 'InvalidNetworkInterfaceID.NotFound'],
      ['elasticloadbalancing:DeregisterTargets', 'TargetGroupNotFoundException'],
      ['iam:DeleteUserPolicy', 'NoSuchEntityException', 404],
      ['s3:PutBucketPolicy', 'NoSuchBucket', 404],
    ],
    conflict: [
      ['ec2:DeleteSecurityGroup', 'DependencyViolation'],
      ['ec2:DeleteSecurityGroup', 'InvalidGroup.InUse'],
      ['ec2:DeleteSecurityGroup', 'CannotDelete'],
      ['ec2:CreateSecurityGroup', 'InvalidGroup.Duplicate'],
      ['ec2:AuthorizeSecurityGroupIngress', 'InvalidPermission.Duplicate'],
      ['ec2:ModifyInstanceAttribute', 'IncorrectInstanceState'],
      ['ec2:ModifyInstanceAttribute', 'OperationNotPermitted'],
      ['ec2:CreateSnapshots', 'IncorrectState'],
      ['autoscaling:DetachInstances', 'ScalingActivityInProgressFault'],
      ['elasticloadbalancing:RegisterTargets', 'InvalidTargetException'],
    ],
    retryable: [
      ['ec2:CreateSnapshots', 'InternalError', 500],
      ['ec2:CreateSnapshots', 'Unavailable', 503],
      ['autoscaling:DetachInstances', 'ResourceContentionFault'],
      ['iam:PutRolePolicy', 'ConcurrentModificationException', 409],
      ['iam:UpdateAccessKey', 'EntityTemporarilyUnmodifiableException', 409],
      ['iam:PutRolePolicy', 'ServiceFailureException', 500],
      ['s3:PutBucketPolicy', 'OperationAborted', 409],
      ['ec2:CreateTags', 'TimeoutError'],
    ],
    permanent: [
      ['ec2:CreateTags', 'InvalidParameterValue'],
      ['ec2:CreateTags', 'InvalidInstanceID.Malformed'],
      ['ec2:CreateSecurityGroup', 'SecurityGroupLimitExceeded'],
      ['autoscaling:DetachInstances', 'ValidationError'],
      ['iam:PutUserPolicy', 'LimitExceededException', 409],
      ['iam:PutUserPolicy', 'MalformedPolicyDocumentException'],
      ['iam:PutRolePolicy', 'UnmodifiableEntityException'],
      ['s3:PutBucketPolicy', 'MalformedPolicy'],
    ],
  };
  const cases = Object.entries(kinds).flatMap(([kind, faults]) =>
    faults.map(([api, code, status = 400]) => [kind, api, code, status] as const),
  );

  test.each(cases)('%s: %s answers %s', async (kind, api, code, status) => {
    const fault = serviceError(code, status);
    const { containment } = scriptedContainment({ [api]: fault });
    const performed = containment.perform({ api, region, input: { Secret: 'not to be told' } });
    await expect(performed).rejects.toMatchObject({
      kind,
      code,
      operation: 'Containment.perform',
      message: `Containment.perform on ${api} failed: ${code}`,
      cause: fault,
    });
  });
});
