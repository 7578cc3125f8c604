import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ComplianceResult } from '../../../src/domain/compliance/compliance-check.ts';
import { complianceChecks } from '../../../src/domain/compliance/compliance-checks.ts';
import { judgeResource } from '../../../src/domain/compliance/judge-resource.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import { type AsffContext, asffOf, asffUnlistedOf } from '../../../src/domain/compliance/render-asff.ts';
import fc from '../../seeded-properties.ts';
import { arbitraryResource } from './arbitrary-inventory.ts';
import { asffSchema } from './asff-schema.ts';
import { account, check, now, refOf, region, unreadable } from './inspected-resources.ts';

const validate = new Ajv2020({ allErrors: true }).compile(asffSchema);

const context: AsffContext = {
  productAccount: account,
  region,
  firstObservedAt: '2026-11-01T08:00:00.000Z',
  updatedAt: now,
  state: 'ACTIVE',
};

function resultOf(result: Partial<ComplianceResult> = {}): ComplianceResult {
  return {
    checkId: 's3-bucket-tls-only',
    resource: refOf('s3-bucket'),
    verdict: 'fail',
    explanation: 'There is no policy.',
    ...result,
  };
}

const exemption = { owner: 'web', reason: 'public on purpose', expires: '2026-12-31' };

test('a failure, whole', () => {
  const title = 'Bucket refuses requests without TLS';
  const severity = { Label: 'MEDIUM', Original: 'medium' };
  const types = ['Software and Configuration Checks/AWS Security Best Practices'];
  expect(asffOf(resultOf({ grade: 'sse-s3' }), context)).toEqual({
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:s3:::invoices/s3-bucket-tls-only',
    ProductArn: `arn:aws:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'Sallyport',
    GeneratorId: 'sallyport/s3-bucket-tls-only',
    AwsAccountId: account,
    Types: types,
    FindingProviderFields: { Severity: severity, Types: types },
    FirstObservedAt: '2026-11-01T08:00:00.000Z',
    LastObservedAt: now,
    CreatedAt: '2026-11-01T08:00:00.000Z',
    UpdatedAt: now,
    Severity: severity,
    Title: title,
    Description: 'There is no policy.',
    Remediation: { Recommendation: { Text: check('s3-bucket-tls-only').remedy } },
    ProductFields: {
      'sallyport/Check': 's3-bucket-tls-only',
      'sallyport/Account': account,
      'sallyport/Verdict': 'fail',
      'sallyport/EncryptionGrade': 'sse-s3',
    },
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::invoices', Partition: 'aws', Region: region }],
    Compliance: {
      Status: 'FAILED',
      RelatedRequirements: ['CIS AWS Foundations Benchmark v3.0.0/2.1.1', 'PCI DSS v4.0.1/4.2.1'],
      StatusReasons: [{ ReasonCode: 'S3_BUCKET_TLS_ONLY', Description: 'There is no policy.' }],
    },
    RecordState: 'ACTIVE',
  });
});

describe('verdicts', () => {
  const unread = [unreadable('s3:GetBucketPolicy')];
  test.each([
    ['pass', resultOf({ verdict: 'pass' }), 'PASSED', 'S3_BUCKET_TLS_ONLY', 'INFORMATIONAL'],
    ['fail', resultOf(), 'FAILED', 'S3_BUCKET_TLS_ONLY', 'MEDIUM'],
    ['not read', resultOf({ verdict: 'indeterminate', unread }), 'WARNING', 'NOT_READ', 'INFORMATIONAL'],
    ['not judged', resultOf({ verdict: 'indeterminate' }), 'WARNING', 'NOT_JUDGED', 'INFORMATIONAL'],
    [
      'does not apply',
      resultOf({ verdict: 'pass', applies: false }),
      'NOT_AVAILABLE',
      'NOT_APPLICABLE',
      'INFORMATIONAL',
    ],
  ])('%s', (_, result, Status, ReasonCode, Label) => {
    expect(asffOf(result, context)).toMatchObject({
      Severity: { Label, Original: 'medium' },
      Compliance: { Status, StatusReasons: [{ ReasonCode }] },
    });
  });

  test('an exemption is told, and the status stays', () => {
    expect(asffOf(resultOf({ exemption }), context)).toMatchObject({
      Compliance: {
        Status: 'FAILED',
        StatusReasons: [
          { ReasonCode: 'S3_BUCKET_TLS_ONLY' },
          { ReasonCode: 'EXEMPT', Description: 'web answers for it until 2026-12-31: public on purpose' },
        ],
      },
      ProductFields: {
        'sallyport/ExemptionOwner': 'web',
        'sallyport/ExemptionReason': 'public on purpose',
        'sallyport/ExemptionExpires': '2026-12-31',
      },
    });
  });

  test('what is over is archived', () => {
    expect(asffOf(resultOf(), { ...context, state: 'ARCHIVED' })).toMatchObject({ RecordState: 'ARCHIVED' });
  });
});

describe('a place that could not be listed', () => {
  const place = {
    scope: { account, region },
    type: 'sqs-queue',
    reading: unreadable('sqs:ListQueues'),
  } as const;
  const findingOf = (of: Partial<typeof place> = {}, partition = 'aws') =>
    asffUnlistedOf({ ...place, ...of }, { ...context, partition });

  test('is a warning on its account', () => {
    const finding = findingOf();
    expect(validate(finding)).toBe(true);
    expect(finding).toMatchObject({
      Id: `arn:aws:iam::${account}:root/inventory/${region}/sqs-queue`,
      GeneratorId: 'sallyport/inventory',
      Title: 'Resources of type sqs-queue can be listed',
      Description:
        'What there is of type sqs-queue could not be listed, and was not judged: sqs:ListQueues was denied (AccessDenied).',
      Severity: { Label: 'INFORMATIONAL' },
      Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: 'aws', Region: region }],
      Compliance: { Status: 'WARNING', StatusReasons: [{ ReasonCode: 'NOT_READ' }] },
    });
  });

  test('is another finding than that of another type, or region', () => {
    const others = [
      findingOf(),
      asffUnlistedOf({ ...place, type: 'secret' }, { ...context, partition: 'aws' }),
      findingOf({ scope: { account, region: 'us-east-1' as typeof region } }),
    ];
    expect(new Set(others.map(({ Id }) => Id)).size).toBe(3);
  });

  test('is in the partition of its region', () => {
    expect(findingOf({}, 'aws-cn')).toMatchObject({
      Id: expect.stringMatching(/^arn:aws-cn:iam:/),
      ProductArn: expect.stringMatching(/^arn:aws-cn:securityhub:/),
      Resources: [{ Partition: 'aws-cn' }],
    });
  });
});

test('a check that is no more is named by its id', () => {
  const finding = asffOf(resultOf({ checkId: 'of-old' }), context);
  expect(finding).toMatchObject({ Title: 'of-old', Severity: { Label: 'MEDIUM', Original: 'unknown' } });
  expect(validate(finding)).toBe(true);
});

describe('places', () => {
  const of = (arn: string, type: Parameters<typeof refOf>[0], more: Partial<AsffContext> = {}) =>
    asffOf(resultOf({ resource: { ...refOf(type), arn } }), { ...context, ...more });

  test('an account is named as Security Hub names it', () => {
    expect(of(refOf('account').arn, 'account')).toMatchObject({
      Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}` }],
    });
  });

  test('the partition is that of the ARN, or the one that is given', () => {
    const arn = 'arn:aws-us-gov:s3:::b';
    expect(of(arn, 's3-bucket')).toMatchObject({
      ProductArn: expect.stringMatching(/^arn:aws-us-gov:securityhub:/),
      Resources: [{ Partition: 'aws-us-gov' }],
    });
    expect(of(arn, 's3-bucket', { partition: 'aws' }).ProductArn).toMatch(/^arn:aws:securityhub:/);
    expect(of('b', 's3-bucket').ProductArn).toMatch(/^arn:aws:securityhub:/);
  });

  test.each(['aws-iso', 'aws-iso-b', 'aws-eusc'])('of %s, only the ARNs tell', partition => {
    const finding = of(`arn:${partition}:s3:::b`, 's3-bucket');
    expect(finding.ProductArn).toMatch(`arn:${partition}:securityhub:`);
    expect(finding['Resources']).toEqual([
      { Type: 'AwsS3Bucket', Id: `arn:${partition}:s3:::b`, Region: region },
    ]);
  });

  test('the finding is of the account that imports it, whosever the resource is', () => {
    expect(asffOf(resultOf(), { ...context, productAccount: '444455556666' })).toMatchObject({
      AwsAccountId: '444455556666',
      ProductArn: `arn:aws:securityhub:${region}:444455556666:product/444455556666/default`,
      ProductFields: { 'sallyport/Account': account },
    });
  });

  test('ids of long names differ as the names do', () => {
    const long = (end: string) =>
      of(`arn:aws:logs:eu-central-1:${account}:log-group:${'a'.repeat(511)}${end}`, 'log-group');
    expect(long('a').Id).toMatch(/^[0-9a-f]{64}\/s3-bucket-tls-only$/);
    expect(new Set([long('a').Id, long('b').Id, long('a').Id]).size).toBe(2);
  });
});

