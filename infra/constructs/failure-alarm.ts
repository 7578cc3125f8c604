import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';

export interface FailureAlarmProps {
  /** What is watched, for example `intake-trigger-errors`: part of the alarm's name. */
  readonly purpose: string;
  readonly environmentName: string;
  /** What it means and where to look, for the person who is woken. */
  readonly description: string;
  /** A count, or an age, that is low or missing while all is well. */
  readonly metric: IMetric;
  /** The value in one period from which, or above which, the period is a bad one. @default 1 */
  readonly threshold?: number;
  /** Whether the threshold itself is bad. @default 'at-least' */
  readonly comparison?: 'at-least' | 'above';
  /** Bad periods in a row that raise the alarm. @default 1 */
  readonly badPeriods?: number;
  /**
   * Periods for which the alarm then stays raised, so that a figure that comes rarely is not forgotten before the next
   * one; together at most a day, or 7 of them where a period has an hour or more (PutMetricAlarm).
   * @default - it is over with the first good period
   */
  readonly staysFor?: number;
  readonly alertTopic: AlertTopic;
}

/** Raised by bad periods in a row, over with the first good one unless it stays; a period without data is a good one. */
export class FailureAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: FailureAlarmProps) {
    super(scope, id);
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: `sallyport-${props.purpose}-${props.environmentName}`,
      alarmDescription: props.description,
      metric: props.metric,
      threshold: props.threshold ?? 1,
      evaluationPeriods: props.staysFor ?? props.badPeriods ?? 1,
      ...(props.staysFor === undefined ? {} : { datapointsToAlarm: props.badPeriods ?? 1 }),
      comparisonOperator:
        props.comparison === 'above'
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    props.alertTopic.announce(this.alarm);
  }
}
