import { tagSet } from './ec2-tags.ts';
import type { LocalEc2, LocalInstance, LocalRule, LocalSecurityGroup, LocalSnapshot } from './local-ec2.ts';
import { pageOf, type QueryAnswer, QueryError, type QueryParameters } from './query-protocol.ts';

/** Codes of states: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const stateCodes: Readonly<Record<string, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** Instances by their ids. */
export function describeInstances(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const ids = parameters.texts('InstanceId');
  const instances = ids.length === 0 ? [...ec2.instances.values()] : ids.map(id => ec2.instance(id));
  return {
    reservationSet: instances.map(instance => ({
      reservationId: instance.id.replace(/^i-/, 'r-'),
      instancesSet: [describeInstance(ec2, instance)],
    })),
  };
}

function describeInstance(ec2: LocalEc2, instance: LocalInstance): QueryAnswer {
  const { id, status, tags } = instance;
  const state = { code: stateCodes[status] ?? 0, name: status };
  // Of a terminated instance neither network nor volumes are told.
  if (status === 'terminated') return { instanceId: id, instanceState: state, tagSet: tagSet(tags) };
  return {
    instanceId: id,
    instanceState: state,
    vpcId: instance.vpcId,
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: instance.volumes.map((volumeId, index) => ({
      deviceName: index === 0 ? '/dev/xvda' : `/dev/sd${String.fromCodePoint(101 + index)}`,
      ebs: { volumeId, status: 'attached' },
    })),
    tagSet: tagSet(tags),
    networkInterfaceSet: instance.interfaces.map(({ id: networkInterfaceId, addresses, groups }) => ({
      networkInterfaceId,
      vpcId: instance.vpcId,
      groupSet: groups.map(groupId => ({ groupId, groupName: ec2.groups.get(groupId)?.name })),
      privateIpAddressesSet: addresses
        .filter(address => !address.includes(':'))
        .map((privateIpAddress, index) => ({ privateIpAddress, primary: index === 0 })),
      ipv6AddressesSet: addresses
        .filter(address => address.includes(':'))
        .map(ipv6Address => ({ ipv6Address })),
    })),
  };
}

/** Our own snapshots, by tags. */
export function describeSnapshots(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const filters = filtersOf(parameters);
  const found = [...ec2.snapshots.values()].filter(({ tags }: LocalSnapshot) =>
    filters.every(({ name, matches }) => {
      if (!name.startsWith('tag:')) throw unknownFilter(name);
      const value = tags.get(name.slice('tag:'.length));
      return value !== undefined && matches(value);
    }),
  );
  const { page, next } = pageOf(
    found,
    parameters.optionalNumber('MaxResults') ?? 1000,
    parameters.optionalText('NextToken'),
  );
  return {
    snapshotSet: page.map(({ id, volumeId, status, tags }) => ({
      snapshotId: id,
      volumeId,
      status,
      tagSet: tagSet(tags),
    })),
    nextToken: next,
  };
}

/** Security groups, by ids, names and VPCs. */
export function describeSecurityGroups(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const filters = filtersOf(parameters);
  const ids = parameters.texts('GroupId');
  const listed = ids.length === 0 ? [...ec2.groups.values()] : ids.map(id => ec2.group(id));
  const found = listed.filter(group =>
    filters.every(({ name, matches }) => matches(filteredOf(group, name))),
  );
  const { page, next } = pageOf(
    found,
    parameters.optionalNumber('MaxResults') ?? 1000,
    parameters.optionalText('NextToken'),
  );
  return {
    securityGroupInfo: page.map(({ id, name, description, vpcId, tags, ingress, egress }) => ({
      groupId: id,
      groupName: name,
      groupDescription: description,
      vpcId,
      ipPermissions: permissions([...ingress.values()]),
      ipPermissionsEgress: permissions([...egress.values()]),
      tagSet: tagSet(tags),
    })),
    nextToken: next,
  };
}

function filteredOf({ id, name, vpcId }: LocalSecurityGroup, filter: string): string {
  if (filter === 'group-name') return name;
  if (filter === 'group-id') return id;
  if (filter === 'vpc-id') return vpcId;
  throw unknownFilter(filter);
}

/** EC2 gathers the rules of one protocol and range of ports in one permission. */
function permissions(rules: readonly LocalRule[]): QueryAnswer {
  const gathered = Map.groupBy(rules, ({ protocol, fromPort, toPort }) =>
    JSON.stringify([protocol, fromPort, toPort]),
  );
  return [...gathered.values()].map(alike => ({
    ipProtocol: alike[0]?.protocol,
    fromPort: alike[0]?.fromPort,
    toPort: alike[0]?.toPort,
    groups: peersOf(alike, 'group').map(groupId => ({ groupId })),
    ipRanges: peersOf(alike, 'ipv4').map(cidrIp => ({ cidrIp })),
    ipv6Ranges: peersOf(alike, 'ipv6').map(cidrIpv6 => ({ cidrIpv6 })),
    prefixListIds: peersOf(alike, 'prefix-list').map(prefixListId => ({ prefixListId })),
  }));
}

function peersOf(rules: readonly LocalRule[], kind: LocalRule['kind']): string[] {
  return rules.filter(rule => rule.kind === kind).map(({ peer }) => peer);
}

interface Filter {
  readonly name: string;
  matches(value: string): boolean;
}

function filtersOf(parameters: QueryParameters): Filter[] {
  return parameters.structures('Filter').map(filter => {
    const patterns = filter.texts('Value').map(patternOf);
    return {
      name: filter.text('Name'),
      matches: value => patterns.some(pattern => pattern.test(value)),
    };
  });
}

/** `*` stands for any characters and `?` for one, unless a backslash is before it. */
function patternOf(value: string): RegExp {
  const source = value.replace(/\\([\s\S])|[\s\S]/g, (character, escaped) => {
    if (escaped !== undefined) return codeUnit(escaped);
    if (character === '*') return '[\\s\\S]*';
    return character === '?' ? '[\\s\\S]' : codeUnit(character);
  });
  return new RegExp(`^${source}$`);
}

/** A character as a regular expression that matches it and nothing else. */
function codeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function unknownFilter(name: string): QueryError {
  return new QueryError('InvalidParameterValue', `The filter '${name}' is invalid`);
}
