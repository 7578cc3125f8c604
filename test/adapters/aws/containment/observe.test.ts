import { describe, expect, test } from '@jest/globals';
import type { ContainmentMarks, ContainmentTarget } from '../../../../src/ports/containment.ts';
import { type Script, scriptedContainment, serviceError } from './scripted-clients.ts';

const account = '111122223333';
const region = 'eu-central-1';
const instance = { kind: 'instance', account, region, instanceId: 'i-1' } as const;
const user = { kind: 'user', account, userName: 'eve', accessKeyId: 'AKIA2' } as const;
const role = { kind: 'role', account, roleName: 'worker' } as const;
const bucket = { kind: 'bucket', account, region, bucket: 'papers' } as const;

const marks: ContainmentMarks = {
  openGroupName: 'open*?\\',
  closedGroupName: 'closed',
  snapshotTag: { key: 'find*ing', value: 'f?\\1' },
  policyName: 'deny',
};

const groupArn = (name: string) => `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/0`;
const registered = (Id: string, Port: number, State = 'healthy', Reason?: string) => ({
  Target: { Id, Port },
  TargetHealth: { State, Reason },
});

const described = {
  Reservations: [
    {
      Instances: [
        {
          InstanceId: 'i-1',
          State: { Name: 'running' },
          VpcId: 'vpc-1',
          NetworkInterfaces: [
            {
              NetworkInterfaceId: 'eni-2',
              Groups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-1' }],
              PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.4' }, { PrivateIpAddress: '10.0.0.5' }],
              Ipv6Addresses: [{ Ipv6Address: '2001:db8::4' }],
            },
            { NetworkInterfaceId: 'eni-1' },
          ],
          RootDeviceName: '/dev/xvda',
          BlockDeviceMappings: [
            { Ebs: { VolumeId: 'vol-2' } },
            {},
            { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1' } },
          ],
        },
      ],
    },
  ],
};

const whole: Script = {
  'ec2:DescribeInstances': described,
  'ec2:DescribeInstanceAttribute': { DisableApiTermination: { Value: true } },
  'ec2:DescribeSnapshots': [
    {
      Snapshots: [
        {
          SnapshotId: 'snap-2',
          VolumeId: 'vol-2',
          State: 'pending',
          Tags: [{ Key: 'find*ing', Value: 'f?\\1' }],
        },
        {
          SnapshotId: 'snap-3',
          VolumeId: 'vol-1',
          State: 'error',
          Tags: [{ Key: 'find*ing', Value: 'f?\\1' }],
        },
      ],
      NextToken: 'more snapshots',
    },
    {
      Snapshots: [
        {
          SnapshotId: 'snap-1',
          VolumeId: 'vol-1',
          State: 'completed',
          Tags: [{ Key: 'find*ing', Value: 'f?\\1' }],
        },
        {
          SnapshotId: 'snap-4',
          VolumeId: 'vol-1',
          State: 'completed',
          Tags: [{ Key: 'find*ing', Value: 'f0\\1' }],
        },
      ],
    },
  ],
  'ec2:DescribeSecurityGroups': [
    { SecurityGroups: [{ GroupId: 'sg-8', GroupName: 'open or another' }], NextToken: 'more groups' },
    { SecurityGroups: [{ GroupId: 'sg-9', GroupName: 'closed' }] },
  ],
  'autoscaling:DescribeAutoScalingInstances': {
    AutoScalingInstances: [{ AutoScalingGroupName: 'web', LifecycleState: 'Standby' }],
  },
  'autoscaling:DescribeAutoScalingGroups': {
    AutoScalingGroups: [{ DesiredCapacity: 2, MinSize: 1, MaxSize: 4 }],
  },
  'elasticloadbalancing:DescribeTargetGroups': [
    {
      TargetGroups: [
        { TargetGroupArn: groupArn('b'), TargetType: 'ip', VpcId: 'vpc-1', Port: 443 },
        { TargetGroupArn: groupArn('elsewhere'), TargetType: 'ip', VpcId: 'vpc-2', Port: 443 },
      ],
      NextMarker: 'more target groups',
    },
    {
      TargetGroups: [
        { TargetGroupArn: groupArn('a'), TargetType: 'instance', VpcId: 'vpc-1', Port: 80 },
        { TargetGroupArn: groupArn('balancer'), TargetType: 'alb', VpcId: 'vpc-1', Port: 80 },
        { TargetGroupArn: groupArn('function'), TargetType: 'lambda' },
      ],
    },
  ],
  'elasticloadbalancing:DescribeTargetHealth': [
    {
      TargetHealthDescriptions: [
        registered('10.0.0.5', 444),
        registered('10.0.0.6', 443),
        registered('2001:db8::4', 443, 'unhealthy.draining'),
        registered('10.0.0.4', 443, 'draining', 'Target.DeregistrationInProgress'),
      ],
    },
    {
      TargetHealthDescriptions: [
        registered('i-1', 8081, 'unused', 'Target.NotInUse'),
        registered('i-1', 90),
        registered('i-2', 80),
        registered('i-1', 80, 'unused', 'Target.NotRegistered'),
      ],
    },
  ],
  'iam:GetUser': { User: { Tags: [{ Key: 'team', Value: 'blue' }] } },
  'iam:GetUserPolicy': { PolicyDocument: '%7B%22a%2B%20%22%3A%27%C3%A9%27%7D' },
  'iam:ListAccessKeys': [
    {
      AccessKeyMetadata: [{ AccessKeyId: 'AKIA1', Status: 'Active' }],
      IsTruncated: true,
      Marker: 'more keys',
    },
    { AccessKeyMetadata: [{ AccessKeyId: 'AKIA2', Status: 'Inactive' }], IsTruncated: false },
  ],
  'iam:GetRole': { Role: { Path: '/teams/', Tags: [{ Key: 'team', Value: 'red' }] } },
  'iam:GetRolePolicy': { PolicyDocument: '%7B%7D' },
  's3:GetBucketTagging': { TagSet: [{ Key: 'class', Value: 'secret' }] },
  's3:GetPublicAccessBlock': {
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: false },
  },
  's3:GetBucketPolicy': { Policy: '{ "Statement": [] }' },
};

