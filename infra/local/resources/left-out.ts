import { createHash } from 'node:crypto';
import type { ResourceIdentity } from '../resolve-intrinsics.ts';
import { physicalName, type ResourceInstance } from './resource.ts';

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

/** A UUID that is always the same for the same resource. */
function uuidOf({ stack, logicalId }: ResourceInstance): string {
  const hex = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

const named: Identify = resource => ({ ref: resource.logicalId, attributes: {} });

/**
 * Types that the local run knows and leaves out, each with the names that the rest of a template may ask for. Keys,
 * roles and policies decide nothing here, alarms never ring, log groups are files, no trail records what is done, and an
 * account's role for the logs of its APIs has nothing to write.
 */
export const leftOutTypes: Readonly<Record<string, Identify>> = {
  'AWS::ApiGateway::Account': named,
  'AWS::KMS::Key': (resource, { region, accountId }) => {
    const id = uuidOf(resource);
    return { ref: id, attributes: { Arn: `arn:aws:kms:${region}:${accountId}:key/${id}`, KeyId: id } };
  },
  'AWS::KMS::Alias': resource => {
    const name = given(resource, 'AliasName', 256);
    return { ref: name, attributes: { AliasName: name } };
  },
  'AWS::IAM::Role': (resource, { accountId }) => {
    const name = given(resource, 'RoleName', 64);
    const attributes = { Arn: `arn:aws:iam::${accountId}:role/${name}`, RoleId: uuidOf(resource) };
    return { ref: name, attributes };
  },
  'AWS::CloudTrail::Trail': (resource, { region, accountId }) => {
    const name = given(resource, 'TrailName', 128);
    return { ref: name, attributes: { Arn: `arn:aws:cloudtrail:${region}:${accountId}:trail/${name}` } };
  },
  'AWS::IAM::Policy': named,
  'AWS::IAM::ManagedPolicy': (resource, { accountId }) => ({
    ref: `arn:aws:iam::${accountId}:policy/${given(resource, 'ManagedPolicyName', 128)}`,
    attributes: {},
  }),
  'AWS::Logs::LogGroup': (resource, { region, accountId }) => {
    const name = given(resource, 'LogGroupName', 512);
    return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
  },
  'AWS::Logs::ResourcePolicy': named,
  'AWS::CloudWatch::Alarm': (resource, { region, accountId }) => {
    const name = given(resource, 'AlarmName', 255);
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  },
  'AWS::CloudWatch::CompositeAlarm': (resource, { region, accountId }) => {
    const name = given(resource, 'AlarmName', 255);
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  },
  'AWS::CloudWatch::Dashboard': named,
  'AWS::Lambda::Permission': named,
  'AWS::CDK::Metadata': named,
};
