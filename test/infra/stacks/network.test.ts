import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  statementsOfRole,
  statementsOfServices,
  synthesizeAll,
  synthesizeNetwork,
} from '../synthesized-stack.ts';

const network = synthesizeNetwork();
const namedZones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c', 'eu-central-1d'];
const named = synthesizeNetwork({
  env: 'prod',
  alertEmails: 'a@example.com',
  createNetwork: undefined,
  account: '111122223333',
  region: 'eu-central-1',
  availabilityZones: namedZones.join(','),
  networkAddresses: '10.1.0.0/22',
});

/** Zone and addresses of each subnet. */
const subnetsOf = (stack: typeof network) =>
  resourcesOf(stack, 'AWS::EC2::Subnet').map(([id, { Properties }]) => ({
    id,
    zone: Properties['AvailabilityZone'],
    addresses: Properties['CidrBlock'],
    isPublic: Properties['MapPublicIpOnLaunch'],
  }));

describe('D8: a network without a way out', () => {
  test('three isolated subnets, in zones that the deployment chooses', () => {
    expect(subnetsOf(network)).toEqual(
      ['10.64.0.0/22', '10.64.4.0/22', '10.64.8.0/22'].map((addresses, place) => ({
        id: `NetworkSubnet${place + 1}`,
        zone: { 'Fn::Select': [place, { 'Fn::GetAZs': '' }] },
        addresses,
        isPublic: false,
      })),
    );
  });

  test('or one in each zone that the configuration names, and nothing is looked up', () => {
    expect(subnetsOf(named).map(({ zone }) => zone)).toEqual(namedZones);
    expect(subnetsOf(named).map(({ addresses }) => addresses)).toEqual([
      '10.1.0.0/24',
      '10.1.1.0/24',
      '10.1.2.0/24',
      '10.1.3.0/24',
    ]);
    expect(named.missing).toEqual([]);
  });

  test('no gateway, no NAT, no route, no public address', () => {
    const types = new Set(Object.values(network.json.Resources).map(({ Type }) => Type));
    expect([...types].filter(type => /Gateway|EIP|::Route$|Peering|Transit/.test(type))).toEqual([]);
    expect(types).toContain('AWS::EC2::RouteTable');
    for (const { isPublic } of subnetsOf(named)) expect(isPublic).toBe(false);
  });

  test('names resolve inside', () => {
    expect(propertiesOf(network, 'Network')).toMatchObject({
      CidrBlock: '10.64.0.0/20',
      EnableDnsHostnames: true,
      EnableDnsSupport: true,
    });
  });

  test('without the option there is no network, and no function stands in one', () => {
    const all = synthesizeAll();
    expect(all.map(([id]) => id)).not.toContain('NetworkStack');
    expect(all.length).toBeGreaterThan(7);
    for (const [, { json }] of all) expect(JSON.stringify(json)).not.toContain('VpcConfig');
  });
});

