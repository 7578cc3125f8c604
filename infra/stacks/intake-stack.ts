import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import type { SecureBucket } from '../constructs/secure-bucket.ts';
import { UploadIntake } from '../constructs/upload-intake.ts';

export interface IntakeStackProps extends StackProps {
  readonly configuration: Configuration;
  /** Folder with one bundle for each function: `<bundles>/<name>/index.mjs`. */
  readonly bundles: string;
  /** Where every upload is replicated for judgement: a bucket of the processing stack. @default - nowhere */
  readonly replicateTo?: SecureBucket;
}

/** The reference deployment of the intake, with the names that clients and operators ask for as outputs. */
export class IntakeStack extends Stack {
  readonly intake: UploadIntake;

  constructor(scope: Construct, id: string, props: IntakeStackProps) {
    super(scope, id, props);
    const { configuration, bundles, replicateTo } = props;
    this.intake = new UploadIntake(this, 'UploadIntake', {
      configuration,
      bundles,
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
