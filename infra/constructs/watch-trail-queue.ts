import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import type { AlertTopic } from './alert-topic.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { GuardedQueue } from './guarded-queue.ts';

export interface WatchedTrailQueue {
  /** As in the queue's name: part of the names of its alarms. */
  readonly purpose: string;
  readonly queue: GuardedQueue;
  /** What a message announces, for example `log`. */
  readonly announces: string;
  /** What people should know of it beside, for the alarms on messages that wait or are given up. */
  readonly consequence: string;
  readonly configuration: Configuration;
  readonly alertTopic: AlertTopic;
}

/** Raises alarms on what waits too long for the analyzer, on what is given up, and on letters that the keeper leaves. */
export function watchTrailQueue(scope: Construct, watched: WatchedTrailQueue): void {
  const { purpose, queue, announces, consequence, configuration, alertTopic } = watched;
  const period = Duration.minutes(configuration.alarmPeriodMinutes);
  const patience = configuration.trailOldestMessageMinutes;
  const shared = { environmentName: configuration.environment, alertTopic };
  new FailureAlarm(scope, 'OldestMessage', {
    ...shared,
    purpose: `${purpose}-oldest-message`,
    description: `A CloudTrail ${announces} has waited for more than ${patience} minutes: the analyzer fails on it, or more come than trailMaximumConcurrency lets it read. Its log group and its error and throttle alarms say which. ${consequence}`,
    metric: queue.metricOldestMessage(period),
    threshold: Duration.minutes(patience).toSeconds(),
  });
  new FailureAlarm(scope, 'DeadLetters', {
    ...shared,
    purpose: `${purpose}-dead-letters`,
    description: `Announcements of a CloudTrail ${announces} could not be handled and are in the dead-letter queue, from where the keeper takes them. ${consequence}`,
    metric: queue.metricDeadLetters(period),
    threshold: configuration.deadLetterThreshold,
  });
  new FailureAlarm(scope, 'DeadLettersLeft', {
    ...shared,
    purpose: `${purpose}-dead-letters-left`,
    description: `The dead-letter queue has not been empty for ${patience} minutes: the keeper does not take the letters, or fails to keep them. They are lost 14 days after they were first sent. ${consequence}`,
    metric: queue.metricUnsettledDeadLetters(Duration.minutes(1)),
    badPeriods: patience,
  });
}
