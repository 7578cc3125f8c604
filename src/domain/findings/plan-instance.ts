import type { ContainmentMarks, InstanceState } from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { quarantineTagKey } from './containment-policy.ts';
import type { FindingInstance, GuardDutyFinding } from './guard-duty-finding.ts';
import type { InterfaceHomes } from './interface-homes.ts';
import { planQuarantine } from './plan-quarantine.ts';
import type { InstanceTarget } from './plan-quarantine-groups.ts';
import {
  absent,
  before,
  call,
  equals,
  fact,
  present,
  reversibleStep,
  type TargetPlan,
  unreadable,
} from './plan-step.ts';
import type { PlanNote, PlanStep } from './remediation-plan.ts';

/** By this tag Auto Scaling marks the instances of a group. */
const scalingTagKey = 'aws:autoscaling:groupName';

const noSteps: Pick<TargetPlan, 'steps' | 'notes'> = { steps: [], notes: [] };

/**
 * Keeps evidence of an instance, takes it out of service, and cuts it off. What stands already is not planned again.
 *
 * An instance that cannot be detached from its Auto Scaling group is not cut off: it would fail the group's health checks,
 * and be terminated for it.
 *
 * @param state Absent where nothing was looked at: the plan is then made of what the finding says.
 * @param homes Where interfaces that stand in our own groups came from.
 */
export function planInstance(
  target: InstanceTarget,
  state: InstanceState | undefined,
  marks: ContainmentMarks,
  finding: Pick<GuardDutyFinding, 'id' | 'instance'>,
  homes: InterfaceHomes,
): TargetPlan {
  const said = finding.instance ?? { instanceId: target.instanceId, tags: {}, interfaces: [] };
  const detach = planDetach(target, state, said);
  const parts = [
    planTag(target, state, finding.id),
    planProtection(target, state),
    planSnapshots(target, state, marks),
    detach,
    planDeregistration(
      state,
      detach.steps.map(({ id }) => id),
    ),
    planQuarantine(
      target,
      state,
      marks,
      said,
      homes,
      detach.steps.map(({ id }) => id),
    ),
  ];
  return {
    steps: parts.flatMap(({ steps }) => steps),
    notes: parts.flatMap(({ notes }) => notes),
    manual: [],
  };
}

function planTag(
  { instanceId }: InstanceTarget,
  state: InstanceState | undefined,
  findingId: string,
): Pick<TargetPlan, 'steps' | 'notes'> {
  const tags = state?.instance.state === 'read' ? state.instance.value.tags : {};
  const standing = Object.hasOwn(tags, quarantineTagKey) ? tags[quarantineTagKey] : undefined;
  if (standing === findingId) return noSteps;
  if (standing !== undefined) {
    const explanation = 'the instance bears the quarantine mark of another finding, which stays';
    return { steps: [], notes: [{ code: 'marked-before', explanation }] };
  }
  const mark = `tag.${quarantineTagKey}`;
  const tagged = { Resources: [instanceId], Tags: [{ Key: quarantineTagKey, Value: findingId }] };
  const step = reversibleStep(
    'tag',
    'Mark the instance as quarantined for this finding.',
    call('ec2:CreateTags', tagged, [absent(mark)]),
    // With its value, so that the mark of another finding is not taken away.
    {
      effect: [equals(mark, findingId)],
      // The mark of another finding, of which a delivery came in between, stays.
      needless: [present(mark)],
      inverse: call('ec2:DeleteTags', tagged, [equals(mark, findingId)]),
    },
  );
  return { steps: [step], notes: [] };
}

function planProtection(
  { instanceId }: InstanceTarget,
  state: InstanceState | undefined,
): Pick<TargetPlan, 'steps' | 'notes'> {
  const reading = state?.terminationProtection;
  if (reading?.state === 'read' && reading.value) return noSteps;
  const turn = (isOn: boolean) =>
    call('ec2:ModifyInstanceAttribute', { InstanceId: instanceId, DisableApiTermination: { Value: isOn } }, [
      equals('termination-protection.enabled', !isOn),
    ]);
  const step = reversibleStep('protect-from-termination', 'Turn on termination protection.', turn(true), {
    effect: [equals('termination-protection.enabled', true)],
    inverse: turn(false),
  });
  return { steps: [step], notes: [] };
}

/**
 * All volumes in one call, which takes them at one moment. It has no client token: our tag is looked for first, and of a
 * volume of which there is a snapshot none is taken again.
 */
function planSnapshots(
  { instanceId }: InstanceTarget,
  state: InstanceState | undefined,
  { snapshotTag }: ContainmentMarks,
): Pick<TargetPlan, 'steps' | 'notes'> {
  const { volumes, rootVolume } = state?.instance.state === 'read' ? state.instance.value : {};
  if (volumes?.length === 0) {
    const explanation = 'the instance has no EBS volume: of instance store volumes there are no snapshots';
    return { steps: [], notes: [{ code: 'no-volumes', explanation }] };
  }
  const taken = state?.snapshots.state === 'read' ? state.snapshots.value : [];
  const isTaken = (volume: string) => taken.some(({ volumeId }) => volumeId === volume);
  if (volumes?.every(isTaken) === true) return noSteps;
  const dataTaken = (volumes ?? []).filter(volume => volume !== rootVolume && isTaken(volume));
  const step: PlanStep = {
    id: 'snapshot-volumes',
    does: 'Take snapshots of all volumes, as evidence.',
    ...call(
      'ec2:CreateSnapshots',
      {
        InstanceSpecification: {
          InstanceId: instanceId,
          ExcludeBootVolume: rootVolume !== undefined && isTaken(rootVolume),
          // Refused where it names the volume that the instance boots from.
          ...(dataTaken.length === 0 ? {} : { ExcludeDataVolumeIds: dataTaken }),
        },
        Description: `Evidence of ${instanceId}, GuardDuty finding ${snapshotTag.value}`,
        TagSpecifications: [
          { ResourceType: 'snapshot', Tags: [{ Key: snapshotTag.key, Value: snapshotTag.value }] },
        ],
      },
      [equals('snapshots.complete', false)],
    ),
    // Their ids, so that they stand in the evidence.
    effect: [equals('snapshots.complete', true), present('snapshots.ids')],
    evidence: true,
    reversible: true,
    after: [],
  };
  return { steps: [step], notes: [] };
}

