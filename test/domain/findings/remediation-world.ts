import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import { MemoryRemediationLedger } from '../../../src/adapters/memory/memory-remediation-ledger.ts';
import type { ContainmentPolicy } from '../../../src/domain/findings/containment-policy.ts';
import { ContainmentRollback } from '../../../src/domain/findings/containment-rollback.ts';
import { FindingRemediator } from '../../../src/domain/findings/finding-remediator.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import type { ContainmentTarget } from '../../../src/ports/containment.ts';

export const account = '111122223333';
export const region = 'us-east-1';
export const instanceId = 'i-0abc';
export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';

export const policy: Omit<ContainmentPolicy, 'now'> = {
  mode: 'contain',
  minimumSeverity: 7,
  ownAccount: account,
  remediationRoleArn: `arn:aws:iam::${account}:role/sallyport-remediator`,
  responders: [],
  protectedRoles: [],
  exempt: { tag: { key: 'sallyport:exempt', value: 'true' }, ids: [], accounts: [] },
};

/** In the order that a way back leaves: an instance in an Auto Scaling group and behind a load balancer, a user with a key, a role and a bucket. */
export function memoryAccount(): MemoryContainment {
  const targetGroup = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/0123456789abcdef`;
  return new MemoryContainment({
    instances: [
      {
        id: instanceId,
        vpcId: 'vpc-1',
        tags: { Name: 'web' },
        terminationProtection: false,
        interfaces: [
          { id: 'eni-1', groups: ['sg-ssh', 'sg-web'], addresses: ['10.0.0.4'] },
          { id: 'eni-2', groups: ['sg-web'], addresses: ['10.0.0.5'] },
        ],
        volumes: ['vol-1', 'vol-2'],
      },
      { id: 'i-0other', vpcId: 'vpc-1', interfaces: [], volumes: [] },
    ],
    securityGroups: ['sg-web', 'sg-ssh'].map(id => ({
      id,
      name: id,
      vpcId: 'vpc-1',
      ingress: [],
      egress: [],
    })),
    autoScalingGroups: [
      {
        name: 'web',
        minimum: 1,
        maximum: 4,
        desired: 2,
        instances: [
          { id: 'i-0other', lifecycle: 'InService' },
          { id: instanceId, lifecycle: 'InService' },
        ],
      },
    ],
    targetGroups: [
      {
        arn: targetGroup,
        targetType: 'instance',
        vpcId: 'vpc-1',
        port: 80,
        targets: [{ id: instanceId, port: 80 }],
      },
    ],
    users: [{ name: 'eve', policies: {}, accessKeys: { [accessKeyId]: 'Active' } }],
    roles: [{ name: 'app', policies: {} }],
    buckets: [{ name: 'papers' }],
  });
}

export function instanceFinding(fields: Partial<GuardDutyFinding> = {}): GuardDutyFinding {
  return {
    id: 'f1',
    accountId: account,
    region,
    partition: 'aws',
    type: 'Backdoor:EC2/C&CActivity.B!DNS',
    severity: 8,
    updatedAt: '2026-11-21T07:55:00.000Z',
    title: 'An instance asks for a command and control server',
    description: '',
    sample: false,
    archived: false,
    count: 1,
    role: 'ACTOR',
    resourceType: 'Instance',
    instance: { instanceId, tags: {}, interfaces: [] },
    buckets: [],
    ...fields,
  };
}

export function credentialsFinding(fields: Partial<GuardDutyFinding> = {}): GuardDutyFinding {
  const { instance: _, ...finding } = instanceFinding();
  return {
    ...finding,
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    resourceType: 'AccessKey',
    principal: { userType: 'IAMUser', userName: 'eve', principalId: 'AIDAEXAMPLE', accessKeyId },
    ...fields,
  };
}

export function bucketFinding(fields: Partial<GuardDutyFinding> = {}): GuardDutyFinding {
  const { principal: _, ...finding } = credentialsFinding();
  return {
    ...finding,
    type: 'Exfiltration:S3/MaliciousIPCaller',
    resourceType: 'S3Bucket',
    buckets: ['papers'],
    ...fields,
  };
}

/** Ids of the interfaces that stand in a group of ours that lets anything in or out. */
export function openInterfaces({ state }: MemoryContainment): readonly string[] {
  const open = state.securityGroups
    .filter(
      ({ name, ingress, egress }) => name.startsWith('sallyport-') && ingress.length + egress.length > 0,
    )
    .map(({ id }) => id);
  return state.instances
    .flatMap(({ interfaces }) => interfaces)
    .filter(({ groups }) => groups.some(group => open.includes(group)))
    .map(({ id }) => id);
}

export interface WorldOptions {
  readonly faults?: FaultInjector;
  readonly policy?: Partial<Omit<ContainmentPolicy, 'now'>>;
  readonly containment?: MemoryContainment;
  readonly ledger?: MemoryRemediationLedger;
  readonly clock?: ManualClock;
}

/** The services on memory adapters. Pauses take no time, but are told. */
export class RemediationWorld {
  readonly containment: MemoryContainment;
  readonly ledger: MemoryRemediationLedger;
  readonly audit = new MemoryAuditLog();
  readonly alerts = new MemoryAlertChannel();
  readonly clock: ManualClock;
  readonly pauses: number[] = [];
  /** Done at the next pauses, in order: what happens meanwhile. */
  readonly meanwhile: (() => void)[] = [];
  readonly remediator: FindingRemediator;
  readonly rollback: ContainmentRollback;

  constructor(options: WorldOptions = {}) {
    const faults = options.faults ?? new FaultInjector();
    this.containment = options.containment ?? memoryAccount();
    this.ledger = options.ledger ?? new MemoryRemediationLedger();
    this.clock = options.clock ?? new ManualClock();
    const ports = {
      containment: faults.wrap('containment', this.containment),
      ledger: faults.wrap('ledger', this.ledger),
      audit: faults.wrap('audit', this.audit),
      alerts: faults.wrap('alerts', this.alerts),
      clock: this.clock,
      pause: async (milliseconds: number) => {
        this.pauses.push(milliseconds);
        this.meanwhile.shift()?.();
      },
    };
    this.remediator = new FindingRemediator({ ...ports, policy: { ...policy, ...options.policy } });
    this.rollback = new ContainmentRollback(ports);
  }

  /** The steps that were noted last, by their ids, as their status. */
  statuses(findingId = 'f1'): Record<string, string> {
    const latest = this.ledger.remediations.findLast(it => it.findingId === findingId);
    return Object.fromEntries(Object.entries(latest?.steps ?? {}).map(([id, { status }]) => [id, status]));
  }

  /** How often each call was made. */
  calls(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { api } of this.containment.performed) counts[api] = (counts[api] ?? 0) + 1;
    return counts;
  }

  async observe(target: ContainmentTarget) {
    const marks = {
      openGroupName: `sallyport-open-${instanceId}`,
      closedGroupName: `sallyport-closed-${instanceId}`,
      snapshotTag: { key: 'sallyport-finding', value: 'f1' },
      policyName: 'sallyport-containment',
    };
    return this.containment.observe(target, marks);
  }
}
