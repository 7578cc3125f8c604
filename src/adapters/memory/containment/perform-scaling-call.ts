import type { ContainmentCall } from '../../../ports/containment.ts';
import { CallInput } from './call-input.ts';
import type { MemoryAccount, MemoryAutoScalingGroup, MemoryTargetGroup } from './memory-account.ts';

/**
 * Takes instances out of their Auto Scaling group, and out of the target groups of that. Where the desired capacity is not
 * lowered, Auto Scaling would launch others in their place; here nothing is launched.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html
 */
export function detachInstances(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'AutoScalingGroupName', 'InstanceIds', 'ShouldDecrementDesiredCapacity');
  const group = scalingGroupOf(input, account);
  const ids = idsOf(input);
  const lowers = input.flag('ShouldDecrementDesiredCapacity');
  for (const id of ids) {
    if (!group.instances.some(member => member.id === id)) {
      throw input.refuse('permanent', 'ValidationError', `${id} is not part of the group`);
    }
  }
  if (lowers && group.desired - ids.length < group.minimum) {
    throw input.refuse('permanent', 'ValidationError', 'the group would fall below its minimum');
  }
  if (lowers) group.desired -= ids.length;
  group.instances = group.instances.filter(({ id }) => !ids.includes(id));
  for (const targetGroup of targetGroupsOf(group, account)) {
    targetGroup.targets = targetGroup.targets.filter(({ id }) => !ids.includes(id));
  }
}

/**
 * Puts running instances into an Auto Scaling group, whose desired capacity rises by as many, and into its target groups.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachInstances.html
 */
export function attachInstances(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'AutoScalingGroupName', 'InstanceIds');
  const group = scalingGroupOf(input, account);
  const ids = idsOf(input);
  for (const id of ids) {
    const instance = account.instances.find(candidate => candidate.id === id);
    if (instance === undefined || (instance.status ?? 'running') !== 'running') {
      throw input.refuse('permanent', 'ValidationError', `${id} is not running`);
    }
    if (account.autoScalingGroups.some(({ instances }) => instances.some(member => member.id === id))) {
      throw input.refuse('permanent', 'ValidationError', `${id} is part of a group`);
    }
  }
  if (group.desired + ids.length > group.maximum) {
    throw input.refuse('permanent', 'ValidationError', 'the group would rise above its maximum');
  }
  group.desired += ids.length;
  group.instances.push(...ids.map(id => ({ id, lifecycle: 'InService' })));
  for (const targetGroup of targetGroupsOf(group, account)) {
    for (const id of ids) addTarget(targetGroup, { id, port: targetGroup.port });
  }
}

/**
 * Registers targets with a target group, or deregisters them; each at the group's port where it names none.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
 */
export function performTargetCall(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'TargetGroupArn', 'Targets');
  const arn = input.text('TargetGroupArn');
  const group = account.targetGroups.find(candidate => candidate.arn === arn);
  if (group === undefined) {
    throw input.refuse('not-found', 'TargetGroupNotFoundException', `there is no ${arn}`);
  }
  const targets = input.objects('Targets', 'Id', 'Port').map(target => ({
    id: target.text('Id'),
    port: target.optionalNumber('Port') ?? group.port,
  }));
  if (targets.length === 0) throw input.refuse('permanent', 'ValidationError', 'no target is named');
  if (call.api === 'elasticloadbalancing:DeregisterTargets') {
    // Who is not registered needs no deregistration.
    group.targets = group.targets.filter(
      held => !targets.some(({ id, port }) => id === held.id && port === held.port),
    );
    return;
  }
  for (const { id } of targets) {
    if (group.targetType === 'instance' && !isRunningIn(group.vpcId, id, account)) {
      throw input.refuse('conflict', 'InvalidTargetException', `${id} is no running instance of the VPC`);
    }
  }
  for (const target of targets) addTarget(group, target);
}

function isRunningIn(vpcId: string, id: string, { instances }: MemoryAccount): boolean {
  return instances.some(
    one => one.id === id && one.vpcId === vpcId && (one.status ?? 'running') === 'running',
  );
}

function addTarget(group: MemoryTargetGroup, target: { readonly id: string; readonly port: number }): void {
  const isHeld = group.targets.some(({ id, port }) => id === target.id && port === target.port);
  if (!isHeld) group.targets.push({ ...target });
}

function scalingGroupOf(input: CallInput, account: MemoryAccount): MemoryAutoScalingGroup {
  const name = input.text('AutoScalingGroupName');
  const group = account.autoScalingGroups.find(candidate => candidate.name === name);
  // Auto Scaling has no code of its own for a group that is not there.
  if (group === undefined) throw input.refuse('permanent', 'ValidationError', `there is no group ${name}`);
  return group;
}

function idsOf(input: CallInput): string[] {
  const ids = [...new Set(input.texts('InstanceIds'))];
  if (ids.length === 0) throw input.refuse('permanent', 'ValidationError', 'no instance is named');
  return ids;
}

function targetGroupsOf(group: MemoryAutoScalingGroup, account: MemoryAccount): MemoryTargetGroup[] {
  return account.targetGroups.filter(({ arn }) => group.targetGroups?.includes(arn) ?? false);
}
