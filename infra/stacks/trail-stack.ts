import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TrailAnalysis } from '../constructs/trail-analysis.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export type TrailStackProps = FlowStackProps;

/** The reference deployment of the CloudTrail analyzer, with the names that operators ask for as outputs. */
export class TrailStack extends Stack {
  readonly analysis: TrailAnalysis;

  constructor(scope: Construct, id: string, props: TrailStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network } = props;
    this.analysis = new TrailAnalysis(this, 'TrailAnalysis', { configuration, bundles, network });
    const { analysis } = this;
    const trail = analysis.accountTrail?.trail;
    const outputs: Record<string, [value: string, description: string]> = {
      ...(trail === undefined ? {} : { TrailName: [trail.ref, 'The trail that this stack has created.'] }),
      TrailLogBucketName: [analysis.logs.bucket.bucketName, 'Takes the logs of trails of this account.'],
      TrailKeyArn: [analysis.logsKey.key.keyArn, 'The key that logs are encrypted under.'],
      TrailEventsTableName: [analysis.eventsTable.table.tableName, 'One row for each matched event.'],
      TrailDeadLettersTableName: [
        analysis.deadLettersTable.table.tableName,
        'One row for each announcement that could not be handled.',
      ],
      TrailAuditTableName: [analysis.auditTable.table.tableName, 'Why logs could not be read, and more.'],
      TrailAlertTopicArn: [
        analysis.alerts.topic.topicArn,
        'Announces matched events, dead letters and alarms.',
      ],
      TrailQueueUrl: [analysis.queue.queue.queueUrl, 'Announcements of new logs.'],
      TrailDeadLetterQueueUrl: [
        analysis.queue.deadLetterQueue.queueUrl,
        'Announcements that could not be handled, until the keeper takes them.',
      ],
      TrailAlertWindowsTableName: [
        analysis.summaries.windowsTable.table.tableName,
        'Windows in which matched events are told together.',
      ],
      ...(analysis.eventRules === undefined
        ? {}
        : {
            TrailLiveQueueUrl: [
              analysis.eventRules.queue.queue.queueUrl,
              'What CloudTrail tells at once, for the analyzer.',
            ],
          }),
      ...(analysis.rules === undefined
        ? {}
        : {
            TrailRulesBucketName: [
              analysis.rules.bucket.bucket.bucketName,
              'Takes rules.json, which then stands for the rules of the deployment.',
            ],
          }),
      ...(analysis.verification === undefined
        ? {}
        : {
            TrailVerifierFunctionName: [
              analysis.verification.verifier.function.functionName,
              'Verifies the digests and logs of the last hours whenever it is invoked.',
            ],
          }),
      ...(analysis.backfill === undefined
        ? {}
        : {
            TrailBackfillStateMachineArn: [
              analysis.backfill.workflow.stateMachine.stateMachineArn,
              'Analyzes logs of the past: start it with {"from":"2026-11-01","to":"2026-11-21"}.',
            ],
            TrailBackfillsTableName: [
              analysis.backfill.ledgerTable.table.tableName,
              'What became of each log of a backfill.',
            ],
          }),
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
