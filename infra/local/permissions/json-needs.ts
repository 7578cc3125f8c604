import { keyUse } from './key-use.ts';
import type { NeededPermission } from './needed-permission.ts';
import { listOf, lookUp, membersOf, type NeedsOf, operationOf, type ResourceFacts } from './service-call.ts';

/** The member that names the resource of each operation; an empty name stands for `*`. */
type Operations = Readonly<Record<string, string>>;

const stateMachineOperations: Operations = {
  DescribeExecution: 'executionArn',
  ListExecutions: 'stateMachineArn',
  StartExecution: 'stateMachineArn',
  StopExecution: 'executionArn',
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const statesNeeds: NeedsOf = call => simpleNeeds('states', stateMachineOperations, call);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html */
export const cloudTrailNeeds: NeedsOf = call => simpleNeeds('cloudtrail', { ListPublicKeys: '' }, call);

const logOperations: Operations = { DescribeLogGroups: '', ListTagsForResource: 'resourceArn' };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const logsNeeds: NeedsOf = call => simpleNeeds('logs', logOperations, call);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const eventsNeeds: NeedsOf = (call, { region, accountId }) => {
  if (operationOf(call) !== 'PutEvents') return undefined;
  const buses = listOf(membersOf(call)['Entries']).map(({ EventBusName = 'default' }) =>
    String(EventBusName),
  );
  return [...new Set(buses)].map(bus => ({
    action: 'events:PutEvents',
    resource: bus.startsWith('arn:') ? bus : `arn:aws:events:${region}:${accountId}:event-bus/${bus}`,
  }));
};

const keyOperations: Operations = {
  DescribeKey: 'KeyId',
  GetKeyPolicy: 'KeyId',
  GetKeyRotationStatus: 'KeyId',
  ListAliases: '',
  ListKeys: '',
  ListResourceTags: 'KeyId',
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html */
export const kmsNeeds: NeedsOf = (call, { accountId, keys }) => {
  const [needed] = simpleNeeds('kms', keyOperations, call) ?? [];
  if (needed === undefined || needed.resource === '*') return needed && [needed];
  const key = keys.find(call.region, needed.resource);
  const named = needed.resource.startsWith('arn:')
    ? needed.resource
    : `arn:aws:kms:${call.region}:${accountId}:key/${needed.resource}`;
  return [{ ...needed, resource: key?.arn ?? named }];
};

const secretOperations: Operations = {
  CancelRotateSecret: 'SecretId',
  DeleteSecret: 'SecretId',
  DescribeSecret: 'SecretId',
  GetRandomPassword: '',
  GetResourcePolicy: 'SecretId',
  GetSecretValue: 'SecretId',
  ListSecretVersionIds: 'SecretId',
  ListSecrets: '',
  PutSecretValue: 'SecretId',
  RotateSecret: 'SecretId',
  TagResource: 'SecretId',
  UntagResource: 'SecretId',
  UpdateSecretVersionStage: 'SecretId',
};

/** "Secret encryption and decryption", AWS Secrets Manager User Guide. */
const secretKeyActions: Readonly<Record<string, readonly `kms:${string}`[]>> = {
  GetSecretValue: ['kms:Decrypt'],
  PutSecretValue: ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export const secretsNeeds: NeedsOf = (call, facts) => {
  const [needed] = simpleNeeds('secretsmanager', secretOperations, call) ?? [];
  if (needed === undefined || needed.resource === '*') return needed && [needed];
  const secret = facts.account.secrets.find(call.region, needed.resource);
  const arn = secret?.arn ?? secretArn(needed.resource, call.region, facts);
  const { VersionStage } = membersOf(call);
  const context = {
    'secretsmanager:SecretId': arn,
    ...(typeof VersionStage === 'string' ? { 'secretsmanager:VersionStage': VersionStage } : {}),
  };
  const key = keyUse(facts, {
    keyId: secret?.kmsKeyId,
    service: 'secretsmanager',
    actions: secretKeyActions[operationOf(call)] ?? [],
    encryptionContext: { SecretARN: arn },
  });
  return [{ ...needed, resource: arn, context }, ...key];
};

/** Of a secret that is not there. */
function secretArn(id: string, region: string, { accountId }: ResourceFacts): string {
  return id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}`;
}

function simpleNeeds(
  prefix: string,
  operations: Operations,
  call: Parameters<NeedsOf>[0],
): readonly NeededPermission[] | undefined {
  const operation = operationOf(call);
  const member = lookUp(operations, operation);
  if (member === undefined) return undefined;
  const resource = member === '' ? '*' : String(membersOf(call)[member]);
  return [{ action: `${prefix}:${operation}`, resource }];
}
