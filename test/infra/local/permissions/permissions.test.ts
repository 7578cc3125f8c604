import { describe, expect, test } from '@jest/globals';
import { LocalAccount } from '../../../../infra/local/account/local-account.ts';
import { keyUse } from '../../../../infra/local/permissions/key-use.ts';
import type { NeededPermission } from '../../../../infra/local/permissions/needed-permission.ts';
import { type Denial, Permissions } from '../../../../infra/local/permissions/permissions.ts';

const accountId = '111122223333';
const region = 'eu-central-1';
const roleArn = `arn:aws:iam::${accountId}:role/worker`;
const queue = `arn:aws:sqs:${region}:${accountId}:inbox`;
const bucket = 'arn:aws:s3:::files';
const rule = `arn:aws:events:${region}:${accountId}:rule/nightly`;

const policyOf = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string, Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});

interface Setting {
  readonly statements?: readonly object[];
  readonly boundary?: readonly object[];
  readonly managedArns?: readonly string[];
  readonly resourcePolicy?: object;
  readonly mode?: 'on' | 'off';
}

/** A function `worker` and its role, under one policy. */
function createPermissions({
  statements = [],
  boundary,
  managedArns = [],
  resourcePolicy,
  mode,
}: Setting = {}) {
  const told: [Denial, string | undefined][] = [];
  const account = new LocalAccount(accountId);
  const permissions = new Permissions({
    region,
    accountId,
    account,
    ...(mode === undefined ? {} : { mode }),
    onDenied: (denial, functionName) => told.push([denial, functionName]),
  });
  const boundaryArn = `arn:aws:iam::${accountId}:policy/edge`;
  if (boundary !== undefined) {
    permissions.store.addManagedPolicy(boundaryArn, { name: 'Edge', document: policyOf(...boundary) }, []);
  }
  permissions.store.addRole({
    arn: roleArn,
    name: 'worker',
    boundaryArn: boundary && boundaryArn,
    inline: [{ name: 'Own', document: policyOf(...statements) }],
    managedArns,
  });
  permissions.callers.addFunction('worker', roleArn);
  if (resourcePolicy !== undefined) permissions.store.setResourcePolicy(queue, resourcePolicy);
  return { permissions, account, told };
}

const receive = { action: 'sqs:ReceiveMessage', resource: queue };
const put = { action: 's3:PutObject', resource: `${bucket}/in/a*b.txt` };
const anybody = { Principal: '*' };

