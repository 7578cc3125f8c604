import assert from 'node:assert/strict';
import type { SecurityGroupFacts } from '../../../ports/containment.ts';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  type ContainmentCases,
  type ContainmentSubject,
  type ContractInstance,
  instanceScene,
} from './containment-subject.ts';

const everything = [
  { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
];

/** A scene with what its cases do to security groups. */
function networkScene(subject: ContainmentSubject, { instanceId, vpcId }: ContractInstance) {
  const scene = instanceScene(subject, instanceId);
  const groups = async () => {
    const reading = (await scene.observe()).groups;
    assert.equal(reading.state, 'read');
    return reading.state === 'read' ? reading.value : {};
  };
  return {
    call: scene.call.bind(scene),
    groups,
    interfaces: async () => {
      const { instance } = await scene.observe();
      return instance.state === 'read' ? instance.value.interfaces : instance;
    },
    /** Creates the open or the closed group, as AWS makes it, and gives its facts. */
    create: async (which: 'open' | 'closed'): Promise<SecurityGroupFacts> => {
      const GroupName = scene.marks[`${which}GroupName`];
      await scene.call('ec2:CreateSecurityGroup', { GroupName, Description: 'of a contract', VpcId: vpcId });
      const group = (await groups())[which];
      assert.ok(group !== undefined);
      return group;
    },
  };
}

/** What is promised of security groups and interfaces. */
export const networkCases: ContainmentCases = [
  {
    name: 'a new group lets nothing in and, by rules that it tells, all out',
    async run(subject) {
      const scene = networkScene(subject, await subject.createInstance());
      const closed = await scene.create('closed');
      const { id, isOpen, allowsIngress, allowsEgress } = closed;
      assertSameJson(
        { isOpen, allowsIngress, allowsEgress },
        { isOpen: false, allowsIngress: false, allowsEgress: true },
      );
      assertSameJson(closed.egress[0], { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
      assertSameJson(await scene.groups(), { closed });

      await scene.call('ec2:RevokeSecurityGroupEgress', { GroupId: id, IpPermissions: closed.egress });
      const shut = { id, isOpen: false, allowsIngress: false, allowsEgress: false, ingress: [], egress: [] };
      assertSameJson(await scene.groups(), { closed: shut });
    },
  },
  {
    name: 'a group is open once it lets in and out everything, by IPv4 and IPv6',
    async run(subject) {
      const scene = networkScene(subject, await subject.createInstance());
      const { id, egress } = await scene.create('open');
      const isOpen = async () => (await scene.groups()).open?.isOpen;
      await scene.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: id, IpPermissions: everything });
      await scene.call('ec2:RevokeSecurityGroupEgress', { GroupId: id, IpPermissions: egress });
      assert.equal(await isOpen(), false);
      await scene.call('ec2:AuthorizeSecurityGroupEgress', { GroupId: id, IpPermissions: everything });
      const rules = [
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      ];
      assertSameJson(await scene.groups(), {
        open: { id, isOpen: true, allowsIngress: true, allowsEgress: true, ingress: rules, egress: rules },
      });
      await scene.call('ec2:RevokeSecurityGroupIngress', { GroupId: id, IpPermissions: rules });
      const open = (await scene.groups()).open;
      assertSameJson([open?.isOpen, open?.allowsIngress], [false, false]);
    },
  },
  {
    name: 'a group of all ports of a protocol, or of one range of addresses, is not open',
    async run(subject) {
      const scene = networkScene(subject, await subject.createInstance());
      const { id } = await scene.create('open');
      const narrow = [
        { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      ];
      const outward = [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }];
      await scene.call('ec2:AuthorizeSecurityGroupIngress', { GroupId: id, IpPermissions: narrow });
      await scene.call('ec2:AuthorizeSecurityGroupEgress', { GroupId: id, IpPermissions: outward });
      const open = (await scene.groups()).open;
      assertSameJson([open?.isOpen, open?.allowsIngress], [false, true]);
    },
  },
  {
    name: 'a rule that a group has cannot be given, nor one taken that it has not, and the others of the call stay as they are',
    async run(subject) {
      const scene = networkScene(subject, await subject.createInstance());
      const { id, egress } = await scene.create('closed');
      const other = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
      const IpPermissions = [other, ...egress];
      await assertPortError(scene.call('ec2:AuthorizeSecurityGroupEgress', { GroupId: id, IpPermissions }), {
        kind: 'conflict',
        code: 'InvalidPermission.Duplicate',
      });
      await assertPortError(scene.call('ec2:RevokeSecurityGroupEgress', { GroupId: id, IpPermissions }), {
        kind: 'not-found',
        code: 'InvalidPermission.NotFound',
      });
      assertSameJson((await scene.groups()).closed?.egress, egress);
    },
  },
  {
    name: 'a VPC has one group of a name',
    async run(subject) {
      const scene = networkScene(subject, await subject.createInstance());
      const group = await scene.create('closed');
      await assertPortError(scene.create('closed'), { kind: 'conflict', code: 'InvalidGroup.Duplicate' });
      assertSameJson(await scene.groups(), { closed: group });
    },
  },
  {
    name: 'an interface changes its groups, the others stay as they are, and a group that is in use is not deleted',
    async run(subject) {
      const instance = await subject.createInstance();
      const [first, ...others] = instance.interfaces;
      assert.ok(first !== undefined && others.length > 0);
      const scene = networkScene(subject, instance);
      const { id } = await scene.create('closed');
      const swap = (Groups: readonly string[]) =>
        scene.call('ec2:ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: first.id, Groups });

      await swap([id]);
      assertSameJson(await scene.interfaces(), [{ id: first.id, groups: [id] }, ...others]);
      await assertPortError(scene.call('ec2:DeleteSecurityGroup', { GroupId: id }), {
        kind: 'conflict',
        code: 'DependencyViolation',
      });
      await swap(first.groups);
      assertSameJson(await scene.interfaces(), instance.interfaces);
      await scene.call('ec2:DeleteSecurityGroup', { GroupId: id });
      assertSameJson(await scene.groups(), {});
    },
  },
  {
    name: 'what a call names and is not there is not-found, and changes nothing',
    async run(subject) {
      const instance = await subject.createInstance();
      const scene = networkScene(subject, instance);
      const GroupId = 'sg-0fedcba9876543210';
      const NetworkInterfaceId = instance.interfaces[0]?.id ?? '';
      const absences = [
        ['ec2:DeleteSecurityGroup', { GroupId }, 'InvalidGroup.NotFound'],
        [
          'ec2:AuthorizeSecurityGroupIngress',
          { GroupId, IpPermissions: everything },
          'InvalidGroup.NotFound',
        ],
        ['ec2:RevokeSecurityGroupEgress', { GroupId, IpPermissions: everything }, 'InvalidGroup.NotFound'],
        [
          'ec2:ModifyNetworkInterfaceAttribute',
          { NetworkInterfaceId, Groups: [GroupId] },
          'InvalidGroup.NotFound',
        ],
        [
          'ec2:ModifyNetworkInterfaceAttribute',
          { NetworkInterfaceId: 'eni-0fedcba9876543210', Groups: instance.interfaces[0]?.groups ?? [] },
          'InvalidNetworkInterfaceID.NotFound',
        ],
        [
          'ec2:CreateSecurityGroup',
          { GroupName: 'a', Description: 'b', VpcId: 'vpc-0fedcba9876543210' },
          'InvalidVpcID.NotFound',
        ],
      ] as const;
      for (const [api, input, code] of absences) {
        await assertPortError(scene.call(api, input), { kind: 'not-found', code });
      }
      assertSameJson(await scene.interfaces(), instance.interfaces);
    },
  },
];
