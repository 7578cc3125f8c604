import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import type { Judgement } from '../../../src/domain/compliance/compliance-check.ts';
import fc from '../../seeded-properties.ts';
import { account, judge, read, refOf, unreadable } from './inspected-resources.ts';

const { arn } = refOf('s3-bucket');
const role = `arn:aws:iam::${account}:role/reader`;
const plainHttp = { Bool: { 'aws:SecureTransport': 'false' } };
const denial = {
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [arn, `${arn}/*`],
  Condition: plainHttp,
};

function bucketWith(statement: unknown): Judgement {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  return judge('s3-bucket-tls-only', { policy: read({ document }) });
}

const without = (name: keyof typeof denial) =>
  Object.fromEntries(Object.entries(denial).filter(([each]) => each !== name));

describe('denies all plain requests', () => {
  test.each([
    ['a list of one statement', [denial]],
    ['a statement that is no list', denial],
    ['without a Sid', without('Sid')],
    ['every AWS principal', { ...denial, Principal: { AWS: '*' } }],
    ['every principal among others', { ...denial, Principal: { AWS: [role, '*'] } }],
    ['all actions of all services', { ...denial, Action: '*' }],
    ['all actions, in capitals', { ...denial, Action: ['S3:*'] }],
    ['all resources', { ...denial, Resource: '*' }],
    ['one pattern for bucket and objects', { ...denial, Resource: `${arn}*` }],
    ['a boolean', { ...denial, Condition: { Bool: { 'aws:SecureTransport': false } } }],
    ['a list of one value', { ...denial, Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }],
    ['IfExists', { ...denial, Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } }],
    ['the key in another case', { ...denial, Condition: { bool: { 'AWS:SECURETRANSPORT': 'False' } } }],
    ['whatever is asked', without('Condition')],
    [
      'two statements',
      [
        { ...denial, Resource: arn },
        { ...denial, Resource: `${arn}/*` },
      ],
    ],
    ['beside others', [{ ...denial, Effect: 'Allow' }, { ...denial, Principal: role }, denial]],
  ])('%s', (_, statement) => {
    expect(bucketWith(statement)).toEqual({
      verdict: 'pass',
      explanation: 'Requests without TLS are denied.',
    });
  });
});

