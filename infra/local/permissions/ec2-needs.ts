import { QueryParameters } from '../account/query-protocol.ts';
import type { ConditionContext, NeededPermission } from './needed-permission.ts';
import type { NeedsOf, ResourceFacts } from './service-call.ts';

interface Ec2Call {
  readonly action: string;
  readonly parameters: QueryParameters;
  readonly facts: ResourceFacts;
}

/** What is made by a call has no id yet. */
const created = 'new';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export const ec2Needs: NeedsOf = ({ body }, facts) => {
  const parameters = QueryParameters.of(body);
  const operation = parameters.optionalText('Action') ?? '';
  const call = { action: `ec2:${operation}`, parameters, facts };
  switch (operation) {
    case 'DescribeInstances':
    case 'DescribeSecurityGroups':
    case 'DescribeSnapshots':
      return [{ action: call.action, resource: '*' }];
    case 'DescribeInstanceAttribute':
    case 'ModifyInstanceAttribute':
      return [on(call, 'instance', parameters.optionalText('InstanceId'))];
    case 'CreateTags':
    case 'DeleteTags':
      return parameters.texts('ResourceId').map(id => on(call, typeOf(id), id, changedTags(parameters)));
    case 'CreateSnapshots':
      return snapshotNeeds(call);
    case 'CreateSecurityGroup':
      return [
        on(call, 'vpc', parameters.optionalText('VpcId')),
        on(call, 'security-group', created, requestedTags(parameters)),
        ...creationTags(call, 'security-group'),
      ];
    case 'DeleteSecurityGroup':
    case 'AuthorizeSecurityGroupIngress':
    case 'AuthorizeSecurityGroupEgress':
    case 'RevokeSecurityGroupIngress':
    case 'RevokeSecurityGroupEgress':
      return [on(call, 'security-group', parameters.optionalText('GroupId'))];
    case 'ModifyNetworkInterfaceAttribute':
      return interfaceNeeds(call);
    default:
      return undefined;
  }
};

function snapshotNeeds(call: Ec2Call): NeededPermission[] {
  const { parameters, facts } = call;
  const specification = parameters.structure('InstanceSpecification');
  const id = specification.optionalText('InstanceId');
  const volumes = facts.account.ec2.instances.get(id ?? '')?.volumes ?? [];
  const excluded = specification.texts('ExcludeDataVolumeId');
  // An instance has its boot volume first.
  const [bootVolume = ''] = volumes;
  if (specification.optionalText('ExcludeBootVolume') === 'true') excluded.push(bootVolume);
  return [
    on(call, 'instance', id),
    ...volumes.filter(volume => !excluded.includes(volume)).map(volume => on(call, 'volume', volume)),
    on(call, 'snapshot', created, requestedTags(parameters)),
    ...creationTags(call, 'snapshot'),
  ];
}

/** An interface of an instance is judged with its instance and the groups that it is given. */
function interfaceNeeds(call: Ec2Call): NeededPermission[] {
  const { parameters, facts } = call;
  const id = parameters.optionalText('NetworkInterfaceId');
  const owner = [...facts.account.ec2.instances.values()].find(({ interfaces }) =>
    interfaces.some(one => one.id === id),
  );
  return [
    on(call, 'network-interface', id),
    ...(owner === undefined ? [] : [on(call, 'instance', owner.id)]),
    ...parameters.texts('SecurityGroupId').map(group => on(call, 'security-group', group)),
  ];
}

/** Tags that a call gives to what it creates need a permission of their own: "Grant permission to tag Amazon EC2 resources during creation". */
function creationTags(call: Ec2Call, type: string): NeededPermission[] {
  const { action, parameters } = call;
  const tags = requestedTags(parameters);
  if (Object.keys(tags).length === 0) return [];
  const context = { ...tags, 'ec2:CreateAction': action.slice('ec2:'.length) };
  return [on({ ...call, action: 'ec2:CreateTags' }, type, created, context)];
}

function on(
  { action, facts }: Ec2Call,
  type: string,
  id: string | undefined,
  context: ConditionContext = {},
): NeededPermission {
  const { region, accountId } = facts;
  // Snapshots and images are of no account in their ARNs.
  const account = type === 'snapshot' || type === 'image' ? '' : accountId;
  return {
    action,
    resource: `arn:aws:ec2:${region}:${account}:${type}/${id ?? 'none'}`,
    context: { ...tagsHeld(id ?? '', facts), ...context },
  };
}

function tagsHeld(id: string, { account: { ec2 } }: ResourceFacts): ConditionContext {
  const tags = (ec2.instances.get(id) ?? ec2.groups.get(id) ?? ec2.snapshots.get(id))?.tags ?? new Map();
  return Object.fromEntries(
    [...tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, String(value)],
      [`ec2:ResourceTag/${key}`, String(value)],
    ]),
  );
}

function requestedTags(parameters: QueryParameters): ConditionContext {
  return tagContext(
    parameters.structures('TagSpecification').flatMap(specification => specification.structures('Tag')),
  );
}

function changedTags(parameters: QueryParameters): ConditionContext {
  return tagContext(parameters.structures('Tag'));
}

function tagContext(tags: readonly QueryParameters[]): ConditionContext {
  const named = tags.map(tag => [tag.optionalText('Key') ?? '', tag.optionalText('Value') ?? ''] as const);
  if (named.length === 0) return {};
  return {
    'aws:TagKeys': named.map(([key]) => key),
    ...Object.fromEntries(named.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** By the beginning of its id. */
function typeOf(id: string): string {
  const types: readonly (readonly [string, string])[] = [
    ['sg-', 'security-group'],
    ['snap-', 'snapshot'],
    ['vol-', 'volume'],
    ['eni-', 'network-interface'],
    ['vpc-', 'vpc'],
  ];
  return types.find(([beginning]) => id.startsWith(beginning))?.[1] ?? 'instance';
}
