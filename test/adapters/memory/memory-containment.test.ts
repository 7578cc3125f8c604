import { describe, expect, test } from '@jest/globals';
import { containmentContract } from '../../../src/adapters/contracts/containment-contract.ts';
import {
  MemoryContainment,
  type MemoryContainmentOptions,
} from '../../../src/adapters/memory/memory-containment.ts';
import type { ContainmentApi, ContainmentMarks } from '../../../src/ports/containment.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import { memorySubject } from './containment/memory-subject.ts';

describe(`the contract of ${containmentContract.port}`, () => {
  test.each(containmentContract.cases)('$name', ({ run }) => run(memorySubject()));
});

const account = '111122223333';
const region = 'us-east-1';
const target = { kind: 'instance', account, region, instanceId: 'i-1' } as const;
const marks: ContainmentMarks = {
  openGroupName: 'open',
  closedGroupName: 'closed',
  snapshotTag: { key: 'finding', value: 'f' },
  policyName: 'deny',
};

const web = {
  name: 'web',
  minimum: 0,
  maximum: 2,
  desired: 1,
  instances: [{ id: 'i-1', lifecycle: 'InService' }],
  targetGroups: ['arn-1'],
};

/** One of each thing. */
const seed = (): MemoryContainmentOptions => ({
  instances: [
    {
      id: 'i-1',
      vpcId: 'vpc-1',
      interfaces: [{ id: 'eni-1', groups: ['sg-1'] }],
      volumes: ['vol-root', 'vol-data', 'vol-more'],
    },
  ],
  securityGroups: [
    { id: 'sg-1', name: 'default', vpcId: 'vpc-1', ingress: [], egress: [] },
    { id: 'sg-2', name: 'other', vpcId: 'vpc-2', ingress: [{ protocol: '-1', peer: 'sg-3' }], egress: [] },
    { id: 'sg-3', name: 'named', vpcId: 'vpc-2', ingress: [], egress: [] },
  ],
  autoScalingGroups: [web],
  targetGroups: [
    {
      arn: 'arn-1',
      targetType: 'instance',
      vpcId: 'vpc-1',
      port: 80,
      targets: [
        { id: 'i-1', port: 80 },
        { id: 'i-2', port: 80 },
      ],
    },
    { arn: 'arn-2', targetType: 'ip', vpcId: 'vpc-1', port: 80, targets: [] },
  ],
  users: [{ name: 'eve', tags: { team: 'blue' } }],
  roles: [{ name: 'worker' }],
  buckets: [{ name: 'papers' }],
});

function account1(options: MemoryContainmentOptions = {}) {
  const containment = new MemoryContainment({ ...seed(), ...options });
  const call = (api: ContainmentApi, input: JsonObject, where = region) =>
    containment.perform({ api, region: where, input });
  return { containment, call };
}

describe('what is held', () => {
  test('is a copy of what it was made of, and is given as a copy', async () => {
    const options = seed();
    const containment = new MemoryContainment(options);
    options.users?.splice(0);
    containment.state.users.splice(0);
    const { tags } = await containment.observe({ kind: 'user', account, userName: 'eve' }, marks);
    if (tags.state === 'read') (tags.value as Record<string, string>)['team'] = 'changed';

    expect(containment.state).toEqual({ ...seed(), snapshots: [], dualStackVpcs: [] });
  });

  test('can be changed by others meanwhile', async () => {
    const { containment } = account1();
    containment.change(({ instances: [instance] }) => {
      if (instance !== undefined) instance.status = 'terminated';
    });
    const gone = {
      state: 'unreadable',
      reason: 'gone',
      api: 'ec2:DescribeInstances',
      code: 'IncorrectInstanceState',
    };
    expect(await containment.observe(target, marks)).toMatchObject({
      instance: { value: { status: 'terminated', vpcId: '', interfaces: [], volumes: [] } },
      targetGroups: gone,
      groups: gone,
    });
  });

  test('is of one region', async () => {
    const { containment, call } = account1();
    const elsewhere = { ...target, region: 'eu-central-1' };
    expect((await containment.observe(elsewhere, marks)).instance).toMatchObject({ reason: 'gone' });
    const input = { InstanceId: 'i-1', DisableApiTermination: { Value: true } };
    await expect(call('ec2:ModifyInstanceAttribute', input, 'eu-central-1')).rejects.toMatchObject({
      kind: 'not-found',
    });
    const policy = { UserName: 'eve', PolicyName: 'deny', PolicyDocument: '{"Statement":[]}' };
    await expect(call('iam:PutUserPolicy', policy, 'eu-central-1')).resolves.toMatchObject({});
  });
});

