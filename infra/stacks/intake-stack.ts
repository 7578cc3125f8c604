import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import type { DataBucket } from '../constructs/data-bucket.ts';
import { DocumentIntake } from '../constructs/document-intake.ts';
import { ThirdPartyAccess } from '../constructs/third-party-access.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export interface IntakeStackProps extends FlowStackProps {
  /** Where every upload is replicated for judgement: a bucket of the processing stack. @default - nowhere */
  readonly replicateTo?: DataBucket;
  /** What the third party gets from, where the configuration names one: a bucket of the processing stack. */
  readonly delivery?: DataBucket;
}

/** The reference deployment of the intake, with the names that clients and operators ask for as outputs. */
export class IntakeStack extends Stack {
  readonly intake: DocumentIntake;
  /** Absent where the configuration names no third party. */
  readonly thirdParty: ThirdPartyAccess | undefined;

  constructor(scope: Construct, id: string, props: IntakeStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network, replicateTo, delivery } = props;
    // The id is part of the logical ids of what is deployed: under another one, what has a name would be made twice.
    this.intake = new DocumentIntake(this, 'UploadIntake', {
      configuration,
      bundles,
      network,
      ...(replicateTo === undefined ? {} : { replicateTo }),
    });
    this.thirdParty = this.addThirdParty(configuration, delivery);
    const { intake, thirdParty } = this;
    const outputs: Record<string, [value: string, description: string]> = {
      ...(thirdParty === undefined
        ? {}
        : {
            ThirdPartyRoleArn: [
              thirdParty.role.roleArn,
              'What the third party assumes, with its external id.',
            ],
          }),
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
  private addThirdParty(
    { environment, thirdPartyPrincipal, thirdPartyExternalId, thirdPartyAddresses }: Configuration,
    delivery: DataBucket | undefined,
  ): ThirdPartyAccess | undefined {
    // The configuration has all of them or none.
    if (thirdPartyPrincipal === undefined || thirdPartyExternalId === undefined) return undefined;
    if (delivery === undefined) {
      throw new Error(
        `${this.node.path}: a third party is named, and no bucket that it gets deliveries from.`,
      );
    }
    return new ThirdPartyAccess(this, 'ThirdParty', {
      environmentName: environment,
      principal: thirdPartyPrincipal,
      externalId: thirdPartyExternalId,
      addresses: thirdPartyAddresses,
      uploads: this.intake.uploads,
      delivery,
    });
  }
}
