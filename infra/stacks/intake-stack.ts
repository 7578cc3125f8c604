import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DocumentIntake } from '../constructs/document-intake.ts';
import type { SecureBucket } from '../constructs/secure-bucket.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export interface IntakeStackProps extends FlowStackProps {
  /** Where every upload is replicated for judgement: a bucket of the processing stack. @default - nowhere */
  readonly replicateTo?: SecureBucket;
}

/** The reference deployment of the intake, with the names that clients and operators ask for as outputs. */
export class IntakeStack extends Stack {
  readonly intake: DocumentIntake;

  constructor(scope: Construct, id: string, props: IntakeStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network, replicateTo } = props;
    this.intake = new DocumentIntake(this, 'DocumentIntake', {
      configuration,
      bundles,
      network,
      ...(replicateTo === undefined ? {} : { replicateTo }),
    });
    const { intake } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      UploadsBucketName: [intake.uploads.bucket.bucketName, 'Put uploads here, with SSE-KMS.'],
      UploadsKeyArn: [intake.uploadsKey.key.keyArn, 'The key that uploads are encrypted under.'],
      UploadsTableName: [intake.uploadsTable.table.tableName, 'One row for each recorded upload.'],
      AuditTableName: [intake.auditTable.table.tableName, 'One row for each decision on an upload.'],
      AlertTopicArn: [intake.alerts.topic.topicArn, 'Announces refused and failed uploads, and alarms.'],
      IntakeQueueUrl: [intake.intakeQueue.queue.queueUrl, 'Notifications of new objects.'],
      IntakeDeadLetterQueueUrl: [
        intake.intakeQueue.deadLetterQueue.queueUrl,
        'Notifications that could not be handled.',
      ],
      StateMachineArn: [intake.workflow.stateMachine.stateMachineArn, 'The intake workflow.'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
