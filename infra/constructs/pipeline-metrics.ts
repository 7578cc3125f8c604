import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MeasuringService, MetricOf } from '../../src/handlers/lambda/emitted-metrics.env.ts';
import { requestMetricsId } from './watch-buckets.ts';

/**
 * The metrics of a deployed pipeline, with all dimensions that they are published with, by the literal names of what they
 * are about: without the dimensions, or with others, CloudWatch knows no such metric and shows nothing.
 */
export class PipelineMetrics {
  private readonly scope: Construct;
  private readonly environmentName: string;
  private readonly period: Duration;

  constructor(scope: Construct, environmentName: string, period: Duration) {
    this.scope = scope;
    this.environmentName = environmentName;
    this.period = period;
  }

  /** What a function of ours measures itself. */
  own<Service extends MeasuringService>(
    service: Service,
    metricName: MetricOf<Service>,
    { statistic = 'Sum', period = this.period }: { statistic?: string; period?: Duration } = {},
  ): Metric {
    return new Metric({
      namespace: 'Sallyport',
      metricName,
      dimensionsMap: { service: `${service}-${this.environmentName}` },
      statistic,
      period,
      label: statistic.startsWith('p') ? `${service} ${statistic}` : metricName,
    });
  }

  /** Refused uploads by the reason: a line for each code that there is. */
  refusedByCode(): IMetric {
    const metric: MetricOf<'intake-trigger'> = 'UploadsRefusedByCode';
    return new MathExpression({
      expression: `SEARCH('{Sallyport,service,Code} MetricName="${metric}" service="intake-trigger-${this.environmentName}"', 'Sum', ${this.period.toSeconds()})`,
      usingMetrics: {},
      label: '',
      period: this.period,
    });
  }

  ofFunction(
    functionName: string,
    metricName: 'Invocations' | 'Errors' | 'Throttles' | 'Duration',
    statistic = 'Sum',
  ): Metric {
    return this.of('AWS/Lambda', metricName, { FunctionName: functionName }, statistic, functionName);
  }

  ofQueue(
    queueName: string,
    metricName: 'ApproximateAgeOfOldestMessage' | 'ApproximateNumberOfMessagesVisible',
  ): Metric {
    return this.of('AWS/SQS', metricName, { QueueName: queueName }, 'Maximum', queueName);
  }

  ofStateMachine(
    name: string,
    metricName: 'ExecutionsStarted' | 'ExecutionsSucceeded' | 'ExecutionsFailed',
  ): Metric {
    const StateMachineArn = Stack.of(this.scope).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return this.of('AWS/States', metricName, { StateMachineArn }, 'Sum', `${name} ${metricName}`);
  }

  ofApi(apiName: string, stage: string, metricName: 'Count' | '4XXError' | '5XXError'): Metric {
    const dimensions = { ApiName: apiName, Stage: stage };
    return this.of('AWS/ApiGateway', metricName, dimensions, 'Sum', metricName);
  }

  /** Requests to a bucket; of buckets whose request metrics are on. */
  ofRequests(bucketName: string, metricName: '4xxErrors' | '5xxErrors'): Metric {
    const dimensions = { BucketName: bucketName, FilterId: requestMetricsId };
    return this.of('AWS/S3', metricName, dimensions, 'Sum', `${bucketName} ${metricName}`);
  }

  /** What is in a bucket, once a day. */
  ofStorage(bucketName: string, metricName: 'BucketSizeBytes' | 'NumberOfObjects', day: Duration): Metric {
    const StorageType = metricName === 'BucketSizeBytes' ? 'StandardStorage' : 'AllStorageTypes';
    return this.of('AWS/S3', metricName, { BucketName: bucketName, StorageType }, 'Average', bucketName, day);
  }

  /** Seconds by which a bucket's replica lags behind; no data where nothing waits. */
  ofReplication(source: string, destination: string, ruleId: string): Metric {
    const dimensions = { SourceBucket: source, DestinationBucket: destination, RuleId: ruleId };
    return this.of('AWS/S3', 'ReplicationLatency', dimensions, 'Maximum', ruleId);
  }

  private of(
    namespace: string,
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic: string,
    label: string,
    period = this.period,
  ): Metric {
    return new Metric({ namespace, metricName, dimensionsMap, statistic, period, label });
  }
}