describe('D8: security groups', () => {
  const groupOf = (name: string) =>
    resourcesOf(network, 'AWS::EC2::SecurityGroup').find(
      ([, { Properties }]) => Properties['GroupName'] === name,
    ) ?? ['none', undefined];

  test('functions reach out by HTTPS and are reached by nobody', () => {
    const [id, group] = groupOf('sallyport-functions-dev');
    expect(group?.Properties['SecurityGroupEgress']).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
    ]);
    expect(group?.Properties).not.toHaveProperty('SecurityGroupIngress');
    const rules = resourcesOf(network, 'AWS::EC2::SecurityGroupIngress');
    expect(rules.map(([, { Properties }]) => render(Properties['GroupId']))).not.toContain(`<${id}.GroupId>`);
  });

  test('endpoints are reached by the functions alone, by HTTPS', () => {
    const [endpoints, group] = groupOf('sallyport-endpoints-dev');
    const [functions] = groupOf('sallyport-functions-dev');
    expect(group?.Properties).not.toHaveProperty('SecurityGroupIngress');
    // No address in the world: without any rule EC2 would allow all.
    expect(group?.Properties['SecurityGroupEgress']).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32' }),
    ]);
    const rules = resourcesOf(network, 'AWS::EC2::SecurityGroupIngress');
    expect(rules.map(([, { Properties }]) => render(Properties))).toEqual([
      expect.objectContaining({
        GroupId: `<${endpoints}.GroupId>`,
        SourceSecurityGroupId: `<${functions}.GroupId>`,
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      }),
    ]);
  });

  test('the default group loses its rules, by a function that may do that, write its log, and nothing else', () => {
    network.template.hasResourceProperties('Custom::VpcRestrictDefaultSG', {
      DefaultSecurityGroupId: { 'Fn::GetAtt': ['Network', 'DefaultSecurityGroup'] },
    });
    const [closer] = resourcesOf(network, 'AWS::Lambda::Function');
    const [logs] = resourcesOf(network, 'AWS::Logs::LogGroup').find(
      ([, { Properties }]) => Properties['LogGroupName'] === '/aws/lambda/sallyport-default-group-closer-dev',
    ) ?? ['none'];
    expect(render(closer?.[1].Properties)).toMatchObject({
      FunctionName: 'sallyport-default-group-closer-dev',
      Runtime: 'nodejs24.x',
      LoggingConfig: { LogGroup: `<${logs}>` },
    });
    const [role] = resourcesOf(network, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      String(Properties['Description']).endsWith('what default-group-closer may do'),
    );
    expect(role?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(render(role?.[1].Properties['Policies'])).toEqual([
      {
        PolicyName: 'Inline',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: [
                'ec2:AuthorizeSecurityGroupIngress',
                'ec2:AuthorizeSecurityGroupEgress',
                'ec2:RevokeSecurityGroupIngress',
                'ec2:RevokeSecurityGroupEgress',
              ],
              Resource: [
                'arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:security-group/<Network.DefaultSecurityGroup>',
              ],
            },
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: [`<${logs}.Arn>`],
            },
          ],
        },
      },
    ]);
  });
});

describe('D8: flow logs', () => {
  const [group] = resourcesOf(network, 'AWS::Logs::LogGroup').find(
    ([, { Properties }]) => Properties['LogGroupName'] === '/sallyport/network-flow-dev',
  ) ?? ['none'];

  test('tell of all traffic, under the key of the stack, for as long as the configuration says', () => {
    network.template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceId: { Ref: 'Network' },
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: { Ref: group },
      DeliverLogsPermissionArn: Match.anyValue(),
    });
    expect(render(propertiesOf(network, group))).toMatchObject({
      RetentionInDays: 90,
      KmsKeyId: '<NetworkLogGroupsKey.Arn>',
    });
    expect(JSON.stringify(statementsOfServices(network, 'NetworkLogGroupsKey'))).toContain(
      'log-group:/sallyport/network-flow-dev',
    );
  });

  test('are written by a role of their own, for flow logs of this account alone', () => {
    expect(
      statementsOfRole(network, "what the network's flow logs may do").map(({ actions, resources }) => [
        actions,
        resources,
      ]),
    ).toEqual([
      [['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [`<${group}.Arn>`]],
    ]);
    network.template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
  });
});

describe('the stack', () => {
  test('is protected in prod, and says where its parts are', () => {
    expect(named.terminationProtection).toBe(true);
    expect(Object.keys(network.json.Outputs).filter(name => !name.startsWith('Exports'))).toEqual([
      'NetworkId',
      'NetworkSubnetIds',
      'FunctionsSecurityGroupId',
      'FlowLogGroupName',
    ]);
  });

  test('bounds the roles that CDK makes for itself, too', () => {
    const bounded = synthesizeNetwork({ permissionsBoundary: 'limits' });
    const boundaries = resourcesOf(bounded, 'AWS::IAM::Role').map(([, { Properties }]) =>
      render(Properties['PermissionsBoundary']),
    );
    expect(boundaries).toEqual(Array(2).fill('arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/limits'));
  });

  test('allows no action by pattern, and every resource nowhere', () => {
    const wide = allStatements(network).filter(
      ({ policy, actions, resources }) =>
        !policy.endsWith('Key') && (actions.some(action => action.includes('*')) || resources.includes('*')),
    );
    expect(wide).toEqual([]);
  });
});
