import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlertTopic, type AlertTopicProps } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { undeliveredAlertsQueue } from './undelivered-alerts-queue.ts';

export interface AlertTopicWithDeadLettersProps
  extends Omit<AlertTopicProps, 'existingTopic' | 'deadLetterQueue'> {
  readonly purpose: string;
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** Alerts that were not delivered that raise the alarm. @default 1 */
  readonly threshold?: number;
  readonly alarmPeriod: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A topic of ours, with the queue that takes what a subscriber does not. The alarm on that queue goes to the same topic:
 * subscribers that do take it tell people of the one that does not, and where there is no other, the console and the
 * alarm of the whole pipeline show it.
 */
export function alertTopicWithDeadLetters(
  scope: Construct,
  id: string,
  { threshold, alarmPeriod, removalPolicy, ...props }: AlertTopicWithDeadLettersProps,
): AlertTopic {
  const { purpose, environmentName, logicalId, encryptionKey } = props;
  const deadLetterQueue = undeliveredAlertsQueue(scope, `Undelivered${id}`, {
    topicName: `sallyport-${purpose}-${environmentName}`,
    queueName: `sallyport-${purpose}-undelivered-${environmentName}`,
    logicalId: `${logicalId}DeadLetterQueue`,
    encryptionKey,
    ...(removalPolicy === undefined ? {} : { removalPolicy }),
  });
  const alertTopic = new AlertTopic(scope, id, { ...props, deadLetterQueue });
  new FailureAlarm(scope, `Undelivered${id}Alarm`, {
    purpose: `${purpose}-undelivered`,
    environmentName,
    description:
      'Alerts could not be delivered to a subscriber of this topic and wait in the dead-letter queue of its subscriptions, for 14 days. This alarm goes to the same topic: whoever reads it is not the subscriber that is cut off.',
    metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      period: alarmPeriod,
      statistic: 'Maximum',
    }),
    ...(threshold === undefined ? {} : { threshold }),
    alertTopic,
  });
  return alertTopic;
}
