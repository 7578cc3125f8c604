import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { executionFailure } from './announce-failure.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { undeliveredEventsQueue } from './undelivered-events-queue.ts';

export interface AbandonedExecutionRuleProps {
  /** Whose executions they are, for example `abandoned-uploads`: part of the names of rule and queue. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id of the dead-letter queue. */
  readonly logicalId: string;
  /** What the rule looks out for. */
  readonly description: string;
  readonly stateMachine: IStateMachine;
  /** What is announced; the text may name `<execution>`, `<name>`, `<status>` and `<time>`, and holds no quotes. */
  readonly alert: { readonly kind: string; readonly title: string; readonly text: string };
  readonly alertTopic: AlertTopic;
  /** Key of the queue that takes what EventBridge cannot publish. */
  readonly queueKey: CustomerManagedKey;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Announces each execution that ended without a notice of its own: timed out, aborted, or failed with any other
 * error. An event whose error is missing or null counts as such a one: a notice may come twice, under the same id,
 * never not at all. What cannot be published waits in a dead-letter queue.
 */
export class AbandonedExecutionRule extends Construct {
  readonly rule: CfnRule;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: AbandonedExecutionRuleProps) {
    super(scope, id);
    props.alertTopic.allowEventRules();
    const ruleName = `sallyport-${props.purpose}-${props.environmentName}`;
    this.deadLetterQueue = undeliveredEventsQueue(this, 'DeadLetterQueue', {
      queueName: `sallyport-${props.purpose}-dead-letters-${props.environmentName}`,
      logicalId: props.logicalId,
      ruleName,
      encryptionKey: props.queueKey,
      ...(props.removalPolicy === undefined ? {} : { removalPolicy: props.removalPolicy }),
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: props.description,
      eventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          $or: [
            { status: ['TIMED_OUT', 'ABORTED'] },
            { status: ['FAILED'], error: [{ exists: false }] },
            // By itself, so that nothing hangs on whether `anything-but` takes null.
            { status: ['FAILED'], error: [null] },
            { status: ['FAILED'], error: [{ 'anything-but': [executionFailure.announced] }] },
          ],
        },
      },
      targets: [
        {
          id: 'AlertTopic',
          arn: props.alertTopic.topic.topicArn,
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
          inputTransformer: {
            inputPathsMap: {
              execution: '$.detail.executionArn',
              name: '$.detail.name',
              status: '$.detail.status',
              time: '$.time',
              input: '$.detail.input',
            },
            inputTemplate: alertTemplate(props.alert),
          },
        },
      ],
    });
  }

  /** Notices that wait in the dead-letter queue. */
  metricUndelivered(period: Duration): IMetric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  }
}

/**
 * The alert as EventBridge fills it in. Of the fields, only `input` is not always a value: it is null in an event that
 * would be above 248 KiB (Step Functions Developer Guide, "Automating Step Functions event delivery with
 * EventBridge"). It is text that holds quotes and stands bare, so that EventBridge quotes it.
 */
function alertTemplate({ kind, title, text }: AbandonedExecutionRuleProps['alert']): string {
  return `{${[
    '"schemaVersion":1',
    '"id":"<execution>"',
    `"kind":"${kind}"`,
    '"severity":"high"',
    `"title":"${title}"`,
    `"text":"${text}"`,
    '"occurredAt":"<time>"',
    '"details":{"execution":"<execution>","name":"<name>","status":"<status>","input":<input>}',
  ].join(',')}}`;
}