test('the calls that had their effect are kept, each under a request of its own', async () => {
  const { containment, call } = account1();
  const input = { Bucket: 'papers', PublicAccessBlockConfiguration: { BlockPublicAcls: true } };
  const first = await call('s3:PutPublicAccessBlock', input);
  await expect(call('s3:DeleteBucketPolicy', { Bucket: 'absent' })).rejects.toThrow('NoSuchBucket');
  const second = await call('s3:DeletePublicAccessBlock', { Bucket: 'papers' });

  expect(first.requestId).not.toEqual(second.requestId);
  expect(containment.performed).toEqual([
    { api: 's3:PutPublicAccessBlock', region, input },
    { api: 's3:DeletePublicAccessBlock', region, input: { Bucket: 'papers' } },
  ]);
});

describe('faults', () => {
  test('make a reading fail until they are mended', async () => {
    const { containment } = account1();
    containment.breakReading('ec2:DescribeInstances', { reason: 'denied', code: 'UnauthorizedOperation' });
    containment.breakReading('elasticloadbalancing:DescribeTargetHealth', {
      reason: 'throttled',
      code: 'Throttling',
    });
    const fact = {
      state: 'unreadable',
      reason: 'denied',
      api: 'ec2:DescribeInstances',
      code: 'UnauthorizedOperation',
    };
    expect(await containment.observe(target, marks)).toMatchObject({
      instance: fact,
      targetGroups: fact,
      groups: fact,
      terminationProtection: { state: 'read', value: false },
    });
    containment.mend('ec2:DescribeInstances');
    expect(await containment.observe(target, marks)).toMatchObject({
      instance: { state: 'read' },
      targetGroups: { reason: 'throttled', api: 'elasticloadbalancing:DescribeTargetHealth' },
      groups: { state: 'read' },
    });
  });

  test('make a call fail before its effect until they are mended', async () => {
    const { containment, call } = account1();
    containment.refuse('s3:PutBucketPolicy', { kind: 'denied', code: 'AccessDenied' });
    const input = { Bucket: 'papers', Policy: '{"Statement":[]}' };
    await expect(call('s3:PutBucketPolicy', input)).rejects.toMatchObject({
      kind: 'denied',
      code: 'AccessDenied',
      operation: 'Containment.perform',
    });
    expect(containment.performed).toEqual([]);
    expect(containment.state.buckets).toEqual([{ name: 'papers' }]);
    containment.mend('s3:PutBucketPolicy');
    await call('s3:PutBucketPolicy', input);
    expect(containment.state.buckets).toEqual([{ name: 'papers', policy: '{"Statement":[]}' }]);
  });
});

describe('snapshots', () => {
  const taken = async (specification: JsonObject) => {
    const { containment, call } = account1();
    const InstanceSpecification = { InstanceId: 'i-1', ...specification };
    await call('ec2:CreateSnapshots', { InstanceSpecification });
    return containment.state.snapshots.map(({ volumeId }) => volumeId);
  };
  test.each<[JsonObject, readonly string[]]>([
    [{}, ['vol-root', 'vol-data', 'vol-more']],
    [{ ExcludeBootVolume: true }, ['vol-data', 'vol-more']],
    [{ ExcludeBootVolume: false, ExcludeDataVolumeIds: ['vol-data'] }, ['vol-root', 'vol-more']],
  ])('of %j', async (specification, volumes) => expect(await taken(specification)).toEqual(volumes));

  test('that failed are none', async () => {
    const tags = { finding: 'f' };
    const { containment } = account1({
      snapshots: [
        { id: 'snap-1', volumeId: 'vol-root', state: 'error', tags },
        { id: 'snap-2', volumeId: 'vol-data', state: 'pending', tags },
      ],
    });
    expect((await containment.observe(target, marks)).snapshots).toEqual({
      state: 'read',
      value: [{ id: 'snap-2', volumeId: 'vol-data' }],
    });
  });
});

