import assert from 'node:assert/strict';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import { type ContainmentCases, instanceScene, newMarks, read, whatIsRead } from './containment-subject.ts';

const absentInstance = 'i-0fedcba9876543210';

/** What is promised of instances, their tags and their volumes. */
export const instanceCases: ContainmentCases = [
  {
    name: 'an instance is observed as it stands',
    async run(subject) {
      const instance = await subject.createInstance({ desired: 2, minimum: 1, maximum: 3 });
      const { vpcId, tags, interfaces, volumes, rootVolume, targetGroups } = instance;
      assertSameJson(await instanceScene(subject, instance.instanceId).observe(), {
        kind: 'instance',
        instance: read({ status: 'running', vpcId, tags, interfaces, volumes, rootVolume }),
        terminationProtection: read(false),
        snapshots: read([]),
        autoScaling: read({
          group: instance.autoScalingGroup,
          lifecycle: 'InService',
          desired: 2,
          minimum: 1,
          maximum: 3,
        }),
        targetGroups: read(targetGroups),
        groups: read({}),
      });
    },
  },
  {
    name: 'an instance in no Auto Scaling group has none',
    async run(subject) {
      const { instanceId } = await subject.createInstance();
      const { autoScaling } = await instanceScene(subject, instanceId).observe();
      assert.equal(autoScaling.state, 'read');
      assert.equal(whatIsRead(autoScaling), undefined);
    },
  },
  {
    name: 'of an instance that is not there the parts that are its own are gone',
    async run(subject) {
      const state = await instanceScene(subject, absentInstance).observe();
      const gone = { state: 'unreadable', reason: 'gone', code: 'InvalidInstanceID.NotFound' };
      assertSameJson(state, {
        kind: 'instance',
        instance: { ...gone, api: 'ec2:DescribeInstances' },
        terminationProtection: { ...gone, api: 'ec2:DescribeInstanceAttribute' },
        snapshots: read([]),
        autoScaling: { state: 'read' },
        targetGroups: { ...gone, api: 'ec2:DescribeInstances' },
        groups: { ...gone, api: 'ec2:DescribeInstances' },
      });
    },
  },
  {
    name: 'of an instance of another account nothing is known',
    async run(subject) {
      const { instanceId } = await subject.createInstance();
      const { region, containment } = subject;
      const target = { kind: 'instance', account: '999999999999', region, instanceId } as const;
      const { kind: _, ...parts } = await containment.observe(target, newMarks());
      for (const part of Object.values(parts)) {
        assert.equal(part.state, 'unreadable');
        assertSameJson({ ...part, api: '' }, { ...part, api: '', reason: 'failed', code: 'OtherAccount' });
      }
    },
  },
  {
    name: 'tags are put on, replaced and taken off, and the others stay',
    async run(subject) {
      const { instanceId, tags } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      const tagsNow = async () => {
        const { instance } = await scene.observe();
        return instance.state === 'read' ? instance.value.tags : instance;
      };
      const Resources = [instanceId];
      await scene.call('ec2:CreateTags', { Resources, Tags: [{ Key: 'a & <b>', Value: '"é' }] });
      assertSameJson(await tagsNow(), { ...tags, 'a & <b>': '"é' });
      await scene.call('ec2:CreateTags', { Resources, Tags: [{ Key: 'a & <b>', Value: '' }] });
      assertSameJson(await tagsNow(), { ...tags, 'a & <b>': '' });
      await scene.call('ec2:DeleteTags', { Resources, Tags: [{ Key: 'a & <b>', Value: 'other' }] });
      assertSameJson(await tagsNow(), { ...tags, 'a & <b>': '' });
      await scene.call('ec2:DeleteTags', { Resources, Tags: [{ Key: 'a & <b>' }, { Key: 'absent' }] });
      assertSameJson(await tagsNow(), tags);
    },
  },
  {
    name: 'a tag of AWS’s own is refused, and none of its call is put on',
    async run(subject) {
      const { instanceId, tags } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      const Tags = [
        { Key: 'ours', Value: 'x' },
        { Key: 'aws:theirs', Value: 'x' },
      ];
      await assertPortError(scene.call('ec2:CreateTags', { Resources: [instanceId], Tags }), {
        kind: 'permanent',
        code: 'InvalidParameterValue',
      });
      const { instance } = await scene.observe();
      assertSameJson(instance.state === 'read' ? instance.value.tags : instance, tags);
    },
  },
  {
    name: 'termination protection is switched on and off, and the call is named by its answer',
    async run(subject) {
      const { instanceId } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      for (const Value of [true, true, false]) {
        const answer = await scene.call('ec2:ModifyInstanceAttribute', {
          InstanceId: instanceId,
          DisableApiTermination: { Value },
        });
        assert.ok(answer.requestId !== undefined && answer.requestId.length > 0);
        assertSameJson((await scene.observe()).terminationProtection, read(Value));
      }
    },
  },
  {
    name: 'snapshots are found by our tag, one of each volume; a second call takes them again',
    async run(subject) {
      const { instanceId, volumes } = await subject.createInstance();
      const scene = instanceScene(subject, instanceId);
      const { key, value } = scene.marks.snapshotTag;
      const take = (Value: string) =>
        scene.call('ec2:CreateSnapshots', {
          InstanceSpecification: { InstanceId: instanceId },
          Description: 'evidence',
          TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: key, Value }] }],
        });
      const volumesNow = async () => {
        const { snapshots } = await scene.observe();
        return snapshots.state === 'read' ? snapshots.value.map(({ volumeId }) => volumeId) : snapshots;
      };
      // What a filter would let through that took our tag's value for a pattern.
      await take(`anything${value.slice(1, -2)}?\\`);
      assertSameJson(await volumesNow(), []);
      await take(value);
      assertSameJson(await volumesNow(), volumes);
      await take(value);
      assertSameJson(await volumesNow(), [...volumes, ...volumes].sort());
      const { snapshots } = await scene.observe();
      const ids = snapshots.state === 'read' ? snapshots.value.map(({ id }) => id) : [];
      assert.equal(new Set(ids).size, volumes.length * 2);
    },
  },
  ...(
    [
      ['ec2:CreateTags', { Resources: [absentInstance], Tags: [{ Key: 'a', Value: 'b' }] }],
      ['ec2:ModifyInstanceAttribute', { InstanceId: absentInstance, DisableApiTermination: { Value: true } }],
      ['ec2:CreateSnapshots', { InstanceSpecification: { InstanceId: absentInstance } }],
    ] as const
  ).map(([api, input]) => ({
    name: `${api} on an instance that is not there is not-found`,
    async run(subject: Parameters<ContainmentCases[number]['run']>[0]) {
      await assertPortError(instanceScene(subject, absentInstance).call(api, input), {
        kind: 'not-found',
        code: 'InvalidInstanceID.NotFound',
      });
    },
  })),
];
