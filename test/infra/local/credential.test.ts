import { describe, expect, test } from '@jest/globals';
import { credentialOf, type SignedHead } from '../../../infra/local/credential.ts';

const scope = 'worker/20261121/eu-central-1/s3/aws4_request';
const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=abc`;
const parameter = `X-Amz-Credential=${encodeURIComponent(scope)}`;

describe('the credential of a request', () => {
  test.each<[string, SignedHead]>([
    ['in the header', { headers: { authorization } }],
    ['in the query', { headers: {}, url: `/files/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&${parameter}` }],
    ['in the query, its slashes as they are', { headers: {}, url: `/?X-Amz-Credential=${scope}` }],
    ['in the query, its name written otherwise', { headers: {}, url: `/?x-amz-credentia%6c=${scope}` }],
  ])('is read %s', (_, head) => {
    expect(credentialOf(head)).toEqual({ accessKeyId: 'worker', region: 'eu-central-1', service: 's3' });
  });

  test.each<[string, SignedHead]>([
    ['nothing', { headers: {} }],
    ['parameters that sign nothing', { headers: {}, url: '/files/a?versionId=1&X-Amz-Date=20261121' }],
    ['a key that looks like a credential', { headers: {}, url: `/files/${parameter}` }],
    ['a header that only looks like a parameter', { headers: { 'x-amz-credential': scope } }],
  ])('is none where there is %s', (_, head) => {
    expect(credentialOf(head)).toBeUndefined();
  });

  test.each<[string, SignedHead]>([
    ['Signature Version 2 in the header', { headers: { authorization: 'AWS worker:c2ln' } }],
    ['Signature Version 2 in the query', { headers: {}, url: '/a?AWSAccessKeyId=worker&Signature=c2ln' }],
    ['a signature alone', { headers: {}, url: '/a?X-Amz-Signature=abc' }],
    ['an empty header', { headers: { authorization: '' } }],
    ['another scheme', { headers: { authorization: 'Bearer worker' } }],
    ['a credential without its scope', { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=worker' } }],
    ['a scope with more to it', { headers: {}, url: `/?X-Amz-Credential=local/${scope}` }],
    ['two parameters', { headers: {}, url: `/?${parameter}&${parameter.replace('worker', 'local')}` }],
    ['a header and a parameter', { headers: { authorization }, url: `/?${parameter}` }],
  ])('is unreadable in %s', (_, head) => {
    expect(credentialOf(head)).toBe('unreadable');
  });
});
