import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FindingResponse } from '../constructs/finding-response.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export type FindingsStackProps = FlowStackProps;

/** The reference deployment of the response to findings, with the names that responders ask for as outputs. */
export class FindingsStack extends Stack {
  readonly response: FindingResponse;

  constructor(scope: Construct, id: string, props: FindingsStackProps) {
    super(scope, id, props);
    const { configuration, bundles } = props;
    this.response = new FindingResponse(this, 'FindingResponse', { configuration, bundles });
    const { response } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      FindingRemediatorFunctionName: [
        response.remediator.function.functionName,
        'Invoke it with {"action":"rollback","findingId":"…","by":"…","reason":"…"} to roll a containment back; "release" lifts the hold.',
      ],
      RemediationRoleArn: [
        response.remediator.role.roleArn,
        `What the remediator runs as; in mode ${configuration.remediationMode}.`,
      ],
      RemediationsTableName: [
        response.ledgerTable.table.tableName,
        'What was planned and done about each finding, step by step.',
      ],
      FindingsAuditTableName: [
        response.auditTable.table.tableName,
        'One row for each decision on a finding.',
      ],
      FindingAlertTopicArn: [
        response.alerts.topic.topicArn,
        'Announces what became of findings, and alarms.',
      ],
      FindingsQueueUrl: [response.queue.queue.queueUrl, 'Findings that wait for the remediator.'],
      FindingsDeadLetterQueueUrl: [
        response.queue.deadLetterQueue.queueUrl,
        'Findings that could not be delivered or handled.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
