import type { ResourceIdentity } from '../resolve-intrinsics.ts';
import { physicalName, type ResourceInstance, uuidOf } from './resource.ts';

/** Where a resource that is not run would be. */
export interface Whereabouts {
  readonly region: string;
  readonly accountId: string;
}

/** What `Ref` and `Fn::GetAtt` answer for a resource that is named and not run. */
export type Identify = (resource: ResourceInstance, where: Whereabouts) => ResourceIdentity;

function given(resource: ResourceInstance, property: string, longest: number): string {
  const value = resource.properties[property];
  return physicalName(resource, typeof value === 'string' ? value : undefined, longest);
}

const named: Identify = resource => ({ ref: resource.logicalId, attributes: {} });

/** An id as EC2 makes them: what it is of, and 17 hexadecimal digits. */
function idOf(resource: ResourceInstance, kind: string): ResourceIdentity {
  return { ref: `${kind}-${uuidOf(resource).replaceAll('-', '').slice(0, 17)}`, attributes: {} };
}

/**
 * Types that the local run knows and leaves out, each with the names that the rest of a template may ask for: alarms never
 * ring, no trail records what is done, an account's role for the logs of its APIs has nothing to write, nothing judges or
 * backs up, nobody looks for threats, and what stands in a network reaches what it reaches without one.
 */
export const leftOutTypes: Readonly<Record<string, Identify>> = {
  'AWS::ApiGateway::Account': named,
  'AWS::IAM::ServiceLinkedRole': (resource, { accountId }) => {
    const service = given(resource, 'AWSServiceName', 128);
    const arn = `arn:aws:iam::${accountId}:role/aws-service-role/${service}/${resource.logicalId}`;
    return { ref: resource.logicalId, attributes: { Arn: arn } };
  },
  'AWS::Backup::BackupPlan': resource => {
    const id = uuidOf(resource);
    return { ref: id, attributes: { BackupPlanId: id } };
  },
  'AWS::Backup::BackupSelection': named,
  'AWS::Backup::BackupVault': (resource, { region, accountId }) => {
    const name = given(resource, 'BackupVaultName', 50);
    const arn = `arn:aws:backup:${region}:${accountId}:backup-vault:${name}`;
    return { ref: name, attributes: { BackupVaultName: name, BackupVaultArn: arn } };
  },
  'AWS::Config::ConfigRule': named,
  'AWS::Config::ConfigurationRecorder': named,
  'AWS::Config::DeliveryChannel': named,
  'AWS::GuardDuty::Detector': resource => {
    const id = uuidOf(resource).replaceAll('-', '');
    return { ref: id, attributes: { Id: id } };
  },
  'AWS::EC2::FlowLog': resource => idOf(resource, 'fl'),
  'AWS::EC2::RouteTable': resource => idOf(resource, 'rtb'),
  'AWS::EC2::SecurityGroup': resource => {
    const { ref } = idOf(resource, 'sg');
    return { ref, attributes: { GroupId: ref } };
  },
  'AWS::EC2::SecurityGroupIngress': named,
  'AWS::EC2::Subnet': resource => {
    const { ref } = idOf(resource, 'subnet');
    return { ref, attributes: { SubnetId: ref } };
  },
  'AWS::EC2::SubnetRouteTableAssociation': named,
  'AWS::EC2::VPC': resource => {
    const { ref } = idOf(resource, 'vpc');
    const { ref: group } = idOf(resource, 'sg');
    return { ref, attributes: { VpcId: ref, DefaultSecurityGroup: group } };
  },
  'AWS::EC2::VPCEndpoint': resource => idOf(resource, 'vpce'),
  'Custom::VpcRestrictDefaultSG': named,
  'AWS::CloudTrail::Trail': (resource, { region, accountId }) => {
    const name = given(resource, 'TrailName', 128);
    return { ref: name, attributes: { Arn: `arn:aws:cloudtrail:${region}:${accountId}:trail/${name}` } };
  },
  'AWS::CloudWatch::Alarm': (resource, { region, accountId }) => {
    const name = given(resource, 'AlarmName', 255);
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  },
  'AWS::CloudWatch::CompositeAlarm': (resource, { region, accountId }) => {
    const name = given(resource, 'AlarmName', 255);
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  },
  'AWS::CloudWatch::Dashboard': resource => ({ ref: given(resource, 'DashboardName', 255), attributes: {} }),
  'AWS::Logs::QueryDefinition': named,
  'AWS::WAFv2::LoggingConfiguration': named,
  'AWS::WAFv2::WebACL': (resource, { region, accountId }) => {
    const name = given(resource, 'Name', 128);
    const id = uuidOf(resource);
    const arn = `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${name}/${id}`;
    return { ref: `${name}|${id}|REGIONAL`, attributes: { Arn: arn, Id: id } };
  },
  'AWS::WAFv2::WebACLAssociation': named,
  'AWS::CDK::Metadata': named,
};
