import { describe, expect, test } from '@jest/globals';
import { LocalAccount } from '../../../../infra/local/account/local-account.ts';
import { Callers, principalOf } from '../../../../infra/local/permissions/caller.ts';
import { LocalS3Permissions } from '../../../../infra/local/permissions/local-s3-permissions.ts';
import { Permissions } from '../../../../infra/local/permissions/permissions.ts';
import type { ResourceFacts, ServiceCall } from '../../../../infra/local/permissions/service-call.ts';
import { serviceNeeds } from '../../../../infra/local/permissions/service-needs.ts';

const accountId = '111122223333';
const region = 'eu-central-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;

const account = new LocalAccount(accountId);
const key = account.keys.add({ region, keyId: 'one' }).arn;
const secret = account.secrets.add({ region, name: 'db', suffix: 'abcdef', kmsKeyId: key });
const apiKey = account.apiKeys.add({ name: 'k', enabled: true, tags: { own: 'yes' } });
const networkInterface = { id: 'eni-1', groups: ['sg-1'] };
account.ec2.addInstance({
  id: 'i-1',
  vpcId: 'vpc-1',
  tags: { stage: 'x' },
  interfaces: [networkInterface],
  volumes: ['vol-1', 'vol-2'],
});

const facts: ResourceFacts = {
  region,
  accountId,
  account,
  keys: account.keys,
  keyOf: resource => (/:(table\/runs|inbox|alerts)$/.test(resource) ? key : undefined),
  roleArn: name => (name === 'ours' ? `arn:aws:iam::${accountId}:role/path/ours` : undefined),
  trustOf: () => undefined,
};

const json = (service: string, operation: string, body: object): ServiceCall => ({
  service,
  region,
  method: 'POST',
  url: '/',
  headers: { 'x-amz-target': `X.${operation}` },
  body: JSON.stringify(body),
});
const form = (service: string, parameters: Record<string, string>): ServiceCall => ({
  service,
  region,
  method: 'POST',
  url: '/',
  headers: {},
  body: new URLSearchParams(parameters).toString(),
});
const rest = (service: string, method: string, url: string, body: object = {}): ServiceCall => ({
  service,
  region,
  method,
  url,
  headers: {},
  body: JSON.stringify(body),
});

/** Each as `action resource`. */
const needsOf = (call: ServiceCall) =>
  serviceNeeds(call, facts)?.map(({ action, resource }) => `${action} ${resource}`);

const runs = arn('dynamodb', 'table/runs');
const other = arn('dynamodb', 'table/other');
const inbox = arn('sqs', 'inbox');
const alerts = arn('sns', 'alerts');
const queueUrl = `http://localhost/${accountId}/inbox`;
const apiKeys = `arn:aws:apigateway:${region}::/apikeys`;

