import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataBucket } from '../constructs/data-bucket.ts';
import { RecordIngestion } from '../constructs/record-ingestion.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export interface RecordsStackProps extends FlowStackProps {
  /** Where reports of rejected records go: the bucket of the compliance logs' stack. */
  readonly complianceLogs: DataBucket;
}

/** The reference deployment of record ingestion, with the names that producers and operators ask for as outputs. */
export class RecordsStack extends Stack {
  readonly ingestion: RecordIngestion;

  constructor(scope: Construct, id: string, props: RecordsStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network, complianceLogs } = props;
    this.ingestion = new RecordIngestion(this, 'RecordIngestion', {
      configuration,
      bundles,
      network,
      complianceLogs,
    });
    const { ingestion } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      RecordsBucketName: [
        ingestion.records.bucket.bucketName,
        'Put files of JSON records here, with SSE-KMS.',
      ],
      RecordsKeyArn: [ingestion.recordsKey.key.keyArn, 'The key that those files are encrypted under.'],
      ProcessedRecordsTableName: [ingestion.recordsTable.table.tableName, 'One row for each record.'],
      RecordsAuditTableName: [ingestion.auditTable.table.tableName, 'One row for each decision on a file.'],
      RecordAlertTopicArn: [
        ingestion.alerts.topic.topicArn,
        'Announces files with records that were not taken, and alarms.',
      ],
      RecordsQueueUrl: [ingestion.queue.queue.queueUrl, 'Announcements of new files.'],
      RecordsDeadLetterQueueUrl: [
        ingestion.queue.deadLetterQueue.queueUrl,
        'Announcements that could not be handled.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