test('a new group lets out by IPv6 as well where its VPC has that', async () => {
  const { containment, call } = account1({ dualStackVpcs: ['vpc-1'] });
  await call('ec2:CreateSecurityGroup', { GroupName: 'closed', Description: 'closed', VpcId: 'vpc-1' });
  expect((await containment.observe(target, marks)).groups).toMatchObject({
    value: {
      closed: {
        isOpen: false,
        egress: [
          { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
          { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        ],
      },
    },
  });
});

test('rules of every peer are told apart, and as they can be revoked', async () => {
  const { containment, call } = account1();
  await call('ec2:CreateSecurityGroup', { GroupName: 'closed', Description: 'closed', VpcId: 'vpc-1' });
  const GroupId = containment.state.securityGroups.at(-1)?.id ?? '';
  const tcp = { IpProtocol: 'tcp', FromPort: 1, ToPort: 2 };
  const IpPermissions = [
    { ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
    { ...tcp, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
  ];
  await call('ec2:AuthorizeSecurityGroupEgress', { GroupId, IpPermissions });
  const { groups } = await containment.observe(target, marks);
  const closed = groups.state === 'read' ? groups.value.closed : undefined;
  expect(closed?.egress.slice(1)).toEqual(IpPermissions);
  await call('ec2:RevokeSecurityGroupEgress', { GroupId, IpPermissions: closed?.egress ?? [] });
  expect((await containment.observe(target, marks)).groups).toMatchObject({
    value: { closed: { egress: [], allowsEgress: false } },
  });
});

test('who leaves an Auto Scaling group leaves its target groups, and comes back to them', async () => {
  const { containment, call } = account1();
  const input = { AutoScalingGroupName: 'web', InstanceIds: ['i-1'] };
  await call('autoscaling:DetachInstances', { ...input, ShouldDecrementDesiredCapacity: true });
  expect(containment.state.targetGroups[0]?.targets).toEqual([{ id: 'i-2', port: 80 }]);
  expect(containment.state.autoScalingGroups).toEqual([{ ...web, desired: 0, instances: [] }]);
  await call('autoscaling:AttachInstances', input);
  expect(containment.state.targetGroups[0]?.targets).toContainEqual({ id: 'i-1', port: 80 });
  expect(containment.state.autoScalingGroups).toEqual([web]);
});

describe('what AWS refuses is refused, and changes nothing', () => {
  const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  const attach = { AutoScalingGroupName: 'web', InstanceIds: ['i-1'] };
  const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}` }));
  const publicPolicy = (statement: object) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });

  test.each<[ContainmentApi, JsonObject, string]>([
    ['ec2:CreateTags', { Resources: ['snap-9'], Tags: [] }, 'InvalidID'],
    ['ec2:CreateTags', { Resources: ['i-1', 'sg-9'], Tags: [{ Key: 'a', Value: 'b' }] }, 'InvalidID'],
    ['ec2:CreateTags', { Resources: ['i-1'], Tags: tags(51) }, 'TagLimitExceeded'],
    ['ec2:CreateTags', { Resources: ['i-1'], Tags: [{ Key: 'k'.repeat(129) }] }, 'InvalidParameterValue'],
    ['ec2:CreateTags', { Resources: ['i-1'], Tags: [{ Key: 'Aws:x' }] }, 'InvalidParameterValue'],
    [
      'ec2:CreateSnapshots',
      {
        InstanceSpecification: { InstanceId: 'i-1' },
        TagSpecifications: [{ ResourceType: 'volume', Tags: [] }],
      },
      'InvalidParameterValue',
    ],
    [
      'ec2:CreateSecurityGroup',
      { GroupName: 'sg-x', Description: 'd', VpcId: 'vpc-1' },
      'InvalidParameterValue',
    ],
    [
      'ec2:CreateSecurityGroup',
      { GroupName: 'é', Description: 'd', VpcId: 'vpc-1' },
      'InvalidParameterValue',
    ],
    [
      'ec2:CreateSecurityGroup',
      { GroupName: 'x', Description: '<', VpcId: 'vpc-1' },
      'InvalidParameterValue',
    ],
    ['ec2:DeleteSecurityGroup', { GroupId: 'sg-1' }, 'CannotDelete'],
    ['ec2:DeleteSecurityGroup', { GroupId: 'sg-3' }, 'DependencyViolation'],
    ['ec2:AuthorizeSecurityGroupIngress', { GroupId: 'sg-1', IpPermissions: [] }, 'ValidationError'],
    [
      'ec2:AuthorizeSecurityGroupIngress',
      { GroupId: 'sg-1', IpPermissions: [...all, ...all] },
      'InvalidPermission.Duplicate',
    ],
    ['ec2:ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: 'eni-1', Groups: [] }, 'ValidationError'],
    [
      'ec2:ModifyNetworkInterfaceAttribute',
      { NetworkInterfaceId: 'eni-1', Groups: ['sg-2'] },
      'InvalidParameter',
    ],
    [
      'ec2:ModifyNetworkInterfaceAttribute',
      { NetworkInterfaceId: 'eni-1', Groups: ['1', '2', '3', '4', '5', '6'] },
      'SecurityGroupsPerInterfaceLimitExceeded',
    ],
    ['autoscaling:AttachInstances', attach, 'ValidationError'],
    ['autoscaling:AttachInstances', { ...attach, InstanceIds: ['i-9'] }, 'ValidationError'],
    ['autoscaling:AttachInstances', { ...attach, AutoScalingGroupName: 'absent' }, 'ValidationError'],
    [
      'autoscaling:DetachInstances',
      { ...attach, InstanceIds: [], ShouldDecrementDesiredCapacity: true },
      'ValidationError',
    ],
    ['elasticloadbalancing:RegisterTargets', { TargetGroupArn: 'arn-1', Targets: [] }, 'ValidationError'],
    [
      'iam:UpdateAccessKey',
      { UserName: 'eve', AccessKeyId: 'constructor', Status: 'Inactive' },
      'NoSuchEntityException',
    ],
    ['iam:UpdateAccessKey', { UserName: 'eve', AccessKeyId: 'A', Status: 'inactive' }, 'ValidationError'],
    [
      'iam:PutRolePolicy',
      { RoleName: 'worker', PolicyName: 'p', PolicyDocument: '[]' },
      'MalformedPolicyDocumentException',
    ],
    [
      's3:PutBucketPolicy',
      { Bucket: 'papers', Policy: `{"Statement":"${'x'.repeat(20_480)}"}` },
      'MalformedPolicy',
    ],
    // Not of AWS: what a member of another name or type would do there is not found out here.
    ['ec2:DeleteSecurityGroup', { GroupName: 'named' }, 'NotModelled'],
    ['ec2:DeleteSecurityGroup', { GroupId: 1 }, 'ValidationError'],
    ['ec2:DeleteSecurityGroup', {}, 'ValidationError'],
    ['ec2:CreateTags', { Resources: 'i-1', Tags: [] }, 'ValidationError'],
    ['ec2:CreateTags', { Resources: [1], Tags: [] }, 'ValidationError'],
    ['ec2:CreateTags', { Resources: ['i-1'], Tags: ['a'] }, 'ValidationError'],
    ['ec2:ModifyInstanceAttribute', { InstanceId: 'i-1', DisableApiTermination: true }, 'ValidationError'],
    [
      'ec2:ModifyInstanceAttribute',
      { InstanceId: 'i-1', DisableApiTermination: { Value: 'true' } },
      'ValidationError',
    ],
    [
      'elasticloadbalancing:RegisterTargets',
      { TargetGroupArn: 'arn-2', Targets: [{ Id: 'a', Port: '80' }] },
      'ValidationError',
    ],
  ])('%s, case %#', async (api, input, code) => {
    const { containment, call } = account1();
    const before = containment.state;
    await expect(call(api, input)).rejects.toMatchObject({ code });
    expect(containment.state).toEqual(before);
    expect(containment.performed).toEqual([]);
  });

  test('though its fault be found only once it is half done', async () => {
    const { containment, call } = account1();
    await call('ec2:CreateTags', { Resources: ['i-1'], Tags: [{ Key: 'a', Value: 'b' }] });
    const Tags = [{ Key: 'a' }, { Value: 'of no key' }];
    await expect(call('ec2:DeleteTags', { Resources: ['i-1'], Tags })).rejects.toMatchObject({
      code: 'ValidationError',
    });
    expect(containment.state.instances[0]?.tags).toEqual({ a: 'b' });
  });

  test.each<[ContainmentApi, JsonObject]>([
    ['ec2:ModifyInstanceAttribute', { InstanceId: 'i-1', DisableApiTermination: { Value: true } }],
    ['ec2:CreateSnapshots', { InstanceSpecification: { InstanceId: 'i-1' } }],
  ])('of a terminated instance: %s', async (api, input) => {
    const { containment, call } = account1();
    containment.change(({ instances: [instance] }) => {
      if (instance !== undefined) instance.status = 'terminated';
    });
    await expect(call(api, input)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'IncorrectInstanceState',
    });
  });

  test.each<[string, boolean]>([
    [publicPolicy({ Principal: '*' }), true],
    [publicPolicy({ Principal: { AWS: '*' } }), true],
    [publicPolicy({ Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } }), true],
    [publicPolicy({ Principal: '*', Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }), false],
    [publicPolicy({ Principal: '*', Effect: 'Deny' }), false],
    [publicPolicy({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }), false],
    ['{"Statement":{"Effect":"Allow","Principal":"*"}}', true],
  ])('where public policies are blocked: %s', async (Policy, isRefused) => {
    const block = {
      blockPublicAcls: false,
      ignorePublicAcls: false,
      blockPublicPolicy: true,
      restrictPublicBuckets: false,
    };
    const { containment, call } = account1({ buckets: [{ name: 'papers', publicAccessBlock: block }] });
    await call('s3:PutBucketPolicy', { Bucket: 'papers', Policy }).catch((error: unknown) =>
      expect(error).toMatchObject({ kind: 'denied', code: 'AccessDenied' }),
    );
    expect(containment.state.buckets[0]?.policy).toEqual(isRefused ? undefined : Policy);
  });
});

test('names of JavaScript’s own are names like others', async () => {
  const { containment, call } = account1();
  const Tags = ['__proto__', 'constructor'].map(Key => ({ Key, Value: 'x' }));
  await call('ec2:CreateTags', { Resources: ['i-1', 'sg-1'], Tags });
  const names = () => containment.state.instances.map(({ tags }) => Object.keys(tags ?? {}));
  expect(names()).toEqual([['__proto__', 'constructor']]);
  await call('ec2:DeleteTags', { Resources: ['i-1'], Tags: [{ Key: '__proto__' }] });
  expect(names()).toEqual([['constructor']]);
  const user = { kind: 'user', account, userName: 'eve', accessKeyId: 'constructor' } as const;
  const state = await containment.observe(user, { ...marks, policyName: 'toString' });
  expect(state.policy).toEqual({ state: 'read' });
  expect(state.accessKey).toMatchObject({ reason: 'gone' });
});
