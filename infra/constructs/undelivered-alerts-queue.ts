import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface UndeliveredAlertsQueueProps {
  /** The topic whose subscribers do not take an alert; of this stack's account and region. */
  readonly topicName: string;
  readonly queueName: string;
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The dead-letter queue of a topic's subscriptions: takes what SNS could not deliver to a subscriber, once it is the
 * `deadLetterQueue` of the subscription. Only the key is opened here; that of the queue is the subscription's to open.
 */
export function undeliveredAlertsQueue(
  scope: Construct,
  id: string,
  props: UndeliveredAlertsQueueProps,
): Queue {
  const queue = new Queue(scope, id, {
    queueName: props.queueName,
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: props.encryptionKey.key,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
  });
  pinLogicalId(queue, props.logicalId);
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is a dead-letter queue itself, of the subscriptions of a topic.',
  });
  // SNS encrypts for itself (SNS Developer Guide, "Amazon SNS dead-letter queues"). The topic waits for the key, which
  // therefore knows it by its name.
  props.encryptionKey.allowService({
    sid: 'UndeliveredAlerts',
    service: 'sns.amazonaws.com',
    actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    conditions: {
      ArnEquals: {
        'aws:SourceArn': Stack.of(scope).formatArn({
          service: 'sns',
          resource: props.topicName,
          arnFormat: ArnFormat.NO_RESOURCE_NAME,
        }),
      },
    },
  });
  return queue;
}
