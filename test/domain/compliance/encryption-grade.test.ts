import { describe, expect, test } from '@jest/globals';
import type { EncryptionGrade, Verdict } from '../../../src/domain/compliance/compliance-check.ts';
import { encryptionFloors } from '../../../src/domain/compliance/compliance-policy.ts';
import { gradeOf } from '../../../src/domain/compliance/encryption-grade.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { Reading } from '../../../src/ports/reading.ts';
import type { KeyFacts, StatedEncryption } from '../../../src/ports/resource-inventory.ts';
import { account, defaultPolicy, judge, keyFacts, read, unreadable } from './inspected-resources.ts';

const named = { by: 'kms', keyId: 'alias/aws/s3' } as const;
const other = '444455556666';

describe('what is', () => {
  const cases: readonly (readonly [
    string,
    StatedEncryption,
    Reading<KeyFacts> | undefined,
    EncryptionGrade,
  ])[] = [
    ['nothing', { by: 'none' }, undefined, 'none'],
    ["the service's own key", { by: 'aws-owned' }, undefined, 'aws-owned'],
    ['SSE-S3', { by: 's3' }, undefined, 'sse-s3'],
    ['an AWS-managed key that is not named', { by: 'aws-managed' }, undefined, 'aws-managed'],
    ['an AWS-managed key', named, read(keyFacts({ manager: 'AWS' })), 'aws-managed'],
    ['a key of the customer under an alias of AWS', named, read(keyFacts()), 'customer-managed'],
    [
      'an AWS-managed key under an alias of the customer',
      { by: 'kms', keyId: 'alias/ours' },
      read(keyFacts({ manager: 'AWS' })),
      'aws-managed',
    ],
    [
      'a key whose primary region changes',
      named,
      read(keyFacts({ keyState: 'Updating' })),
      'customer-managed',
    ],
    ...[
      'Creating',
      'Disabled',
      'PendingDeletion',
      'PendingReplicaDeletion',
      'PendingImport',
      'Unavailable',
      'SomethingNew',
      'enabled',
    ].map(
      keyState =>
        [
          `a key in state ${keyState}`,
          named,
          read(keyFacts({ keyState })),
          'customer-managed-unhealthy',
        ] as const,
    ),
    ["another account's key", named, read(keyFacts({ account: other })), 'customer-managed-unhealthy'],
    ['a key that must not be described', named, unreadable('kms:DescribeKey'), 'indeterminate'],
    ['a key that is not there', named, unreadable('kms:DescribeKey', 'gone'), 'customer-managed-unhealthy'],
    ['a key that nobody asked for', named, undefined, 'indeterminate'],
  ];
  test.each(cases)('%s', (_, stated, key, grade) => {
    expect(gradeOf(read(stated), key, account, defaultPolicy).grade).toBe(grade);
  });

  test('a statement that could not be read is not graded', () => {
    const unread = unreadable('s3:GetEncryptionConfiguration');
    expect(gradeOf(unread, read(keyFacts()), account, defaultPolicy)).toEqual({
      grade: 'indeterminate',
      what: 'The encryption could not be read: s3:GetEncryptionConfiguration was denied (AccessDenied)',
      unread: [unread],
    });
  });

  test("another account's key counts as ours where the policy names the account", () => {
    const policy = readCompliancePolicy({ encryption: { keyAccounts: [other] } });
    const grade = (keyState: string) =>
      gradeOf(read(named), read(keyFacts({ account: other, keyState })), account, policy).grade;
    expect(grade('Enabled')).toBe('customer-managed');
    expect(grade('Disabled')).toBe('customer-managed-unhealthy');
  });

  test('the explanation says each thing that is wrong with a key', () => {
    const key = read(keyFacts({ account: other, keyState: 'PendingDeletion' }));
    expect(gradeOf(read(named), key, account, defaultPolicy).what).toBe(
      `Encrypted with the customer-managed key alias/aws/s3, which is in state PendingDeletion and is in account ${other}, which the policy does not name`,
    );
  });

  test('a key that is not there fails like one whose deletion is pending, under any floor', () => {
    const policy = readCompliancePolicy({ encryption: { floor: 'none' } });
    const encryption = { encryption: read(named) };
    const key = unreadable('kms:DescribeKey', 'gone');
    expect(judge('sqs-queue-encryption', encryption, { key }, policy)).toEqual({
      verdict: 'fail',
      grade: 'customer-managed-unhealthy',
      explanation:
        'Names the KMS key alias/aws/s3, which is not there: kms:DescribeKey found nothing there (Other).',
      remedy:
        'Give the resource a key that is there; what was encrypted under the old one cannot be read any more.',
    });
  });

  test.each([
    [keyFacts({ keyState: 'PendingDeletion' }), /^Cancel the deletion of the key \(kms:CancelKeyDeletion\)/],
    [keyFacts({ keyState: 'PendingReplicaDeletion' }), /^Cancel the deletion/],
    [keyFacts({ keyState: 'Disabled' }), /^Enable the key \(kms:EnableKey\)\.$/],
    [keyFacts({ keyState: 'PendingImport' }), /^Import the material/],
    [keyFacts({ keyState: 'constructor' }), /^Make the key usable again/],
    [keyFacts({ account: other }), /^Use a key of the account/],
    [keyFacts({ account: other, keyState: 'Disabled' }), /^Enable the key .* Use a key of the account/],
  ])('an unhealthy key %j has a remedy of its own, whatever the policy asks', (facts, remedy) => {
    const judgement = judge('sqs-queue-encryption', { encryption: read(named) }, { key: read(facts) });
    expect(judgement).toMatchObject({ verdict: 'fail', remedy: expect.stringMatching(remedy) });
    expect(judgement?.explanation).not.toContain('the policy asks');
  });

  test('what a resource calls its key cannot act on the reader', () => {
    const { what } = gradeOf(
      read({ by: 'kms', keyId: 'a\u202eb' }),
      read(keyFacts()),
      account,
      defaultPolicy,
    );
    expect(what).toContain('a\\u{202e}b');
  });
});