const askedOwner = { Bucket: 'papers', ExpectedBucketOwner: account };

describe('observing asks exactly', () => {
  test.each<[ContainmentTarget, Readonly<Record<string, readonly object[]>>, string]>([
    [
      instance,
      {
        'ec2:DescribeInstances': [{ InstanceIds: ['i-1'] }],
        'ec2:DescribeInstanceAttribute': [{ InstanceId: 'i-1', Attribute: 'disableApiTermination' }],
        'ec2:DescribeSnapshots': [
          {
            OwnerIds: ['self'],
            Filters: [{ Name: 'tag:find\\*ing', Values: ['f\\?\\\\1'] }],
            MaxResults: 1000,
          },
          {
            OwnerIds: ['self'],
            Filters: [{ Name: 'tag:find\\*ing', Values: ['f\\?\\\\1'] }],
            MaxResults: 1000,
            NextToken: 'more snapshots',
          },
        ],
        'autoscaling:DescribeAutoScalingInstances': [{ InstanceIds: ['i-1'] }],
        'autoscaling:DescribeAutoScalingGroups': [{ AutoScalingGroupNames: ['web'] }],
        'elasticloadbalancing:DescribeTargetGroups': [
          { PageSize: 400 },
          { PageSize: 400, Marker: 'more target groups' },
        ],
        'elasticloadbalancing:DescribeTargetHealth': [
          { TargetGroupArn: groupArn('b') },
          { TargetGroupArn: groupArn('a') },
        ],
        'ec2:DescribeSecurityGroups': [undefined, 'more groups'].map(NextToken => ({
          Filters: [
            { Name: 'vpc-id', Values: ['vpc-1'] },
            { Name: 'group-name', Values: ['open\\*\\?\\\\', 'closed'] },
          ],
          MaxResults: 1000,
          NextToken,
        })),
      },
      region,
    ],
    [
      user,
      {
        'iam:GetUser': [{ UserName: 'eve' }],
        'iam:GetUserPolicy': [{ UserName: 'eve', PolicyName: 'deny' }],
        'iam:ListAccessKeys': [{ UserName: 'eve' }, { UserName: 'eve', Marker: 'more keys' }],
      },
      '',
    ],
    [
      role,
      {
        'iam:GetRole': [{ RoleName: 'worker' }],
        'iam:GetRolePolicy': [{ RoleName: 'worker', PolicyName: 'deny' }],
      },
      '',
    ],
    [
      bucket,
      {
        's3:GetBucketTagging': [askedOwner],
        's3:GetPublicAccessBlock': [askedOwner],
        's3:GetBucketPolicy': [askedOwner],
      },
      region,
    ],
  ])('%j', async (target, expected, askedRegion) => {
    const { containment, calls } = scriptedContainment(whole);
    await containment.observe(target, marks);

    const asked = Object.groupBy(calls, ({ api }) => api);
    expect(
      Object.fromEntries(Object.entries(asked).map(([api, made]) => [api, made?.map(({ input }) => input)])),
    ).toEqual(expected);
    expect(new Set(calls.map(call => call.region))).toEqual(new Set([askedRegion]));
  });
});

