import { beforeEach, describe, expect, test } from '@jest/globals';
import { createAutoScalingService, LocalAutoScaling } from '../../../../infra/local/account/auto-scaling.ts';
import { createEc2Service } from '../../../../infra/local/account/ec2.ts';
import {
  createElasticLoadBalancingService,
  LocalLoadBalancing,
} from '../../../../infra/local/account/elastic-load-balancing.ts';
import { createIamService, LocalIam } from '../../../../infra/local/account/iam.ts';
import { LocalEc2 } from '../../../../infra/local/account/local-ec2.ts';
import type { LocalService } from '../../../../infra/local/account/local-service.ts';
import { elementsNamed, textOf } from '../../../../infra/local/s3/xml.ts';

// What the contract of containment, which runs on these services, does not ask of them.

let ec2: LocalEc2;
let balancing: LocalLoadBalancing;
let scaling: LocalAutoScaling;
let iam: LocalIam;

beforeEach(() => {
  ec2 = new LocalEc2();
  balancing = new LocalLoadBalancing();
  scaling = new LocalAutoScaling();
  iam = new LocalIam('111122223333');
  ec2.addSecurityGroup({ id: 'sg-1', name: 'default', vpcId: 'vpc-1' });
  ec2.addSecurityGroup({
    id: 'sg-2',
    name: 'names.another',
    vpcId: 'vpc-1',
    ingress: [{ protocol: 'tcp', fromPort: 1, toPort: 2, kind: 'group', peer: 'sg-3' }],
  });
  ec2.addSecurityGroup({ id: 'sg-3', name: 'namesXanother', vpcId: 'vpc-2', egress: [] });
  ec2.addInstance({
    id: 'i-1',
    vpcId: 'vpc-1',
    interfaces: [{ id: 'eni-1', groups: ['sg-1'] }],
    volumes: ['vol-1', 'vol-2', 'vol-3'],
  });
  ec2.addInstance({ id: 'i-2', vpcId: 'vpc-1', status: 'terminated', interfaces: [], volumes: [] });
  balancing.addTargetGroup({
    arn: 'arn/one/1',
    targetType: 'instance',
    vpcId: 'vpc-1',
    port: 80,
    targets: [{ id: 'i-1', port: 80 }],
  });
  balancing.addTargetGroup({ arn: 'arn/two/2', targetType: 'lambda', targets: [] });
});

async function ask(service: LocalService, Action: string, fields: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ Action, ...fields }).toString();
  return service({ method: 'POST', url: '/', headers: {}, body, region: 'us-east-1' });
}

const askEc2 = (action: string, fields: Readonly<Record<string, string>>) =>
  ask(createEc2Service(ec2), action, fields);
const askBalancing = (action: string, fields: Readonly<Record<string, string>>) =>
  ask(createElasticLoadBalancingService(balancing, ec2), action, fields);
const askScaling = (action: string, fields: Readonly<Record<string, string>>) =>
  ask(createAutoScalingService(scaling, ec2, balancing), action, fields);

