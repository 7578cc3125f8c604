import { ArnFormat, Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface AbandonedExecutionRuleProps {
  readonly environmentName: string;
  readonly stateMachine: IStateMachine;
  /** The error of executions that have announced their failure themselves. */
  readonly announcedError: string;
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
    const ruleName = `sallyport-abandoned-uploads-${props.environmentName}`;
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      queueName: `sallyport-abandoned-uploads-dead-letters-${props.environmentName}`,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.queueKey.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    pinLogicalId(this.deadLetterQueue, 'AbandonedUploadsDeadLetterQueue');
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is a dead-letter queue itself, of an EventBridge target.',
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: 'Executions of the intake workflow that ended without announcing it.',
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
            { status: ['FAILED'], error: [{ 'anything-but': [props.announcedError] }] },
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
            inputTemplate: alertTemplate,
          },
        },
      ],
    });
    const ruleArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: ruleName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.deadLetterQueue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'UndeliveredEventsOfThisRule',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetterQueue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    );
    props.queueKey.allowService({
      sid: 'UndeliveredEvents',
      service: 'events.amazonaws.com',
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
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
const alertTemplate = `{${[
  '"schemaVersion":1',
  '"id":"<execution>"',
  '"kind":"upload.abandoned"',
  '"severity":"high"',
  '"title":"An upload was abandoned"',
  '"text":"Execution <name> of the intake workflow ended as <status>; its upload may not be recorded. The execution history says why."',
  '"occurredAt":"<time>"',
  '"details":{"execution":"<execution>","name":"<name>","status":"<status>","input":<input>}',
].join(',')}}`;
