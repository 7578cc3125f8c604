import type { ExpectedResource } from '../../src/adapters/contracts/resource-inventory-contract.ts';
import type {
  AspectValues,
  InventoryScope,
  KeyFacts,
  ResourceRef,
  ResourceType,
} from '../../src/ports/resource-inventory.ts';

/** Where the emulators are. */
export const sampleScope: InventoryScope = { account: '000000000000', region: 'us-east-1' };

const { account, region } = sampleScope;

export const customerKeyArn = keyArn('11111111-2222-3333-4444-555555555555');
export const awsKeyArn = keyArn('99999999-8888-7777-6666-555555555555');
export const customerAlias = 'alias/uploads';
export const awsAlias = 'alias/aws/s3';

const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const deny = document({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
const open = document({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::open/*',
});

/** More than a page of the services that have the largest ones. */
const many = 105;

/** An account with some of everything; it stays as it is. */
export const sampleResources: readonly ExpectedResource[] = [
  expected('account', `arn:aws:iam::${account}:root`, account, { 'public-access-block': block(true) }),
  bucket('plain', {
    encryption: { by: 's3' },
    'public-access-block': block(true),
    policy: {},
    'policy-status': { isPublic: false },
    acl: { publicGrants: [] },
    versioning: 'off',
    tags: {},
  }),
  bucket('guarded', {
    encryption: { by: 'kms', keyId: customerKeyArn },
    'public-access-block': block(true),
    policy: {
      document: document({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::guarded/*',
      }),
    },
    'policy-status': { isPublic: false },
    acl: { publicGrants: [] },
    versioning: 'enabled',
    tags: { team: 'intake', 'cost & <centre>': '' },
  }),
  bucket('managed', { encryption: { by: 'aws-managed' } }),
  bucket(
    'open',
    {
      encryption: { by: 's3' },
      'public-access-block': { ...block(false), ignorePublicAcls: true },
      policy: { document: open },
      'policy-status': { isPublic: true },
      acl: { publicGrants: ['READ', 'WRITE'] },
    },
    'eu-central-1',
  ),
  ...numbered(index => bucket(`many-${index}`, {})),
  table('ledger', {
    encryption: { by: 'aws-owned' },
    'point-in-time-recovery': { enabled: false },
    tags: { team: 'intake' },
  }),
  table('audit', {
    encryption: { by: 'kms', keyId: customerKeyArn },
    'point-in-time-recovery': { enabled: true },
    tags: {},
  }),
  topic('alerts', {
    encryption: { by: 'kms', keyId: customerAlias },
    policy: { document: deny },
    tags: { team: 'intake' },
  }),
  topic('plain', { encryption: { by: 'none' }, policy: {}, tags: {} }),
  ...numbered(index => topic(`topic-${index}`, {})),
  queue('intake', {
    encryption: { by: 'kms', keyId: customerAlias },
    policy: { document: deny },
    tags: { team: 'intake' },
  }),
  queue('managed', { encryption: { by: 'aws-owned' }, policy: {}, tags: {} }),
  queue('plain', { encryption: { by: 'none' } }),
  ...numbered(index => queue(`queue-${index}`, {})),
  key(customerKeyArn, 'CUSTOMER', {
    'key-rotation': { enabled: true, periodDays: 365 },
    policy: { document: deny },
    tags: { team: 'intake' },
  }),
  key(awsKeyArn, 'AWS', { tags: {} }),
  key(
    keyArn('00000000-0000-0000-0000-00000000dead'),
    'CUSTOMER',
    { 'key-rotation': { enabled: false } },
    'PendingDeletion',
  ),
  ...numbered(index => key(keyArn(`00000000-0000-0000-0000-000000000${index}`), 'CUSTOMER')),
  secret('database', {
    encryption: { by: 'kms', keyId: customerKeyArn },
    policy: { document: deny },
    tags: { team: 'intake' },
  }),
  secret('token', { encryption: { by: 'aws-managed' }, policy: {}, tags: {} }),
  ...numbered(index => secret(`secret-${index}`, {})),
  logGroup('/aws/lambda/intake', {
    encryption: { by: 'kms', keyId: customerKeyArn },
    tags: { team: 'intake' },
  }),
  logGroup('/aws/lambda/intake-2', { encryption: { by: 'aws-owned' }, tags: {} }),
  ...numbered(index => logGroup(`log-${index}`, {})),
];

/** Nothing of the kind is in the account. */
export const absentResources: readonly ResourceRef[] = [
  bucket('absent', {}),
  table('absent', {}),
  topic('absent', {}),
  queue('absent', {}),
  key(keyArn('77777777-7777-7777-7777-777777777777'), 'CUSTOMER'),
  secret('absent', {}),
  // The beginning of a name that is there.
  logGroup('/aws/lambda/inta', {}),
].map(({ resource }) => resource);

export const absentKey = keyArn('77777777-7777-7777-7777-777777777777');

/** The names that resources may call the sample's keys by. */
export const keyNames: readonly { readonly keyId: string; readonly facts: KeyFacts }[] = [
  ...[customerKeyArn, idOf(customerKeyArn), customerAlias].map(keyId => ({
    keyId,
    facts: keyFacts(customerKeyArn, 'CUSTOMER', 'Enabled'),
  })),
  { keyId: awsAlias, facts: keyFacts(awsKeyArn, 'AWS', 'Enabled') },
];

function expected(
  type: ResourceType,
  arn: string,
  name: string,
  values: Partial<AspectValues>,
  where = region,
): ExpectedResource {
  return { resource: { type, account, region: where, arn, name }, values };
}

function numbered(of: (index: number) => ExpectedResource): ExpectedResource[] {
  return Array.from({ length: many }, (_, index) => of(100 + index));
}

function bucket(name: string, values: Partial<AspectValues>, where = region): ExpectedResource {
  return expected('s3-bucket', `arn:aws:s3:::${name}`, name, values, where);
}

function table(name: string, values: Partial<AspectValues>): ExpectedResource {
  return expected('dynamodb-table', `arn:aws:dynamodb:${region}:${account}:table/${name}`, name, values);
}

function topic(name: string, values: Partial<AspectValues>): ExpectedResource {
  return expected('sns-topic', `arn:aws:sns:${region}:${account}:${name}`, name, values);
}

function queue(name: string, values: Partial<AspectValues>): ExpectedResource {
  return expected('sqs-queue', `arn:aws:sqs:${region}:${account}:${name}`, name, values);
}

function key(
  arn: string,
  manager: KeyFacts['manager'],
  values: Partial<AspectValues> = {},
  keyState = 'Enabled',
): ExpectedResource {
  return expected('kms-key', arn, idOf(arn), { key: keyFacts(arn, manager, keyState), ...values });
}

function secret(name: string, values: Partial<AspectValues>): ExpectedResource {
  const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
  return expected('secret', arn, name, values);
}

function logGroup(name: string, values: Partial<AspectValues>): ExpectedResource {
  return expected('log-group', `arn:aws:logs:${region}:${account}:log-group:${name}`, name, values);
}

function keyFacts(arn: string, manager: KeyFacts['manager'], keyState: string): KeyFacts {
  return { arn, account, manager, keyState, keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' };
}

function keyArn(id: string): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function block(on: boolean): AspectValues['public-access-block'] {
  return { blockPublicAcls: on, ignorePublicAcls: on, blockPublicPolicy: on, restrictPublicBuckets: on };
}
