import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readConfiguration } from '../../../infra/config/configuration.ts';
import { featureFlags } from '../../../infra/config/feature-flags.ts';
import { ComplianceLogs } from '../../../infra/constructs/compliance-logs.ts';
import { ComplianceMonitor } from '../../../infra/constructs/compliance-monitor.ts';
import { DocumentIntake } from '../../../infra/constructs/document-intake.ts';
import { DocumentProcessing } from '../../../infra/constructs/document-processing.ts';
import { FindingResponse } from '../../../infra/constructs/finding-response.ts';
import { RecordIngestion } from '../../../infra/constructs/record-ingestion.ts';
import { stubBundles } from '../synthesized-stack.ts';

const shared = { configuration: readConfiguration({}), bundles: stubBundles };

const stackOf = () => new Stack(new App({ context: featureFlags() }), 'Own');

describe('constructs are put together as a deployment likes', () => {
  test('all in one stack: they know each other by reference, and none waits for itself', () => {
    const stack = stackOf();
    const { logs: complianceLogs } = new ComplianceLogs(stack, 'ComplianceLogs', shared);
    const processing = new DocumentProcessing(stack, 'Processing', { ...shared, complianceLogs });
    new RecordIngestion(stack, 'Records', { ...shared, complianceLogs });
    new ComplianceMonitor(stack, 'Compliance', { ...shared, complianceLogs });
    new FindingResponse(stack, 'Findings', shared);
    new DocumentIntake(stack, 'Intake', { ...shared, replicateTo: processing.internalProcessing });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: {
        Rules: [
          Match.objectLike({
            Id: 'ReplicateAllUploads',
            Destination: Match.objectLike({ Bucket: { 'Fn::GetAtt': ['InternalProcessingBucket', 'Arn'] } }),
          }),
        ],
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          VERDICTS_BUCKET_NAME: { Ref: 'ComplianceLogBucket' },
          VERDICTS_KEY_ARN: { 'Fn::GetAtt': ['ComplianceLogsKey', 'Arn'] },
        }),
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ RESULTS_BUCKET_NAME: { Ref: 'ComplianceLogBucket' } }) },
    });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::(ImportValue|GetStackOutput)/);
  });

  test('the intake alone replicates nothing', () => {
    const stack = stackOf();
    const { replication } = new DocumentIntake(stack, 'Intake', shared);
    expect(replication).toBeUndefined();
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::S3::Bucket', { ReplicationConfiguration: Match.absent() });
    template.resourcePropertiesCountIs(
      'AWS::IAM::Role',
      { Description: Match.stringLikeRegexp('replication') },
      0,
    );
  });
});
