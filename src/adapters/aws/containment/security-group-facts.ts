import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { SecurityGroupFacts } from '../../../ports/containment.ts';
import type { JsonObject } from '../../../ports/json.ts';

const everywhere = ['0.0.0.0/0', '::/0'];

/** What a security group lets through. */
export function securityGroupFacts({
  GroupId = '',
  IpPermissions = [],
  IpPermissionsEgress = [],
}: SecurityGroup): SecurityGroupFacts {
  return {
    id: GroupId,
    isOpen: allowsAll(IpPermissions) && allowsAll(IpPermissionsEgress),
    allowsIngress: IpPermissions.length > 0,
    allowsEgress: IpPermissionsEgress.length > 0,
    ingress: IpPermissions.flatMap(singleRules),
    egress: IpPermissionsEgress.flatMap(singleRules),
  };
}

function allowsAll(permissions: readonly IpPermission[]): boolean {
  const ranges = permissions
    .filter(({ IpProtocol }) => IpProtocol === '-1')
    .flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [
      ...IpRanges.map(({ CidrIp }) => CidrIp),
      ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
    ]);
  return everywhere.every(range => ranges.includes(range));
}

/** A permission of one peer for each that this one has; without descriptions, which name no rule. */
function singleRules(permission: IpPermission): JsonObject[] {
  const { IpProtocol = '-1', FromPort, ToPort } = permission;
  const rule = {
    IpProtocol,
    ...(FromPort === undefined ? {} : { FromPort }),
    ...(ToPort === undefined ? {} : { ToPort }),
  };
  const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] } = permission;
  return [
    ...IpRanges.map(({ CidrIp = '' }) => ({ ...rule, IpRanges: [{ CidrIp }] })),
    ...Ipv6Ranges.map(({ CidrIpv6 = '' }) => ({ ...rule, Ipv6Ranges: [{ CidrIpv6 }] })),
    ...UserIdGroupPairs.map(({ GroupId = '' }) => ({ ...rule, UserIdGroupPairs: [{ GroupId }] })),
    ...PrefixListIds.map(({ PrefixListId = '' }) => ({ ...rule, PrefixListIds: [{ PrefixListId }] })),
  ];
}
