import type { LocalLoadBalancing } from './elastic-load-balancing.ts';
import type { LocalEc2 } from './local-ec2.ts';
import type { LocalService } from './local-service.ts';
import { createQueryService, type QueryAnswer, QueryError, type QueryParameters } from './query-protocol.ts';

export interface LocalAutoScalingGroup {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  desired: number;
  /** Lifecycle states by instance id. */
  readonly members: Map<string, string>;
  /** ARNs of the target groups that its instances are registered with. */
  readonly targetGroups: readonly string[];
}

/** What the emulated Auto Scaling holds, in one region. It launches nothing. */
export class LocalAutoScaling {
  readonly groups = new Map<string, LocalAutoScalingGroup>();

  addGroup(group: LocalAutoScalingGroup): void {
    this.groups.set(group.name, group);
  }

  groupOf(instanceId: string): LocalAutoScalingGroup | undefined {
    return [...this.groups.values()].find(({ members }) => members.has(instanceId));
  }
}

/**
 * Auto Scaling, as far as instances leave a group and come back.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
 */
export function createAutoScalingService(
  scaling: LocalAutoScaling,
  ec2: LocalEc2,
  balancing: LocalLoadBalancing,
): LocalService {
  return createQueryService({
    protocol: 'query',
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    actions: {
      DescribeAutoScalingInstances: parameters => describeInstances(scaling, parameters),
      DescribeAutoScalingGroups: parameters => describeGroups(scaling, parameters),
      DetachInstances: parameters => detachInstances(scaling, balancing, parameters),
      AttachInstances: parameters => attachInstances(scaling, ec2, balancing, parameters),
    },
  });
}

function describeInstances(scaling: LocalAutoScaling, parameters: QueryParameters): QueryAnswer {
  const ids = parameters.texts('InstanceIds');
  return {
    AutoScalingInstances: [...scaling.groups.values()].flatMap(({ name, members }) =>
      [...members]
        .filter(([id]) => ids.length === 0 || ids.includes(id))
        .map(([id, lifecycle]) => ({
          InstanceId: id,
          AutoScalingGroupName: name,
          LifecycleState: lifecycle,
          HealthStatus: 'HEALTHY',
          ProtectedFromScaleIn: false,
        })),
    ),
  };
}

function describeGroups(scaling: LocalAutoScaling, parameters: QueryParameters): QueryAnswer {
  const names = parameters.texts('AutoScalingGroupNames');
  return {
    AutoScalingGroups: [...scaling.groups.values()]
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map(({ name, minimum, maximum, desired, members, targetGroups }) => ({
        AutoScalingGroupName: name,
        MinSize: minimum,
        MaxSize: maximum,
        DesiredCapacity: desired,
        TargetGroupARNs: targetGroups,
        Instances: [...members].map(([id, lifecycle]) => ({ InstanceId: id, LifecycleState: lifecycle })),
      })),
  };
}

function detachInstances(
  scaling: LocalAutoScaling,
  balancing: LocalLoadBalancing,
  parameters: QueryParameters,
): QueryAnswer {
  const group = groupNamed(scaling, parameters);
  const ids = parameters.texts('InstanceIds');
  const lowers = parameters.text('ShouldDecrementDesiredCapacity') === 'true';
  for (const id of ids) {
    if (!group.members.has(id)) throw invalid(`The instance ${id} is not part of Auto Scaling group`);
  }
  if (lowers && group.desired - ids.length < group.minimum) {
    throw invalid(`AutoScalingGroup ${group.name} has min-size=${group.minimum}`);
  }
  if (lowers) group.desired -= ids.length;
  for (const id of ids) {
    group.members.delete(id);
    for (const arn of group.targetGroups) balancing.deregister(arn, id);
  }
  return { Activities: ids.map(id => activity('Detaching', id, group)) };
}

function attachInstances(
  scaling: LocalAutoScaling,
  ec2: LocalEc2,
  balancing: LocalLoadBalancing,
  parameters: QueryParameters,
): QueryAnswer {
  const group = groupNamed(scaling, parameters);
  const ids = parameters.texts('InstanceIds');
  for (const id of ids) {
    if (ec2.instances.get(id)?.status !== 'running') throw invalid(`Invalid Instance ID(s): ${id}`);
    if (scaling.groupOf(id) !== undefined) throw invalid(`The instance ${id} is already part of a group`);
  }
  if (group.desired + ids.length > group.maximum) {
    throw invalid(`AutoScalingGroup ${group.name} has max-size=${group.maximum}`);
  }
  group.desired += ids.length;
  for (const id of ids) {
    group.members.set(id, 'InService');
    for (const arn of group.targetGroups) balancing.register(arn, id);
  }
  return undefined;
}

function activity(does: string, id: string, { name }: LocalAutoScalingGroup): QueryAnswer {
  return {
    ActivityId: `${does.toLowerCase()}-${id}`,
    AutoScalingGroupName: name,
    Cause: `${does} was asked for`,
    Description: `${does} EC2 instance: ${id}`,
    StartTime: new Date().toISOString(),
    StatusCode: 'InProgress',
  };
}

function groupNamed(scaling: LocalAutoScaling, parameters: QueryParameters): LocalAutoScalingGroup {
  const name = parameters.text('AutoScalingGroupName');
  const group = scaling.groups.get(name);
  if (group === undefined) throw invalid(`AutoScalingGroup name not found - ${name}`);
  return group;
}

function invalid(message: string): QueryError {
  return new QueryError('ValidationError', message);
}
