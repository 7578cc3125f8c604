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
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
