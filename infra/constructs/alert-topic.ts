import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface AlertTopicProps {
  /** What the topic carries: part of its name. @default 'alerts' */
  readonly purpose?: string;
  readonly environmentName: string;
  /** @default 'AlertTopic' */
  readonly logicalId?: string;
  readonly encryptionKey: CustomerManagedKey;
  /** Addresses that receive every alert. @default - none */
  readonly emails?: readonly string[];
}

/** Where people and their tools hear of what went wrong: encrypted, TLS only, open to this environment's alarms. */
export class AlertTopic extends Construct {
  readonly topic: Topic;
  readonly encryptionKey: CustomerManagedKey;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.topic = new Topic(this, 'Topic', {
      topicName: `sallyport-${props.purpose ?? 'alerts'}-${props.environmentName}`,
      displayName: `Sallyport ${props.environmentName}`,
      masterKey: props.encryptionKey.key,
      enforceSSL: true,
    });
    pinLogicalId(this.topic, props.logicalId ?? 'AlertTopic');
    for (const email of props.emails ?? []) this.topic.addSubscription(new EmailSubscription(email));
    this.allowAlarms(props.environmentName);
  }

  /** Announces that the alarm was raised, and that it is over. */
  announce(alarm: Alarm): void {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  /** Lets a role publish, and use the topic's key through SNS. */
  grantPublish(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    this.encryptionKey.grantThrough(grantee, 'sns', ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /**
   * Lets EventBridge publish. It sends no source context with that: with a condition here, or on the key, every event
   * would be dropped without a word (EventBridge user guide, "Amazon SNS permissions"; SNS developer guide, "Key
   * management"). Which rules publish is held by who may create rules in this account.
   */
  allowEventRules(): void {
    this.allowService('EventRules', 'events.amazonaws.com');
  }

  private allowAlarms(environmentName: string): void {
    const source = {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: {
        'aws:SourceArn': Stack.of(this).formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName: `sallyport-*-${environmentName}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    };
    this.allowService('AlarmsOfThisEnvironment', 'cloudwatch.amazonaws.com', source);
  }

  private allowService(
    sid: string,
    service: string,
    conditions?: Readonly<Record<string, Record<string, string>>>,
  ): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
    this.encryptionKey.allowService({
      sid,
      service,
      actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      ...(conditions === undefined ? {} : { conditions }),
    });
  }
}
