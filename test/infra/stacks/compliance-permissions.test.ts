import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { account, deployedPolicy, type RoleCall, region, simulateRole } from '../simulate-role.ts';
import {
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  synthesizeAll,
  synthesizeCompliance,
} from '../synthesized-stack.ts';

const member = '444455556666';
const several = { account, scanAccounts: `${account},${member}`, securityHub: 'true' };
const words = 'what compliance-scanner may do';
const plain = synthesizeCompliance();
const scanner = simulateRole(plain, words);

function readerStack(context: Record<string, string>): SynthesizedStack | undefined {
  return synthesizeAll(context).find(([id]) => id === 'ComplianceReaderStack')?.[1];
}

const reader = readerStack(several);
if (reader === undefined)
  throw new Error('There is no stack for the accounts that are scanned from another.');
const readerWords = `what the compliance scanner of account ${account} may do`;

const bucket = 'arn:aws:s3:::customer-data';
const of = (service: string, rest: string, where = 'ap-south-1', whose = account) =>
  `arn:aws:${service}:${where}:${whose}:${rest}`;
const table = of('dynamodb', 'table/orders');
const topic = of('sns', 'orders');
const queue = of('sqs', 'orders');
const key = of('kms', 'key/11111111-2222-3333-4444-555555555555');
const secret = of('secretsmanager', 'secret:orders-AbCdEf');
const logGroup = of('logs', 'log-group:/aws/lambda/orders');

/** The calls of the inventory, by the names of the API; where IAM's action has another name, it is said here. */
const permissions: Record<string, readonly [resource: string, action?: string]> = {
  's3:ListBuckets': ['*', 's3:ListAllMyBuckets'],
  's3:GetBucketEncryption': [bucket, 's3:GetEncryptionConfiguration'],
  's3:GetPublicAccessBlock': [bucket, 's3:GetBucketPublicAccessBlock'],
  's3control:GetPublicAccessBlock': ['*', 's3:GetAccountPublicAccessBlock'],
  's3:GetBucketPolicy': [bucket],
  's3:GetBucketPolicyStatus': [bucket],
  's3:GetBucketAcl': [bucket],
  's3:GetBucketVersioning': [bucket],
  's3:GetBucketTagging': [bucket],
  'dynamodb:ListTables': ['*'],
  'dynamodb:DescribeTable': [table],
  'dynamodb:DescribeContinuousBackups': [table],
  'dynamodb:ListTagsOfResource': [table],
  'sns:ListTopics': ['*'],
  'sns:GetTopicAttributes': [topic],
  'sns:ListTagsForResource': [topic],
  'sqs:ListQueues': ['*'],
  'sqs:GetQueueAttributes': [queue],
  'sqs:ListQueueTags': [queue],
  'kms:ListKeys': ['*'],
  'kms:DescribeKey': [key],
  'kms:GetKeyRotationStatus': [key],
  'kms:GetKeyPolicy': [key],
  'kms:ListResourceTags': [key],
  'secretsmanager:ListSecrets': ['*'],
  'secretsmanager:DescribeSecret': [secret],
  'secretsmanager:GetResourcePolicy': [secret],
  'logs:DescribeLogGroups': ['*'],
  'logs:ListTagsForResource': [logGroup],
};

