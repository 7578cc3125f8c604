import type { JsonObject } from './json.ts';
import type { Reading } from './reading.ts';

/** What a threat is contained at. */
export type ContainmentTarget =
  | {
      readonly kind: 'instance';
      readonly account: string;
      readonly region: string;
      readonly instanceId: string;
    }
  /** An IAM user, and the long-term key in question where there is one. */
  | {
      readonly kind: 'user';
      readonly account: string;
      readonly userName: string;
      readonly accessKeyId?: string;
    }
  | { readonly kind: 'role'; readonly account: string; readonly roleName: string }
  | { readonly kind: 'bucket'; readonly account: string; readonly region: string; readonly bucket: string };

/** The names under which our own marks and parts are found again. */
export interface ContainmentMarks {
  /** Name of the security group that allows all: flows under it are not tracked. */
  readonly openGroupName: string;
  /** Name of the security group that allows nothing. */
  readonly closedGroupName: string;
  /** Tag on snapshots that were taken for this containment. */
  readonly snapshotTag: { readonly key: string; readonly value: string };
  /** Name of the inline policy that denies. */
  readonly policyName: string;
}

export interface NetworkInterfaceFacts {
  readonly id: string;
  /** Ids of its security groups, sorted. */
  readonly groups: readonly string[];
}

export interface InstanceFacts {
  /** `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`. */
  readonly status: string;
  readonly vpcId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** In order of their ids. */
  readonly interfaces: readonly NetworkInterfaceFacts[];
  /** Ids of its EBS volumes, sorted. */
  readonly volumes: readonly string[];
  /** The one of them that it boots from; absent where that is none of EBS. */
  readonly rootVolume?: string;
}

export interface AutoScalingFacts {
  readonly group: string;
  /** `InService`, `Standby`, `Detaching`… */
  readonly lifecycle: string;
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface TargetGroupFacts {
  readonly arn: string;
  /** What is registered: the instance's id, or one of its addresses. */
  readonly target: string;
  readonly port: number;
}

export interface SecurityGroupFacts {
  readonly id: string;
  /** Whether it lets in everything, from everywhere, and out to everywhere (IPv4 and IPv6). */
  readonly isOpen: boolean;
  /** Whether it lets in. */
  readonly allowsIngress: boolean;
  /** Whether it lets out. */
  readonly allowsEgress: boolean;
  /** The rules by which it lets in, as `IpPermissions` of `RevokeSecurityGroupIngress` takes them. */
  readonly ingress: readonly JsonObject[];
  /**
   * The rules by which it lets out, as `IpPermissions` of `RevokeSecurityGroupEgress` takes them: a VPC with IPv6 gives a
   * new group two, another VPC one, and revoking one that is not there fails.
   */
  readonly egress: readonly JsonObject[];
}

export interface InstanceState {
  readonly kind: 'instance';
  readonly instance: Reading<InstanceFacts>;
  /** Whether the API refuses to terminate it. */
  readonly terminationProtection: Reading<boolean>;
  /** Snapshots under the mark's tag, by volume, whatever their progress. */
  readonly snapshots: Reading<readonly { readonly id: string; readonly volumeId: string }[]>;
  readonly autoScaling: Reading<AutoScalingFacts | undefined>;
  /** Where it is registered and not on its way out. */
  readonly targetGroups: Reading<readonly TargetGroupFacts[]>;
  /** The groups of the marks' names in the instance's VPC, as far as there are any. */
  readonly groups: Reading<{ readonly open?: SecurityGroupFacts; readonly closed?: SecurityGroupFacts }>;
}

export interface UserState {
  readonly kind: 'user';
  /** `gone` where there is no such user. */
  readonly tags: Reading<Readonly<Record<string, string>>>;
  /** The inline policy of the marks' name, JSON text. */
  readonly policy: Reading<string | undefined>;
  /** Of the key in question; absent where none is in question. `gone` where the user has no such key. */
  readonly accessKey?: Reading<'Active' | 'Inactive'>;
}

export interface RoleState {
  readonly kind: 'role';
  /** `gone` where there is no such role. */
  readonly role: Reading<{ readonly path: string; readonly tags: Readonly<Record<string, string>> }>;
  /** The inline policy of the marks' name, JSON text. */
  readonly policy: Reading<string | undefined>;
}

export interface BucketState {
  readonly kind: 'bucket';
  /** Empty where there are none; `gone` where there is no such bucket. */
  readonly tags: Reading<Readonly<Record<string, string>>>;
  /** The bucket's own block; `undefined` where none is set. */
  readonly publicAccessBlock: Reading<
    | {
        readonly blockPublicAcls: boolean;
        readonly ignorePublicAcls: boolean;
        readonly blockPublicPolicy: boolean;
        readonly restrictPublicBuckets: boolean;
      }
    | undefined
  >;
  /** The bucket policy, JSON text as it was put. */
  readonly policy: Reading<string | undefined>;
}

export type ContainmentState = InstanceState | UserState | RoleState | BucketState;

/** The state that a target of this kind has. */
export type StateOf<Target extends ContainmentTarget> = Extract<
  ContainmentState,
  { readonly kind: Target['kind'] }
>;

/** Every call that a containment, or its way back, makes. */
export const containmentApis = [
  'ec2:CreateTags',
  'ec2:DeleteTags',
  'ec2:ModifyInstanceAttribute',
  'ec2:CreateSnapshots',
  'ec2:CreateSecurityGroup',
  'ec2:DeleteSecurityGroup',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:RevokeSecurityGroupIngress',
  'ec2:AuthorizeSecurityGroupEgress',
  'ec2:RevokeSecurityGroupEgress',
  'ec2:ModifyNetworkInterfaceAttribute',
  'autoscaling:DetachInstances',
  'autoscaling:AttachInstances',
  'elasticloadbalancing:DeregisterTargets',
  'elasticloadbalancing:RegisterTargets',
  'iam:UpdateAccessKey',
  'iam:PutUserPolicy',
  'iam:DeleteUserPolicy',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
  's3:PutPublicAccessBlock',
  's3:DeletePublicAccessBlock',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
] as const;

export type ContainmentApi = (typeof containmentApis)[number];

/** One call, its input as the service documents it. */
export interface ContainmentCall {
  readonly api: ContainmentApi;
  /** Of IAM calls, which have none: any. */
  readonly region: string;
  readonly input: JsonObject;
}

export interface ContainmentAnswer {
  /** By which the call is found in CloudTrail. */
  readonly requestId?: string;
}

/** Looks at what a threat is contained at, and contains it, call by call. */
export interface Containment {
  /** What stands now. Never rejects for what a service answers: what cannot be read is a fact. */
  observe<Target extends ContainmentTarget>(
    target: Target,
    marks: ContainmentMarks,
  ): Promise<StateOf<Target>>;
  /** Makes one call. Rejects with `PortError` where it fails; a call that may have had its effect all the same is `retryable`. */
  perform(call: ContainmentCall): Promise<ContainmentAnswer>;
}
