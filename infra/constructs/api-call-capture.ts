import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type LogGroup, ResourcePolicy, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ruleArnOf } from './admit-rule.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { logGroupArnOf } from './log-group-arn.ts';
import { undeliveredEventsQueue } from './undelivered-events-queue.ts';

export interface ApiCallCaptureProps {
  /** Whose calls they are, for example `documents`: part of every name. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id of the queue that takes what could not be written. */
  readonly logicalId: string;
  /** Id of the REST API. */
  readonly restApiId: string;
  /** What the log group is encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** What the queue is encrypted under. */
  readonly queueKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 30 */
  readonly retentionDays?: RetentionDays;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Keeps the calls to API Gateway itself that change an API, as CloudTrail reports them to EventBridge: a trail of the
 * account must record management events. Calls that only read are not among them (EventBridge User Guide, "AWS service
 * events delivered via AWS CloudTrail"); what clients call is in the access log of the API.
 */
export class ApiCallCapture extends Construct {
  readonly rule: CfnRule;
  readonly logGroup: LogGroup;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: ApiCallCaptureProps) {
    super(scope, id);
    const { purpose, environmentName } = props;
    const ruleName = `sallyport-${purpose}-api-calls-${environmentName}`;
    this.logGroup = encryptedLogGroup(this, 'Logs', {
      logGroupName: `/aws/events/${ruleName}`,
      encryptionKey: props.logsKey,
      retention: props.retentionDays ?? 30,
    });
    this.deadLetterQueue = undeliveredEventsQueue(this, 'DeadLetterQueue', {
      queueName: `sallyport-${purpose}-api-calls-dead-letters-${environmentName}`,
      logicalId: props.logicalId,
      ruleName,
      encryptionKey: props.queueKey,
      ...(props.removalPolicy === undefined ? {} : { removalPolicy: props.removalPolicy }),
    });
    const policy = this.admit(ruleName);
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `Calls that change the API ${purpose}, and those of which the event does not say whose API they change.`,
      eventPattern: {
        source: ['aws.apigateway'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['apigateway.amazonaws.com'],
          requestParameters: {
            // Keys, usage plans and settings of the account belong to no one API.
            restApiId: [props.restApiId, { exists: false }],
            // An HTTP or WebSocket API, which is never this one.
            apiId: [{ exists: false }],
          },
        },
      },
      targets: [
        {
          id: 'LogGroup',
          arn: logGroupArnOf(this.logGroup),
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        },
      ],
    });
    this.rule.node.addDependency(policy);
  }

  /** Events that wait in the dead-letter queue. */
  metricUndelivered(period: Duration): IMetric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  }

  /** EventBridge User Guide, "CloudWatch Logs permissions": it names its rule where it writes, not where it makes a stream. */
  private admit(ruleName: string): ResourcePolicy {
    const allow = (sid: string, action: string, conditions?: Record<string, Record<string, string>>) =>
      new PolicyStatement({
        sid,
        principals: [
          new ServicePrincipal('events.amazonaws.com'),
          new ServicePrincipal('delivery.logs.amazonaws.com'),
        ],
        actions: [action],
        resources: [this.logGroup.logGroupArn],
        ...(conditions === undefined ? {} : { conditions }),
      });
    return new ResourcePolicy(this, 'LogPolicy', {
      resourcePolicyName: ruleName,
      policyStatements: [
        allow('StreamsOfEvents', 'logs:CreateLogStream'),
        allow('EventsOfThisRule', 'logs:PutLogEvents', {
          ArnEquals: { 'aws:SourceArn': ruleArnOf(Stack.of(this), ruleName) },
        }),
      ],
    });
  }
}
