import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';

export interface AbsenceAlarmProps {
  /** What is waited for, for example `compliance-scan-missing`: part of the alarm's name. */
  readonly purpose: string;
  readonly environmentName: string;
  /** What it means and where to look, for the person who is woken. */
  readonly description: string;
  /** Counts what is waited for, hour by hour: see `AbsenceAlarm.period`. */
  readonly metric: IMetric;
  /** Hours in a row without one that raise the alarm, at most 168: CloudWatch looks back 7 days (PutMetricAlarm). */
  readonly hours: number;
  readonly alertTopic: AlertTopic;
}

/**
 * Raised where something that must happen has not happened for hours: no data is no event. So it is raised as well when
 * it is made, until the first event.
 */
export class AbsenceAlarm extends Construct {
  /** Periods of an hour and more may reach back for more than a day (PutMetricAlarm, EvaluationPeriods). */
  static readonly period = Duration.hours(1);
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: AbsenceAlarmProps) {
    super(scope, id);
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: `sallyport-${props.purpose}-${props.environmentName}`,
      alarmDescription: props.description,
      metric: props.metric,
      threshold: 1,
      evaluationPeriods: props.hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
    props.alertTopic.announce(this.alarm);
  }
}
