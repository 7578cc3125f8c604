import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../../infra/local/account/local-service.ts';
import type { Aspect, ResourceType } from '../../../../src/ports/resource-inventory.ts';
import {
  type AspectRow,
  queryError,
  refOf,
  type ScriptedInventory,
  s3Error,
  startScriptedInventory,
  xml,
} from './scripted-inventory.ts';

let scripted: ScriptedInventory;

beforeAll(async () => {
  scripted = await startScriptedInventory();
});
afterAll(() => scripted.close());
const sse = (...rules: readonly string[]) =>
  xml(
    `<ServerSideEncryptionConfiguration>${rules.map(rule => `<Rule>${rule}</Rule>`).join('')}</ServerSideEncryptionConfiguration>`,
  );
const byDefault = (inner: string) =>
  `<ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault>`;
const kms = (keyId: string) =>
  byDefault(`<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${keyId}</KMSMasterKeyID>`);
const grant = (grantee: string, permission: string) =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
const group = (name: string) => `<URI>http://acs.amazonaws.com/groups/${name}</URI>`;
const acl = (...grants: readonly string[]) =>
  xml(
    `<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`,
  );
const blocked = (inner: string) =>
  xml(`<PublicAccessBlockConfiguration>${inner}</PublicAccessBlockConfiguration>`);
const off = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};
const accountCall = 's3-control GET /v20180820/configuration/publicAccessBlock';

describe('an aspect', () => {
  test.each<AspectRow>([
    [
      'account',
      'public-access-block',
      { ...off, blockPublicAcls: true },
      [accountCall],
      blocked('<BlockPublicAcls>true</BlockPublicAcls>'),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 's3' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>AES256</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 's3' },
      ['s3 GET /files/?encryption='],
      sse('<BucketKeyEnabled>true</BucketKeyEnabled>'),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'aws-managed' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>aws:kms</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'aws-managed' },
      ['s3 GET /files/?encryption='],
      sse(byDefault('<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'kms', keyId: 'alias/aws/s3' },
      ['s3 GET /files/?encryption='],
      sse(kms('alias/aws/s3')),
    ],
    [
      's3-bucket',
      'encryption',
      { by: 'kms', keyId: 'second' },
      ['s3 GET /files/?encryption='],
      sse('<BucketKeyEnabled>true</BucketKeyEnabled>', kms('second')),
    ],
    [
      's3-bucket',
      'public-access-block',
      { ...off, restrictPublicBuckets: true },
      ['s3 GET /files/?publicAccessBlock='],
      blocked('<RestrictPublicBuckets>true</RestrictPublicBuckets><BlockPublicAcls>false</BlockPublicAcls>'),
    ],
    [
      's3-bucket',
      'policy',
      { document: '{"a":1}' },
      ['s3 GET /files/?policy='],
      { status: 200, body: '{"a":1}' },
    ],
    [
      's3-bucket',
      'policy-status',
      { isPublic: true },
      ['s3 GET /files/?policyStatus='],
      xml('<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>'),
    ],
    [
      's3-bucket',
      'acl',
      { publicGrants: [] },
      ['s3 GET /files/?acl='],
      acl(grant(group('s3/LogDelivery'), 'WRITE'), grant('<ID>me</ID>', 'FULL_CONTROL')),
    ],
    [
      's3-bucket',
      'acl',
      { publicGrants: ['READ', 'WRITE'] },
      ['s3 GET /files/?acl='],
      acl(
        grant(group('global/AllUsers'), 'READ'),
        grant(group('global/AuthenticatedUsers'), 'READ'),
        grant(group('global/AuthenticatedUsers'), 'WRITE'),
      ),
    ],
    ['s3-bucket', 'versioning', 'off', ['s3 GET /files/?versioning='], xml('<VersioningConfiguration/>')],
    [
      's3-bucket',
      'versioning',
      'enabled',
      ['s3 GET /files/?versioning='],
      xml('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    ],
    [
      's3-bucket',
      'versioning',
      'suspended',
      ['s3 GET /files/?versioning='],
      xml('<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>'),
    ],
    [
      's3-bucket',
      'tags',
      { a: '1', b: '' },
      ['s3 GET /files/?tagging='],
      xml(
        '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value></Value></Tag></TagSet></Tagging>',
      ),
    ],
  ])('of %s, %s, is %j', async (...row: AspectRow) => {
    const [type, aspect, value, calls, ...answers] = row;
    scripted.answer(...answers);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'read', value },
    });
    expect(scripted.calls()).toEqual(calls);
  });

  test.each<[ResourceType, Aspect, ServiceAnswer]>([
    ['s3-bucket', 'encryption', sse(byDefault('<SSEAlgorithm>aws:fsx</SSEAlgorithm>'))],
    [
      's3-bucket',
      'versioning',
      xml('<VersioningConfiguration><Status>Perhaps</Status></VersioningConfiguration>'),
    ],
    ['s3-bucket', 'policy-status', xml('<PolicyStatus></PolicyStatus>')],
    ['s3-bucket', 'policy', { status: 200, body: '' }],
    ['s3-bucket', 'acl', acl(`<Grant><Grantee>${group('global/AllUsers')}</Grantee></Grant>`)],
  ])('of %s, %s, is not read from an answer that does not tell it', async (type, aspect, answer) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toMatchObject({
      [aspect]: { state: 'unreadable', reason: 'failed', code: 'UnexpectedAnswer' },
    });
    scripted.calls();
  });
});

describe('that nothing is set', () => {
  test.each<[ResourceType, Aspect, ServiceAnswer, unknown]>([
    ['account', 'public-access-block', queryError('NoSuchPublicAccessBlockConfiguration', 404), off],
    ['s3-bucket', 'public-access-block', s3Error('NoSuchPublicAccessBlockConfiguration', 404), off],
    [
      's3-bucket',
      'encryption',
      s3Error('ServerSideEncryptionConfigurationNotFoundError', 404),
      { by: 'none' },
    ],
    ['s3-bucket', 'policy', s3Error('NoSuchBucketPolicy', 404), {}],
    ['s3-bucket', 'policy-status', s3Error('NoSuchBucketPolicy', 404), { isPublic: false }],
    ['s3-bucket', 'tags', s3Error('NoSuchTagSet', 404), {}],
  ])('of %s, %s, is a value', async (type, aspect, answer, value) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'read', value },
    });
    scripted.calls();
  });
});

test('a bucket of another region is asked there once more', async () => {
  const elsewhere = {
    ...s3Error('PermanentRedirect', 301),
    headers: { 'x-amz-bucket-region': 'us-west-2' },
  };
  scripted.answer(elsewhere, xml('<VersioningConfiguration/>'));

  expect(await scripted.inventory.describe(refOf('s3-bucket'), ['versioning'])).toEqual({
    versioning: { state: 'read', value: 'off' },
  });
  expect(scripted.calls()).toEqual(['s3 GET /files/?versioning=', 's3 GET /files/?versioning=']);
});

test('a bucket is asked only as the account’s own', async () => {
  await scripted.inventory.describe(refOf('s3-bucket'), [
    'encryption',
    'public-access-block',
    'policy',
    'policy-status',
    'acl',
    'versioning',
    'tags',
  ]);

  expect(scripted.headers('x-amz-expected-bucket-owner')).toEqual(Array(7).fill('111122223333'));
  scripted.calls();
});
