import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { DataBucket } from './data-bucket.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { SecureBucket } from './secure-bucket.ts';

/** Id of the configuration by which S3 measures the requests to a whole bucket; part of the metrics' identity. */
export const requestMetricsId = 'EntireBucket';

export interface WatchedBucket {
  /** As in the bucket's name, for example `uploads`: part of the names of its alarms. */
  readonly purpose: string;
  readonly bucket: DataBucket;
  /**
   * Counts the copies that our functions have made here. Before each they ask whether one is there already, which S3
   * answers with 404, to HEAD and to GET (`S3ObjectStore`): those two are no fault.
   * @default - none are made
   */
  readonly copies?: IMetric;
}

/**
 * Switches on the request metrics of the buckets and raises alarms on what S3 refuses or fails at. A bucket that was
 * there already is left alone: its metrics are its owner's to switch on, and to pay.
 */
export function watchBuckets(
  scope: Construct,
  buckets: readonly WatchedBucket[],
  configuration: Configuration,
  alertTopic: AlertTopic,
): void {
  if (!configuration.bucketRequestMetrics) return;
  const period = Duration.minutes(configuration.alarmPeriodMinutes);
  for (const { purpose, bucket: watched, copies } of buckets) {
    if (!(watched instanceof SecureBucket)) continue;
    const { bucket } = watched;
    const shared = { environmentName: configuration.environment, alertTopic, comparison: 'above' as const };
    const name = `sallyport-${purpose}-${configuration.environment}-<account>`;
    bucket.addMetric({ id: requestMetricsId });
    const errors = errorsOf(bucket, '4xxErrors', period);
    new FailureAlarm(scope, `${purpose}-client-errors`, {
      ...shared,
      purpose: `${purpose}-bucket-client-errors`,
      description: `S3 refuses requests to the bucket ${name}, or does not find what they name: more than ${configuration.bucketClientErrorThreshold} in ${configuration.alarmPeriodMinutes} minutes. The bucket's access logs and the trail's data events say whose they are.`,
      metric: copies === undefined ? errors : withoutLookUps(errors, copies, period),
      threshold: configuration.bucketClientErrorThreshold,
    });
    new FailureAlarm(scope, `${purpose}-server-errors`, {
      ...shared,
      purpose: `${purpose}-bucket-server-errors`,
      description: `S3 itself fails at requests to the bucket ${name}: more than ${configuration.bucketServerErrorThreshold} in ${configuration.alarmPeriodMinutes} minutes. Our functions try again; the AWS Health Dashboard says what goes on.`,
      metric: errorsOf(bucket, '5xxErrors', period),
      threshold: configuration.bucketServerErrorThreshold,
    });
  }
}

/** S3 publishes them with both dimensions, and with those alone (S3 User Guide, "Metrics and dimensions"). */
function errorsOf(bucket: Bucket, metricName: '4xxErrors' | '5xxErrors', period: Duration): IMetric {
  return new Metric({
    namespace: 'AWS/S3',
    metricName,
    dimensionsMap: { BucketName: bucket.bucketName, FilterId: requestMetricsId },
    statistic: 'Sum',
    period,
  });
}

function withoutLookUps(errors: IMetric, copies: IMetric, period: Duration): IMetric {
  return new MathExpression({
    label: '4xxErrors beyond the look-ups before copies',
    expression: 'errors - 2 * FILL(copies, 0)',
    usingMetrics: { errors, copies },
    period,
  });
}
