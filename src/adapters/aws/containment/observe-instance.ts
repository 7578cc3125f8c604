import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  AutoScalingFacts,
  ContainmentMarks,
  InstanceFacts,
  InstanceState,
} from '../../../ports/containment.ts';
import { ask, gone, pagesOf, reading, tagRecord } from './ask.ts';
import { readTargetGroups } from './read-target-groups.ts';
import { securityGroupFacts } from './security-group-facts.ts';

interface InstanceClients {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

/** Looks at an instance, each part of it by itself; what stands in its VPC once that is known. */
export async function observeInstance(
  instanceId: string,
  marks: ContainmentMarks,
  clients: InstanceClients,
): Promise<InstanceState> {
  const { ec2, autoScaling, loadBalancing } = clients;
  const describing = reading(() => describeInstance(ec2, instanceId));
  /** Of a thing in the instance's VPC; where the instance cannot be read, neither can that. */
  const inVpc = async <Value>(read: (vpcId: string, instance: Instance) => Promise<Value>) => {
    const described = await describing;
    if (described.state === 'unreadable') return described;
    return reading(async () => {
      const { VpcId } = described.value;
      // A terminated instance stays visible for about an hour, without its network.
      if (VpcId === undefined) throw gone('ec2:DescribeInstances', 'IncorrectInstanceState');
      return read(VpcId, described.value);
    });
  };
  const [described, terminationProtection, snapshots, scaling, targetGroups, groups] = await Promise.all([
    describing,
    reading(() => readTerminationProtection(ec2, instanceId)),
    reading(() => readSnapshots(ec2, marks.snapshotTag)),
    reading(() => readAutoScaling(autoScaling, instanceId)),
    inVpc((vpcId, instance) => readTargetGroups(loadBalancing, vpcId, instance)),
    inVpc(vpcId => readGroups(ec2, vpcId, marks)),
  ]);
  return {
    kind: 'instance',
    instance:
      described.state === 'read' ? { state: 'read', value: instanceFacts(described.value) } : described,
    terminationProtection,
    snapshots,
    autoScaling: scaling,
    targetGroups,
    groups,
  };
}

async function describeInstance(ec2: EC2Client, instanceId: string): Promise<Instance> {
  const api = 'ec2:DescribeInstances';
  const answer = await ask(api, () => ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] })));
  const instance = answer?.Reservations?.flatMap(({ Instances }) => Instances ?? []).at(0);
  if (instance === undefined) throw gone(api, 'InvalidInstanceID.NotFound');
  return instance;
}

function instanceFacts(instance: Instance): InstanceFacts {
  const { RootDeviceName, BlockDeviceMappings = [] } = instance;
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName && DeviceName === RootDeviceName);
  const rootVolume = root?.Ebs?.VolumeId;
  return {
    status: instance.State?.Name ?? 'unknown',
    vpcId: instance.VpcId ?? '',
    tags: tagRecord(instance.Tags),
    interfaces: (instance.NetworkInterfaces ?? [])
      .map(({ NetworkInterfaceId = '', Groups = [] }) => ({
        id: NetworkInterfaceId,
        groups: Groups.map(({ GroupId = '' }) => GroupId).sort(),
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    volumes: BlockDeviceMappings.flatMap(({ Ebs }) =>
      Ebs?.VolumeId === undefined ? [] : [Ebs.VolumeId],
    ).sort(),
    ...(rootVolume === undefined ? {} : { rootVolume }),
  };
}

async function readTerminationProtection(ec2: EC2Client, instanceId: string): Promise<boolean> {
  const answer = await ask('ec2:DescribeInstanceAttribute', () =>
    ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'disableApiTermination' }),
    ),
  );
  return answer?.DisableApiTermination?.Value ?? false;
}

async function readSnapshots(ec2: EC2Client, { key, value }: ContainmentMarks['snapshotTag']) {
  const input = {
    OwnerIds: ['self'],
    Filters: [{ Name: `tag:${literal(key)}`, Values: [literal(value)] }],
  };
  const pages = await ask('ec2:DescribeSnapshots', () =>
    pagesOf(paginateDescribeSnapshots({ client: ec2, pageSize: 1000 }, input)),
  );
  return (pages ?? [])
    .flatMap(({ Snapshots }) => Snapshots ?? [])
    .filter(({ State, Tags }) => State !== 'error' && tagRecord(Tags)[key] === value)
    .map(({ SnapshotId = '', VolumeId = '' }) => ({ id: SnapshotId, volumeId: VolumeId }))
    .sort((one, other) => (one.volumeId + one.id < other.volumeId + other.id ? -1 : 1));
}

async function readAutoScaling(
  client: AutoScalingClient,
  instanceId: string,
): Promise<AutoScalingFacts | undefined> {
  const members = await ask('autoscaling:DescribeAutoScalingInstances', () =>
    client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] })),
  );
  const member = members?.AutoScalingInstances?.[0];
  if (member?.AutoScalingGroupName === undefined || member.LifecycleState === 'Detached') return undefined;
  const name = member.AutoScalingGroupName;
  const api = 'autoscaling:DescribeAutoScalingGroups';
  const answer = await ask(api, () =>
    client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })),
  );
  const group = answer?.AutoScalingGroups?.[0];
  if (group === undefined) throw gone(api, 'NoSuchGroup');
  return {
    group: name,
    lifecycle: member.LifecycleState ?? 'unknown',
    desired: group.DesiredCapacity ?? 0,
    minimum: group.MinSize ?? 0,
    maximum: group.MaxSize ?? 0,
  };
}

async function readGroups(
  ec2: EC2Client,
  vpcId: string,
  { openGroupName, closedGroupName }: ContainmentMarks,
) {
  const input = {
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: [literal(openGroupName), literal(closedGroupName)] },
    ],
  };
  const pages = await ask('ec2:DescribeSecurityGroups', () =>
    pagesOf(paginateDescribeSecurityGroups({ client: ec2, pageSize: 1000 }, input)),
  );
  const groups = (pages ?? []).flatMap(({ SecurityGroups }) => SecurityGroups ?? []);
  const open = groups.find(({ GroupName }) => GroupName === openGroupName);
  const closed = groups.find(({ GroupName }) => GroupName === closedGroupName);
  return {
    ...(open === undefined ? {} : { open: securityGroupFacts(open) }),
    ...(closed === undefined ? {} : { closed: securityGroupFacts(closed) }),
  };
}

/**
 * A value of a filter that means itself: `*` and `?` are wildcards, and a backslash takes that from them.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
function literal(text: string): string {
  return text.replace(/[\\*?]/g, character => `\\${character}`);
}