function planDetach(
  { instanceId }: InstanceTarget,
  state: InstanceState | undefined,
  said: FindingInstance,
): Pick<TargetPlan, 'steps' | 'notes'> {
  const { autoScaling, instance } = state ?? {};
  const tags = instance?.state === 'read' ? instance.value.tags : said.tags;
  const named = Object.hasOwn(tags, scalingTagKey) ? tags[scalingTagKey] : undefined;
  const step = (group: string | undefined, decrements: JsonValue) =>
    reversibleStep(
      'detach-from-auto-scaling',
      'Detach the instance from its Auto Scaling group, which would terminate or replace it.',
      call(
        'autoscaling:DetachInstances',
        {
          InstanceIds: [instanceId],
          AutoScalingGroupName: group ?? fact('auto-scaling.group'),
          ShouldDecrementDesiredCapacity: decrements,
        },
        [
          group === undefined ? present('auto-scaling.group') : equals('auto-scaling.group', group),
          present('auto-scaling.may-decrement'),
        ],
      ),
      {
        effect: [absent('auto-scaling.group')],
        inverse: call(
          'autoscaling:AttachInstances',
          { InstanceIds: [instanceId], AutoScalingGroupName: group ?? before('auto-scaling.group') },
          [absent('auto-scaling.group')],
        ),
      },
    );
  if (autoScaling?.state !== 'read') {
    // A group tags each of its instances: one without the tag is in none. Findings may leave tags out.
    return named === undefined && state !== undefined
      ? noSteps
      : { steps: [step(named, fact('auto-scaling.may-decrement'))], notes: [] };
  }
  const membership = autoScaling.value;
  if (membership === undefined || membership.lifecycle.startsWith('Detach')) return noSteps;
  // The group refuses to want fewer instances than its minimum. Attaching raises what it wants by one.
  const mayDecrement = membership.desired > membership.minimum;
  const note: PlanNote = {
    code: 'auto-scaling-at-minimum',
    explanation:
      'the Auto Scaling group is at its minimum, so it starts another instance in place of this one; the way back leaves it with one more than before, or fails where that is above its maximum',
  };
  const standby: PlanNote = {
    code: 'auto-scaling-standby',
    explanation: 'the instance is on standby in its Auto Scaling group; the way back brings it into service',
  };
  return {
    steps: [step(membership.group, mayDecrement)],
    notes: [...(mayDecrement ? [] : [note]), ...(membership.lifecycle === 'Standby' ? [standby] : [])],
  };
}

/**
 * An instance detached from its group is deregistered from the group's target groups with it, at whatever port; there may be
 * others. The way back attaches it at each target group's own port alone, so that those registrations are put back, too.
 */
function planDeregistration(
  state: InstanceState | undefined,
  after: readonly string[],
): Pick<TargetPlan, 'steps' | 'notes'> {
  const reading = state?.targetGroups;
  const does = (which: string) => `Deregister the instance from ${which}.`;
  if (reading?.state === 'read') {
    const { instance } = state ?? {};
    const isStopped = instance?.state === 'read' && ['stopping', 'stopped'].includes(instance.value.status);
    if (isStopped && reading.value.length > 0) {
      const explanation =
        'the instance is stopped: it stays registered, since it could not be registered again, and gets no traffic';
      return { steps: [], notes: [{ code: 'stopped', explanation }] };
    }
    const steps = reading.value.map(({ arn, target, port }) => {
      const registration = `target.${arn}:${target}:${port}`;
      const input = { TargetGroupArn: arn, Targets: [{ Id: target, Port: port }] };
      return reversibleStep(
        `deregister:${arn.split(':').at(-1) ?? arn}:${target}:${port}`,
        does('a target group'),
        call('elasticloadbalancing:DeregisterTargets', input, [present(registration)]),
        {
          effect: [absent(registration)],
          inverse: call('elasticloadbalancing:RegisterTargets', input, [absent(registration)]),
          after,
          comesWith: after,
        },
      );
    });
    return { steps, notes: [] };
  }
  const of = (value: (name: string) => JsonObject) => ({
    TargetGroupArn: value('target.arn'),
    Targets: [{ Id: value('target.id'), Port: value('target.port') }],
  });
  const explanation =
    reading === undefined
      ? 'target groups are looked for in the account; there is one step for each that the instance is registered with'
      : `where the instance is registered cannot be read (${reading.code}): it is not deregistered`;
  // Registered nowhere when it is run, it counts as found so, and not as its own: which registrations to put back, nobody
  // knows.
  const isOut = equals('target-groups.registered', false);
  const step = reversibleStep(
    'deregister',
    does('each of its target groups'),
    call('elasticloadbalancing:DeregisterTargets', of(fact), [
      reading === undefined ? present('target.arn') : unreadable('target'),
    ]),
    {
      effect: [isOut],
      inverse: call('elasticloadbalancing:RegisterTargets', of(before), [isOut]),
      after,
    },
  );
  const code = reading === undefined ? 'target-groups-unseen' : 'target-groups-unreadable';
  return { steps: [step], notes: [{ code, explanation }] };
}
