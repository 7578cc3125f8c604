import { createHash } from 'node:crypto';
import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmsNamed, givenName, matches, unheardAlarms } from './alarm-names.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { keepDefaultPolicy } from './keep-default-policy.ts';
import { pinLogicalId } from './pin-logical-id.ts';
import { readableTokens } from './readable-tokens.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';

export interface AlertTopicProps {
  /** What the topic carries: part of its name. @default 'alerts' */
  readonly purpose?: string;
  readonly environmentName: string;
  /** @default 'AlertTopic' */
  readonly logicalId?: string;
  /** Key of the topic that is made here, or of the existing one. @default - the existing topic is under none */
  readonly encryptionKey?: CustomerManagedKey;
  /**
   * A topic that is there already, standard, in the stack's account and region. A topic of this app is told who
   * publishes; of an imported one `statementsToAdd` says so. Who hears of it is its owner's choice.
   * @default - one is made here, under `encryptionKey`
   */
  readonly existingTopic?: ITopic;
  /** Addresses that receive every alert. @default - none */
  readonly emails?: readonly string[];
  /** Takes what their subscriptions cannot deliver. @default - it is lost */
  readonly deadLetterQueue?: IQueue;
}

/**
 * Where people and their tools hear of what went wrong: encrypted, TLS only, open to this environment's alarms and to
 * those that `announce` or `allowAlarms` names.
 */
export class AlertTopic extends Construct {
  readonly topic: ITopic;
  /** Absent where an existing topic has none. */
  readonly encryptionKey: CustomerManagedKey | undefined;
  private readonly sidSuffix: string;
  private readonly left: PolicyStatement[] = [];
  private readonly allowed = new Set<string>();

  /** @throws Error where an existing topic is FIFO or stands elsewhere, or where addresses are given for it. */
  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    // Environments may share it: the ids of a policy's statements are unique.
    this.sidSuffix = props.existingTopic === undefined ? '' : props.environmentName;
    this.topic =
      props.existingTopic === undefined ? this.makeTopic(props) : this.adopt(props.existingTopic, props);
    this.allowAlarmsAs('AlarmsOfThisEnvironment', `sallyport-*-${props.environmentName}`);
    if (props.existingTopic === undefined) {
      this.node.addValidation({ validate: () => unheardAlarms(this.topic, this.allowed) });
    }
  }

  /** What the policy of an imported topic must say as well, or alarms and events do not reach it. */
  get statementsToAdd(): readonly PolicyStatement[] {
    return this.left;
  }

  private adopt(topic: ITopic, { emails = [] }: AlertTopicProps): ITopic {
    const name = `${this.node.path}: existingAlertTopic ${readableTokens(this, topic.topicArn)}`;
    refuseElsewhere(this, 'existingAlertTopic', topic.topicArn, topic);
    if (topic.fifo) throw new Error(`${name} is FIFO, and takes no alarms: give a standard topic.`);
    if (emails.length > 0) {
      throw new Error(`${name} has its own subscribers: leave alertEmails empty, and subscribe them to it.`);
    }
    keepDefaultPolicy(this, topic);
    return topic;
  }

  private makeTopic(props: AlertTopicProps): Topic {
    if (props.encryptionKey === undefined) {
      throw new Error(`${this.node.path}: a topic that is made here needs encryptionKey.`);
    }
    const topic = new Topic(this, 'Topic', {
      topicName: `sallyport-${props.purpose ?? 'alerts'}-${props.environmentName}`,
      displayName: `Sallyport ${props.environmentName}`,
      masterKey: props.encryptionKey.key,
      enforceSSL: true,
    });
    pinLogicalId(topic, props.logicalId ?? 'AlertTopic');
    const { emails = [], deadLetterQueue } = props;
    for (const email of emails) {
      topic.addSubscription(
        new EmailSubscription(email, deadLetterQueue === undefined ? {} : { deadLetterQueue }),
      );
    }
    return topic;
  }

  /**
   * Announces that the alarm was raised, and that it is over. The policies let it in by its name; for a name that
   * CloudFormation makes, `allowAlarms` says which.
   */
  announce(alarm: AlarmBase): void {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    const name = givenName(alarm);
    if (name !== undefined) this.allowAlarms(name);
  }

  /**
   * Lets alarms of this account and region publish, by their names: CloudWatch publishes for nobody whom the policies of
   * the topic and of its key do not name, and fails without a word to the one who is waiting.
   *
   * @param namePattern A name, or a pattern with `*` and `?`, such as `payments-*`. Text: an alarm refers to the topic, and
   *   the topic to its key, whose policy then cannot refer to the alarm.
   * @throws Error where the name is empty or known to the deployment alone.
   */
  allowAlarms(namePattern: string): void {
    if (namePattern === '' || Token.isUnresolved(namePattern)) {
      throw new Error(
        `${this.node.path}: alarms are let in by names that the template spells out, and ${readableTokens(this, namePattern) || 'nothing'} is none: give the alarm an alarmName, or a pattern such as ${Stack.of(this).stackName}-*.`,
      );
    }
    if ([...this.allowed].some(pattern => matches(pattern, namePattern))) return;
    // The ids of a policy's statements are unique, and have letters and digits alone.
    const digest = createHash('sha256').update(namePattern).digest('hex').slice(0, 12);
    this.allowAlarmsAs(`Alarms${digest}`, namePattern);
  }

  /** Lets a role publish, and use the topic's key through SNS. */
  grantPublish(grantee: IGrantable): Grant {
    const publish = grantToPrincipal(this, {
      grantee,
      actions: ['sns:Publish'],
      resourceArns: [this.topic.topicArn],
    });
    const useKey = this.encryptionKey?.grantThrough(grantee, 'sns', ['kms:GenerateDataKey', 'kms:Decrypt']);
    return useKey === undefined ? publish : publish.combine(useKey);
  }

  /**
   * Lets EventBridge publish. It sends no source context with that: with a condition here, or on the key, every event
   * would be dropped without a word (EventBridge user guide, "Amazon SNS permissions"; SNS developer guide, "Key
   * management"). Which rules publish is held by who may create rules in this account.
   */
  allowEventRules(): void {
    this.allowService('EventRules', 'events.amazonaws.com');
  }

  private allowAlarmsAs(sid: string, namePattern: string): void {
    this.allowed.add(namePattern);
    this.allowService(sid, 'cloudwatch.amazonaws.com', alarmsNamed(this, namePattern));
  }

  private allowService(
    sid: string,
    service: string,
    conditions?: Readonly<Record<string, Record<string, string>>>,
  ): void {
    const statement = new PolicyStatement({
      sid: `${sid}${this.sidSuffix}`,
      principals: [new ServicePrincipal(service)],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      ...(conditions === undefined ? {} : { conditions }),
    });
    if (!this.topic.addToResourcePolicy(statement).statementAdded) {
      this.left.push(statement);
      Annotations.of(this).addWarningV2(
        `sallyport:addToTopicPolicy:${sid}`,
        `The policy of the existing topic is not of this app. Add to it: ${readableTokens(this, statement.toStatementJson())}`,
      );
    }
    this.encryptionKey?.allowService({
      sid,
      service,
      actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      ...(conditions === undefined ? {} : { conditions }),
    });
  }
}