describe('what a role may do', () => {
  test.each<[string, Setting, NeededPermission, string | undefined]>([
    ['is what a statement allows', { statements: [allow('sqs:Receive*', queue)] }, receive, undefined],
    ['is nothing else', {}, receive, 'no statement allows it'],
    [
      'is nothing elsewhere',
      { statements: [allow('sqs:ReceiveMessage', `${queue}-2`)] },
      receive,
      'no statement allows it; statement 1 of Own is about other resources',
    ],
    [
      'hangs on conditions',
      {
        statements: [
          allow('sqs:*', queue, {
            Sid: 'Elsewhere',
            Condition: { StringEquals: { 'aws:RequestedRegion': 'x' } },
          }),
        ],
      },
      receive,
      'no statement allows it; statement "Elsewhere" of Own asks for StringEquals aws:RequestedRegion',
    ],
    [
      'ends where a statement denies',
      { statements: [allow('s3:*', '*'), deny('s3:PutObject', `${bucket}/*`, { Sid: 'ReadOnly' })] },
      put,
      'statement "ReadOnly" of Own denies it',
    ],
    [
      'ends at its boundary',
      { statements: [allow('sqs:*', '*')], boundary: [allow('s3:*', '*')] },
      receive,
      'no statement of the boundary allows it',
    ],
    [
      'lies within its boundary',
      { statements: [allow('sqs:*', '*')], boundary: [allow('sqs:*', '*')] },
      receive,
      undefined,
    ],
    [
      'ends where its boundary denies',
      { statements: [allow('sqs:*', '*')], boundary: [allow('*', '*'), deny('sqs:*', '*')] },
      receive,
      'statement 2 of Edge denies it',
    ],
    [
      'ends where the resource denies it',
      {
        statements: [allow('sqs:*', '*')],
        resourcePolicy: policyOf(deny('sqs:*', queue, { ...anybody, Sid: 'Closed' })),
      },
      receive,
      `statement "Closed" of ${queue} denies it`,
    ],
    [
      'may be what the resource allows',
      { resourcePolicy: policyOf(allow('sqs:*', queue, { Principal: { AWS: roleArn } })) },
      receive,
      undefined,
    ],
    [
      'is not guessed from a condition that nobody here knows',
      {
        statements: [
          allow('sqs:*', queue, { Condition: { 'ForAllValues:StringEquals': { 'aws:CalledVia': ['x'] } } }),
        ],
      },
      receive,
      'statement 1 of Own has a condition on aws:CalledVia, of which the local run knows no value',
    ],
    [
      'is not touched by such a condition on something else',
      {
        statements: [
          allow('sqs:Receive*', queue),
          allow('sqs:SendMessage', queue, { Condition: { Bool: { 'aws:CalledVia': 'x' } } }),
        ],
      },
      receive,
      undefined,
    ],
    [
      "is nothing that only AWS's own policy would say",
      { managedArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'] },
      receive,
      'no statement allows it; what arn:aws:iam::aws:policy/AmazonSQSFullAccess says is not known here',
    ],
    [
      'is denied where the call is none that IAM knows',
      { statements: [allow('*', '*')] },
      { action: 'sqs:Teleport', resource: queue },
      'it cannot be judged: {"resultType":"error","errors":{"message":"invalid.action"}}',
    ],
  ])('%s', async (_what, setting, needed, explanation) => {
    const { permissions, told } = createPermissions(setting);
    const denial = await permissions.ask('worker', [needed]);
    expect(denial?.explanation).toEqual(explanation);
    expect(told).toEqual(denial === undefined ? [] : [[denial, 'worker']]);
  });

  test('is told as AWS tells it', async () => {
    const { permissions } = createPermissions();
    await expect(permissions.require('worker', [receive])).rejects.toThrow(
      `User: arn:aws:sts::${accountId}:assumed-role/worker/worker is not authorized to perform: sqs:ReceiveMessage ` +
        `on resource: ${queue} because no identity-based policy allows the sqs:ReceiveMessage action`,
    );
  });

  test('is nothing for a function whose role no template holds, and all where permissions are off', async () => {
    const { permissions } = createPermissions();
    permissions.callers.addFunction('stranger', `${roleArn}-2`);
    expect((await permissions.ask('stranger', [receive]))?.explanation).toContain('no template holds');
    const off = createPermissions({ mode: 'off' });
    expect(await off.permissions.ask('worker', [receive])).toBeUndefined();
  });

  test('changes with its policies', async () => {
    const { permissions } = createPermissions();
    expect(await permissions.ask('worker', [receive])).toBeDefined();
    permissions.store.attach('worker', { name: 'More', document: policyOf(allow('sqs:*', '*')) });
    expect(await permissions.ask('worker', [receive])).toBeUndefined();
    permissions.store.setResourcePolicy(queue, policyOf(deny('sqs:*', queue, anybody)));
    expect(await permissions.ask('worker', [receive])).toBeDefined();
  });

  test('is asked in the order of what is needed, up to the first denial', async () => {
    const { permissions, told } = createPermissions({ statements: [allow('sqs:*', '*')] });
    const denial = await permissions.ask('worker', [receive, put, { ...put, resource: `${bucket}/other` }]);
    expect(denial?.resource).toBe(put.resource);
    expect(told).toHaveLength(1);
  });

  test('does not include what nobody has taught the local run; the administrator may try', () => {
    const { permissions, told } = createPermissions({ statements: [allow('*', '*')] });
    expect(permissions.askUnknown('worker', 'dynamodb:ExecuteStatement')?.explanation).toContain(
      'the local run does not know what dynamodb:ExecuteStatement needs',
    );
    expect(told).toHaveLength(1);
    expect(permissions.askUnknown('local', 'dynamodb:ExecuteStatement')).toBeUndefined();
  });
});

describe('others', () => {
  test('the administrator may do all but what a resource denies', async () => {
    const closed = policyOf(deny('sqs:ReceiveMessage', queue, anybody));
    const { permissions, told } = createPermissions({ resourcePolicy: closed });
    expect(await permissions.ask('anything', [put])).toBeUndefined();
    const denial = await permissions.ask('anything', [receive]);
    expect(denial?.message).toMatch(/with an explicit deny in a resource-based policy$/);
    expect(told).toEqual([[denial, undefined]]);
  });

  test.each([
    ['the source that the policy names', rule, undefined],
    ['another source', `${rule}-2`, 'no statement allows it; statement "Rule" of'],
  ])('a service may do what a resource allows it, for %s', async (_what, sourceArn, explanation) => {
    const { permissions } = createPermissions({
      resourcePolicy: policyOf(
        allow('sqs:SendMessage', queue, {
          Sid: 'Rule',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: {
            ArnEquals: { 'aws:SourceArn': rule },
            StringEquals: { 'aws:SourceAccount': accountId },
          },
        }),
      ),
    });
    const accessKeyId = permissions.callers.accessKeyIdOf('events.amazonaws.com', sourceArn);
    const send = { action: 'sqs:SendMessage', resource: queue };
    const denial = await permissions.ask(accessKeyId, [send]);
    if (explanation === undefined) expect(denial).toBeUndefined();
    else expect(denial?.explanation).toContain(explanation);
  });

  test('a service that has taken on a role is the role', async () => {
    const { permissions } = createPermissions({ statements: [allow('sqs:*', '*')] });
    const accessKeyId = permissions.callers.accessKeyIdOf('s3.amazonaws.com', bucket, roleArn);
    expect(accessKeyId).not.toMatch(/[/,\s]/);
    expect(await permissions.ask(accessKeyId, [receive])).toBeUndefined();
    expect((await permissions.ask(accessKeyId, [put]))?.principal).toBe(
      `arn:aws:sts::${accountId}:assumed-role/worker/s3.amazonaws.com`,
    );
  });
});

describe('keys', () => {
  const use = {
    service: 's3',
    actions: ['kms:Decrypt'],
    encryptionContext: { 'aws:s3:arn': `${bucket}/a` },
  } as const;
  const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } };
  const root = allow('kms:*', '*', { Principal: { AWS: `arn:aws:iam::${accountId}:root` } });

  async function decrypt(policy: object, statement: object, encryptionContext = use.encryptionContext) {
    const { permissions, account } = createPermissions({ statements: [statement] });
    const { arn } = account.keys.add({ region, policy: JSON.stringify(policy) });
    const facts = { region, accountId, keys: account.keys };
    return permissions.ask('worker', keyUse(facts, { ...use, keyId: arn, encryptionContext }));
  }

  test.each<[string, boolean, object, object]>([
    ['the role, through the service', true, policyOf(root), allow('kms:Decrypt', '*', { Condition: viaS3 })],
    [
      'the role, through another service',
      false,
      policyOf(root),
      allow('kms:Decrypt', '*', { Condition: { StringEquals: { 'kms:ViaService': 'sqs.amazonaws.com' } } }),
    ],
    ['nobody, where the key leaves IAM out', false, policyOf(), allow('kms:Decrypt', '*')],
    [
      'the role, for what lies in the bucket',
      true,
      policyOf(root),
      allow('kms:Decrypt', '*', {
        Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${bucket}/*` } },
      }),
    ],
    [
      'the role, for what lies elsewhere',
      false,
      policyOf(root),
      allow('kms:Decrypt', '*', {
        Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::other/*' } },
      }),
    ],
  ])('serve %s: %s', async (_who, isServed, policy, statement) => {
    expect((await decrypt(policy, statement)) === undefined).toBe(isServed);
  });

  test('name the encryption context as the policy has it', async () => {
    const Condition = { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'x' } };
    const denial = await decrypt(policyOf(root), allow('kms:Decrypt', '*', { Condition }));
    expect(denial?.explanation).toContain('asks for StringEquals kms:EncryptionContext:aws:s3:arn');
  });

  test("of AWS's own serve every role of the account, and no service for itself", async () => {
    const { permissions, account } = createPermissions();
    const facts = { region, accountId, keys: account.keys };
    const needed = keyUse(facts, { ...use, keyId: 'alias/aws/s3' });
    expect(needed).toHaveLength(1);
    expect(await permissions.ask('worker', needed)).toBeUndefined();
    const service = permissions.callers.accessKeyIdOf('s3.amazonaws.com', bucket);
    expect(await permissions.ask(service, needed)).toBeDefined();
    expect(keyUse(facts, { ...use, keyId: undefined })).toEqual([]);
  });

  test('that are not there serve nobody but the administrator, who is not held to them', async () => {
    const { permissions, account } = createPermissions({ statements: [allow('kms:*', '*')] });
    const needed = keyUse({ region, accountId, keys: account.keys }, { ...use, keyId: 'gone' });
    expect(needed[0]?.resource).toBe(`arn:aws:kms:${region}:${accountId}:key/gone`);
    expect(await permissions.ask('worker', needed)).toBeDefined();
    expect(await permissions.ask('local', needed)).toBeUndefined();
  });
});

test('a boundary that no template holds ends the start', () => {
  const { permissions } = createPermissions();
  permissions.store.requireBoundaries();
  const role = { arn: `${roleArn}-3`, name: 'third', boundaryArn: 'arn:edge', inline: [], managedArns: [] };
  permissions.store.addRole(role);
  expect(() => permissions.store.requireBoundaries()).toThrow('The role third is bounded by arn:edge');
});

describe('what is known of a call', () => {
  const key = `arn:aws:kms:${region}:${accountId}:key/one`;
  const resourcePolicy = policyOf(
    allow('kms:*', '*', { Principal: { AWS: `arn:aws:iam::${accountId}:root` } }),
  );
  const decrypt = { action: 'kms:Decrypt', resource: key, resourcePolicy };
  const viaS3 = { ...decrypt, via: `s3.${region}.amazonaws.com` };
  const outside = {
    NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] },
    Bool: { 'aws:ViaAWSService': 'false' },
  };
  const inside = { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } };

  test.each<[string, NeededPermission, object, string, boolean]>([
    ['the address of its caller', decrypt, outside, '198.51.100.1', false],
    ['an address that is in the range', decrypt, outside, '203.0.113.9', true],
    ["that a service asks it in the caller's name", viaS3, outside, '198.51.100.1', true],
    ['no address, where a service asks it', viaS3, inside, '203.0.113.9', true],
  ])('%s', async (_what, needed, Condition, sourceIp, isServed) => {
    const { permissions } = createPermissions({
      statements: [allow('kms:*', '*'), deny('*', '*', { Condition })],
    });
    expect((await permissions.ask('worker', [needed], { sourceIp })) === undefined).toBe(isServed);
  });

  test.each<[string, object]>([
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['its region', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }],
    ['its caller', { ArnEquals: { 'aws:PrincipalArn': roleArn } }],
    ['its caller, in any case', { ArnEquals: { 'AWS:principalARN': roleArn } }],
    ['whose the caller is', { StringEquals: { 'aws:PrincipalAccount': accountId } }],
    ['that a role is no service', { Bool: { 'aws:PrincipalIsAWSService': 'false' } }],
    ['whose the resource is', { StringEquals: { 'aws:ResourceAccount': accountId } }],
  ])('%s', async (_what, Condition) => {
    const { permissions } = createPermissions({ statements: [allow('sqs:*', '*', { Condition })] });
    expect(await permissions.ask('worker', [receive], { region: 'us-east-1' })).toBeUndefined();
  });

  test("whose another account's resource is", async () => {
    const Condition = { StringEquals: { 'aws:ResourceAccount': accountId } };
    const { permissions } = createPermissions({
      statements: [allow('sts:*', '*'), deny('sts:*', '*', { Condition })],
    });
    const resource = 'arn:aws:iam::999999999999:role/theirs';
    const trust = policyOf(allow('sts:AssumeRole', '*', { Principal: { AWS: '*' } }));
    const needed = { action: 'sts:AssumeRole', resource, resourcePolicy: trust };
    expect(await permissions.ask('worker', [needed])).toBeUndefined();
  });

  test('that a service is one', async () => {
    const { permissions } = createPermissions({
      resourcePolicy: policyOf(
        allow('sqs:SendMessage', queue, {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { Bool: { 'aws:PrincipalIsAWSService': 'true' } },
        }),
      ),
    });
    const id = permissions.callers.accessKeyIdOf('events.amazonaws.com', rule);
    expect(await permissions.ask(id, [{ action: 'sqs:SendMessage', resource: queue }])).toBeUndefined();
  });
});

describe('statements of any form', () => {
  test.each<[string, object[], boolean]>([
    [
      'deny all but',
      [allow('sqs:*', '*'), { Effect: 'Deny', NotAction: 'sqs:SendMessage', Resource: '*' }],
      false,
    ],
    ['allow all but', [{ Effect: 'Allow', NotAction: 'sqs:SendMessage', Resource: '*' }], true],
    ['a service in capitals', [allow('SQS:ReceiveMessage', '*')], true],
  ])('%s', async (_what, statements, isServed) => {
    const { permissions } = createPermissions({ statements });
    expect((await permissions.ask('worker', [receive])) === undefined).toBe(isServed);
  });

  test('one text under two names is told by the name it has', async () => {
    const { permissions } = createPermissions();
    const document = policyOf(deny('sqs:*', '*'));
    permissions.store.attach('worker', { name: 'First', document });
    expect((await permissions.ask('worker', [receive]))?.explanation).toBe('statement 1 of First denies it');
    const other = {
      arn: `${roleArn}-2`,
      name: 'other',
      inline: [{ name: 'Second', document }],
      managedArns: [],
    };
    permissions.store.addRole(other);
    permissions.callers.addFunction('other', other.arn);
    expect((await permissions.ask('other', [receive]))?.explanation).toBe('statement 1 of Second denies it');
  });
});

describe('policies that come one after another', () => {
  test('a managed policy is held by the roles that it names', async () => {
    const { permissions } = createPermissions();
    const managed = { name: 'Queues', document: policyOf(allow('sqs:*', '*')) };
    permissions.store.addManagedPolicy(`arn:aws:iam::${accountId}:policy/queues`, managed, ['worker']);
    expect(await permissions.ask('worker', [receive])).toBeUndefined();
  });

  test('a boundary that no template holds allows nothing', async () => {
    const { permissions } = createPermissions();
    const arn = `${roleArn}-2`;
    const inline = [{ name: 'Own', document: policyOf(allow('sqs:*', '*')) }];
    permissions.store.addRole({ arn, name: 'bounded', boundaryArn: 'arn:edge', inline, managedArns: [] });
    permissions.callers.addFunction('bounded', arn);
    expect((await permissions.ask('bounded', [receive]))?.explanation).toContain(
      'no statement of the boundary',
    );
  });

  test("the account's policies for logs hold together", async () => {
    const { permissions } = createPermissions();
    const group = `arn:aws:logs:${region}:${accountId}:log-group:calls`;
    for (const service of ['events.amazonaws.com', 'delivery.logs.amazonaws.com']) {
      const statement = allow('logs:PutLogEvents', `${group}:*`, { Principal: { Service: service } });
      permissions.store.addLogPolicy({ Statement: statement });
    }
    const id = permissions.callers.accessKeyIdOf('events.amazonaws.com', rule);
    const write = { action: 'logs:PutLogEvents', resource: `${group}:log-stream:one` };
    expect(await permissions.ask(id, [write])).toBeUndefined();
  });

  test('each permission of a function stays beside the next', async () => {
    const { permissions } = createPermissions();
    const resource = `arn:aws:lambda:${region}:${accountId}:function:one`;
    for (const Service of ['events.amazonaws.com', 's3.amazonaws.com']) {
      permissions.store.allowInvocation(
        resource,
        allow('lambda:InvokeFunction', resource, { Principal: { Service } }),
      );
    }
    const id = permissions.callers.accessKeyIdOf('events.amazonaws.com', rule);
    expect(await permissions.ask(id, [{ action: 'lambda:InvokeFunction', resource }])).toBeUndefined();
  });
});

test('where permissions are off, a role is still the role to what a resource denies', async () => {
  const Condition = { ArnNotEquals: { 'aws:PrincipalArn': roleArn } };
  const resourcePolicy = policyOf(deny('sqs:*', queue, { ...anybody, Condition }));
  const { permissions } = createPermissions({ mode: 'off', resourcePolicy });
  expect(await permissions.ask('worker', [receive])).toBeUndefined();
  expect(await permissions.ask('anything', [receive])).toBeDefined();
});

test("AWS's own key of another account serves nobody here", async () => {
  const { permissions, account } = createPermissions({ statements: [allow('kms:*', '*')] });
  const { arn } = account.keys.add({ region, account: '999999999999', manager: 'AWS' });
  const facts = { region, accountId, keys: account.keys };
  const use = { keyId: arn, service: 's3', actions: ['kms:Decrypt'], encryptionContext: {} } as const;
  expect(await permissions.ask('worker', keyUse(facts, use))).toBeDefined();
});
