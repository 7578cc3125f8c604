import type { Instance } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  paginateDescribeTargetGroups,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroupFacts } from '../../../ports/containment.ts';
import { ask, pagesOf } from './ask.ts';

/** Target groups that are asked at one time. */
const concurrency = 5;

/**
 * Where an instance is registered, of the target groups of its VPC: by its id, or by one of its addresses. Registrations
 * of its addresses in another VPC are not looked for: the same address may be another machine there.
 */
export async function readTargetGroups(
  client: ElasticLoadBalancingV2Client,
  vpcId: string,
  instance: Instance,
): Promise<TargetGroupFacts[]> {
  const pages = await ask('elasticloadbalancing:DescribeTargetGroups', () =>
    pagesOf(paginateDescribeTargetGroups({ client }, { PageSize: 400 })),
  );
  const groups = (pages ?? [])
    .flatMap(({ TargetGroups }) => TargetGroups ?? [])
    .filter(({ VpcId }) => VpcId === vpcId)
    .map(group => ({ group, names: namesIn(group, instance) }))
    .filter(({ names }) => names.length > 0);
  const found: TargetGroupFacts[] = [];
  for (let start = 0; start < groups.length; start += concurrency) {
    const asked = groups.slice(start, start + concurrency);
    const registered = await Promise.all(
      asked.map(({ group, names }) => registeredTargets(client, group, names)),
    );
    found.push(...registered.flat());
  }
  return found.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Under which names the instance may be registered with the group; a group of functions or load balancers knows none. */
function namesIn({ TargetType }: TargetGroup, instance: Instance): string[] {
  if (TargetType === 'instance') return instance.InstanceId === undefined ? [] : [instance.InstanceId];
  if (TargetType !== 'ip') return [];
  return (instance.NetworkInterfaces ?? [])
    .flatMap(({ PrivateIpAddresses = [], Ipv6Addresses = [] }) => [
      ...PrivateIpAddresses.map(({ PrivateIpAddress }) => PrivateIpAddress),
      ...Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address),
    ])
    .filter(address => address !== undefined);
}

/**
 * The whole group is asked for: asked for a target without its port, the service looks under the group's own port only,
 * and a target may be registered under others.
 */
async function registeredTargets(
  client: ElasticLoadBalancingV2Client,
  { TargetGroupArn = '', Port = 0 }: TargetGroup,
  names: readonly string[],
): Promise<TargetGroupFacts[]> {
  const answer = await ask(
    'elasticloadbalancing:DescribeTargetHealth',
    () => client.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
    // Deleted since it was listed.
    ['TargetGroupNotFoundException'],
  );
  return (answer?.TargetHealthDescriptions ?? []).flatMap(description => {
    const { Id = '', Port: port = Port } = description.Target ?? {};
    return names.includes(Id) && isRegistered(description) ? [{ arn: TargetGroupArn, target: Id, port }] : [];
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
function isRegistered({ TargetHealth: { State, Reason } = {} }: TargetHealthDescription): boolean {
  return State !== 'draining' && Reason !== 'Target.NotRegistered';
}

function keyOf({ arn, target, port }: TargetGroupFacts): string {
  return `${arn} ${target} ${String(port).padStart(5, '0')}`;
}
