import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  createSecurityHubService,
  type LocalFinding,
  LocalFindings,
} from '../../../../infra/local/account/security-hub.ts';

let findings: LocalFindings;

beforeEach(() => {
  findings = new LocalFindings();
});

async function post(body: unknown, url = '/findings/import') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = { method: 'POST', url, headers: {}, body: text, region: 'eu-central-1' };
  const answer = await createSecurityHubService(findings)(request);
  return { status: answer.status, body: JSON.parse(answer.body), type: answer.headers?.['x-amzn-errortype'] };
}

const finding: LocalFinding = {
  SchemaVersion: '2018-10-08',
  Id: 'a',
  ProductArn: 'arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default',
  GeneratorId: 'sallyport',
  AwsAccountId: '111122223333',
  Types: ['Software and Configuration Checks/AWS Security Best Practices'],
  CreatedAt: '2026-11-21T08:00:00.000Z',
  UpdatedAt: '2026-11-21T08:00:00.000Z',
  Severity: { Label: 'HIGH' },
  Title: 'Title',
  Description: 'Description',
  Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::files' }],
};

describe('a finding', () => {
  test('is kept with all it holds', async () => {
    const whole = { ...finding, Compliance: { Status: 'FAILED' }, RecordState: 'ACTIVE' };

    expect((await post({ Findings: [whole] })).body).toEqual({
      SuccessCount: 1,
      FailedCount: 0,
      FailedFindings: [],
    });
    expect(findings.all).toEqual([whole]);
  });

  test('may have its types and severity from its provider', async () => {
    const { Types, Severity, ...rest } = finding;

    expect(
      (await post({ Findings: [{ ...rest, FindingProviderFields: { Types, Severity } }] })).body,
    ).toMatchObject({ SuccessCount: 1 });
  });

  test('that is there is updated, but for what customers manage', async () => {
    findings.put({ ...finding, Workflow: { Status: 'SUPPRESSED' } });

    await post({ Findings: [{ ...finding, Title: 'Later', Workflow: { Status: 'NEW' } }] });

    expect(findings.all).toMatchObject([{ Title: 'Later', Workflow: { Status: 'SUPPRESSED' } }]);
  });

  test.each<[string, object]>([
    ['Title', { Title: undefined }],
    ['Title', { Title: 'x'.repeat(257) }],
    ['Description', { Description: 'x'.repeat(1025) }],
    ['Types', { Types: undefined }],
    ['Types.0', { Types: ['a/b/c/d'] }],
    ['Severity', { Severity: undefined }],
    ['Severity.Label', { Severity: { Label: 'SEVERE' } }],
    ['CreatedAt', { CreatedAt: 'yesterday' }],
    ['AwsAccountId', { AwsAccountId: '1' }],
    ['ProductArn', { ProductArn: 'mine' }],
    ['Resources', { Resources: [] }],
    ['SchemaVersion', { SchemaVersion: '1' }],
  ])('is refused by itself for its %s: %j', async (field, change) => {
    const { body } = await post({ Findings: [{ ...finding, ...change, Id: 'bad' }, finding] });

    expect(body).toMatchObject({
      SuccessCount: 1,
      FailedCount: 1,
      FailedFindings: [{ Id: 'bad', ErrorCode: 'InvalidInput' }],
    });
    expect(body.FailedFindings[0].ErrorMessage).toContain(`data.${field}:`);
    expect(findings.all.map(({ Id }) => Id)).toEqual(['a']);
  });

  test('is refused by itself where it is too large', async () => {
    const large = { ...finding, ProductFields: { fill: 'x'.repeat(246_000) } };

    expect((await post({ Findings: [large] })).body).toMatchObject({ FailedCount: 1 });
  });
});

test.each<[number, string, unknown]>([
  [400, 'InvalidInputException', { Findings: [] }],
  [400, 'InvalidInputException', { Findings: Array.from({ length: 101 }, () => finding) }],
  [400, 'InvalidInputException', '{'],
  [413, 'RequestEntityTooLargeException', 'x'.repeat(6 * 1024 * 1024 + 1)],
])('a request as a whole answers %d, %s', async (status, type, body) => {
  expect(await post(body)).toMatchObject({ status, type });
});

test('what is not emulated is said to be', async () => {
  expect(await post({}, '/findings')).toMatchObject({ status: 501, type: 'NotImplemented' });
});