const observed: Readonly<Record<ContainmentTarget['kind'], object>> = {
  instance: {
    kind: 'instance',
    instance: {
      state: 'read',
      value: {
        status: 'running',
        vpcId: 'vpc-1',
        tags: {},
        interfaces: [
          { id: 'eni-1', groups: [] },
          { id: 'eni-2', groups: ['sg-1', 'sg-2'] },
        ],
        volumes: ['vol-1', 'vol-2'],
        rootVolume: 'vol-1',
      },
    },
    terminationProtection: { state: 'read', value: true },
    snapshots: {
      state: 'read',
      value: [
        { id: 'snap-1', volumeId: 'vol-1' },
        { id: 'snap-2', volumeId: 'vol-2' },
      ],
    },
    autoScaling: {
      state: 'read',
      value: { group: 'web', lifecycle: 'Standby', desired: 2, minimum: 1, maximum: 4 },
    },
    targetGroups: {
      state: 'read',
      value: [
        { arn: groupArn('a'), target: 'i-1', port: 90 },
        { arn: groupArn('a'), target: 'i-1', port: 8081 },
        { arn: groupArn('b'), target: '10.0.0.5', port: 444 },
        { arn: groupArn('b'), target: '2001:db8::4', port: 443 },
      ],
    },
    groups: {
      state: 'read',
      value: {
        closed: {
          id: 'sg-9',
          isOpen: false,
          allowsIngress: false,
          allowsEgress: false,
          ingress: [],
          egress: [],
        },
      },
    },
  },
  user: {
    kind: 'user',
    tags: { state: 'read', value: { team: 'blue' } },
    policy: { state: 'read', value: '{"a+ ":\'é\'}' },
    accessKey: { state: 'read', value: 'Inactive' },
  },
  role: {
    kind: 'role',
    role: { state: 'read', value: { path: '/teams/', tags: { team: 'red' } } },
    policy: { state: 'read', value: '{}' },
  },
  bucket: {
    kind: 'bucket',
    tags: { state: 'read', value: { class: 'secret' } },
    publicAccessBlock: {
      state: 'read',
      value: {
        blockPublicAcls: true,
        ignorePublicAcls: false,
        blockPublicPolicy: false,
        restrictPublicBuckets: false,
      },
    },
    policy: { state: 'read', value: '{ "Statement": [] }' },
  },
};

const targets: readonly ContainmentTarget[] = [instance, user, role, bucket];

test.each(targets)('what is answered of $kind is put together from all pages', async target => {
  const { containment } = scriptedContainment(whole);
  expect(await containment.observe(target, marks)).toEqual(observed[target.kind]);
});

