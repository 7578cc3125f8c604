import type { ContainmentCall } from '../../../ports/containment.ts';
import { CallInput } from './call-input.ts';
import type { MemoryAccount, MemoryRule, MemorySecurityGroup } from './memory-account.ts';
import { specifiedTags } from './perform-instance-call.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups, before any raise. */
const mostGroupsOfInterface = 5;

/**
 * Creates a security group with the rule that AWS gives each: out to everywhere, by IPv6 where the VPC has it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function createSecurityGroup(
  call: ContainmentCall,
  account: MemoryAccount,
  newId: () => string,
): void {
  const input = CallInput.of(call, 'GroupName', 'Description', 'VpcId', 'TagSpecifications');
  const name = input.text('GroupName');
  const vpcId = input.text('VpcId');
  // "up to 255 characters in length", "Cannot start with sg-", and the same characters for both: CreateSecurityGroup.
  const allowed = /^[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
  if (!allowed.test(name) || name.startsWith('sg-') || !allowed.test(input.text('Description'))) {
    throw input.refuse('permanent', 'InvalidParameterValue', 'a name or description that is not allowed');
  }
  if (!vpcsOf(account).has(vpcId)) {
    throw input.refuse('not-found', 'InvalidVpcID.NotFound', `there is no ${vpcId}`);
  }
  if (account.securityGroups.some(group => group.vpcId === vpcId && group.name === name)) {
    throw input.refuse('conflict', 'InvalidGroup.Duplicate', `${vpcId} has a group of that name`);
  }
  account.securityGroups.push({
    id: `sg-${newId()}`,
    name,
    vpcId,
    tags: specifiedTags(input, 'security-group'),
    ingress: [],
    egress: (account.dualStackVpcs.includes(vpcId) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0']).map(peer => ({
      protocol: '-1',
      peer,
    })),
  });
}

/** Deletes a group that no interface has and no other group's rule names. */
export function deleteSecurityGroup(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'GroupId');
  const group = groupOf(input.text('GroupId'), input, account);
  if (group.name === 'default') {
    throw input.refuse('conflict', 'CannotDelete', 'the default group of a VPC stays');
  }
  const isWorn = account.instances.some(({ interfaces }) =>
    interfaces.some(({ groups }) => groups.includes(group.id)),
  );
  const isNamed = account.securityGroups.some(
    other => other !== group && [...other.ingress, ...other.egress].some(({ peer }) => peer === group.id),
  );
  if (isWorn || isNamed) {
    throw input.refuse('conflict', 'DependencyViolation', `${group.id} has a dependent object`);
  }
  account.securityGroups.splice(account.securityGroups.indexOf(group), 1);
}

/** Gives a group rules, or takes them from it; all of a call or none. */
export function performRuleCall(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'GroupId', 'IpPermissions');
  const group = groupOf(input.text('GroupId'), input, account);
  const rules = rulesOf(input);
  const list = call.api.endsWith('Ingress') ? group.ingress : group.egress;
  const held = new Set(list.map(keyOf));
  const keys = rules.map(keyOf);
  if (call.api.startsWith('ec2:Authorize')) {
    if (new Set(keys).size < keys.length || keys.some(key => held.has(key))) {
      throw input.refuse('conflict', 'InvalidPermission.Duplicate', 'the group has that rule');
    }
    list.push(...rules);
    return;
  }
  if (!keys.every(key => held.has(key))) {
    throw input.refuse('not-found', 'InvalidPermission.NotFound', 'the group has no such rule');
  }
  list.splice(0, list.length, ...list.filter(rule => !keys.includes(keyOf(rule))));
}

/** Gives an interface other groups, in place of all that it has. */
export function modifyNetworkInterface(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'NetworkInterfaceId', 'Groups');
  const id = input.text('NetworkInterfaceId');
  const owner = account.instances.find(({ interfaces }) => interfaces.some(one => one.id === id));
  const found = owner?.interfaces.find(one => one.id === id);
  if (owner === undefined || found === undefined) {
    throw input.refuse('not-found', 'InvalidNetworkInterfaceID.NotFound', `there is no ${id}`);
  }
  const groups = [...new Set(input.texts('Groups'))];
  if (groups.length === 0) throw input.refuse('permanent', 'ValidationError', 'an interface has a group');
  if (groups.length > mostGroupsOfInterface) {
    throw input.refuse('permanent', 'SecurityGroupsPerInterfaceLimitExceeded', 'too many groups');
  }
  for (const group of groups.map(each => groupOf(each, input, account))) {
    if (group.vpcId !== owner.vpcId) {
      throw input.refuse('permanent', 'InvalidParameter', `${group.id} belongs to another network`);
    }
  }
  found.groups = groups;
}

function groupOf(id: string, input: CallInput, account: MemoryAccount): MemorySecurityGroup {
  const group = account.securityGroups.find(candidate => candidate.id === id);
  if (group === undefined) throw input.refuse('not-found', 'InvalidGroup.NotFound', `there is no ${id}`);
  return group;
}

function vpcsOf({ instances, securityGroups, targetGroups }: MemoryAccount): Set<string> {
  return new Set([...instances, ...securityGroups, ...targetGroups].map(({ vpcId }) => vpcId));
}

/** The single rules that a call's permissions stand for. */
function rulesOf(input: CallInput): MemoryRule[] {
  const rules = input
    .objects(
      'IpPermissions',
      'IpProtocol',
      'FromPort',
      'ToPort',
      'IpRanges',
      'Ipv6Ranges',
      'UserIdGroupPairs',
      'PrefixListIds',
    )
    .flatMap(permission => {
      const protocol = permission.text('IpProtocol');
      const fromPort = permission.optionalNumber('FromPort');
      const toPort = permission.optionalNumber('ToPort');
      return peersOf(permission).map(peer => ({
        protocol,
        ...(fromPort === undefined ? {} : { fromPort }),
        ...(toPort === undefined ? {} : { toPort }),
        peer,
      }));
    });
  if (rules.length === 0) throw input.refuse('permanent', 'ValidationError', 'no rule is named');
  return rules;
}

function peersOf(permission: CallInput): string[] {
  const named = (list: string, member: string) =>
    permission.objects(list, member, 'Description').map(entry => entry.text(member));
  return [
    ...named('IpRanges', 'CidrIp'),
    ...named('Ipv6Ranges', 'CidrIpv6'),
    ...named('UserIdGroupPairs', 'GroupId'),
    ...named('PrefixListIds', 'PrefixListId'),
  ];
}

function keyOf({ protocol, fromPort, toPort, peer }: MemoryRule): string {
  // "If you specify -1 … traffic on all ports is allowed, regardless of any ports you specify": IpPermission.
  return protocol === '-1' ? `all ${peer}` : `${protocol} ${fromPort ?? ''}-${toPort ?? ''} ${peer}`;
}
