import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { admitRule } from './admit-rule.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { GuardedQueue } from './guarded-queue.ts';
import { watchTrailQueue } from './watch-trail-queue.ts';

export interface TrailEventRulesProps {
  readonly parts: ConfiguredParts;
  readonly encryptionKey: CustomerManagedKey;
  /** Of events on the default bus. */
  readonly eventPattern: CfnRule['eventPattern'];
  readonly alertTopic: AlertTopic;
}

/**
 * The fast way of what CloudTrail records: from the default bus to a queue of its own, so that no log file waits behind
 * it. What is lost here comes with the log files.
 */
export class TrailEventRules extends Construct {
  readonly queue: GuardedQueue;
  readonly rule: CfnRule;
  private readonly ruleName: string;

  constructor(scope: Construct, id: string, props: TrailEventRulesProps) {
    super(scope, id);
    const { parts, encryptionKey, eventPattern } = props;
    const { configuration, environmentName, removalPolicy } = parts;
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'trail-live',
      environmentName,
      logicalId: 'TrailLiveQueue',
      encryptionKey,
      consumerTimeout: Duration.seconds(configuration.trailAnalyzerTimeoutSeconds),
      deadLetterConsumerTimeout: Duration.seconds(configuration.deadLetterKeeperTimeoutSeconds),
      maxReceiveCount: configuration.trailMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.trailRetentionDays),
      removalPolicy,
    });
    this.ruleName = `sallyport-trail-live-${environmentName}`;
    const admission = { encryptionKey, ruleName: this.ruleName };
    admitRule({ ...admission, queue: this.queue.queue, sid: 'EventsOfThisRule' });
    admitRule({
      ...admission,
      queue: this.queue.deadLetterQueue,
      sid: 'UndeliveredEventsOfThisRule',
      keySid: 'EventsOfThisRule',
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: this.ruleName,
      description:
        'What CloudTrail tells of calls, sign-ins and services that the rules of the trail may match.',
      eventPattern,
      targets: [
        {
          id: 'TrailLiveQueue',
          arn: this.queue.queue.queueArn,
          // An event that is a day late is in the log files long since.
          retryPolicy: {
            maximumRetryAttempts: 185,
            maximumEventAgeInSeconds: Duration.days(1).toSeconds(),
          },
          deadLetterConfig: { arn: this.queue.deadLetterQueue.queueArn },
        },
      ],
    });
    this.watch(props);
  }

  private watch({ parts, alertTopic }: TrailEventRulesProps): void {
    const { configuration, environmentName, alarmPeriod } = parts;
    watchTrailQueue(this, {
      purpose: 'trail-live',
      queue: this.queue,
      announces: 'event',
      consequence: 'The log files have the same events, some minutes later.',
      configuration,
      alertTopic,
    });
    new FailureAlarm(this, 'Lost', {
      environmentName,
      alertTopic,
      purpose: 'trail-live-lost',
      description:
        'Events of CloudTrail reached neither their queue nor its dead-letter queue. The policies of both and of their key must let the rule in; the log files have the same events.',
      metric: this.metricLost(alarmPeriod),
    });
  }

  /** Events that EventBridge could put nowhere. */
  private metricLost(period: Duration): IMetric {
    return new Metric({
      namespace: 'AWS/Events',
      metricName: 'InvocationsFailedToBeSentToDlq',
      dimensionsMap: { RuleName: this.ruleName },
      period,
      statistic: 'Sum',
    });
  }
}
