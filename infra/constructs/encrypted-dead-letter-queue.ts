import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface EncryptedDeadLetterQueueProps {
  readonly queueName: string;
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The dead-letter queue of something that is no queue itself: encrypted, over TLS only, kept for the longest time that SQS
 * offers.
 *
 * @param whose What it is the dead-letter queue of.
 */
export function encryptedDeadLetterQueue(
  scope: Construct,
  id: string,
  whose: string,
  props: EncryptedDeadLetterQueueProps,
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
    reason: `This queue is a dead-letter queue itself, of ${whose}.`,
  });
  return queue;
}
