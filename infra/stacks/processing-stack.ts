import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataBucket } from '../constructs/data-bucket.ts';
import { DocumentProcessing } from '../constructs/document-processing.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export interface ProcessingStackProps extends FlowStackProps {
  /** Where verdicts go: the bucket of the compliance logs' stack. */
  readonly complianceLogs: DataBucket;
}

/** The reference deployment of document processing, with the names that receivers and operators ask for as outputs. */
export class ProcessingStack extends Stack {
  readonly processing: DocumentProcessing;

  constructor(scope: Construct, id: string, props: ProcessingStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network, complianceLogs } = props;
    this.processing = new DocumentProcessing(this, 'DocumentProcessing', {
      configuration,
      bundles,
      network,
      complianceLogs,
    });
    const { processing } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      InternalProcessingBucketName: [
        processing.internalProcessing.bucket.bucketName,
        'Replicas of all uploads; each is judged here.',
      ],
      ProcessedOutputBucketName: [
        processing.processedOutput.bucket.bucketName,
        'Documents that may be delivered.',
      ],
      DeliveryBucketName: [processing.delivery.bucket.bucketName, 'Their replicas, for receivers.'],
      DeliveryKeyArn: [
        processing.delivery.encryptionKey.key.keyArn,
        'The key that those are encrypted under.',
      ],
      QuarantineBucketName: [processing.quarantine.bucket.bucketName, 'Documents that may not be delivered.'],
      ProcessingAuditTableName: [
        processing.auditTable.table.tableName,
        'One row for each decision on a document.',
      ],
      ProcessingAlertTopicArn: [
        processing.alerts.topic.topicArn,
        'Announces documents that were not delivered, and alarms.',
      ],
      ProcessingQueueUrl: [processing.queue.queue.queueUrl, 'Announcements of documents to judge.'],
      ProcessingDeadLetterQueueUrl: [
        processing.queue.deadLetterQueue.queueUrl,
        'Announcements that could not be handled.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