describe('what cannot be read is a fact, and hides no other', () => {
  const parts: readonly (readonly [string, ContainmentTarget, readonly string[]])[] = [
    ['ec2:DescribeInstances', instance, ['instance', 'targetGroups', 'groups']],
    ['ec2:DescribeInstanceAttribute', instance, ['terminationProtection']],
    ['ec2:DescribeSnapshots', instance, ['snapshots']],
    ['ec2:DescribeSecurityGroups', instance, ['groups']],
    ['autoscaling:DescribeAutoScalingInstances', instance, ['autoScaling']],
    ['autoscaling:DescribeAutoScalingGroups', instance, ['autoScaling']],
    ['elasticloadbalancing:DescribeTargetGroups', instance, ['targetGroups']],
    ['elasticloadbalancing:DescribeTargetHealth', instance, ['targetGroups']],
    ['iam:GetUser', user, ['tags']],
    ['iam:GetUserPolicy', user, ['policy']],
    ['iam:ListAccessKeys', user, ['accessKey']],
    ['iam:GetRole', role, ['role']],
    ['iam:GetRolePolicy', role, ['policy']],
    ['s3:GetBucketTagging', bucket, ['tags']],
    ['s3:GetPublicAccessBlock', bucket, ['publicAccessBlock']],
    ['s3:GetBucketPolicy', bucket, ['policy']],
  ];
  const faults = [
    ['denied', 'AccessDenied', 403],
    ['denied', 'UnauthorizedOperation', 403],
    ['throttled', 'RequestLimitExceeded', 503],
    ['failed', 'InternalError', 500],
  ] as const;

  test.each(parts.flatMap(part => faults.map(fault => [...part, ...fault] as const)))(
    '%s',
    async (api, target, unread, reason, code, status) => {
      const { containment } = scriptedContainment({ ...whole, [api]: serviceError(code, status) });
      const fact = { state: 'unreadable', reason, api, code };
      expect(await containment.observe(target, marks)).toEqual({
        ...observed[target.kind],
        ...Object.fromEntries(unread.map(part => [part, fact])),
      });
    },
  );
});

describe('of an instance', () => {
  test('that is terminated no network is looked for', async () => {
    const terminated = { InstanceId: 'i-1', State: { Name: 'terminated' }, Tags: [{ Key: 'a', Value: 'b' }] };
    const { containment, calls } = scriptedContainment({
      ...whole,
      'ec2:DescribeInstances': { Reservations: [{ Instances: [terminated] }] },
    });
    const gone = {
      state: 'unreadable',
      reason: 'gone',
      api: 'ec2:DescribeInstances',
      code: 'IncorrectInstanceState',
    };
    expect(await containment.observe(instance, marks)).toMatchObject({
      instance: {
        state: 'read',
        value: { status: 'terminated', vpcId: '', tags: { a: 'b' }, interfaces: [], volumes: [] },
      },
      targetGroups: gone,
      groups: gone,
    });
    expect(calls.map(({ api }) => api)).not.toContain('ec2:DescribeSecurityGroups');
    expect(calls.map(({ api }) => api)).not.toContain('elasticloadbalancing:DescribeTargetGroups');
  });

  test('that no answer names it is gone', async () => {
    const { containment } = scriptedContainment({});
    expect((await containment.observe(instance, marks)).instance).toMatchObject({
      reason: 'gone',
      code: 'InvalidInstanceID.NotFound',
    });
  });

  test('the Auto Scaling group is none once it is detached, and gone where the group is', async () => {
    const api = 'autoscaling:DescribeAutoScalingInstances';
    const detached = { AutoScalingInstances: [{ AutoScalingGroupName: 'web', LifecycleState: 'Detached' }] };
    const left = scriptedContainment({ ...whole, [api]: detached });
    expect((await left.containment.observe(instance, marks)).autoScaling).toEqual({ state: 'read' });

    const deleted = scriptedContainment({ ...whole, 'autoscaling:DescribeAutoScalingGroups': {} });
    expect((await deleted.containment.observe(instance, marks)).autoScaling).toMatchObject({
      reason: 'gone',
      api: 'autoscaling:DescribeAutoScalingGroups',
    });
  });

  test('a target group that was deleted since it was listed has no targets', async () => {
    const { containment } = scriptedContainment({
      ...whole,
      'elasticloadbalancing:DescribeTargetHealth': serviceError('TargetGroupNotFoundException'),
    });
    expect((await containment.observe(instance, marks)).targetGroups).toEqual({ state: 'read', value: [] });
  });

  test('many target groups are all asked', async () => {
    const TargetGroups = Array.from({ length: 23 }, (_, index) => ({
      TargetGroupArn: groupArn(String(index)),
      TargetType: 'instance',
      VpcId: 'vpc-1',
      Port: 80,
    }));
    const { containment } = scriptedContainment({
      ...whole,
      'elasticloadbalancing:DescribeTargetGroups': { TargetGroups },
      'elasticloadbalancing:DescribeTargetHealth': { TargetHealthDescriptions: [registered('i-1', 80)] },
    });
    const { targetGroups } = await containment.observe(instance, marks);
    expect(targetGroups.state === 'read' && targetGroups.value.map(({ arn }) => arn).toSorted()).toEqual(
      TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn).toSorted(),
    );
  });
});