test('long texts are cut between characters', () => {
  const finding = asffOf(
    resultOf({
      explanation: '\u{1f512}'.repeat(2000),
      exemption: { ...exemption, reason: 'x'.repeat(5000) },
    }),
    context,
  );
  expect(validate(finding)).toBe(true);
  expect(JSON.stringify(finding)).not.toMatch(/\\ud[89a-f]/i);
  expect(finding['Description']).toHaveLength(1024);
});

describe('as Security Hub takes it', () => {
  test('every check, verdict and exemption', () => {
    for (const { id, type } of complianceChecks) {
      for (const verdict of ['pass', 'fail', 'indeterminate'] as const) {
        const result = resultOf({ checkId: id, resource: refOf(type), verdict, exemption });
        expect([validate(asffOf(result, context)), validate.errors]).toEqual([true, null]);
      }
    }
  });

  test('whatever is judged', () => {
    const policy = readCompliancePolicy({ exemptions: [{ ...exemption, resource: '*', check: '*' }] });
    fc.assert(
      fc.property(arbitraryResource, resource => {
        for (const result of judgeResource(resource, policy, now)) {
          const finding = asffOf(result, context);
          expect([validate(finding), validate.errors]).toEqual([true, null]);
          expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240 * 1024);
        }
      }),
      { numRuns: 500 },
    );
  });
});