/** The policy of a key that leaves it to an account what its roles may do, as the default one does. */
const leftTo = (whose: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${whose}:root` }, Action: 'kms:*', Resource: '*' },
  ],
});

const reads: RoleCall[] = Object.entries(permissions).map(([api, [resource, action = api]]) => ({
  action,
  resource,
  ...(resource === key ? { resourcePolicy: leftTo(account) } : {}),
}));

/** What the role may do on services of the account, beside its own bucket, table, topic, log and traces. */
function outside(stack: SynthesizedStack, ofRole: string): string[] {
  const own =
    /^(dynamodb:(PutItem|GetItem|Query)|s3:(PutObject|GetObject|GetObjectVersion|ListBucket)|sns:Publish|logs:(CreateLogStream|PutLogEvents)|xray:\w+|kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt\w+))$/;
  const actions = statementsOfRole(stack, ofRole).flatMap(statement => statement.actions);
  return [...new Set(actions.filter(action => !own.test(action)))].sort();
}

const actionsOf = (calls: readonly RoleCall[]) => [...new Set(calls.map(({ action }) => action))].sort();

describe('A7: the scanner', () => {
  test.each(reads)('may $action', async call => {
    expect(await scanner.ask(call)).toBe('Allowed');
  });

  test('may look, leave results, audit and announce, and nothing else', () => {
    expect(outside(plain, words)).toEqual(actionsOf(reads));
    const logs = `arn:<AWS::Partition>:s3:::sallyport-compliance-logs-dev-<AWS::AccountId>`;
    const lines = statementsOfRole(plain, words)
      .flatMap(({ actions, resources }) => actions.flatMap(a => resources.map(r => `${a} ${r}`)))
      .filter(line => /Object|ListBucket |dynamodb:(Put|Get|Query)|sns:Publish/.test(line))
      .sort();
    expect(lines).toEqual([
      'dynamodb:GetItem <ComplianceAuditTable.Arn>',
      'dynamodb:PutItem <ComplianceAuditTable.Arn>',
      'dynamodb:Query <ComplianceAuditTable.Arn>',
      `s3:GetObject ${logs}/compliance/*`,
      `s3:GetObjectVersion ${logs}/compliance/*`,
      `s3:ListBucket ${logs}`,
      `s3:PutObject ${logs}/compliance/*`,
      'sns:Publish <ComplianceAlertTopic>',
    ]);
  });

  test('may make each call that the inventory makes, by the names in its source', () => {
    const folder = new URL('../../../src/adapters/aws/inventory/', import.meta.url);
    const sources = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'));
    const made = sources.flatMap(text =>
      [...text.matchAll(/'((?:s3|s3control|dynamodb|sns|sqs|kms|secretsmanager|logs):[A-Z]\w+)'/g)].map(
        ([, api = '']) => api,
      ),
    );
    const known = Object.keys(permissions).filter(api => !api.startsWith('s3control:'));
    expect([...new Set(made)].filter(api => !api.startsWith('s3control:')).sort()).toEqual(known.sort());
  });

  test('fits into what IAM takes as inline policies of a role: 10 240 characters', () => {
    expect(JSON.stringify(scanner.policies).length).toBeLessThan(9000);
  });

  test('asks about keys of other accounts, whose policies decide', async () => {
    const foreign = of('kms', 'key/11111111-2222-3333-4444-555555555555', region, member);
    const ask = (action: string, resourcePolicy?: object) =>
      scanner.ask({ action, resource: foreign, ...(resourcePolicy === undefined ? {} : { resourcePolicy }) });
    expect(await ask('kms:DescribeKey', leftTo(account))).toBe('Allowed');
    expect(await ask('kms:DescribeKey', leftTo(member))).toBe('ImplicitlyDenied');
    expect(await ask('kms:GetKeyPolicy', leftTo(account))).toBe('ImplicitlyDenied');
  });

  test.each([
    ['read a secret', { action: 'secretsmanager:GetSecretValue', resource: secret }],
    ['read an object', { action: 's3:GetObject', resource: `${bucket}/key` }],
    ['read a row', { action: 'dynamodb:GetItem', resource: table }],
    ['take a message', { action: 'sqs:ReceiveMessage', resource: queue }],
    ['read a log', { action: 'logs:GetLogEvents', resource: `${logGroup}:log-stream:s` }],
    ['decrypt', { action: 'kms:Decrypt', resource: key, resourcePolicy: leftTo(account) }],
    ['change a policy', { action: 's3:PutBucketPolicy', resource: bucket }],
    [
      'look at a bucket of another account',
      { action: 's3:GetBucketPolicy', resource: bucket, context: { 'aws:ResourceAccount': member } },
    ],
    [
      'look at a table of another account',
      { action: 'dynamodb:DescribeTable', resource: of('dynamodb', 'table/t', region, member) },
    ],
    [
      'assume a role',
      { action: 'sts:AssumeRole', resource: `arn:aws:iam::${member}:role/sallyport-compliance-reader` },
    ],
    [
      'import findings where nobody asked for it',
      {
        action: 'securityhub:BatchImportFindings',
        resource: of('securityhub', `product/${account}/default`, region),
      },
    ],
  ] as const)('may not %s', async (_name, call: RoleCall) => {
    expect(await scanner.ask(call)).toBe('ImplicitlyDenied');
  });
});

describe('A7: the scanner of several accounts', () => {
  const { ask } = simulateRole(synthesizeCompliance(several), words);
  const [trusting] = resourcesOf(reader, 'AWS::IAM::Role').map(([, { Properties }]) => Properties);
  const trust = deployedPolicy(trusting?.['AssumeRolePolicyDocument']);
  const assume = (whose: string, name: string) =>
    ask({
      action: 'sts:AssumeRole',
      resource: `arn:aws:iam::${whose}:role/${name}`,
      resourcePolicy: trust,
    });

  test('assumes the named role in the named accounts, and not in its own', async () => {
    expect(await assume(member, 'sallyport-compliance-reader')).toBe('Allowed');
    expect(await assume(member, 'admin')).toBe('ImplicitlyDenied');
    expect(await assume('777788889999', 'sallyport-compliance-reader')).toBe('ImplicitlyDenied');
    expect(await assume(account, 'sallyport-compliance-reader')).toBe('ImplicitlyDenied');
  });

  test.each([
    [`product/${account}/default`, region, 'Allowed'],
    [`product/${account}/default`, 'us-east-1', 'ImplicitlyDenied'],
    ['product/aws/guardduty', region, 'ImplicitlyDenied'],
  ])('imports into %s of %s: %s', async (product, where, outcome) => {
    const resource = of('securityhub', product, where);
    expect(await ask({ action: 'securityhub:BatchImportFindings', resource })).toBe(outcome);
  });
});

describe('A7: the role in an account that is scanned from another', () => {
  test('may look, and import results where that is asked for', () => {
    expect(outside(reader, readerWords)).toEqual(
      [...actionsOf(reads), 'securityhub:BatchImportFindings'].sort(),
    );
    const without = readerStack({ ...several, securityHub: 'false', scanRoleName: 'reader' });
    if (without === undefined) throw new Error('There is no stack.');
    expect(outside(without, readerWords)).toEqual(actionsOf(reads));
    without.template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'reader' });
  });

  test("trusts the scanner's role of that account alone, by the name that the scanner bears", () => {
    const [role] = resourcesOf(reader, 'AWS::IAM::Role').map(([, { Properties }]) => Properties);
    expect(render(role?.['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { AWS: `arn:<AWS::Partition>:iam::${account}:root` },
          Condition: {
            ArnEquals: {
              'aws:PrincipalArn': `arn:<AWS::Partition>:iam::${account}:role/sallyport-compliance-scanner-dev`,
            },
          },
        },
      ],
    });
    const [scannerRole] = resourcesOf(plain, 'AWS::IAM::Role')
      .map(([, { Properties }]) => Properties)
      .filter(({ Description }) => String(Description).endsWith(words));
    expect(scannerRole).toMatchObject({ RoleName: 'sallyport-compliance-scanner-dev' });
  });

  test.each([
    ['where no account is named', {}],
    ['where the own is the only one', { account, scanAccounts: account }],
  ])('does not stand %s', (_name, context: Record<string, string>) => {
    expect(readerStack(context)).toBeUndefined();
  });
});