describe('of a security group', () => {
  const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };

  test('every rule is told by itself, as it can be revoked', async () => {
    const group = {
      GroupId: 'sg-9',
      GroupName: 'closed',
      IpPermissions: [all],
      IpPermissionsEgress: [
        {
          ...all,
          IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }],
          UserIdGroupPairs: [],
          PrefixListIds: [],
        },
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 444,
          UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: account }],
          PrefixListIds: [{ PrefixListId: 'pl-1' }],
        },
      ],
    };
    const { containment } = scriptedContainment({
      ...whole,
      'ec2:DescribeSecurityGroups': { SecurityGroups: [group] },
    });
    const tcp = { IpProtocol: 'tcp', FromPort: 443, ToPort: 444 };
    expect((await containment.observe(instance, marks)).groups).toEqual({
      state: 'read',
      value: {
        closed: {
          id: 'sg-9',
          isOpen: true,
          allowsIngress: true,
          allowsEgress: true,
          ingress: [
            { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
            { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
          ],
          egress: [
            { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
            { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
            { ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
            { ...tcp, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
          ],
        },
      },
    });
  });
});

describe('absence is a value', () => {
  test.each<[string, string, ContainmentTarget, object]>([
    ['iam:GetUserPolicy', 'NoSuchEntityException', user, { policy: { state: 'read', value: undefined } }],
    ['iam:GetRolePolicy', 'NoSuchEntityException', role, { policy: { state: 'read', value: undefined } }],
    ['s3:GetBucketTagging', 'NoSuchTagSet', bucket, { tags: { state: 'read', value: {} } }],
    [
      's3:GetPublicAccessBlock',
      'NoSuchPublicAccessBlockConfiguration',
      bucket,
      { publicAccessBlock: { state: 'read', value: undefined } },
    ],
    ['s3:GetBucketPolicy', 'NoSuchBucketPolicy', bucket, { policy: { state: 'read', value: undefined } }],
  ])('%s: %s', async (api, code, target, part) => {
    const { containment } = scriptedContainment({ ...whole, [api]: serviceError(code, 404) });
    expect(await containment.observe(target, marks)).toEqual({ ...observed[target.kind], ...part });
  });

  test('but an absent policy of a user that cannot be read is no proof that the user is gone', async () => {
    const { containment } = scriptedContainment({
      ...whole,
      'iam:GetUser': serviceError('AccessDenied', 403),
      'iam:GetUserPolicy': serviceError('NoSuchEntityException', 404),
    });
    const { tags, policy } = await containment.observe(user, marks);
    expect(tags).toMatchObject({ reason: 'denied' });
    expect(policy).toEqual({ state: 'read', value: undefined });
  });
});

test('a policy whose encoding is broken cannot be read', async () => {
  const { containment } = scriptedContainment({ ...whole, 'iam:GetUserPolicy': { PolicyDocument: '%7' } });
  expect((await containment.observe(user, marks)).policy).toEqual({
    state: 'unreadable',
    reason: 'failed',
    api: 'iam:GetUserPolicy',
    code: 'URIError',
  });
});

test('keys are not asked for where none is in question', async () => {
  const { containment, calls } = scriptedContainment(whole);
  const state = await containment.observe({ kind: 'user', account, userName: 'eve' }, marks);
  expect(state).not.toHaveProperty('accessKey');
  expect(calls.map(({ api }) => api)).not.toContain('iam:ListAccessKeys');
});

test.each(targets)('nothing is asked about $kind of another account', async target => {
  const { containment, calls } = scriptedContainment(whole);
  await containment.observe({ ...target, account: '999999999999' }, marks);
  expect(calls).toEqual([]);
});
