import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { ComplianceLogs } from '../constructs/compliance-logs.ts';

export interface ComplianceLogsStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** The reference deployment of the compliance logs, which other stacks write into. */
export class ComplianceLogsStack extends Stack {
  readonly compliance: ComplianceLogs;

  constructor(scope: Construct, id: string, props: ComplianceLogsStackProps) {
    super(scope, id, props);
    this.compliance = new ComplianceLogs(this, 'ComplianceLogs', { configuration: props.configuration });
    const outputs: Record<string, [value: string, description: string]> = {
      ComplianceLogBucketName: [
        this.compliance.logs.bucket.bucketName,
        'Verdicts on documents, and reports of rejected records.',
      ],
      ComplianceLogsKeyArn: [this.compliance.key.key.keyArn, 'The key that they are encrypted under.'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
