import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  type EncryptedDeadLetterQueueProps,
  encryptedDeadLetterQueue,
} from './encrypted-dead-letter-queue.ts';

export interface UndeliveredAlertsQueueProps extends EncryptedDeadLetterQueueProps {
  /** The topic whose subscribers do not take an alert; of this stack's account and region. */
  readonly topicName: string;
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
  const queue = encryptedDeadLetterQueue(scope, id, 'the subscriptions of a topic', props);
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
