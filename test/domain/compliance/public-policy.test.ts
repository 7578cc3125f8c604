import { describe, expect, test } from '@jest/globals';
import { account, judge, read, refOf, unreadable } from './inspected-resources.ts';

const { arn } = refOf('sns-topic');
const grant = { Sid: 'In', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: arn };

function verdictOf(statement: unknown) {
  const policy = read({ document: JSON.stringify({ Version: '2012-10-17', Statement: statement }) });
  return judge('sns-topic-public-access', { policy }).verdict;
}

const only = (condition: unknown) => ({ ...grant, Condition: condition });

describe('lets in those it names', () => {
  test.each([
    ['no statement', []],
    ['a principal', { ...grant, Principal: { AWS: `arn:aws:iam::${account}:root` } }],
    ['a service', { ...grant, Principal: { Service: 's3.amazonaws.com' } }],
    ['nobody', { ...grant, Effect: 'Deny' }],
    ["the owner's account, as SNS writes it", only({ StringEquals: { 'AWS:SourceOwner': account } })],
    ['a source', only({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::invoices' } })],
    ['an organization', only({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } })],
    [
      'one of two paths',
      only({ 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': ['o-a/r-b/', 'o-a/r-c/'] } }),
    ],
    ['an address', only({ IpAddress: { 'aws:SourceIp': '203.0.113.7' } })],
    ['a network', only({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } })],
    [
      'a network of IPv4, as IPv6',
      only({ IpAddress: { 'aws:SourceIp': ['::ffff:203.0.113.0/120', '::FFFF:a00:0/104', '::1'] } }),
    ],
    [
      'several',
      {
        ...grant,
        Principal: { AWS: [account, 'AIDACKCEVSQ6C2EXAMPLE'], CanonicalUser: '7ac', Federated: 'a.example' },
      },
    ],
    [
      'whoever it is, of an account',
      { ...only({ StringEquals: { 'aws:SourceAccount': account } }), Principal: undefined },
    ],
    [
      'a source, with more conditions',
      only({ Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceAccount': account } }),
    ],
  ])('%s', (_, statement) => expect(verdictOf(statement)).toBe('pass'));
});

describe('lets in everybody', () => {
  test.each([
    ['every principal', grant],
    ['every AWS principal', [{ ...grant, Principal: { AWS: ['*'] } }]],
    ['everybody, of every type', { ...grant, Principal: { '*': '*' } }],
    ['every service', { ...grant, Principal: { Service: '*' } }],
    ['every federated user', { ...grant, Principal: { AWS: account, Federated: ['*'] } }],
    ['IPv4, as IPv6', only({ IpAddress: { 'aws:SourceIp': '::ffff:0.0.0.0/96' } })],
    ['IPv4, among IPv6', only({ IpAddress: { 'aws:SourceIp': '::/32' } })],
    ['half of IPv4, as IPv6', only({ IpAddress: { 'aws:SourceIp': '0:0:0:0:0:ffff:8000:0/97' } })],
    ['a range wider than its addresses', only({ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } })],
    ['an address that is none', only({ IpAddress: { 'aws:SourceIp': '1:2:3.4' } })],
    ['all but one', { Effect: 'Allow', NotPrincipal: { AWS: arn }, NotAction: 'sns:Publish', Resource: arn }],
    ['whoever uses TLS', only({ Bool: { 'aws:SecureTransport': 'true' } })],
    ['a pattern of sources', only({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } })],
    ['one letter of a source', only({ StringLike: { 'aws:SourceAccount': '11112222333?' } })],
    ['a variable', only({ StringEquals: { 'aws:SourceAccount': '\u0024{aws:PrincipalAccount}' } })],
    ['one fixed value among others', only({ StringLike: { 'aws:SourceAccount': [account, '*'] } })],
    ['no value', only({ StringEquals: { 'aws:SourceAccount': [] } })],
    ['all but one account', only({ StringNotEquals: { 'aws:SourceAccount': account } })],
    ['whoever names no source', only({ StringEqualsIfExists: { 'aws:SourceAccount': account } })],
    ['whoever has no paths', only({ 'ForAllValues:StringEquals': { 'aws:PrincipalOrgPaths': 'o-a/r-b/' } })],
    ['the Internet', only({ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } })],
    ['a wide part of it', only({ IpAddress: { 'aws:SourceIp': '2001::/16' } })],
    ['half of it', only({ IpAddress: { 'aws:SourceIp': '2000::/3' } })],
    ['no address', only({ IpAddress: { 'aws:SourceIp': 'any' } })],
    ['a grant that another statement narrows', [grant, { ...grant, Effect: 'Deny' }]],
  ])('%s', (_, statement) => expect(verdictOf(statement)).toBe('fail'));
});

describe('is not understood', () => {
  test.each([
    ['nobody named', undefined],
    ['no type of principal', {}],
    ['a type with no name', { AWS: [] }],
    ['an empty name', { AWS: '' }],
    ['a name that is no text', { AWS: [{ '*': '*' }] }],
    ['a text that is not everybody', account],
    ['a type that IAM does not know', { Aws: account }],
    ['every account', { AWS: 'arn:aws:iam::*:root' }],
    ['two wildcards', { AWS: '**' }],
    ['one letter', { AWS: [account, 'arn:aws:iam::11112222333?:root'] }],
    ['a variable', { AWS: '\u0024{aws:PrincipalArn}' }],
    ['any service of a kind', { Service: '*.amazonaws.com' }],
  ])('%s', (_, principal) => expect(verdictOf({ ...grant, Principal: principal })).toBe('indeterminate'));

  test('whom a statement lets in, but another lets in everybody', () => {
    expect(verdictOf([{ ...grant, Principal: undefined }, grant])).toBe('fail');
  });

  test('which the explanation says', () => {
    const document = JSON.stringify({ Statement: { ...grant, Principal: { AWS: '**' } } });
    expect(judge('sns-topic-public-access', { policy: read({ document }) }).explanation).toBe(
      'Whom the policy allows in statement In is not understood: it names no principal that IAM takes.',
    );
  });
});

test('the explanation names statement and actions', () => {
  const explanationOf = (statement: object) =>
    judge('sns-topic-public-access', { policy: read({ document: JSON.stringify({ Statement: statement }) }) })
      .explanation;
  expect(explanationOf(grant)).toBe('The policy allows everybody in statement In: sns:Publish.');
  expect(explanationOf({ Effect: 'Allow', Principal: '*', NotAction: 'a:b', Resource: arn })).toBe(
    'The policy allows everybody: most actions.',
  );
});

test('no policy lets in nobody', () => {
  expect(judge('sqs-queue-public-access', { policy: read({}) }).verdict).toBe('pass');
});

test('what is not understood, or not read, is not known', () => {
  expect(judge('sqs-queue-public-access', { policy: read({ document: '{' }) }).verdict).toBe('indeterminate');
  const policy = unreadable('sqs:GetQueueAttributes');
  expect(judge('sqs-queue-public-access', { policy })).toMatchObject({
    verdict: 'indeterminate',
    unread: [policy],
  });
});