describe('EC2', () => {
  test.each([
    [['names?another'], ['names.another', 'namesXanother']],
    [['names*'], ['names.another', 'namesXanother']],
    [['names.another'], ['names.another']],
    [
      ['default', 'namesX*'],
      ['default', 'namesXanother'],
    ],
    [['names\\?another'], []],
    [['names\\*'], []],
    [[''], []],
  ])('matches the filter %j', async (values, names) => {
    const filter = values.map((value, index) => [`Filter.1.Value.${index + 1}`, value]);
    const { body } = await askEc2('DescribeSecurityGroups', {
      'Filter.1.Name': 'group-name',
      ...Object.fromEntries(filter),
    });
    expect(
      elementsNamed(body, 'securityGroupInfo').flatMap(info => elementsNamed(info, 'groupName')),
    ).toEqual(names);
  });

  test('wants every filter to match, and knows which there are', async () => {
    const { body } = await askEc2('DescribeSecurityGroups', {
      'Filter.1.Name': 'group-name',
      'Filter.1.Value.1': 'names*',
      'Filter.2.Name': 'vpc-id',
      'Filter.2.Value.1': 'vpc-2',
    });
    expect(elementsNamed(body, 'groupName')).toEqual(['namesXanother']);
    const unknown = { 'Filter.1.Name': 'owner-id', 'Filter.1.Value.1': 'x' };
    for (const action of ['DescribeSecurityGroups', 'DescribeSnapshots']) {
      ec2.addSnapshot('vol-1', new Map());
      expect(await askEc2(action, unknown)).toMatchObject({ status: 400 });
    }
  });

  test('gives long lists page by page', async () => {
    for (const volume of ['vol-1', 'vol-2', 'vol-3']) ec2.addSnapshot(volume, new Map([['k', volume]]));
    const read: string[] = [];
    let token: string | undefined;
    do {
      const { body } = await askEc2('DescribeSnapshots', {
        MaxResults: '2',
        ...(token === undefined ? {} : { NextToken: token }),
      });
      read.push(...elementsNamed(body, 'volumeId'));
      token = textOf(body, 'nextToken');
    } while (token !== undefined);
    expect(read).toEqual(['vol-1', 'vol-2', 'vol-3']);
  });

  test('tells of a terminated instance no network', async () => {
    const { body } = await askEc2('DescribeInstances', { 'InstanceId.1': 'i-2' });
    expect(textOf(body, 'name')).toBe('terminated');
    expect(elementsNamed(body, 'vpcId')).toEqual([]);
  });

  test('takes snapshots of the volumes that are not left out', async () => {
    await askEc2('CreateSnapshots', {
      'InstanceSpecification.InstanceId': 'i-1',
      'InstanceSpecification.ExcludeBootVolume': 'true',
      'InstanceSpecification.ExcludeDataVolumeId.1': 'vol-3',
    });
    expect([...ec2.snapshots.values()].map(({ volumeId }) => volumeId)).toEqual(['vol-2']);
  });

  const tags = Object.fromEntries(
    Array.from({ length: 51 }, (_, index) => [`Tag.${index + 1}.Key`, `${index}`]),
  );
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['CreateTags', { 'ResourceId.1': 'snap-9', 'Tag.1.Key': 'a' }, 'InvalidID'],
    ['CreateTags', { 'ResourceId.1': 'i-1', ...tags }, 'TagLimitExceeded'],
    ['CreateSnapshots', { 'InstanceSpecification.InstanceId': 'i-2' }, 'IncorrectInstanceState'],
    [
      'CreateSnapshots',
      { 'InstanceSpecification.InstanceId': 'i-1', 'TagSpecification.1.ResourceType': 'volume' },
      'InvalidParameterValue',
    ],
    [
      'CreateSecurityGroup',
      { GroupName: 'sg-a', GroupDescription: 'd', VpcId: 'vpc-1' },
      'InvalidParameterValue',
    ],
    ['DeleteSecurityGroup', { GroupId: 'sg-1' }, 'CannotDelete'],
    ['DeleteSecurityGroup', { GroupId: 'sg-3' }, 'DependencyViolation'],
    ['AuthorizeSecurityGroupIngress', { GroupId: 'sg-1' }, 'MissingParameter'],
    ['ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: 'eni-1' }, 'MissingParameter'],
    [
      'ModifyNetworkInterfaceAttribute',
      { NetworkInterfaceId: 'eni-1', 'SecurityGroupId.1': 'sg-3' },
      'InvalidParameter',
    ],
    [
      'ModifyNetworkInterfaceAttribute',
      {
        NetworkInterfaceId: 'eni-1',
        ...Object.fromEntries([1, 2, 3, 4, 5, 6].map(index => [`SecurityGroupId.${index}`, 'sg-1'])),
      },
      'SecurityGroupsPerInterfaceLimitExceeded',
    ],
    ['ModifyInstanceAttribute', { InstanceId: 'i-1', 'UserData.Value': 'x' }, 'NotImplemented'],
    ['DescribeInstanceAttribute', { InstanceId: 'i-1', Attribute: 'userData' }, 'NotImplemented'],
    ['TerminateInstances', { 'InstanceId.1': 'i-1' }, 'NotImplemented'],
  ])('%s is refused as %#', async (action, fields, code) => {
    const { status, body } = await askEc2(action, fields);
    expect(textOf(body, 'Code')).toBe(code);
    expect(status).toBe(code === 'NotImplemented' ? 501 : 400);
  });
});

