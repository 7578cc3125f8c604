import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ComplianceMonitor } from '../constructs/compliance-monitor.ts';
import type { DataBucket } from '../constructs/data-bucket.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export interface ComplianceStackProps extends FlowStackProps {
  /** Where results and reports go: the bucket of the compliance logs' stack. */
  readonly complianceLogs: DataBucket;
}

/** The reference deployment of the compliance scans, with the names that operators ask for as outputs. */
export class ComplianceStack extends Stack {
  readonly monitor: ComplianceMonitor;

  constructor(scope: Construct, id: string, props: ComplianceStackProps) {
    super(scope, id, props);
    const { configuration, bundles, complianceLogs } = props;
    this.monitor = new ComplianceMonitor(this, 'ComplianceMonitor', {
      configuration,
      bundles,
      complianceLogs,
    });
    const { monitor } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      ComplianceStateMachineArn: [
        monitor.workflow.stateMachine.stateMachineArn,
        'Start an execution of it to scan by hand, with any input.',
      ],
      ComplianceScannerRoleArn: [monitor.scanner.role.roleArn, 'What the scanner runs as.'],
      ComplianceAuditTableName: [monitor.auditTable.table.tableName, 'What became of each scan.'],
      ComplianceAlertTopicArn: [
        monitor.alerts.topic.topicArn,
        'Announces what has changed between scans, and alarms.',
      ],
      MissedScansQueueUrl: [monitor.missedStarts.queueUrl, 'Scheduled scans that could not be started.'],
      AbandonedScansDeadLetterQueueUrl: [
        monitor.abandoned.deadLetterQueue.queueUrl,
        'Notices of abandoned scans that could not be published.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
