import { readTags } from './ec2-tags.ts';
import { type LocalEc2, type LocalRule, type LocalSecurityGroup, ruleKey } from './local-ec2.ts';
import { type QueryAnswer, QueryError, type QueryParameters } from './query-protocol.ts';

type Direction = 'ingress' | 'egress';

export function createSecurityGroup(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const name = parameters.text('GroupName');
  const vpcId = parameters.text('VpcId');
  const description = parameters.text('GroupDescription');
  if (!/^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(name)) {
    throw new QueryError('InvalidParameterValue', `Invalid group name '${name}'`);
  }
  const groups = [...ec2.groups.values()];
  const isKnown = [...groups, ...ec2.instances.values()].some(resource => resource.vpcId === vpcId);
  if (!isKnown) throw new QueryError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
  if (groups.some(group => group.name === name && group.vpcId === vpcId)) {
    throw new QueryError('InvalidGroup.Duplicate', `The security group '${name}' already exists`);
  }
  const tags = readTags(parameters, 'security-group');
  const group = ec2.addSecurityGroup({ id: ec2.newId('sg'), name, vpcId });
  ec2.groups.set(group.id, { ...group, description, tags });
  return { return: true, groupId: group.id };
}

export function deleteSecurityGroup(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const { id, name } = ec2.group(parameters.text('GroupId'));
  if (name === 'default') throw new QueryError('CannotDelete', 'The default group cannot be deleted');
  const isWorn = [...ec2.instances.values()]
    .flatMap(({ interfaces }) => interfaces)
    .some(({ groups }) => groups.includes(id));
  const isNamed = [...ec2.groups.values()]
    .filter(group => group.id !== id)
    .flatMap(({ ingress, egress }) => [...ingress.values(), ...egress.values()])
    .some(({ peer }) => peer === id);
  if (isWorn || isNamed) {
    throw new QueryError('DependencyViolation', `resource ${id} has a dependent object`);
  }
  ec2.groups.delete(id);
  return { return: true, groupId: id };
}

export function authorize(ec2: LocalEc2, parameters: QueryParameters, direction: Direction): QueryAnswer {
  const { rules, wanted } = rulesOfCall(ec2, parameters, direction);
  for (const rule of wanted) {
    if (rules.has(ruleKey(rule))) {
      throw new QueryError('InvalidPermission.Duplicate', 'the specified rule already exists');
    }
  }
  for (const rule of wanted) rules.set(ruleKey(rule), rule);
  return { return: true };
}

export function revoke(ec2: LocalEc2, parameters: QueryParameters, direction: Direction): QueryAnswer {
  const { rules, wanted } = rulesOfCall(ec2, parameters, direction);
  for (const rule of wanted) {
    if (!rules.has(ruleKey(rule))) {
      throw new QueryError('InvalidPermission.NotFound', 'The specified rule does not exist');
    }
  }
  for (const rule of wanted) rules.delete(ruleKey(rule));
  return { return: true };
}

export function modifyNetworkInterfaceAttribute(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const id = parameters.text('NetworkInterfaceId');
  const owner = [...ec2.instances.values()].find(({ interfaces }) => interfaces.some(one => one.id === id));
  const changed = owner?.interfaces.find(one => one.id === id);
  if (owner === undefined || changed === undefined) {
    throw new QueryError(
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${id}' does not exist`,
    );
  }
  const groups = parameters.texts('SecurityGroupId').map(groupId => ec2.group(groupId));
  if (groups.length === 0) throw new QueryError('MissingParameter', 'SecurityGroupId is missing');
  if (groups.length > 5) {
    throw new QueryError('SecurityGroupsPerInterfaceLimitExceeded', 'More than 5 security groups');
  }
  if (groups.some(({ vpcId }) => vpcId !== owner.vpcId)) {
    throw new QueryError('InvalidParameter', 'The groups belong to different networks');
  }
  changed.groups = groups.map(group => group.id);
  return { return: true };
}

function rulesOfCall(
  ec2: LocalEc2,
  parameters: QueryParameters,
  direction: Direction,
): { readonly rules: LocalSecurityGroup[Direction]; readonly wanted: readonly LocalRule[] } {
  const wanted = parameters.structures('IpPermissions').flatMap(rulesOfPermission);
  if (wanted.length === 0) throw new QueryError('MissingParameter', 'IpPermissions is missing');
  return { rules: ec2.group(parameters.text('GroupId'))[direction], wanted };
}

function rulesOfPermission(permission: QueryParameters): LocalRule[] {
  const fromPort = permission.optionalNumber('FromPort');
  const toPort = permission.optionalNumber('ToPort');
  const ofKind = (kind: LocalRule['kind'], list: string, member: string): LocalRule[] =>
    permission.structures(list).map(entry => ({
      protocol: permission.text('IpProtocol'),
      ...(fromPort === undefined ? {} : { fromPort }),
      ...(toPort === undefined ? {} : { toPort }),
      kind,
      peer: entry.text(member),
    }));
  return [
    ...ofKind('ipv4', 'IpRanges', 'CidrIp'),
    ...ofKind('ipv6', 'Ipv6Ranges', 'CidrIpv6'),
    ...ofKind('group', 'Groups', 'GroupId'),
    ...ofKind('prefix-list', 'PrefixListIds', 'PrefixListId'),
  ];
}
