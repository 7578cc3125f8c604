import { describeInstances, describeSecurityGroups, describeSnapshots } from './ec2-descriptions.ts';
import {
  authorize,
  createSecurityGroup,
  deleteSecurityGroup,
  modifyNetworkInterfaceAttribute,
  revoke,
} from './ec2-security-groups.ts';
import { readTags, tagSet } from './ec2-tags.ts';
import type { LocalEc2 } from './local-ec2.ts';
import type { LocalService } from './local-service.ts';
import { createQueryService, type QueryAnswer, QueryError, type QueryParameters } from './query-protocol.ts';

/**
 * EC2, as far as an instance is looked at and contained.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
 */
export function createEc2Service(ec2: LocalEc2): LocalService {
  return createQueryService({
    protocol: 'ec2',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    actions: {
      DescribeInstances: parameters => describeInstances(ec2, parameters),
      DescribeInstanceAttribute: parameters => describeInstanceAttribute(ec2, parameters),
      DescribeSnapshots: parameters => describeSnapshots(ec2, parameters),
      DescribeSecurityGroups: parameters => describeSecurityGroups(ec2, parameters),
      CreateTags: parameters => createTags(ec2, parameters),
      DeleteTags: parameters => deleteTags(ec2, parameters),
      ModifyInstanceAttribute: parameters => modifyInstanceAttribute(ec2, parameters),
      CreateSnapshots: parameters => createSnapshots(ec2, parameters),
      CreateSecurityGroup: parameters => createSecurityGroup(ec2, parameters),
      DeleteSecurityGroup: parameters => deleteSecurityGroup(ec2, parameters),
      AuthorizeSecurityGroupIngress: parameters => authorize(ec2, parameters, 'ingress'),
      AuthorizeSecurityGroupEgress: parameters => authorize(ec2, parameters, 'egress'),
      RevokeSecurityGroupIngress: parameters => revoke(ec2, parameters, 'ingress'),
      RevokeSecurityGroupEgress: parameters => revoke(ec2, parameters, 'egress'),
      ModifyNetworkInterfaceAttribute: parameters => modifyNetworkInterfaceAttribute(ec2, parameters),
    },
  });
}

function describeInstanceAttribute(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const instance = ec2.instance(parameters.text('InstanceId'));
  if (parameters.text('Attribute') !== 'disableApiTermination') {
    throw new QueryError('NotImplemented', 'Only disableApiTermination is emulated', 501);
  }
  return { instanceId: instance.id, disableApiTermination: { value: instance.isProtected } };
}

function modifyInstanceAttribute(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const instance = liveInstance(ec2, parameters.text('InstanceId'));
  const value = parameters.structure('DisableApiTermination').optionalText('Value');
  if (value === undefined) {
    throw new QueryError('NotImplemented', 'Only DisableApiTermination is emulated', 501);
  }
  instance.isProtected = value === 'true';
  return { return: true };
}

function createSnapshots(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const wanted = parameters.structure('InstanceSpecification');
  const instance = liveInstance(ec2, wanted.text('InstanceId'));
  const excluded = new Set(wanted.texts('ExcludeDataVolumeId'));
  if (wanted.optionalText('ExcludeBootVolume') === 'true') excluded.add(instance.volumes[0] ?? '');
  const tags = readTags(parameters, 'snapshot');
  const taken = instance.volumes.filter(id => !excluded.has(id)).map(id => ec2.addSnapshot(id, tags));
  return {
    snapshotSet: taken.map(({ id, volumeId, status }) => ({
      snapshotId: id,
      volumeId,
      state: status,
      tagSet: tagSet(tags),
    })),
  };
}

function createTags(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const resources = parameters.texts('ResourceId').map(id => tagsOfResource(ec2, id));
  const tags = parameters
    .structures('Tag')
    .map(tag => [tag.text('Key'), tag.optionalText('Value') ?? ''] as const);
  if (tags.some(([key]) => key.toLowerCase().startsWith('aws:'))) {
    throw new QueryError('InvalidParameterValue', 'Tag keys starting with "aws:" are reserved');
  }
  if (resources.some(held => new Set([...held.keys(), ...tags.map(([key]) => key)]).size > 50)) {
    throw new QueryError('TagLimitExceeded', 'More than 50 tags');
  }
  for (const held of resources) for (const [key, value] of tags) held.set(key, value);
  return { return: true };
}

function deleteTags(ec2: LocalEc2, parameters: QueryParameters): QueryAnswer {
  const resources = parameters.texts('ResourceId').map(id => tagsOfResource(ec2, id));
  for (const held of resources) {
    for (const tag of parameters.structures('Tag')) {
      const key = tag.text('Key');
      const value = tag.optionalText('Value');
      if (value === undefined || held.get(key) === value) held.delete(key);
    }
  }
  return { return: true };
}

function tagsOfResource(ec2: LocalEc2, id: string): Map<string, string> {
  if (id.startsWith('i-')) return ec2.instance(id).tags;
  const resource = ec2.groups.get(id) ?? ec2.snapshots.get(id);
  if (resource === undefined) throw new QueryError('InvalidID', `The ID '${id}' is not valid`);
  return resource.tags;
}

function liveInstance(ec2: LocalEc2, id: string) {
  const instance = ec2.instance(id);
  if (instance.status === 'terminated') {
    throw new QueryError('IncorrectInstanceState', `The instance '${id}' is terminated`);
  }
  return instance;
}
