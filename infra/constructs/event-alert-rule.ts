import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { undeliveredEventsQueue } from './undelivered-events-queue.ts';

export interface EventAlertRuleProps {
  /** What is announced, for example `noncompliance`: part of the names of rule, queue and alarm. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id of the dead-letter queue. */
  readonly logicalId: string;
  readonly description: string;
  /** Pattern of events on the default bus. */
  readonly eventPattern: CfnRule['eventPattern'];
  readonly alert: EventAlert;
  /** A topic that lets rules of EventBridge publish (`AlertTopic.allowEventRules`). */
  readonly alertTopic: AlertTopic;
  /** Key of the queue that takes what EventBridge cannot publish. */
  readonly queueKey: CustomerManagedKey;
  /** Of the alarm on that queue. */
  readonly alarmPeriod: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** What is announced of an event. `<name>` in title and text stands for a detail, or for the event's `<time>`. */
export interface EventAlert {
  readonly kind: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** Without quotes, as the text: both stand in JSON. */
  readonly title: string;
  readonly text: string;
  /**
   * The details by their names, each with its JSON path in the event. Values that are always there and hold no quotes:
   * EventBridge puts them into the alert as they are.
   */
  readonly details: Readonly<Record<string, string>>;
}

/** Announces events of AWS services as alerts. What cannot be published waits in a dead-letter queue, under an alarm. */
export class EventAlertRule extends Construct {
  readonly rule: CfnRule;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: EventAlertRuleProps) {
    super(scope, id);
    const { purpose, environmentName, alertTopic } = props;
    const ruleName = `sallyport-${purpose}-${environmentName}`;
    this.deadLetterQueue = undeliveredEventsQueue(this, 'DeadLetterQueue', {
      queueName: `sallyport-${purpose}-dead-letters-${environmentName}`,
      logicalId: props.logicalId,
      ruleName,
      encryptionKey: props.queueKey,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: props.description,
      eventPattern: props.eventPattern,
      targets: [
        {
          id: 'AlertTopic',
          arn: alertTopic.topic.topicArn,
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
          inputTransformer: {
            inputPathsMap: { event: '$.id', time: '$.time', ...props.alert.details },
            inputTemplate: templateOf(props.alert),
          },
        },
      ],
    });
    new FailureAlarm(this, 'Undelivered', {
      purpose: `${purpose}-dead-letters`,
      environmentName,
      description: `Alerts could not be published and wait in the dead-letter queue of the rule ${ruleName}: each message is the event that nobody was told of. They are lost after 14 days.`,
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: props.alarmPeriod,
        statistic: 'Maximum',
      }),
      alertTopic,
    });
  }
}

/** The alert as EventBridge fills it in, under the event's id: a repetition is known by it. */
function templateOf({ kind, severity, title, text, details }: EventAlert): string {
  const shown = Object.keys(details).map(name => `"${name}":"<${name}>"`);
  return `{${[
    '"schemaVersion":1',
    '"id":"<event>"',
    `"kind":"${kind}"`,
    `"severity":"${severity}"`,
    `"title":"${title}"`,
    `"text":"${text}"`,
    '"occurredAt":"<time>"',
    `"details":{${shown.join(',')}}`,
  ].join(',')}}`;
}
