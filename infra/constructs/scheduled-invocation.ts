import { type Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AbsenceAlarm } from './absence-alarm.ts';
import { admitRule, ruleArnOf } from './admit-rule.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { LambdaService } from './lambda-service.ts';

export interface ScheduledInvocationProps {
  /** What is done, for example `trail-summary`: part of the names of rule and alarm. */
  readonly purpose: string;
  readonly environmentName: string;
  readonly description: string;
  /** Does the same again when it is invoked twice, and has no use for what it is invoked with. */
  readonly service: LambdaService;
  /** Whole minutes; of an hour and more, whole hours. */
  readonly every: Duration;
  /** Takes the invocations that Lambda did not take for a day. */
  readonly missed: Queue;
  /** That queue's key. */
  readonly missedKey: CustomerManagedKey;
  /** Hours without an invocation that raise the alarm, at most 168. */
  readonly missingHours: number;
  /** What it means that nothing is invoked, for the person who is woken. */
  readonly missingMeans: string;
  readonly alertTopic: AlertTopic;
}

/** Invokes a function by the clock, with an alarm on its not being invoked: nothing fails where nothing runs. */
export class ScheduledInvocation extends Construct {
  readonly rule: CfnRule;

  constructor(scope: Construct, id: string, props: ScheduledInvocationProps) {
    super(scope, id);
    const { service, purpose, environmentName, missed } = props;
    const ruleName = `sallyport-${purpose}-${environmentName}`;
    const words = purpose.split('-').map(word => word.slice(0, 1).toUpperCase() + word.slice(1));
    admitRule({
      queue: missed,
      encryptionKey: props.missedKey,
      sid: `Missed${words.join('')}`,
      keySid: 'MissedRuns',
      ruleName,
    });
    service.function.addPermission(id, {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: ruleArnOf(Stack.of(this), ruleName),
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: props.description,
      scheduleExpression: `rate(${spelt(props.every)})`,
      targets: [
        { id: 'Function', arn: service.function.functionArn, deadLetterConfig: { arn: missed.queueArn } },
      ],
    });
    new AbsenceAlarm(this, 'Missing', {
      purpose: `${purpose}-missing`,
      environmentName,
      description: props.missingMeans,
      metric: service.function.metricInvocations({ period: AbsenceAlarm.period, statistic: 'Sum' }),
      hours: props.missingHours,
      alertTopic: props.alertTopic,
    });
  }
}

/** EventBridge user guide, "Rate expressions": one of a unit is singular. */
function spelt(every: Duration): string {
  const minutes = every.toMinutes();
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
