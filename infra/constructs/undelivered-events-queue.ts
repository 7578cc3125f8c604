import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { admitRule } from './admit-rule.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface UndeliveredEventsQueueProps {
  readonly queueName: string;
  readonly logicalId: string;
  /** The rule whose target does not take an event; on the default bus of this stack's account and region. */
  readonly ruleName: string;
  readonly encryptionKey: CustomerManagedKey;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** The dead-letter queue of an EventBridge target: takes what one rule could not deliver, and from that rule alone. */
export function undeliveredEventsQueue(
  scope: Construct,
  id: string,
  props: UndeliveredEventsQueueProps,
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
    reason: 'This queue is a dead-letter queue itself, of an EventBridge target.',
  });
  admitRule({
    queue,
    encryptionKey: props.encryptionKey,
    sid: 'UndeliveredEventsOfThisRule',
    keySid: 'UndeliveredEvents',
    ruleName: props.ruleName,
  });
  return queue;
}
