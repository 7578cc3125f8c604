/** A finding of GuardDuty, as EventBridge has it in `detail`. */
export type SampleFinding = Readonly<Record<string, unknown>>;

/** What the findings are about. */
export interface SampleTargets {
  readonly instanceId: string;
  readonly vpcId: string;
  readonly interfaceId: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly bucket: string;
}

const reportedAt = '2026-11-21T08:00:00.000Z';

/** Findings of every fate, by name. */
export function sampleFindings(accountId: string, region: string, targets: SampleTargets) {
  const { instanceId, vpcId, interfaceId, userName, accessKeyId, bucket } = targets;
  const finding = (name: string, type: string, severity: number, more: SampleFinding): SampleFinding => {
    const id = `demo-${name}`;
    return {
      schemaVersion: '2.0',
      accountId,
      region,
      partition: 'aws',
      id,
      arn: `arn:aws:guardduty:${region}:${accountId}:detector/demo/finding/${id}`,
      type,
      severity,
      createdAt: reportedAt,
      updatedAt: reportedAt,
      title: `${type} (demo)`,
      description: 'Made by the demo of the local run.',
      ...more,
    };
  };
  const service = (resourceRole: 'ACTOR' | 'TARGET', more: object = {}) => ({
    serviceName: 'guardduty',
    resourceRole,
    archived: false,
    count: 1,
    eventFirstSeen: reportedAt,
    eventLastSeen: reportedAt,
    ...more,
  });
  const instance = {
    resourceType: 'Instance',
    instanceDetails: {
      instanceId,
      tags: [],
      networkInterfaces: [{ networkInterfaceId: interfaceId, vpcId }],
    },
  };
  const key = {
    resourceType: 'AccessKey',
    accessKeyDetails: { accessKeyId, principalId: 'AIDADEMO', userName, userType: 'IAMUser' },
  };
  return {
    /** The instance calls home: contained. */
    backdoor: finding('backdoor', 'Backdoor:EC2/C&CActivity.B', 8, {
      resource: instance,
      service: service('ACTOR'),
    }),
    /** Somebody knocks at the instance: told of only. */
    bruteForce: finding('brute-force', 'UnauthorizedAccess:EC2/SSHBruteForce', 8, {
      resource: instance,
      service: service('TARGET'),
    }),
    /** A long-term key in other hands: deactivated, and its user denied. Critical, above every list that ends at 8.9. */
    stolenKey: finding('stolen-key', 'Impact:IAMUser/AnomalousBehavior', 9.5, {
      resource: key,
      service: service('TARGET'),
    }),
    /** A bucket that is emptied: closed but for those who respond. */
    bucketEmptied: finding('bucket-emptied', 'Impact:S3/AnomalousBehavior.Delete', 8, {
      resource: { ...key, resourceType: 'S3Bucket', s3BucketDetails: [{ name: bucket }] },
      service: service('TARGET'),
    }),
    /** Made by CreateSampleFindings: never acted on, whatever it names. */
    sample: finding('sample', 'Backdoor:EC2/C&CActivity.B', 8, {
      title: '[SAMPLE] The EC2 instance i-99999999 is calling home.',
      resource: { ...instance, instanceDetails: { ...instance.instanceDetails, instanceId: 'i-99999999' } },
      service: service('ACTOR', {
        additionalInfo: { sample: true, value: '{"sample":true}', type: 'default' },
      }),
    }),
    /** Without a time it has no generation: refused, and dead-lettered. */
    malformed: finding('malformed', 'Backdoor:EC2/C&CActivity.B', 8, {
      updatedAt: undefined,
      resource: instance,
      service: service('ACTOR'),
    }),
    /** Below the threshold of the rule: never delivered. */
    minor: finding('minor', 'Recon:EC2/PortProbeUnprotectedPort', 6.9, {
      resource: instance,
      service: service('TARGET'),
    }),
  };
}