describe('Elastic Load Balancing', () => {
  test('gives target groups page by page, and by their names', async () => {
    const first = await askBalancing('DescribeTargetGroups', { PageSize: '1' });
    expect(elementsNamed(first.body, 'TargetGroupArn')).toEqual(['arn/one/1']);
    const second = await askBalancing('DescribeTargetGroups', {
      PageSize: '1',
      Marker: textOf(first.body, 'NextMarker') ?? '',
    });
    expect(elementsNamed(second.body, 'TargetGroupArn')).toEqual(['arn/two/2']);
    expect(elementsNamed(second.body, 'NextMarker')).toEqual([]);
    const named = await askBalancing('DescribeTargetGroups', { 'TargetGroupArns.member.1': 'arn/two/2' });
    expect(elementsNamed(named.body, 'TargetGroupArn')).toEqual(['arn/two/2']);
  });

  test('looks for a target under the group’s port where none is named', async () => {
    balancing.register('arn/one/1', 'i-1', 81);
    const { body } = await askBalancing('DescribeTargetHealth', {
      TargetGroupArn: 'arn/one/1',
      'Targets.member.1.Id': 'i-1',
      'Targets.member.2.Id': 'i-9',
    });
    expect(elementsNamed(body, 'Port')).toEqual(['80', '80']);
    expect(elementsNamed(body, 'State')).toEqual(['healthy', 'unused']);
    expect(elementsNamed(body, 'Reason')).toEqual(['Target.NotRegistered']);
  });
});

test('Auto Scaling takes its instances out of its target groups, and puts them back', async () => {
  scaling.addGroup({
    name: 'web',
    minimum: 0,
    maximum: 1,
    desired: 1,
    members: new Map([['i-1', 'InService']]),
    targetGroups: ['arn/one/1'],
  });
  const input = { AutoScalingGroupName: 'web', 'InstanceIds.member.1': 'i-1' };
  await askScaling('DetachInstances', { ...input, ShouldDecrementDesiredCapacity: 'true' });
  expect(balancing.targetGroup('arn/one/1').targets).toEqual([]);
  await askScaling('AttachInstances', input);
  expect(balancing.targetGroup('arn/one/1').targets).toEqual([{ id: 'i-1', port: 80 }]);
  const { body } = await askScaling('DescribeAutoScalingGroups', {});
  expect(elementsNamed(body, 'DesiredCapacity')).toEqual(['1']);
  const terminated = { AutoScalingGroupName: 'web', 'InstanceIds.member.1': 'i-2' };
  expect((await askScaling('AttachInstances', terminated)).status).toBe(400);
  expect((await askScaling('AttachInstances', { ...input, AutoScalingGroupName: 'absent' })).status).toBe(
    400,
  );
});

describe('IAM', () => {
  test('gives access keys page by page, and refuses a status that is none', async () => {
    iam.addUser('eve', {}, { A: 'Active', B: 'Inactive' });
    const service = createIamService(iam);
    const first = await ask(service, 'ListAccessKeys', { UserName: 'eve', MaxItems: '1' });
    expect(elementsNamed(first.body, 'AccessKeyId')).toEqual(['A']);
    const Marker = textOf(first.body, 'Marker') ?? '';
    const second = await ask(service, 'ListAccessKeys', { UserName: 'eve', MaxItems: '1', Marker });
    expect(elementsNamed(second.body, 'AccessKeyId')).toEqual(['B']);
    expect(elementsNamed(second.body, 'IsTruncated')).toEqual(['false']);
    const off = { UserName: 'eve', AccessKeyId: 'A', Status: 'off' };
    expect((await ask(service, 'UpdateAccessKey', off)).status).toBe(400);
  });

  test('gives policies percent-encoded to the last reserved character', async () => {
    const user = iam.addUser('eve');
    user.policies.set('p', `{"Statement":"a!'()*"}`);
    const { body } = await ask(createIamService(iam), 'GetUserPolicy', { UserName: 'eve', PolicyName: 'p' });
    expect(textOf(body, 'PolicyDocument')).toBe('%7B%22Statement%22%3A%22a%21%27%28%29%2A%22%7D');
  });
});
