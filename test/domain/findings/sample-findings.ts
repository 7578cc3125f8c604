import type { ContainmentPolicy } from '../../../src/domain/findings/containment-policy.ts';
import { defaultContainmentPolicy } from '../../../src/domain/findings/containment-policy.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const instanceId = 'i-0123456789abcdef0';
export const longTermKey = `AKIA${'X'.repeat(16)}`;
export const sessionKey = `ASIA${'X'.repeat(16)}`;

/** A policy that contains. */
export function policyWith(rest: Partial<ContainmentPolicy> = {}): ContainmentPolicy {
  return {
    ...defaultContainmentPolicy,
    mode: 'contain',
    ownAccount: account,
    remediationRoleArn: `arn:aws:iam::${account}:role/remediator`,
    responders: [`arn:aws:iam::${account}:role/responder-*`],
    now: '2026-11-21T09:00:00.000Z',
    ...rest,
  };
}

/** A finding on an instance that acts. */
export function instanceFinding(rest: Partial<GuardDutyFinding> = {}): GuardDutyFinding {
  return {
    id: 'finding-1',
    accountId: account,
    region,
    partition: 'aws',
    type: 'Backdoor:EC2/C&CActivity.B!DNS',
    severity: 8,
    updatedAt: '2026-11-21T08:00:00.000Z',
    lastSeenAt: '2026-11-21T07:55:00.000Z',
    title: '',
    description: '',
    sample: false,
    archived: false,
    count: 1,
    role: 'ACTOR',
    resourceType: 'Instance',
    instance: { instanceId, tags: {}, interfaces: [] },
    buckets: [],
    ...rest,
  };
}

/** A finding on credentials: of a user's long-term key, unless another principal is named. */
export function credentialsFinding(
  principal: NonNullable<GuardDutyFinding['principal']> = {
    userType: 'IAMUser',
    userName: 'eve',
    accessKeyId: longTermKey,
  },
  rest: Partial<GuardDutyFinding> = {},
): GuardDutyFinding {
  const { role: _, instance: __, ...common } = instanceFinding();
  return {
    ...common,
    type: 'UnauthorizedAccess:IAMUser/TorIPCaller',
    resourceType: 'AccessKey',
    principal,
    ...rest,
  };
}

export function bucketFinding(rest: Partial<GuardDutyFinding> = {}): GuardDutyFinding {
  const { role: _, instance: __, ...common } = instanceFinding();
  return {
    ...common,
    type: 'Exfiltration:S3/MaliciousIPCaller',
    resourceType: 'S3Bucket',
    buckets: ['ledgers'],
    ...rest,
  };
}

/** The finding as EventBridge sends it, in plain data that a test may change. */
export function findingEvent() {
  return {
    version: '0',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account,
    detail: {
      schemaVersion: '2.0',
      accountId: account,
      region,
      partition: 'aws',
      id: '16afba5c5c43e07c9e3e5e2e544e95df',
      arn: `arn:aws:guardduty:${region}:${account}:detector/d1/finding/16afba5c5c43e07c9e3e5e2e544e95df`,
      type: 'UnauthorizedAccess:EC2/SSHBruteForce',
      severity: 8,
      createdAt: '2026-11-21T07:00:00.000Z',
      updatedAt: '2026-11-21T08:00:00Z',
      title: 'An instance is attacking others.',
      description: 'It tries passwords.',
      resource: {
        resourceType: 'Instance',
        instanceDetails: {
          instanceId,
          platform: null,
          tags: [{ key: 'Name', value: 'web-1' }],
          networkInterfaces: [
            {
              networkInterfaceId: 'eni-0a1',
              vpcId: 'vpc-0a1',
              securityGroups: [
                { groupName: 'web', groupId: 'sg-0b2' },
                { groupName: 'ssh', groupId: 'sg-0a1' },
              ],
            },
          ],
        },
      },
      service: {
        serviceName: 'guardduty',
        resourceRole: 'ACTOR',
        archived: false,
        count: 4,
        eventLastSeen: '2026-11-21T07:55:00.000Z',
        additionalInfo: { value: '{"threatName":"x"}', type: 'default' },
        action: { actionType: 'NETWORK_CONNECTION' },
      },
    },
  };
}
