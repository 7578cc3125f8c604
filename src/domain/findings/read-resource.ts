import { userTypeOf } from './containment-aim.ts';
import { matching, shortText, text } from './finding-forms.ts';
import type { FindingMembers } from './finding-members.ts';
import type {
  FindingInstance,
  FindingInterface,
  FindingPrincipal,
  GuardDutyFinding,
} from './guard-duty-finding.ts';

/** What a finding is about. Ids and names that go into calls are as AWS writes them, or not there. */
export function readResource(
  finding: FindingMembers,
): Pick<GuardDutyFinding, 'resourceType' | 'instance' | 'principal' | 'buckets'> {
  if (!finding.has('resource')) finding.miss('resource');
  const resource = finding.object('resource');
  const stated = resource.optional('resourceType', shortText);
  const resourceType = stated ?? impliedType(resource);
  const instance = readInstance(resource);
  const principal = readPrincipal(resource, stated);
  return {
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(instance === undefined ? {} : { instance }),
    ...(principal === undefined ? {} : { principal }),
    buckets: resource.list('s3BucketDetails').flatMap(bucket => bucket.optional('name', bucketName) ?? []),
  };
}

/** What something that runs on an instance is part of: then the instance is not its own. */
const partTypes = {
  eksClusterDetails: 'EKSCluster',
  kubernetesDetails: 'EKSCluster',
  ecsClusterDetails: 'ECSCluster',
  containerDetails: 'Container',
} as const;

function impliedType(resource: FindingMembers): string | undefined {
  const named = Object.entries(partTypes).find(([details]) => !resource.object(details).isEmpty);
  return named?.[1];
}

const instanceId = matching(/^i-[0-9a-z]{1,32}$/, 'is no id of an instance');
const interfaceId = matching(/^eni-[0-9a-z]{1,32}$/, 'is no id of a network interface');
const vpc = matching(/^vpc-[0-9a-z]{1,32}$/, 'is no id of a VPC');
const securityGroup = matching(/^sg-[0-9a-z]{1,32}$/, 'is no id of a security group');
/** The widest that S3 ever allowed: buckets of us-east-1 from before March 2018. */
const bucketName = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/, 'is no name of a bucket');
const accessKey = matching(/^\w{1,128}$/, 'is no id of an access key');

function readInstance(resource: FindingMembers): FindingInstance | undefined {
  const details = resource.object('instanceDetails');
  if (!resource.has('instanceDetails')) return undefined;
  const id = details.demanded('instanceId', instanceId);
  if (id === undefined) return undefined;
  const tags = details.list('tags').flatMap(tag => {
    const key = tag.optional('key', shortText);
    return key === undefined ? [] : [[key, tag.optional('value', text) ?? ''] as const];
  });
  return {
    instanceId: id,
    tags: Object.fromEntries(tags),
    interfaces: details.list('networkInterfaces').flatMap(it => readInterface(it) ?? []),
  };
}

function readInterface(details: FindingMembers): FindingInterface | undefined {
  const id = details.optional('networkInterfaceId', interfaceId);
  const vpcId = details.optional('vpcId', vpc);
  const listed = details.list('securityGroups').map(group => group.optional('groupId', securityGroup));
  const groups = listed.flatMap(group => group ?? []).toSorted();
  if (id === undefined) return undefined;
  // Some of its groups would be no way back to all of them.
  const areAll = details.has('securityGroups') && groups.length === listed.length;
  return { id, ...(vpcId === undefined ? {} : { vpcId }), ...(areAll ? { groups } : {}) };
}

const nameReason = 'is no name of a user or role';
const userName = matching(/^[\w+=,.@-]{1,128}$/, nameReason);
/** A role may be named with its path, which is no part of the name that calls take. */
const roleName = matching(
  /^(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,128}$/,
  nameReason,
).transform(name => name.slice(name.lastIndexOf('/') + 1));

function readPrincipal(
  resource: FindingMembers,
  resourceType: string | undefined,
): FindingPrincipal | undefined {
  if (resourceType === 'AccessKey' && !resource.has('accessKeyDetails')) resource.miss('accessKeyDetails');
  const details = resource.object('accessKeyDetails');
  const principal = {
    userType: details.optional('userType', shortText),
    principalId: details.optional('principalId', shortText),
    accessKeyId: details.optional('accessKeyId', accessKey),
  };
  const ids = present(principal);
  const name = details.optional('userName', nameFormOf(ids.userType ?? userTypeOf(ids)));
  const whole = name === undefined ? ids : { ...ids, userName: name };
  return Object.keys(whole).length === 0 ? undefined : whole;
}

function nameFormOf(userType: string | undefined) {
  if (userType === 'AssumedRole' || userType === 'Role') return roleName;
  // Names of others (`accounts.google.com:…`) go into no call.
  return userType === undefined || userType === 'IAMUser' ? userName : shortText;
}

function present(members: Readonly<Record<string, string | undefined>>): FindingPrincipal {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
