import { createHash } from 'node:crypto';
import { QueryParameters } from '../account/query-protocol.ts';
import { lookUp, type NeedsOf, type ResourceFacts } from './service-call.ts';

const ofUsers: readonly string[] = [
  'DeleteUserPolicy',
  'GetUser',
  'GetUserPolicy',
  'ListAccessKeys',
  'PutUserPolicy',
  'UpdateAccessKey',
];
const ofRoles: readonly string[] = ['DeleteRolePolicy', 'GetRole', 'GetRolePolicy', 'PutRolePolicy'];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const iamNeeds: NeedsOf = ({ body }, facts) => {
  const parameters = QueryParameters.of(body);
  const operation = parameters.optionalText('Action') ?? '';
  const action = `iam:${operation}`;
  if (ofUsers.includes(operation)) {
    const user = `arn:aws:iam::${facts.accountId}:user/${parameters.optionalText('UserName') ?? ''}`;
    return [{ action, resource: user }];
  }
  if (ofRoles.includes(operation)) {
    return [{ action, resource: roleArn(parameters.optionalText('RoleName') ?? '', facts) }];
  }
  return undefined;
};

function roleArn(name: string, { account, accountId, roleArn: ofTemplates }: ResourceFacts): string {
  const path = account.iam.roles.get(name)?.path ?? '/';
  return ofTemplates(name) ?? `arn:aws:iam::${accountId}:role${path}${name}`;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
export const autoScalingNeeds: NeedsOf = ({ body }, { region, accountId }) => {
  const parameters = QueryParameters.of(body);
  const operation = parameters.optionalText('Action') ?? '';
  const action = `autoscaling:${operation}`;
  if (operation === 'DescribeAutoScalingGroups' || operation === 'DescribeAutoScalingInstances') {
    return [{ action, resource: '*' }];
  }
  if (operation !== 'AttachInstances' && operation !== 'DetachInstances') return undefined;
  const name = parameters.optionalText('AutoScalingGroupName') ?? '';
  const hex = createHash('sha256').update(name).digest('hex');
  // The id in the ARN is AWS's choice; who writes a policy leaves it open.
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  const group = `autoScalingGroup:${id.join('-')}:autoScalingGroupName/${name}`;
  return [{ action, resource: `arn:aws:autoscaling:${region}:${accountId}:${group}` }];
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const loadBalancingNeeds: NeedsOf = ({ body }) => {
  const parameters = QueryParameters.of(body);
  const operation = parameters.optionalText('Action') ?? '';
  const action = `elasticloadbalancing:${operation}`;
  if (operation === 'DescribeTargetGroups' || operation === 'DescribeTargetHealth') {
    return [{ action, resource: '*' }];
  }
  if (operation !== 'RegisterTargets' && operation !== 'DeregisterTargets') return undefined;
  return [{ action, resource: parameters.optionalText('TargetGroupArn') ?? '' }];
};

/** Whom a role of another account trusts is its own affair. */
const trusting = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Resource: '*' }],
};

const trustingNobody = { Version: '2012-10-17', Statement: [] };

/** Parameters of AssumeRole that are condition keys. */
const assumeRoleKeys: Readonly<Record<string, string>> = {
  ExternalId: 'sts:ExternalId',
  RoleSessionName: 'sts:RoleSessionName',
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export const stsNeeds: NeedsOf = ({ body }, { trustOf, accountId }) => {
  const parameters = new URLSearchParams(body);
  // "No permissions are required to perform this operation."
  if (parameters.get('Action') === 'GetCallerIdentity') return [];
  if (parameters.get('Action') !== 'AssumeRole') return undefined;
  const context = [...parameters].flatMap(([name, value]) => {
    const key = lookUp(assumeRoleKeys, name);
    return key === undefined ? [] : [[key, value] as const];
  });
  const resource = parameters.get('RoleArn') ?? '';
  const isOwn = resource.startsWith(`arn:aws:iam::${accountId}:`);
  const resourcePolicy = isOwn ? (trustOf(resource) ?? trustingNobody) : trusting;
  return [{ action: 'sts:AssumeRole', resource, context: Object.fromEntries(context), resourcePolicy }];
};
