import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { RecordIngestorEnvironment } from '../../src/handlers/lambda/record-ingestor.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { AlertTopic } from './alert-topic.ts';
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
import { UnhealthyAlarm } from './unhealthy-alarm.ts';
import { watchBuckets } from './watch-buckets.ts';

export interface RecordIngestionProps extends FlowProps, ExistingBucketChoice {
  /**
   * Where reports of rejected records go, of this stack or another: `logs` of a `ComplianceLogs`.
   * @default - compliance logs of its own
   */
  readonly complianceLogs?: DataBucket;
}

/** The way of a file of JSON records: bucket, queue, ingestor, table; and the report of what was not taken. */
export class RecordIngestion extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queueKey: CustomerManagedKey;
  /** Absent where the bucket was there already. */
  readonly accessLogs: AccessLogBucket | undefined;
  readonly records: DataBucket;
  /** Reports of what was not taken. */
  readonly complianceLogs: DataBucket;
  readonly queue: GuardedQueue;
  readonly recordsTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly ingestor: LambdaService;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: RecordIngestionProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'records', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.objectExpiryDays);
    const { alarmPeriod } = parts;
    this.tablesKey = parts.key('record-tables', 'RecordTablesKey');
    // Its own key: that of the bucket would name the bucket, which waits for the queue.
    this.queueKey = parts.key('records-queue', 'RecordsQueueKey');

    this.alerts = parts.alertTopic('record-alerts', 'RecordAlertTopic', 'RecordAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;
    this.complianceLogs = complianceLogsOf(this, 'records', props);
    const { complianceLogs } = this;

    ({ bucket: this.records, accessLogs: this.accessLogs } = parts.dataBucket('Records', props, {
      purpose: 'records',
      logicalId: 'RecordsBucket',
      keyLogicalId: 'RecordsKey',
      accessLogs: { purpose: 'records-access-logs', logicalId: 'RecordsAccessLogBucket' },
      expiry,
    }));

    const timeout = Duration.seconds(configuration.recordIngestorTimeoutSeconds);
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'records',
      environmentName,
      logicalId: 'RecordsQueue',
      encryptionKey: this.queueKey,
      consumerTimeout: timeout,
      maxReceiveCount: configuration.recordMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.recordRetentionDays),
      removalPolicy,
    });
    this.records.notifyQueue(this.queue);

    const table = (tableId: string, purpose: string, partitionKey: string, sortKey: string) =>
      parts.table(tableId, {
        purpose,
        logicalId: tableId,
        encryptionKey: this.tablesKey,
        partitionKey,
        sortKey,
      });
    this.recordsTable = table('ProcessedRecordsTable', 'processed-records', 'device_id', 'timestamp');
    this.auditTable = table('RecordsAuditTable', 'records-audit', 'requestId', 'timestamp');

    this.ingestor = parts.service('Ingestor', this.alerts, {
      serviceName: 'record-ingestor',
      description: 'Writes the valid records of each file into the table, and reports the others.',
      timeout,
      memorySize: configuration.recordIngestorMemoryMegabytes,
      environment: {
        RECORDS_TABLE_NAME: this.recordsTable.table.tableName,
        MAXIMUM_RECORD_FILE_BYTES: String(configuration.maximumRecordFileBytes),
        MAXIMUM_INFLATED_RECORD_BYTES: String(configuration.maximumInflatedRecordBytes),
        MAXIMUM_RECORDS: String(configuration.maximumRecordsPerFile),
        REJECTS_BUCKET_NAME: complianceLogs.nameFor(this),
        REJECTS_KEY_ARN: complianceLogs.encryptionKey.key.keyArn,
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      } satisfies Record<keyof RecordIngestorEnvironment, string>,
    });
    this.queue.grantConsume(this.ingestor);
    this.records.grantRead(this.ingestor);
    this.recordsTable.grantItems(this.ingestor, ['dynamodb:BatchWriteItem']);
    complianceLogs.grantWrite(this.ingestor, complianceLogPrefixes.recordRejects);
    this.auditTable.grantItems(this.ingestor, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(this.ingestor);
    consumeQueue(this, 'IngestorMapping', {
      queue: this.queue.queue,
      consumer: this.ingestor,
      batchSize: configuration.recordBatchSize,
      maximumConcurrency: configuration.recordMaximumConcurrency,
    });
    this.watch(configuration, alarmPeriod);
  }

  /** What files are encrypted under. @throws Error where an existing bucket was imported without its key. */
  get recordsKey(): CustomerManagedKey {
    return this.records.encryptionKey;
  }

  /** Lets a role put files of records, in parts as well, under the key of their bucket, which the put must name. */
  grantUploadRecords(grantee: IGrantable): Grant {
    return this.records.grantUpload(grantee);
  }

  /** Lets a role read the ingested records. */
  grantReadRecords(grantee: IGrantable): Grant {
    return this.recordsTable.grantRead(grantee);
  }

  /** Lets a role read the reports of records that were not taken. */
  grantReadRejects(grantee: IGrantable): Grant {
    return this.complianceLogs.grantRead(grantee, complianceLogPrefixes.recordRejects);
  }

  /** Records that were written. */
  metricRecordsIngested(options: MetricOptions = {}): Metric {
    return this.ingestor.metricOwn('RecordsIngested', this.metricPeriod).with(options);
  }

  /** Records that were not taken. */
  metricRecordsRejected(options: MetricOptions = {}): Metric {
    return this.ingestor.metricOwn('RecordsRejected', this.metricPeriod).with(options);
  }

  /** Files that could not be read; each comes again, until its announcement is a dead letter. */
  metricFilesFailed(options: MetricOptions = {}): Metric {
    return this.ingestor.metricOwn('RecordFilesFailed', this.metricPeriod).with(options);
  }

  /** Announcements of files that wait in the dead-letter queue; by default the most in an alarm period. */
  metricDeadLetters(options: MetricOptions = {}): Metric {
    return this.queue.metricDeadLetters(this.metricPeriod).with(options);
  }

  /** Seconds for which the oldest message has waited; by default the longest in an alarm period. */
  metricOldestMessage(options: MetricOptions = {}): Metric {
    return this.queue.metricOldestMessage(this.metricPeriod).with(options);
  }

  private watch(configuration: Configuration, period: Duration): void {
    const patience = configuration.recordOldestMessageMinutes;
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    new FailureAlarm(this, 'OldestMessage', {
      ...shared,
      purpose: 'records-oldest-message',
      description: `A file of records has waited for more than ${patience} minutes: the ingestor fails on it, or more files come than recordMaximumConcurrency lets it read. Its log group and its error and throttle alarms say which.`,
      metric: this.queue.metricOldestMessage(period),
      threshold: Duration.minutes(patience).toSeconds(),
    });
    new FailureAlarm(this, 'DeadLetters', {
      ...shared,
      purpose: 'records-dead-letters',
      description:
        'Announcements of record files could not be handled and wait in the dead-letter queue. Their records are not in the table, or not all of them; sent back, a file rewrites the same rows.',
      metric: this.queue.metricDeadLetters(period),
      threshold: configuration.deadLetterThreshold,
    });
    watchBuckets(this, [{ purpose: 'records', bucket: this.records }], configuration, this.alerts);
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'records', watched: [this] });
  }
}
