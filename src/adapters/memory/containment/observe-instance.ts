import type {
  AutoScalingFacts,
  ContainmentMarks,
  ContainmentTarget,
  InstanceFacts,
  InstanceState,
  SecurityGroupFacts,
  TargetGroupFacts,
} from '../../../ports/containment.ts';
import type { JsonObject } from '../../../ports/json.ts';
import type { Reading } from '../../../ports/reading.ts';
import { entryOf, type MemoryAccount, type MemoryInstance, type MemoryRule } from './memory-account.ts';
import { gone, type Reader } from './reader.ts';

const everywhere = ['0.0.0.0/0', '::/0'];

/** What stands of an instance. */
export function observeInstance(
  { instanceId }: Extract<ContainmentTarget, { readonly kind: 'instance' }>,
  marks: ContainmentMarks,
  account: MemoryAccount,
  read: Reader,
): InstanceState {
  const instance = account.instances.find(({ id }) => id === instanceId);
  const absent = (api: string) => gone(api, 'InvalidInstanceID.NotFound');
  const facts: Reading<InstanceFacts> = read(['ec2:DescribeInstances'], () =>
    instance === undefined ? absent('ec2:DescribeInstances') : factsOf(instance),
  );
  const inVpc = <Value>(apis: readonly string[], value: (vpcId: string) => Value): Reading<Value> => {
    if (facts.state === 'unreadable') return facts;
    const { vpcId } = facts.value;
    return vpcId === ''
      ? gone('ec2:DescribeInstances', 'IncorrectInstanceState')
      : read(apis, () => value(vpcId));
  };
  return {
    kind: 'instance',
    instance: facts,
    terminationProtection: read(['ec2:DescribeInstanceAttribute'], () =>
      instance === undefined
        ? absent('ec2:DescribeInstanceAttribute')
        : (instance.terminationProtection ?? false),
    ),
    snapshots: read(['ec2:DescribeSnapshots'], () => snapshotsOf(marks, account)),
    autoScaling: read(
      ['autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeAutoScalingGroups'],
      () => autoScalingOf(instanceId, account),
    ),
    targetGroups: inVpc(
      ['elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
      vpcId => targetGroupsOf(instanceId, vpcId, account),
    ),
    groups: inVpc(['ec2:DescribeSecurityGroups'], vpcId => groupsOf(marks, vpcId, account)),
  };
}

function factsOf({
  status = 'running',
  vpcId,
  tags = {},
  interfaces,
  volumes,
}: MemoryInstance): InstanceFacts {
  const [rootVolume] = volumes;
  // A terminated instance is listed for a while, with its tags and nothing else.
  if (status === 'terminated') return { status, vpcId: '', tags, interfaces: [], volumes: [] };
  return {
    status,
    vpcId,
    tags,
    interfaces: interfaces
      .map(({ id, groups }) => ({ id, groups: groups.toSorted() }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    volumes: volumes.toSorted(),
    ...(rootVolume === undefined ? {} : { rootVolume }),
  };
}

function snapshotsOf({ snapshotTag }: ContainmentMarks, { snapshots }: MemoryAccount) {
  return snapshots
    .filter(({ tags, state }) => state !== 'error' && entryOf(tags, snapshotTag.key) === snapshotTag.value)
    .map(({ id, volumeId }) => ({ id, volumeId }))
    .sort((one, other) => (one.volumeId + one.id < other.volumeId + other.id ? -1 : 1));
}

function autoScalingOf(
  instanceId: string,
  { autoScalingGroups }: MemoryAccount,
): AutoScalingFacts | undefined {
  for (const { name: group, instances, desired, minimum, maximum } of autoScalingGroups) {
    const member = instances.find(({ id }) => id === instanceId);
    if (member !== undefined) return { group, lifecycle: member.lifecycle, desired, minimum, maximum };
  }
  return undefined;
}

function targetGroupsOf(
  instanceId: string,
  vpcId: string,
  { instances, targetGroups }: MemoryAccount,
): TargetGroupFacts[] {
  const addresses = instances
    .filter(({ id }) => id === instanceId)
    .flatMap(({ interfaces }) => interfaces.flatMap(one => one.addresses ?? []));
  return targetGroups
    .filter(group => group.vpcId === vpcId)
    .flatMap(({ arn, targetType, targets }) => {
      const names = targetType === 'instance' ? [instanceId] : addresses;
      return targets
        .filter(({ id }) => names.includes(id))
        .map(({ id, port }) => ({ arn, target: id, port }));
    })
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ arn, target, port }: TargetGroupFacts): string {
  return `${arn} ${target} ${String(port).padStart(5, '0')}`;
}

function groupsOf(
  { openGroupName, closedGroupName }: ContainmentMarks,
  vpcId: string,
  { securityGroups }: MemoryAccount,
): { readonly open?: SecurityGroupFacts; readonly closed?: SecurityGroupFacts } {
  const named = (name: string): SecurityGroupFacts | undefined => {
    const group = securityGroups.find(one => one.vpcId === vpcId && one.name === name);
    if (group === undefined) return undefined;
    const { id, ingress, egress } = group;
    return {
      id,
      isOpen: allowsAll(ingress) && allowsAll(egress),
      allowsIngress: ingress.length > 0,
      allowsEgress: egress.length > 0,
      ingress: ingress.map(permissionOf),
      egress: egress.map(permissionOf),
    };
  };
  const open = named(openGroupName);
  const closed = named(closedGroupName);
  return { ...(open === undefined ? {} : { open }), ...(closed === undefined ? {} : { closed }) };
}

function permissionOf({ protocol, fromPort, toPort, peer }: MemoryRule): JsonObject {
  return {
    IpProtocol: protocol,
    ...(fromPort === undefined ? {} : { FromPort: fromPort }),
    ...(toPort === undefined ? {} : { ToPort: toPort }),
    ...peerOf(peer),
  };
}

function peerOf(peer: string): JsonObject {
  if (peer.startsWith('sg-')) return { UserIdGroupPairs: [{ GroupId: peer }] };
  if (peer.startsWith('pl-')) return { PrefixListIds: [{ PrefixListId: peer }] };
  return peer.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: peer }] } : { IpRanges: [{ CidrIp: peer }] };
}

function allowsAll(rules: readonly MemoryRule[]): boolean {
  return everywhere.every(peer => rules.some(rule => rule.protocol === '-1' && rule.peer === peer));
}
