/** A GuardDuty finding about an instance, as EventBridge sends it. */
export function findingEvent(detail: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    version: '0',
    id: '8e0ee4a1-0000-4000-8000-000000000001',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '000000000000',
    time: '2026-11-21T08:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      schemaVersion: '2.0',
      accountId: '000000000000',
      region: 'us-east-1',
      partition: 'aws',
      id: 'f1',
      arn: 'arn:aws:guardduty:us-east-1:000000000000:detector/d1/finding/f1',
      type: 'Backdoor:EC2/C&CActivity.B!DNS',
      resource: {
        resourceType: 'Instance',
        instanceDetails: { instanceId: 'i-0abc', tags: [], networkInterfaces: [] },
      },
      service: {
        serviceName: 'guardduty',
        detectorId: 'd1',
        action: { actionType: 'DNS_REQUEST' },
        resourceRole: 'ACTOR',
        additionalInfo: {},
        archived: false,
        count: 1,
      },
      severity: 8,
      createdAt: '2026-11-21T07:50:00.000Z',
      updatedAt: '2026-11-21T07:55:00.000Z',
      title: 'An instance asks for a command and control server',
      description: 'It does so still.',
      ...detail,
    },
  };
}

/** What is said of a user's long-term key. */
export const credentialsDetail = {
  type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
  resource: {
    resourceType: 'AccessKey',
    accessKeyDetails: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      principalId: 'AIDAEXAMPLE',
      userName: 'eve',
      userType: 'IAMUser',
    },
  },
};