describe('what a call needs', () => {
  test.each<[string, ServiceCall, string[] | undefined]>([
    [
      'an item, and the key of its table',
      json('dynamodb', 'GetItem', { TableName: 'runs' }),
      [`dynamodb:GetItem ${runs}`, `kms:Decrypt ${key}`],
    ],
    [
      'an item of a table that is named by its ARN',
      json('dynamodb', 'PutItem', { TableName: other }),
      [`dynamodb:PutItem ${other}`],
    ],
    [
      'a query of an index, on the index',
      json('dynamodb', 'Query', { TableName: 'other', IndexName: 'by-time' }),
      [`dynamodb:Query ${other}/index/by-time`],
    ],
    [
      'a batch, each of its tables',
      json('dynamodb', 'BatchWriteItem', { RequestItems: { other: [], runs: [] } }),
      [`dynamodb:BatchWriteItem ${other}`, `dynamodb:BatchWriteItem ${runs}`, `kms:Decrypt ${key}`],
    ],
    [
      'a transaction, each of its parts',
      json('dynamodb', 'TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: 'other' } },
          { ConditionCheck: { TableName: 'other' } },
          { Delete: { TableName: 'other' } },
        ],
      }),
      [`dynamodb:PutItem ${other}`, `dynamodb:ConditionCheckItem ${other}`, `dynamodb:DeleteItem ${other}`],
    ],
    ['PartiQL, nobody knows what', json('dynamodb', 'ExecuteStatement', {}), undefined],
    [
      'to send, the data key and to read it',
      json('sqs', 'SendMessage', { QueueUrl: queueUrl }),
      [`sqs:SendMessage ${inbox}`, `kms:GenerateDataKey ${key}`, `kms:Decrypt ${key}`],
    ],
    [
      'a batch of messages, what one needs',
      json('sqs', 'SendMessageBatch', { QueueUrl: queueUrl }),
      [`sqs:SendMessage ${inbox}`, `kms:GenerateDataKey ${key}`, `kms:Decrypt ${key}`],
    ],
    [
      'to delete, no key',
      json('sqs', 'DeleteMessageBatch', { QueueUrl: queueUrl }),
      [`sqs:DeleteMessage ${inbox}`],
    ],
    [
      'to publish, the key of the topic',
      form('sns', { Action: 'Publish', TopicArn: alerts }),
      [`sns:Publish ${alerts}`, `kms:GenerateDataKey ${key}`, `kms:Decrypt ${key}`],
    ],
    ['to a telephone, nobody knows what', form('sns', { Action: 'Publish', PhoneNumber: '1' }), undefined],
    [
      'the keys of CloudTrail, which are no resource',
      json('cloudtrail', 'ListPublicKeys', {}),
      ['cloudtrail:ListPublicKeys *'],
    ],
    ['another call of CloudTrail, nobody knows what', json('cloudtrail', 'LookupEvents', {}), undefined],
    [
      'a secret, and its key',
      json('secretsmanager', 'GetSecretValue', { SecretId: 'db' }),
      [`secretsmanager:GetSecretValue ${secret}`, `kms:Decrypt ${key}`],
    ],
    [
      'a new value, the data key and to read it',
      json('secretsmanager', 'PutSecretValue', { SecretId: secret }),
      [`secretsmanager:PutSecretValue ${secret}`, `kms:GenerateDataKey ${key}`, `kms:Decrypt ${key}`],
    ],
    [
      'an API key with tags, to tag it',
      rest('apigateway', 'POST', '/apikeys', { tags: { own: 'yes' } }),
      [
        `apigateway:POST ${apiKeys}`,
        `apigateway:PUT arn:aws:apigateway:${region}::/tags/${encodeURIComponent(`${apiKeys}/new`)}`,
      ],
    ],
    [
      'an API key without tags, no more',
      rest('apigateway', 'POST', '/apikeys'),
      [`apigateway:POST ${apiKeys}`],
    ],
    [
      'snapshots of an instance, those of the volumes that are not left out',
      form('ec2', {
        Action: 'CreateSnapshots',
        'InstanceSpecification.InstanceId': 'i-1',
        'InstanceSpecification.ExcludeDataVolumeId.1': 'vol-2',
      }),
      [
        `ec2:CreateSnapshots ${arn('ec2', 'instance/i-1')}`,
        `ec2:CreateSnapshots ${arn('ec2', 'volume/vol-1')}`,
        `ec2:CreateSnapshots arn:aws:ec2:${region}::snapshot/new`,
      ],
    ],
    [
      'snapshots of an instance, not that of a boot volume that is left out',
      form('ec2', {
        Action: 'CreateSnapshots',
        'InstanceSpecification.InstanceId': 'i-1',
        'InstanceSpecification.ExcludeBootVolume': 'true',
      }),
      [
        `ec2:CreateSnapshots ${arn('ec2', 'instance/i-1')}`,
        `ec2:CreateSnapshots ${arn('ec2', 'volume/vol-2')}`,
        `ec2:CreateSnapshots arn:aws:ec2:${region}::snapshot/new`,
      ],
    ],
    [
      'groups of an interface, the instance and each group',
      form('ec2', {
        Action: 'ModifyNetworkInterfaceAttribute',
        NetworkInterfaceId: 'eni-1',
        'SecurityGroupId.1': 'sg-2',
      }),
      [
        `ec2:ModifyNetworkInterfaceAttribute ${arn('ec2', 'network-interface/eni-1')}`,
        `ec2:ModifyNetworkInterfaceAttribute ${arn('ec2', 'instance/i-1')}`,
        `ec2:ModifyNetworkInterfaceAttribute ${arn('ec2', 'security-group/sg-2')}`,
      ],
    ],
    [
      'a group with tags, to tag it as well',
      form('ec2', {
        Action: 'CreateSecurityGroup',
        VpcId: 'vpc-1',
        'TagSpecification.1.Tag.1.Key': 'a',
        'TagSpecification.1.Tag.1.Value': 'b',
      }),
      [
        `ec2:CreateSecurityGroup ${arn('ec2', 'vpc/vpc-1')}`,
        `ec2:CreateSecurityGroup ${arn('ec2', 'security-group/new')}`,
        `ec2:CreateTags ${arn('ec2', 'security-group/new')}`,
      ],
    ],
    [
      'a group without tags, no more',
      form('ec2', { Action: 'CreateSecurityGroup', VpcId: 'vpc-1' }),
      [
        `ec2:CreateSecurityGroup ${arn('ec2', 'vpc/vpc-1')}`,
        `ec2:CreateSecurityGroup ${arn('ec2', 'security-group/new')}`,
      ],
    ],
    [
      'a role by its path',
      form('iam', { Action: 'PutRolePolicy', RoleName: 'ours' }),
      [`iam:PutRolePolicy arn:aws:iam::${accountId}:role/path/ours`],
    ],
    [
      'a body that cannot be read, what its operation names',
      { ...json('dynamodb', 'GetItem', {}), body: '{' },
      [`dynamodb:GetItem ${arn('dynamodb', 'table/undefined')}`],
    ],
  ])('%s', (_what, call, expected) => {
    expect(needsOf(call)).toEqual(expected);
  });

  test.each<[string, ServiceCall, object]>([
    [
      'the table and its owner, to the key',
      json('dynamodb', 'GetItem', { TableName: 'runs' }),
      {
        'kms:EncryptionContext:aws:dynamodb:tableName': 'runs',
        'kms:EncryptionContext:aws:dynamodb:subscriberId': accountId,
      },
    ],
    [
      'the tags of an instance, under both names',
      form('ec2', { Action: 'ModifyInstanceAttribute', InstanceId: 'i-1' }),
      { 'aws:ResourceTag/stage': 'x', 'ec2:ResourceTag/stage': 'x' },
    ],
    [
      'the tags of an API key',
      rest('apigateway', 'DELETE', `/apikeys/${apiKey.id}`),
      { 'aws:ResourceTag/own': 'yes' },
    ],
    [
      'the tags that an API key is given',
      rest('apigateway', 'POST', '/apikeys', { tags: { own: 'yes' } }),
      { 'aws:RequestTag/own': 'yes' },
    ],
    [
      'the label of a version',
      json('secretsmanager', 'UpdateSecretVersionStage', { SecretId: 'db', VersionStage: 'AWSCURRENT' }),
      { 'secretsmanager:SecretId': secret, 'secretsmanager:VersionStage': 'AWSCURRENT' },
    ],
    [
      'the external id',
      form('sts', { Action: 'AssumeRole', RoleArn: 'arn:aws:iam::999999999999:role/r', ExternalId: 'e' }),
      { 'sts:ExternalId': 'e' },
    ],
  ])('tells %s', (_what, call, context) => {
    const contexts = serviceNeeds(call, facts)?.map(needed => needed.context ?? {}) ?? [];
    expect(Object.assign({}, ...contexts)).toMatchObject(context);
  });
});

