import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { admitRule } from './admit-rule.ts';
import {
  type EncryptedDeadLetterQueueProps,
  encryptedDeadLetterQueue,
} from './encrypted-dead-letter-queue.ts';

export interface UndeliveredEventsQueueProps extends EncryptedDeadLetterQueueProps {
  /** The rule whose target does not take an event; on the default bus of this stack's account and region. */
  readonly ruleName: string;
}

/** The dead-letter queue of an EventBridge target: takes what one rule could not deliver, and from that rule alone. */
export function undeliveredEventsQueue(
  scope: Construct,
  id: string,
  props: UndeliveredEventsQueueProps,
): Queue {
  const queue = encryptedDeadLetterQueue(scope, id, 'an EventBridge target', props);
  admitRule({
    queue,
    encryptionKey: props.encryptionKey,
    sid: 'UndeliveredEventsOfThisRule',
    keySid: 'UndeliveredEvents',
    ruleName: props.ruleName,
  });
  return queue;
}
