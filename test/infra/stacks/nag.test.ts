import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, PCIDSS321Checks } from 'cdk-nag';
import { SallyportApp } from '../../../infra/stacks/sallyport-app.ts';
import { stubBundles } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

interface Report {
  readonly pluginReports: { readonly violations: { readonly ruleName: string }[] }[];
}

/** The findings of cdk-nag's packs AWS Solutions and PCI DSS 3.2.1 that nobody has acknowledged. */
function findingsOf(
  context: Record<string, string>,
  spoil: (app: SallyportApp) => void = () => {},
): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'sallyport-nag-'));
  try {
    const app = new SallyportApp({ bundles: stubBundles, outdir, context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new PCIDSS321Checks(app));
    spoil(app);
    let failure: string | undefined;
    try {
      app.synth();
    } catch (error) {
      failure = error instanceof Error ? error.name : String(error);
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    const findings = report.pluginReports
      .flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))
      // The app's own warning where no region is given, which fails nothing.
      .filter(name => !name.includes('sallyport:globalEventsUnheard'));
    // The gate itself: synthesis fails exactly where there are findings.
    expect(failure).toBe(findings.length === 0 ? undefined : 'ValidationFailed');
    return findings;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const leanOptions = {
  createTrail: 'false',
  createNetwork: 'false',
  createConfigRecorder: 'false',
  createThreatDetector: 'false',
  createApiGatewayLogRole: 'false',
  documentApiWebAcl: 'false',
  apiKeyRotationDays: '0',
};

describe('cdk-nag, AWS Solutions and PCI DSS 3.2.1', () => {
  test.each([
    ['dev', {}],
    ['prod', { env: 'prod', alertEmails: 'a@example.com' }],
    ['every option that adds resources', wholePipeline],
    ['every option that leaves resources out', leanOptions],
  ])('has nothing to say of %s', (_name, context: Record<string, string>) => {
    expect(findingsOf(context)).toEqual([]);
  });

  test('speaks up at an API that lets callers in by key alone', () => {
    expect(new Set(findingsOf({ documentApiKeyOnly: 'true' }))).toEqual(
      new Set(['AwsSolutions-APIG4', 'AwsSolutions-COG4']),
    );
  });

  test('speaks up at a bucket without TLS and access logs', () => {
    const findings = findingsOf({}, app => new Bucket(app.intakeStack, 'Careless'));
    expect(findings).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10']));
    expect(findings).toContain('PCI.DSS.321-S3BucketLoggingEnabled');
  });

  test('speaks up at a log group without a key', () => {
    const findings = findingsOf({}, app => new LogGroup(app.intakeStack, 'Careless', { retention: 7 }));
    expect(findings).toEqual(['PCI.DSS.321-CloudWatchLogGroupEncrypted']);
  });
});
