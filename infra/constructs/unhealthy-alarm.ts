import { Token } from 'aws-cdk-lib';
import { type AlarmBase, CfnAlarm, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';

export interface UnhealthyAlarmProps {
  /** Of what, for example `intake`: the alarm is `sallyport-<what>-unhealthy-<environment>`. */
  readonly what: string;
  readonly environmentName: string;
  /** All alarms that stand below it are watched, of this stack or another; those of an unhealthy alarm as that one. */
  readonly watched: readonly Construct[];
  readonly alertTopic: AlertTopic;
}

/** PutCompositeAlarm: a rule names 100 alarms at most, and has 10,240 characters at most. */
const limits = { alarms: 100, characters: 10_240 };

/** Raised while any of the alarms is that it watches: one place to ask whether all is well. */
export class UnhealthyAlarm extends Construct {
  readonly alarm: AlarmBase;
  readonly alarmName: string;
  /** The alarms whose states it is made of, by name. */
  readonly children: readonly string[];
  private readonly covered: ReadonlySet<string>;

  /** @throws Error where there is nothing to watch, or more than one alarm can. */
  constructor(scope: Construct, id: string, props: UnhealthyAlarmProps) {
    super(scope, id);
    this.alarmName = `sallyport-${props.what}-unhealthy-${props.environmentName}`;
    const below = [...new Set(props.watched.flatMap(construct => construct.node.findAll()))];
    const parts = below.filter(found => found instanceof UnhealthyAlarm).filter(part => part !== this);
    const plain = below.filter(found => found instanceof CfnAlarm);
    const coveredByParts = new Set(parts.flatMap(part => [...part.covered]));
    const names = plain.map(alarm => literalNameOf(alarm));
    this.covered = new Set(names);
    this.children = [
      ...parts.map(part => part.alarmName),
      ...names.filter(name => !coveredByParts.has(name)),
    ];
    const rule = this.children.map(name => `ALARM("${name}")`).join(' OR ');
    if (this.children.length === 0) throw new Error(`${this.node.path}: there is no alarm to watch.`);
    if (this.children.length > limits.alarms || rule.length > limits.characters) {
      throw new Error(
        `${this.node.path}: ${this.children.length} alarms, a rule of ${rule.length} characters: a composite alarm takes ${limits.alarms} and ${limits.characters}.`,
      );
    }
    const alarm = new CompositeAlarm(this, 'Alarm', {
      compositeAlarmName: this.alarmName,
      alarmDescription: `At least one alarm on the part "${props.what}" is raised; the console shows which. Each of them says what it means and where to look.`,
      alarmRule: { renderAlarmRule: () => rule },
    });
    // By name, a rule may be made before what it names; CloudWatch refuses it.
    alarm.node.addDependency(...plain, ...parts);
    props.alertTopic.announce(alarm);
    this.alarm = alarm;
  }
}

function literalNameOf(alarm: CfnAlarm): string {
  if (alarm.alarmName === undefined || Token.isUnresolved(alarm.alarmName)) {
    throw new Error(`${alarm.node.path}: an alarm needs a name of its own.`);
  }
  return alarm.alarmName;
}
