import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { SecurityMonitoring } from '../constructs/security-monitoring.ts';

export interface SecurityMonitoringStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** The reference deployment of what watches the account, with the names that operators ask for as outputs. */
export class SecurityMonitoringStack extends Stack {
  readonly monitoring: SecurityMonitoring;

  constructor(scope: Construct, id: string, props: SecurityMonitoringStackProps) {
    super(scope, id, props);
    const { configuration } = props;
    this.monitoring = new SecurityMonitoring(this, 'SecurityMonitoring', { configuration });
    const { alerts, detector, recorder } = this.monitoring;
    const outputs: Record<string, [value: string | undefined, description: string]> = {
      ConfigRecorderName: [recorder?.recorder.ref, 'Records the configuration of the account.'],
      ConfigBucketName: [recorder?.bucket.bucket.bucketName, 'History and snapshots of the configuration.'],
      ThreatDetectorId: [detector?.detector.ref, 'The detector of GuardDuty.'],
      SecurityMonitoringAlertTopicArn: [
        alerts?.topic.topicArn,
        'Announces what does not comply, and what AWS Config could not deliver.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      if (value !== undefined) new CfnOutput(this, name, { value, description });
    }
  }
}
