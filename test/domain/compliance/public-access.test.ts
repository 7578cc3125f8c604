import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../../src/domain/compliance/compliance-check.ts';
import type { Reading } from '../../../src/ports/reading.ts';
import type { PublicAccessBlock } from '../../../src/ports/resource-inventory.ts';
import { block, judge, read, unreadable, wholeBlock } from './inspected-resources.ts';

const noAccount = unreadable('s3:GetAccountPublicAccessBlock');
const noBucket = unreadable('s3:GetBucketPublicAccessBlock');

describe('the block of the account', () => {
  test.each([
    ['all four on', read(wholeBlock), 'pass'],
    ['one off', read({ ...wholeBlock, ignorePublicAcls: false }), 'fail'],
    ['none', read(block()), 'fail'],
    ['unreadable', noAccount, 'indeterminate'],
  ] as const)('%s', (_, value, verdict) => {
    expect(judge('account-public-access-block', { 'public-access-block': value }).verdict).toBe(verdict);
  });

  test('says what is off', () => {
    const value = read({ ...wholeBlock, blockPublicAcls: false, restrictPublicBuckets: false });
    expect(judge('account-public-access-block', { 'public-access-block': value }).explanation).toBe(
      'Public access is not blocked: blockPublicAcls, restrictPublicBuckets off for the account.',
    );
  });
});

describe('the block of a bucket counts with that of its account', () => {
  type Block = Reading<PublicAccessBlock>;
  const acls = { blockPublicAcls: true, ignorePublicAcls: true };
  const policies = { blockPublicPolicy: true, restrictPublicBuckets: true };
  const cases: readonly (readonly [string, Block, Block, Verdict])[] = [
    ['the bucket alone', read(block()), read(wholeBlock), 'pass'],
    ['the account alone', read(wholeBlock), read(block()), 'pass'],
    ['each a half', read(block(acls)), read(block(policies)), 'pass'],
    ['neither', read(block()), read(block()), 'fail'],
    ['the same half', read(block(acls)), read(block(acls)), 'fail'],
    ['the account whole, the bucket unreadable', read(wholeBlock), noBucket, 'pass'],
    ['the bucket whole, the account unreadable', noAccount, read(wholeBlock), 'pass'],
    ['a half, the other unreadable', read(block(acls)), noBucket, 'indeterminate'],
    ['none, the other unreadable', read(block()), noBucket, 'indeterminate'],
    ['neither readable', noAccount, noBucket, 'indeterminate'],
  ];
  test.each(cases)('%s', (_, accountPublicAccess, bucket, verdict) => {
    const facts = { 'public-access-block': bucket };
    expect(judge('s3-bucket-public-access-block', facts, { accountPublicAccess }).verdict).toBe(verdict);
  });

  test('what could not be read is named once', () => {
    const judgement = judge('s3-bucket-public-access-block', { 'public-access-block': noBucket });
    expect(judgement.unread?.map(({ code }) => code)).toEqual(['NotAsked', 'AccessDenied']);
  });
});

describe('whether a bucket is public', () => {
  const open = { 'policy-status': read({ isPublic: true }), acl: read({ publicGrants: ['READ', 'READ'] }) };
  const closed = { 'policy-status': read({ isPublic: false }), acl: read({ publicGrants: [] }) };
  const noStatus = unreadable('s3:GetBucketPolicyStatus');
  const noAcl = unreadable('s3:GetBucketAcl');
  const off = read(block());
  const restrict = read(block({ restrictPublicBuckets: true }));
  const ignore = read(block({ ignorePublicAcls: true }));
  const cases = [
    ['open both ways', { ...open, 'public-access-block': off }, 'fail'],
    ['closed both ways', { ...closed, 'public-access-block': off }, 'pass'],
    [
      'open by policy',
      { ...closed, 'policy-status': open['policy-status'], 'public-access-block': off },
      'fail',
    ],
    ['open by ACL', { ...closed, acl: open.acl, 'public-access-block': off }, 'fail'],
    [
      'a public policy that is restricted',
      { ...open, acl: closed.acl, 'public-access-block': restrict },
      'pass',
    ],
    ['public grants beside it', { ...open, 'public-access-block': restrict }, 'fail'],
    ['public grants that are ignored', { ...closed, acl: open.acl, 'public-access-block': ignore }, 'pass'],
    ['a public policy beside them', { ...open, 'public-access-block': ignore }, 'fail'],
    ['a whole block, whatever is behind it', { 'public-access-block': read(wholeBlock) }, 'pass'],
    ['an unreadable block before nothing', { ...closed, 'public-access-block': noBucket }, 'pass'],
    [
      'an unreadable block before a public policy',
      { ...open, 'public-access-block': noBucket },
      'indeterminate',
    ],
    [
      'an unreadable policy',
      { ...closed, 'policy-status': noStatus, 'public-access-block': off },
      'indeterminate',
    ],
    ['an unreadable ACL', { ...closed, acl: noAcl, 'public-access-block': off }, 'indeterminate'],
    [
      'an unreadable policy beside an open ACL',
      { ...open, 'policy-status': noStatus, 'public-access-block': off },
      'fail',
    ],
    [
      'an unreadable policy that is restricted',
      { ...closed, 'policy-status': noStatus, 'public-access-block': restrict },
      'pass',
    ],
  ] as const;
  test.each(cases)('%s', (_, facts, verdict) => {
    expect(judge('s3-bucket-public-access', facts, { accountPublicAccess: off }).verdict).toBe(verdict);
  });

  test("the account's settings count", () => {
    const facts = { ...open, 'public-access-block': off };
    const verdict = (accountPublicAccess: Reading<PublicAccessBlock>) =>
      judge('s3-bucket-public-access', facts, { accountPublicAccess }).verdict;
    expect(verdict(read(wholeBlock))).toBe('pass');
    expect(verdict(noAccount)).toBe('indeterminate');
  });

  test('the explanation of a pass says whether anybody has looked', () => {
    const because = (facts: object) =>
      judge(
        's3-bucket-public-access',
        { ...facts, 'public-access-block': read(wholeBlock) },
        { accountPublicAccess: off },
      ).explanation;
    expect(because(closed)).toBe('Neither policy nor ACL makes the bucket public.');
    expect(because({})).toBe('What policy and ACL might let in is blocked.');
    expect(because({ ...closed, acl: noAcl })).toBe('What policy and ACL might let in is blocked.');
  });

  test('the explanation names each way in', () => {
    const facts = { ...open, 'public-access-block': off };
    expect(judge('s3-bucket-public-access', facts, { accountPublicAccess: off }).explanation).toBe(
      'The bucket is public: its policy is public, and RestrictPublicBuckets is off; its ACL grants READ to the public, and IgnorePublicAcls is off.',
    );
  });

  test('the explanation names what is not known', () => {
    const facts = { ...closed, acl: noAcl, 'public-access-block': off };
    expect(judge('s3-bucket-public-access', facts, { accountPublicAccess: off })).toEqual({
      verdict: 'indeterminate',
      explanation: 'Whether the bucket is public is not known: s3:GetBucketAcl was denied (AccessDenied).',
      unread: [noAcl],
    });
  });
});
