import type { Timestamp } from '../../ports/clock.ts';

/** An instance as a finding names it. */
export interface FindingInstance {
  readonly instanceId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly interfaces: readonly FindingInterface[];
}

export interface FindingInterface {
  /** For example `eni-0abc`. */
  readonly id: string;
  readonly vpcId?: string;
  /** Ids of its security groups, sorted, where the finding lists any. */
  readonly groups?: readonly string[];
}

/** Who made the calls that a finding is about. */
export interface FindingPrincipal {
  /** `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `AWSAccount`, `AWSService`… */
  readonly userType?: string;
  /** Name of the user; of a session, name of its role. */
  readonly userName?: string;
  /** `AIDA…`, or `AROA…:session`. */
  readonly principalId?: string;
  /** `AKIA…` of a long-term key, `ASIA…` of a session. */
  readonly accessKeyId?: string;
}

/** What is worked with of a finding; https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html */
export interface GuardDutyFinding {
  readonly id: string;
  readonly arn?: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`… */
  readonly partition: string;
  /** For example `Backdoor:EC2/C&CActivity.B!DNS`. */
  readonly type: string;
  /** 1 to 10. */
  readonly severity: number;
  readonly createdAt?: Timestamp;
  /** When it was reported (again) under this id: its generation. */
  readonly updatedAt: Timestamp;
  /** When what it is about was last seen. */
  readonly lastSeenAt?: Timestamp;
  /** Printable. */
  readonly title: string;
  /** Printable. */
  readonly description: string;
  /** Made by `CreateSampleFindings`: about nothing that exists. */
  readonly sample: boolean;
  readonly archived: boolean;
  /** How often it was seen; at least 1. */
  readonly count: number;
  /** Whether the resource did it or had it done to it; absent where GuardDuty does not say. */
  readonly role?: 'ACTOR' | 'TARGET';
  /** `Instance`, `AccessKey`, `S3Bucket`, `EKSCluster`… */
  readonly resourceType?: string;
  readonly instance?: FindingInstance;
  readonly principal?: FindingPrincipal;
  /** Names of the buckets. */
  readonly buckets: readonly string[];
  /** Paths of members that are not as AWS documents them, and that no call needs: they were left out. */
  readonly ignored?: readonly string[];
}
