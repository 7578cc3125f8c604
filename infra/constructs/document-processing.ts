import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DocumentProcessorEnvironment } from '../../src/handlers/lambda/document-processor.env.ts';
import type { MetricName } from '../../src/handlers/lambda/emitted-metrics.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { AlertTopic } from './alert-topic.ts';
import { BucketReplication } from './bucket-replication.ts';
import { complianceLogPrefixes, complianceLogsOf } from './compliance-logs.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import { SecureBucket } from './secure-bucket.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';
import { watchBuckets } from './watch-buckets.ts';

/** The existing bucket, where there is one, is that which documents are judged in: internal-processing. */
export interface DocumentProcessingProps extends FlowProps, ExistingBucketChoice {
  /** Where verdicts go, of this stack or another: `logs` of a `ComplianceLogs`. @default - compliance logs of its own */
  readonly complianceLogs?: DataBucket;
}

/**
 * The way of a document: the bucket that it is replicated into, queue, processor; then processed output and its replica
 * for delivery, or quarantine. Only internal-processing has events, so that nothing that the processor writes starts it
 * again.
 */
export class DocumentProcessing extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queueKey: CustomerManagedKey;
  readonly accessLogs: AccessLogBucket;
  readonly internalProcessing: DataBucket;
  readonly processedOutput: SecureBucket;
  readonly delivery: SecureBucket;
  readonly quarantine: SecureBucket;
  /** Verdicts. */
  readonly complianceLogs: DataBucket;
  readonly replication: BucketReplication;
  readonly queue: GuardedQueue;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly processor: LambdaService;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: DocumentProcessingProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'processing', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.objectExpiryDays);
    const { alarmPeriod } = parts;
    this.tablesKey = parts.key('processing-tables', 'ProcessingTablesKey');
    // Its own key: that of the bucket would name the bucket, which waits for the queue.
    this.queueKey = parts.key('processing-queue', 'ProcessingQueueKey');

    this.alerts = parts.alertTopic('processing-alerts', 'ProcessingAlertTopic', 'ProcessingAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;
    this.complianceLogs = complianceLogsOf(this, 'processing', props);
    const { complianceLogs } = this;

    this.accessLogs = parts.accessLogs('processing-access-logs', 'ProcessingAccessLogBucket', expiry);
    const bucket = (bucketId: string, purpose: string, keptFor = expiry) =>
      new SecureBucket(this, bucketId, {
        purpose,
        environmentName,
        logicalId: `${bucketId}Bucket`,
        encryptionKey: parts.key(purpose, `${bucketId}Key`),
        accessLogs: this.accessLogs.bucket,
        expiry: keptFor,
        removalPolicy,
      });
    this.internalProcessing = parts.dataBucket('InternalProcessing', props, {
      purpose: 'internal-processing',
      logicalId: 'InternalProcessingBucket',
      keyLogicalId: 'InternalProcessingKey',
      accessLogs: this.accessLogs,
      expiry,
    }).bucket;
    this.processedOutput = bucket('ProcessedOutput', 'processed-output');
    this.delivery = bucket('Delivery', 'delivery');
    this.quarantine = bucket('Quarantine', 'quarantine', Duration.days(configuration.quarantineExpiryDays));
    this.replication = new BucketReplication(this, 'Replication', {
      purpose: 'processed',
      environmentName,
      source: this.processedOutput,
      destination: this.delivery,
      ruleId: 'ReplicateProcessedFiles',
      alertTopic: this.alerts,
      alarmPeriod,
      latency: Duration.seconds(configuration.replicationLatencySeconds),
    });

    const timeout = Duration.seconds(configuration.documentProcessorTimeoutSeconds);
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'processing',
      environmentName,
      logicalId: 'ProcessingQueue',
      encryptionKey: this.queueKey,
      consumerTimeout: timeout,
      maxReceiveCount: configuration.processingMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.processingRetentionDays),
      removalPolicy,
    });
    this.internalProcessing.notifyQueue(this.queue);

    this.auditTable = parts.table('ProcessingAuditTable', {
      purpose: 'processing-audit',
      logicalId: 'ProcessingAuditTable',
      encryptionKey: this.tablesKey,
      partitionKey: 'requestId',
      sortKey: 'timestamp',
    });

    this.processor = parts.service('Processor', this.alerts, {
      serviceName: 'document-processor',
      description: 'Judges each document on its bytes and copies it to processed output or to quarantine.',
      timeout,
      memorySize: configuration.documentProcessorMemoryMegabytes,
      environment: {
        ALLOWED_DOCUMENT_TYPES: configuration.allowedDocumentTypes.join(','),
        MAXIMUM_DOCUMENT_BYTES: String(configuration.maximumDocumentBytes),
        BLOCKING_KINDS: configuration.blockingKinds.join(','),
        RELEASE_INDETERMINATE: String(configuration.releaseIndeterminate),
        PROCESSED_BUCKET_NAME: this.processedOutput.bucket.bucketName,
        PROCESSED_KEY_ARN: this.processedOutput.encryptionKey.key.keyArn,
        QUARANTINE_BUCKET_NAME: this.quarantine.bucket.bucketName,
        QUARANTINE_KEY_ARN: this.quarantine.encryptionKey.key.keyArn,
        VERDICTS_BUCKET_NAME: complianceLogs.nameFor(this),
        VERDICTS_KEY_ARN: complianceLogs.encryptionKey.key.keyArn,
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      } satisfies Record<keyof DocumentProcessorEnvironment, string>,
    });
    this.queue.grantConsume(this.processor);
    for (const target of [this.processedOutput, this.quarantine]) {
      this.internalProcessing.grantCopyTo(this.processor, target);
    }
    complianceLogs.grantWrite(this.processor, complianceLogPrefixes.verdicts);
    complianceLogs.grantRead(this.processor, complianceLogPrefixes.verdicts);
    this.auditTable.grantItems(this.processor, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(this.processor);
    consumeQueue(this, 'ProcessorMapping', {
      queue: this.queue.queue,
      consumer: this.processor,
      batchSize: configuration.processingBatchSize,
      maximumConcurrency: configuration.processingMaximumConcurrency,
    });
    this.watch(configuration, alarmPeriod);
  }

  /** Lets a role read what was delivered, by version or as it is now, and use its key. */
  grantReadDelivery(grantee: IGrantable): Grant {
    return this.delivery.grantRead(grantee);
  }

  /** Lets a role read what was refused, and use its key. */
  grantReadQuarantine(grantee: IGrantable): Grant {
    return this.quarantine.grantRead(grantee);
  }

  /** Lets a role read what was judged of each document, and why. */
  grantReadVerdicts(grantee: IGrantable): Grant {
    return this.complianceLogs.grantRead(grantee, complianceLogPrefixes.verdicts);
  }

  /** Documents that were passed on. */
  metricDocumentsDelivered(options: MetricOptions = {}): Metric {
    return this.processor.metricOwn('DocumentsDelivered', this.metricPeriod).with(options);
  }

  /** Documents that were kept back. */
  metricDocumentsQuarantined(options: MetricOptions = {}): Metric {
    return this.processor.metricOwn('DocumentsQuarantined', this.metricPeriod).with(options);
  }

  /** Documents that were not what they were said to be, or not allowed. */
  metricDocumentsInvalid(options: MetricOptions = {}): Metric {
    return this.processor.metricOwn('DocumentsInvalid', this.metricPeriod).with(options);
  }

  /** Documents that could not be judged; each comes again, until its announcement is a dead letter. */
  metricDocumentsFailed(options: MetricOptions = {}): Metric {
    return this.processor.metricOwn('DocumentsFailed', this.metricPeriod).with(options);
  }

  /** Announcements of documents that wait in the dead-letter queue; by default the most in an alarm period. */
  metricDeadLetters(options: MetricOptions = {}): Metric {
    return this.queue.metricDeadLetters(this.metricPeriod).with(options);
  }

  /** Seconds for which the oldest message has waited; by default the longest in an alarm period. */
  metricOldestMessage(options: MetricOptions = {}): Metric {
    return this.queue.metricOldestMessage(this.metricPeriod).with(options);
  }

  private watch(configuration: Configuration, period: Duration): void {
    const patience = configuration.processingOldestMessageMinutes;
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    new FailureAlarm(this, 'OldestMessage', {
      ...shared,
      purpose: 'processing-oldest-message',
      description: `A document has waited for more than ${patience} minutes: the processor fails on it, or more documents come than processingMaximumConcurrency lets it judge. Its log group and its error and throttle alarms say which.`,
      metric: this.queue.metricOldestMessage(period),
      threshold: Duration.minutes(patience).toSeconds(),
    });
    new FailureAlarm(this, 'DeadLetters', {
      ...shared,
      purpose: 'processing-dead-letters',
      description:
        'Announcements of documents could not be handled and wait in the dead-letter queue. Their documents are in internal-processing, neither delivered nor in quarantine, until they expire there.',
      metric: this.queue.metricDeadLetters(period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'InvalidDocuments', {
      ...shared,
      purpose: 'processing-invalid-documents',
      description:
        'Documents were not what they were said to be, or not allowed. They are kept in quarantine; the verdict of each, with its reasons, stands in compliance-logs.',
      metric: this.processor.metricOwn('DocumentsInvalid', period),
      threshold: configuration.invalidDocumentThreshold,
    });
    new FailureAlarm(this, 'IndeterminateDocuments', {
      ...shared,
      purpose: 'processing-indeterminate-documents',
      description:
        'The text of documents could not be read in full, so that nobody knows what they hold. The verdict of each, with its reasons, stands in compliance-logs; releaseIndeterminate says whether they are delivered all the same.',
      metric: this.processor.metricOwn('DocumentsIndeterminate', period),
      threshold: configuration.indeterminateDocumentThreshold,
    });
    const copied = (end: MetricName) => this.processor.metricOwn(end, period);
    watchBuckets(
      this,
      [
        { purpose: 'internal-processing', bucket: this.internalProcessing },
        { purpose: 'processed-output', bucket: this.processedOutput, copies: copied('DocumentsDelivered') },
        { purpose: 'delivery', bucket: this.delivery },
        { purpose: 'quarantine', bucket: this.quarantine, copies: copied('DocumentsQuarantined') },
      ],
      configuration,
      this.alerts,
    );
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'processing', watched: [this] });
  }
}