describe('whom a role trusts', () => {
  const ask = (accountOfRole: string) => {
    const permissions = new Permissions({ region, accountId, account, onDenied: () => undefined });
    const roleArn = `arn:aws:iam::${accountId}:role/worker`;
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
    };
    permissions.store.addRole({
      arn: roleArn,
      name: 'worker',
      inline: [{ name: 'Own', document }],
      managedArns: [],
    });
    permissions.callers.addFunction('worker', roleArn);
    const call = form('sts', { Action: 'AssumeRole', RoleArn: `arn:aws:iam::${accountOfRole}:role/gone` });
    const { store } = permissions;
    return permissions.ask(
      'worker',
      serviceNeeds(call, { ...facts, trustOf: arn => store.trustOf(arn) }) ?? [],
    );
  };

  test('another account says for itself', async () => {
    expect(await ask('999999999999')).toBeUndefined();
  });

  test('a role that no template holds trusts nobody', async () => {
    expect(await ask(accountId)).toBeDefined();
  });
});

describe('callers', () => {
  const roleArn = `arn:aws:iam::${accountId}:role/worker`;

  test("no session takes a function's name from it", () => {
    const callers = new Callers(accountId);
    callers.addFunction('worker', roleArn);
    callers.addSession('worker', `${roleArn}-2`);
    expect(callers.find('worker')).toMatchObject({ roleArn, functionName: 'worker' });
  });

  test('a service has an id for each resource', () => {
    const callers = new Callers(accountId);
    const ids = ['a', 'b'].map(source => callers.accessKeyIdOf('s3.amazonaws.com', source));
    expect(ids.map(id => callers.find(id))).toEqual(
      ['a', 'b'].map(sourceArn => ({ kind: 'service', principal: 's3.amazonaws.com', sourceArn })),
    );
  });

  test('a session has 64 characters at most', () => {
    const principal = principalOf({ kind: 'role', roleArn, session: 's'.repeat(100) });
    expect(principal.split('/').at(-1)).toHaveLength(64);
  });
});

test('S3 itself comes from no address', async () => {
  const permissions = new Permissions({ region, accountId, account, onDenied: () => undefined });
  const sources: unknown[] = [];
  permissions.ask = async (_id, _needed, origin) => {
    sources.push(origin);
    return undefined;
  };
  const s3 = new LocalS3Permissions(permissions, facts);
  for (const sourceIpAddress of ['127.0.0.1', 's3.amazonaws.com']) {
    const caller = { accessKeyId: 'a', sourceIpAddress };
    const [action, resource] = ['s3:GetObject', 'arn:aws:s3:::files/a'];
    await s3.ask({ caller, action, resource, context: {}, policy: undefined });
  }
  expect(sources).toEqual([{ sourceIp: '127.0.0.1' }, {}]);
});