describe('denies less, and says why', () => {
  const condition = (value: unknown) => ({ ...denial, Condition: value });
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['an allowance', { ...denial, Effect: 'Allow' }, 'to the bucket and its objects.'],
    ['no statement', [], 'to the bucket and its objects.'],
    [
      'the objects only',
      { ...denial, Resource: `${arn}/*` },
      'to the bucket: statement TlsOnly does not cover',
    ],
    ['the bucket only', { ...denial, Resource: arn }, 'to its objects: statement TlsOnly does not cover'],
    ['some objects', { ...denial, Resource: [arn, `${arn}/a/*`] }, 'to its objects: statement'],
    ['objects with one letter', { ...denial, Resource: [arn, `${arn}/?`] }, 'to its objects: statement'],
    ['another bucket', { ...denial, Resource: `${arn}-2*` }, 'to the bucket and its objects: statement'],
    ['no resource', without('Resource'), 'does not cover all actions'],
    ['some actions', { ...denial, Action: 's3:Get*' }, 'does not cover all actions'],
    ['actions of one letter', { ...denial, Action: 's3:?' }, 'does not cover all actions'],
    ['all but some actions', { ...without('Action'), NotAction: 's3:GetObject' }, '(NotAction)'],
    ['all but some resources', { ...without('Resource'), NotResource: `${arn}/a` }, '(NotResource)'],
    ['all but some principals', { ...without('Principal'), NotPrincipal: { AWS: role } }, '(NotPrincipal)'],
    ['one principal', { ...denial, Principal: { AWS: role } }, 'does not name every principal'],
    ['every service', { ...denial, Principal: { Service: '*' } }, 'does not name every principal'],
    ['TLS', condition({ Bool: { 'aws:SecureTransport': 'true' } }), 'just false'],
    ['either', condition({ Bool: { 'aws:SecureTransport': ['false', 'true'] } }), 'just false'],
    ['no value', condition({ Bool: { 'aws:SecureTransport': [] } }), 'just false'],
    ['no test', condition({}), 'to the bucket and its objects.'],
    ['no operator', condition({ Bool: 'aws:SecureTransport' }), 'to the bucket and its objects.'],
    [
      'a second key',
      condition({ Bool: { ...plainHttp.Bool, 'aws:ViaAWSService': 'false' } }),
      'further conditions',
    ],
    [
      'a second operator',
      condition({ ...plainHttp, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      'further conditions',
    ],
    ['Null', condition({ Null: { 'aws:SecureTransport': 'true' } }), '(null aws:securetransport)'],
    [
      'any value',
      condition({ 'ForAnyValue:Bool': plainHttp.Bool }),
      '(foranyvalue:bool aws:securetransport)',
    ],
    [
      'all values',
      condition({ 'ForAllValues:Bool': plainHttp.Bool }),
      '(forallvalues:bool aws:securetransport)',
    ],
    [
      'a version of TLS',
      condition({ NumericLessThan: { 's3:TlsVersion': '1.2' } }),
      'to the bucket and its objects.',
    ],
  ];
  test.each(cases)('%s', (_, statement, reason) => {
    const { verdict, explanation } = bucketWith(statement);
    expect({ verdict, explanation }).toEqual({
      verdict: 'fail',
      explanation: expect.stringContaining(reason),
    });
  });

  test('a statement without a Sid', () => {
    expect(bucketWith({ ...without('Sid'), Action: 's3:Get*' }).explanation).toBe(
      'Nothing denies requests without TLS to the bucket and its objects: the statement that denies them does not cover all actions, or not this resource.',
    );
  });

  test('no policy', () => {
    expect(judge('s3-bucket-tls-only', { policy: read({}) })).toEqual({
      verdict: 'fail',
      explanation: 'There is no policy, so nothing denies requests without TLS.',
    });
  });
});

describe('is not known', () => {
  test.each([
    'not JSON',
    '[]',
    '"text"',
    'null',
    '{"Statement":[null]}',
    '{"Statement":3}',
    '{"Statement":[{"Effect":"Deny"},{"Effect":"deny"}]}',
    '{"statement":[]}',
    JSON.stringify({ Statement: { ...denial, condition: { StringEquals: { 'aws:username': 'a' } } } }),
    `${'['.repeat(20_000)}`,
  ])('%.60s', document => {
    expect(judge('s3-bucket-tls-only', { policy: read({ document }) }).verdict).toBe('indeterminate');
  });

  test('what could not be read', () => {
    const policy = unreadable('s3:GetBucketPolicy');
    expect(judge('s3-bucket-tls-only', { policy })).toEqual({
      verdict: 'indeterminate',
      explanation: 'The policy could not be read: s3:GetBucketPolicy was denied (AccessDenied).',
      unread: [policy],
    });
  });
});

describe.each([
  ['sns-topic', 'sns:Publish', ['SNS:Publish', 'sns:*', '*', 'sns:Pub*'], ['sns:Subscribe', 'sqs:*']],
  ['sqs-queue', 'sqs:*', ['SQS:*', '*'], ['sqs:SendMessage', 'sns:*']],
] as const)('%s', (type, documented, alike, less) => {
  const judged = (action: string, resource: string) => {
    const statement = { ...denial, Action: action, Resource: resource };
    const policy = read({ document: JSON.stringify({ Statement: [statement] }) });
    return judge(`${type}-tls-only`, { policy }).verdict;
  };
  test.each([documented, ...alike])('%s is enough', action => {
    expect(judged(action, refOf(type).arn)).toBe('pass');
  });
  test.each(less)('%s is not enough', action => expect(judged(action, refOf(type).arn)).toBe('fail'));
  test('another resource is not enough', () =>
    expect(judged(documented, `${refOf(type).arn}2`)).toBe('fail'));
});

describe('as IAM decides', () => {
  const statement = fc
    .record({
      Effect: fc.constantFrom('Deny', 'Deny', 'Deny', 'Allow'),
      principal: fc.constantFrom(
        { Principal: '*' },
        { Principal: { AWS: '*' } },
        { Principal: { AWS: ['*', role] } },
        { Principal: { AWS: role } },
        { NotPrincipal: { AWS: role } },
      ),
      action: fc.constantFrom(
        { Action: 's3:*' },
        { Action: '*' },
        { Action: ['s3:Get*', 's3:Put*'] },
        { Action: 's3:*Object' },
        { NotAction: 's3:GetObject' },
      ),
      resource: fc.constantFrom(
        { Resource: [arn, `${arn}/*`] },
        { Resource: '*' },
        { Resource: `${arn}*` },
        { Resource: arn },
        { Resource: `${arn}/*` },
        { Resource: `${arn}/a*` },
        { NotResource: `${arn}/b` },
      ),
      condition: fc.constantFrom(
        {},
        { Condition: plainHttp },
        { Condition: plainHttp },
        { Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } },
        { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
        { Condition: { Bool: { ...plainHttp.Bool, 'aws:ViaAWSService': 'true' } } },
        { Condition: { Null: { 'aws:SecureTransport': 'true' } } },
      ),
    })
    .map(({ Effect, ...parts }) => Object.assign({ Effect }, ...Object.values(parts)) as object);

  const requests = [
    ['s3:GetObject', `${arn}/a`, role],
    ['s3:GetObject', `${arn}/b`, 'arn:aws:iam::444455556666:role/stranger'],
    ['s3:DeleteObject', `${arn}/c`, `arn:aws:iam::${account}:user/writer`],
    ['s3:ListBucket', arn, role],
    ['s3:PutBucketPolicy', arn, 'arn:aws:iam::444455556666:role/stranger'],
  ] as const;

  test('what passes denies each request without TLS', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 3 }), async Statement => {
        if (bucketWith(Statement).verdict !== 'pass') return;
        passed += 1;
        for (const [action, resource, principal] of requests) {
          const { resultType, ...result } = await runSimulation(
            {
              request: {
                principal,
                action,
                resource: { resource, accountId: account },
                contextVariables: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' },
              },
              identityPolicies: [],
              serviceControlPolicies: [],
              resourceControlPolicies: [],
              resourcePolicy: { Version: '2012-10-17', Statement },
            },
            {},
          );
          expect({ resultType, ...result }).toMatchObject({ overallResult: 'ExplicitlyDenied' });
        }
      }),
      { numRuns: 1000 },
    );
    expect(passed).toBeGreaterThan(50);
  });
});