const stated: readonly (readonly [EncryptionGrade, StatedEncryption, Reading<KeyFacts> | undefined])[] = [
  ['none', { by: 'none' }, undefined],
  ['aws-owned', { by: 'aws-owned' }, undefined],
  ['sse-s3', { by: 's3' }, undefined],
  ['aws-managed', { by: 'aws-managed' }, undefined],
  ['customer-managed', named, read(keyFacts())],
  ['customer-managed-unhealthy', named, read(keyFacts({ keyState: 'Disabled' }))],
  ['indeterminate', named, unreadable('kms:DescribeKey')],
];

describe('whether it is enough', () => {
  test.each(encryptionFloors.map((floor, index) => [floor, index] as const))('floor %s', (floor, least) => {
    const policy = readCompliancePolicy({ encryption: { floor } });
    const verdicts = stated.map(([, value, key]) => {
      return judge('s3-bucket-encryption', { encryption: read(value) }, key && { key }, policy).verdict;
    });
    const ordered = encryptionFloors.map((_, index): Verdict => (index >= least ? 'pass' : 'fail'));
    expect(verdicts).toEqual([...ordered, 'fail', 'indeterminate']);
  });

  test('the explanation says what is, then what is asked for', () => {
    expect(judge('dynamodb-table-encryption', { encryption: read({ by: 'aws-owned' }) })).toEqual({
      verdict: 'fail',
      grade: 'aws-owned',
      explanation: 'Encrypted with a key that AWS owns; the policy asks for a customer-managed key.',
    });
  });

  test('without facts there is no verdict', () => {
    expect(judge('secret-encryption', {})).toMatchObject({
      verdict: 'indeterminate',
      grade: 'indeterminate',
      unread: [{ code: 'NotAsked' }],
    });
  });
});

describe('which floor counts', () => {
  const policy = readCompliancePolicy({
    encryption: {
      floor: 'aws-managed',
      byType: { 's3-bucket': 'customer-managed' },
      byTag: [
        { key: 'data', value: 'public', floor: 'sse-s3' },
        { key: 'data', value: 'public', floor: 'customer-managed' },
        { key: 'stage', value: 'dev', floor: 'none' },
      ],
    },
  });
  const bucket = (by: 's3' | 'aws-managed' | 'none', tags?: Record<string, string>) =>
    judge(
      's3-bucket-encryption',
      { encryption: read({ by }), tags: tags === undefined ? unreadable('s3:GetBucketTagging') : read(tags) },
      {},
      policy,
    );

  test.each([
    ['its type without a tag', bucket('aws-managed', {}), 'fail'],
    ['its type under another value of the tag', bucket('aws-managed', { data: 'secret' }), 'fail'],
    ['the first tag that fits', bucket('s3', { data: 'public', stage: 'dev' }), 'pass'],
    ['a later tag', bucket('none', { stage: 'dev' }), 'pass'],
    ['the tag in its own case', bucket('none', { Stage: 'dev' }), 'fail'],
    ['no tag that every object has', bucket('none', { constructor: 'dev' }), 'fail'],
  ])('%s', (_, { verdict }, expected) => expect(verdict).toBe(expected));

  test('the floor of all, for other types', () => {
    const table = judge(
      'secret-encryption',
      { encryption: read({ by: 'aws-managed' }), tags: read({}) },
      {},
      policy,
    );
    expect(table.verdict).toBe('pass');
  });

  test('unreadable tags leave it open, and are named', () => {
    expect(bucket('s3')).toEqual({
      verdict: 'indeterminate',
      grade: 'sse-s3',
      explanation:
        'Encrypted with keys that S3 manages (SSE-S3); the policy asks for at least SSE-S3, or a customer-managed key, or no encryption: its tags could not be read (s3:GetBucketTagging was denied (AccessDenied)).',
      unread: [unreadable('s3:GetBucketTagging')],
    });
  });

  test('unreadable tags do not matter where every floor agrees', () => {
    const key = read(keyFacts());
    const tags = unreadable('s3:GetBucketTagging');
    const facts = (value: StatedEncryption) => ({ encryption: read(value), tags });
    expect(judge('s3-bucket-encryption', facts(named), { key }, policy).verdict).toBe('pass');
    const strict = readCompliancePolicy({
      encryption: { byTag: [{ key: 'a', value: 'b', floor: 'aws-managed' }] },
    });
    expect(judge('s3-bucket-encryption', facts({ by: 's3' }), {}, strict).verdict).toBe('fail');
  });

  test('tags are not needed where no floor goes by them', () => {
    expect(judge('s3-bucket-encryption', { encryption: read({ by: 's3' }) }).verdict).toBe('fail');
  });
});
