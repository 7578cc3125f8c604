import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  type ContainmentCases,
  type ContainmentSubject,
  instanceScene,
  read,
  type ScalingSizes,
  whatIsRead,
} from './containment-subject.ts';

async function scalingScene(subject: ContainmentSubject, sizes: ScalingSizes) {
  const { instanceId, autoScalingGroup } = await subject.createInstance(sizes);
  const scene = instanceScene(subject, instanceId);
  const input = { AutoScalingGroupName: autoScalingGroup, InstanceIds: [instanceId] };
  return {
    member: { group: autoScalingGroup, lifecycle: 'InService', ...sizes },
    now: async () => whatIsRead((await scene.observe()).autoScaling),
    detach: (ShouldDecrementDesiredCapacity: boolean) =>
      scene.call('autoscaling:DetachInstances', { ...input, ShouldDecrementDesiredCapacity }),
    attach: () => scene.call('autoscaling:AttachInstances', input),
  };
}

const refused = { kind: 'permanent', code: 'ValidationError' } as const;

/** What is promised of Auto Scaling groups and target groups. */
export const scalingCases: ContainmentCases = [
  {
    name: 'an instance leaves its Auto Scaling group, which then wants one less, and comes back',
    async run(subject) {
      const scene = await scalingScene(subject, { desired: 2, minimum: 1, maximum: 2 });
      await scene.detach(true);
      assertSameJson(await scene.now(), undefined);
      await assertPortError(scene.detach(true), refused);
      await scene.attach();
      assertSameJson(await scene.now(), scene.member);
      await assertPortError(scene.attach(), refused);
    },
  },
  {
    name: 'a detachment that would leave less than the minimum is refused, unless the group keeps wanting as many',
    async run(subject) {
      const sizes = { desired: 1, minimum: 1, maximum: 2 };
      const scene = await scalingScene(subject, sizes);
      await assertPortError(scene.detach(true), refused);
      assertSameJson(await scene.now(), scene.member);
      await scene.detach(false);
      assertSameJson(await scene.now(), undefined);
      await scene.attach();
      assertSameJson(await scene.now(), { ...scene.member, desired: 2 });
    },
  },
  {
    name: 'an attachment that would leave more than the maximum is refused',
    async run(subject) {
      const scene = await scalingScene(subject, { desired: 1, minimum: 1, maximum: 1 });
      await scene.detach(false);
      await assertPortError(scene.attach(), refused);
      assertSameJson(await scene.now(), undefined);
    },
  },
  {
    name: 'a target is deregistered, and registered again, under its port alone',
    async run(subject) {
      const { instanceId, targetGroups } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      for (const gone of targetGroups) {
        const input = { TargetGroupArn: gone.arn, Targets: [{ Id: gone.target, Port: gone.port }] };
        const others = targetGroups.filter(target => target !== gone);
        // Twice: who is not registered needs no deregistration.
        await scene.call('elasticloadbalancing:DeregisterTargets', input);
        await scene.call('elasticloadbalancing:DeregisterTargets', input);
        assertSameJson((await scene.observe()).targetGroups, read(others));
        await scene.call('elasticloadbalancing:RegisterTargets', input);
        await scene.call('elasticloadbalancing:RegisterTargets', input);
        assertSameJson((await scene.observe()).targetGroups, read(targetGroups));
      }
    },
  },
  {
    name: 'a target group that is not there is not-found, and an instance that is not there, or in another VPC, no target',
    async run(subject) {
      const { instanceId, targetGroups } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      const byId = targetGroups.find(({ target }) => target === instanceId);
      const elsewhere = await subject.createInstance();
      const TargetGroupArn = `${byId?.arn}0`;
      for (const act of ['RegisterTargets', 'DeregisterTargets'] as const) {
        await assertPortError(
          scene.call(`elasticloadbalancing:${act}`, { TargetGroupArn, Targets: [{ Id: instanceId }] }),
          { kind: 'not-found', code: 'TargetGroupNotFoundException' },
        );
      }
      for (const Id of ['i-0fedcba9876543210', elsewhere.instanceId]) {
        const input = { TargetGroupArn: byId?.arn ?? '', Targets: [{ Id }] };
        await assertPortError(scene.call('elasticloadbalancing:RegisterTargets', input), {
          kind: 'conflict',
          code: 'InvalidTargetException',
        });
      }
      assertSameJson((await scene.observe()).targetGroups, read(targetGroups));
    },
  },
];
