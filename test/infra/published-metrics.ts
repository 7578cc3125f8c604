import { emittedMetrics } from '../../src/handlers/lambda/emitted-metrics.env.ts';

/** A metric as an alarm or a widget names it; the values of dimensions rendered. */
export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Publication {
  /** Where AWS says so. */
  readonly source: string;
  readonly metrics: readonly string[];
  /** Sets of dimensions, each of which is published; a metric is known by one whole set. */
  readonly dimensions: readonly (readonly string[])[];
}

/** What AWS publishes, as far as a pipeline may ask for it. */
export const publishedByAws: Readonly<Record<string, readonly Publication[]>> = {
  'AWS/Lambda': [
    {
      source: 'Lambda Developer Guide, "Types of metrics for Lambda functions"',
      metrics: ['Invocations', 'Errors', 'Throttles', 'Duration'],
      dimensions: [['FunctionName'], ['FunctionName', 'Resource']],
    },
  ],
  'AWS/SQS': [
    {
      source: 'SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"',
      metrics: [
        'ApproximateAgeOfOldestMessage',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesVisible',
      ],
      dimensions: [['QueueName']],
    },
  ],
  'AWS/States': [
    {
      source: 'Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch"',
      metrics: [
        'ExecutionsAborted',
        'ExecutionsFailed',
        'ExecutionsStarted',
        'ExecutionsSucceeded',
        'ExecutionsTimedOut',
      ],
      dimensions: [['StateMachineArn']],
    },
  ],
  'AWS/S3': [
    {
      source: 'S3 User Guide, "Metrics and dimensions", request metrics: with a metrics configuration',
      metrics: ['4xxErrors', '5xxErrors', 'AllRequests'],
      dimensions: [['BucketName', 'FilterId']],
    },
    {
      source: 'S3 User Guide, "Metrics and dimensions", replication metrics: with metrics on in the rule',
      metrics: ['OperationsFailedReplication', 'ReplicationLatency'],
      dimensions: [['SourceBucket', 'DestinationBucket', 'RuleId']],
    },
    {
      source: 'S3 User Guide, "Metrics and dimensions", daily storage metrics',
      metrics: ['BucketSizeBytes', 'NumberOfObjects'],
      dimensions: [['BucketName', 'StorageType']],
    },
  ],
  'AWS/ApiGateway': [
    {
      source: 'API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics"',
      metrics: ['Count', '4XXError', '5XXError', 'Latency', 'IntegrationLatency'],
      dimensions: [['ApiName'], ['ApiName', 'Stage']],
    },
  ],
  'AWS/Events': [
    {
      source: 'EventBridge User Guide, "Monitoring Amazon EventBridge"',
      metrics: ['FailedInvocations', 'InvocationsFailedToBeSentToDlq', 'InvocationsSentToDlq'],
      dimensions: [['RuleName'], ['EventBusName', 'RuleName']],
    },
  ],
  'AWS/Backup': [
    {
      source: 'AWS Backup Developer Guide, "AWS Backup metrics with CloudWatch"',
      metrics: ['NumberOfBackupJobsCompleted', 'NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired'],
      dimensions: [['BackupVaultName'], ['ResourceType'], ['BackupVaultName', 'ResourceType']],
    },
  ],
  'AWS/WAFV2': [
    {
      source: 'AWS WAF Developer Guide, "AWS WAF metrics and dimensions"',
      metrics: ['AllowedRequests', 'BlockedRequests', 'CountedRequests'],
      dimensions: [['WebACL', 'Region', 'Rule']],
    },
  ],
};

/** Why nobody publishes the metric; `undefined` where somebody does. */
export function unpublished({ namespace, name, dimensions }: NamedMetric): string | undefined {
  const asked = Object.keys(dimensions).sort().join();
  if (namespace === 'Sallyport') return unemitted(name, dimensions['service'], asked);
  const publications = publishedByAws[namespace]?.filter(({ metrics }) => metrics.includes(name)) ?? [];
  if (publications.length === 0) return `${namespace} publishes no ${name}`;
  const sets = publications.flatMap(({ dimensions: known }) => known.map(set => [...set].sort().join()));
  return sets.includes(asked)
    ? undefined
    : `${namespace} ${name} comes with ${sets.join(' or ')}, not with ${asked || 'no dimension'}`;
}

/** The handlers' own: emitted-metrics.test.ts shows that they emit what is declared. */
function unemitted(name: string, service: string | undefined, asked: string): string | undefined {
  const [, of = ''] = /^(.*)-(?:dev|prod)$/.exec(service ?? '') ?? [];
  const declared: Readonly<Record<string, readonly string[]>> = emittedMetrics;
  if (!declared[of]?.includes(name)) return `${service} emits no ${name}`;
  const known = name === 'UploadsRefusedByCode' ? 'Code,service' : 'service';
  return asked === known ? undefined : `${name} comes with ${known}, not with ${asked}`;
}
