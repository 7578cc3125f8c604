import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RecordIngestorEnvironment } from '../../src/handlers/lambda/record-ingestor.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { AlertTopic } from './alert-topic.ts';
import { complianceLogPrefixes } from './compliance-logs.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { FlowProps } from './flow-props.ts';
import { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import { SecureBucket } from './secure-bucket.ts';

export interface RecordIngestionProps extends FlowProps {
  /** Where reports of rejected records go, of this stack or another. */
  readonly complianceLogs: SecureBucket;
}

/** The way of a file of JSON records: bucket, queue, ingestor, table; and the report of what was not taken. */
export class RecordIngestion extends Construct {
  readonly recordsKey: CustomerManagedKey;
  readonly tablesKey: CustomerManagedKey;
  readonly alertsKey: CustomerManagedKey;
  readonly queueKey: CustomerManagedKey;
  readonly accessLogs: AccessLogBucket;
  readonly records: SecureBucket;
  readonly queue: GuardedQueue;
  readonly recordsTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly ingestor: LambdaService;

  constructor(scope: Construct, id: string, props: RecordIngestionProps) {
    super(scope, id);
    const { complianceLogs } = props;
    const parts = new ConfiguredParts(this, 'records', props);
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.objectExpiryDays);
    const { alarmPeriod } = parts;
    this.recordsKey = parts.key('records', 'RecordsKey');
    this.tablesKey = parts.key('record-tables', 'RecordTablesKey');
    this.alertsKey = parts.key('record-alerts', 'RecordAlertsKey');
    // Its own key: that of the bucket would name the bucket, which waits for the queue.
    this.queueKey = parts.key('records-queue', 'RecordsQueueKey');

    this.alerts = parts.alertTopic('record-alerts', 'RecordAlertTopic', this.alertsKey);

    this.accessLogs = parts.accessLogs('records-access-logs', 'RecordsAccessLogBucket', expiry);
    this.records = new SecureBucket(this, 'Records', {
      purpose: 'records',
      environmentName,
      logicalId: 'RecordsBucket',
      encryptionKey: this.recordsKey,
      accessLogs: this.accessLogs.bucket,
      expiry,
      removalPolicy,
    });

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
  }
}
