/** What a {@link MemoryContainment} holds: plain data, under the names that AWS gives things. */
export interface MemoryAccount {
  readonly instances: MemoryInstance[];
  readonly securityGroups: MemorySecurityGroup[];
  readonly snapshots: MemorySnapshot[];
  readonly autoScalingGroups: MemoryAutoScalingGroup[];
  readonly targetGroups: MemoryTargetGroup[];
  readonly users: MemoryUser[];
  readonly roles: MemoryRole[];
  readonly buckets: MemoryBucket[];
  /** Ids of the VPCs that have addresses of IPv6, too: a new group lets out to those as well. */
  readonly dualStackVpcs: string[];
}

export interface MemoryInstance {
  id: string;
  vpcId: string;
  /** `running` where absent. */
  status?: string;
  tags?: Record<string, string>;
  /** Off where absent. */
  terminationProtection?: boolean;
  interfaces: MemoryInterface[];
  /** Ids of its volumes, that of its root first. */
  volumes: string[];
}

export interface MemoryInterface {
  id: string;
  /** Ids of its security groups. */
  groups: string[];
  /** Private addresses. */
  addresses?: string[];
}

export interface MemorySecurityGroup {
  id: string;
  name: string;
  vpcId: string;
  tags?: Record<string, string>;
  ingress: MemoryRule[];
  egress: MemoryRule[];
}

/** One rule, as DescribeSecurityGroupRules tells it: one peer each. */
export interface MemoryRule {
  /** `tcp`, `udp`, `icmp`, a protocol number, or `-1` for all. */
  protocol: string;
  fromPort?: number;
  toPort?: number;
  /** A range of addresses, the id of a security group or of a prefix list. */
  peer: string;
}

export interface MemorySnapshot {
  id: string;
  volumeId: string;
  /** `completed` where absent; `error` where it failed. */
  state?: string;
  tags: Record<string, string>;
}

export interface MemoryAutoScalingGroup {
  name: string;
  minimum: number;
  maximum: number;
  desired: number;
  instances: { id: string; lifecycle: string }[];
  /** ARNs of the target groups that its instances are registered with. */
  targetGroups?: string[];
}

export interface MemoryTargetGroup {
  arn: string;
  targetType: 'instance' | 'ip';
  vpcId: string;
  /** Where a target is registered without a port. */
  port: number;
  targets: { id: string; port: number }[];
}

export interface MemoryUser {
  name: string;
  tags?: Record<string, string>;
  /** Inline policies: documents by name. */
  policies?: Record<string, string>;
  /** Status by access key id. */
  accessKeys?: Record<string, 'Active' | 'Inactive'>;
}

export interface MemoryRole {
  name: string;
  /** `/` where absent. */
  path?: string;
  tags?: Record<string, string>;
  /** Inline policies: documents by name. */
  policies?: Record<string, string>;
}

export interface MemoryBucket {
  name: string;
  tags?: Record<string, string>;
  publicAccessBlock?: MemoryPublicAccessBlock;
  /** JSON text. */
  policy?: string;
}

export interface MemoryPublicAccessBlock {
  blockPublicAcls: boolean;
  ignorePublicAcls: boolean;
  blockPublicPolicy: boolean;
  restrictPublicBuckets: boolean;
}

/** The record with this entry, whatever the entry's name. */
export function withEntry<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
  value: Value,
): Record<string, Value> {
  const entries = new Map(Object.entries(record ?? {}));
  return Object.fromEntries(entries.set(name, value));
}

export function withoutEntry<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => key !== name));
}

/** An own entry, never one of `Object.prototype`. */
export function entryOf<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
