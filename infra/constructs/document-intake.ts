import { Aws, Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { IntakeTriggerEnvironment } from '../../src/handlers/lambda/intake-trigger.env.ts';
import type { UploadWriterEnvironment } from '../../src/handlers/lambda/upload-writer.env.ts';
import type { Configuration } from '../config/configuration.ts';
import { AbandonedExecutionRule } from './abandoned-execution-rule.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { AlertTopic } from './alert-topic.ts';
import { BucketReplication } from './bucket-replication.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import { FunctionWorkflow } from './function-workflow.ts';
import { GuardedQueue } from './guarded-queue.ts';
import { intakeDefinition } from './intake-definition.ts';
import type { LambdaService } from './lambda-service.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';
import { watchBuckets } from './watch-buckets.ts';

export interface DocumentIntakeProps extends FlowProps, ExistingBucketChoice {
  /**
   * Where every upload is replicated for judgement, of this stack or another. Admitted or not: replication does not wait
   * for the trigger, and whoever reads there applies the key policy itself. The rule of replication is the uploads
   * bucket's own: of an existing one, its owner sets it.
   * @default - nowhere
   */
  readonly replicateTo?: DataBucket;
}

/** The way of an upload: bucket, queue, trigger, workflow, writer, record; and what tells people when it breaks off. */
export class DocumentIntake extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queuesKey: CustomerManagedKey;
  /** Absent where the bucket was there already. */
  readonly accessLogs: AccessLogBucket | undefined;
  readonly uploads: DataBucket;
  readonly intakeQueue: GuardedQueue;
  readonly uploadsTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly writer: LambdaService;
  readonly workflow: FunctionWorkflow;
  readonly trigger: LambdaService;
  readonly abandoned: AbandonedExecutionRule;
  /** Absent where uploads are not replicated. */
  readonly replication: BucketReplication | undefined;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: DocumentIntakeProps = {}) {
    super(scope, id);
    const { replicateTo, existingBucket } = props;
    if (replicateTo !== undefined && existingBucket !== undefined) {
      throw new Error(
        `${this.node.path}: replicateTo needs a bucket that is made here: an existing bucket's rule of replication is its owner's to set.`,
      );
    }
    const parts = new ConfiguredParts(this, 'intake', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.objectExpiryDays);
    const { alarmPeriod } = parts;
    this.tablesKey = parts.key('tables', 'TablesKey');
    // Its own key: that of the bucket would name the bucket, which waits for the queue.
    this.queuesKey = parts.key('queues', 'QueuesKey');

    this.alerts = parts.alertTopic('alerts', 'AlertTopic', 'AlertsKey');
    this.alertsKey = this.alerts.encryptionKey;

    ({ bucket: this.uploads, accessLogs: this.accessLogs } = parts.dataBucket('Uploads', props, {
      purpose: 'uploads',
      logicalId: 'UploadsBucket',
      keyLogicalId: 'UploadsKey',
      accessLogs: { purpose: 'access-logs', logicalId: 'AccessLogBucket' },
      requireOwnKey: configuration.requireUploadsKey,
      expiry,
    }));

    const triggerTimeout = Duration.seconds(configuration.triggerTimeoutSeconds);
    this.intakeQueue = new GuardedQueue(this, 'Intake', {
      purpose: 'intake',
      environmentName,
      logicalId: 'IntakeQueue',
      encryptionKey: this.queuesKey,
      consumerTimeout: triggerTimeout,
      maxReceiveCount: configuration.intakeMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.intakeRetentionDays),
      removalPolicy,
    });
    this.uploads.notifyQueue(this.intakeQueue);

    const table = (tableId: string, purpose: string, partitionKey: string, sortKey: string) =>
      parts.table(tableId, {
        purpose,
        logicalId: tableId,
        encryptionKey: this.tablesKey,
        partitionKey,
        sortKey,
      });
    this.uploadsTable = table('UploadsTable', 'uploads', 'Filename', 'UploadTimestamp');
    this.auditTable = table('AuditTable', 'audit', 'requestId', 'timestamp');

    const service = (
      serviceId: string,
      serviceName: string,
      description: string,
      timeout: Duration,
      environment: Record<string, string>,
    ) =>
      parts.service(serviceId, this.alerts, {
        serviceName,
        description,
        environment,
        timeout,
        memorySize: configuration.functionMemoryMegabytes,
      });

    const writerTimeout = Duration.seconds(configuration.writerTimeoutSeconds);
    const writerEnvironment = {
      UPLOADS_TABLE_NAME: this.uploadsTable.table.tableName,
    } satisfies UploadWriterEnvironment;
    this.writer = service(
      'Writer',
      'upload-writer',
      'Records one upload in the uploads table.',
      writerTimeout,
      writerEnvironment,
    );
    this.uploads.grantInspect(this.writer);
    this.uploadsTable.grantItems(this.writer, ['dynamodb:PutItem', 'dynamodb:GetItem']);

    this.workflow = new FunctionWorkflow(this, 'Workflow', {
      purpose: 'intake',
      environmentName,
      calledInRole: 'the intake workflow',
      worker: this.writer.function,
      definition: intakeDefinition({
        partition: Aws.PARTITION,
        writerArn: this.writer.function.functionArn,
        writerTimeoutSeconds: writerTimeout.toSeconds(),
        alertTopicArn: this.alerts.topic.topicArn,
      }),
      alertTopic: this.alerts,
      logsKey: parts.logsKey,
      logRetentionDays: configuration.logRetentionDays,
    });

    const triggerEnvironment = {
      STATE_MACHINE_ARN: this.workflow.stateMachine.stateMachineArn,
      AUDIT_TABLE_NAME: this.auditTable.table.tableName,
      ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
    } satisfies IntakeTriggerEnvironment;
    this.trigger = service(
      'Trigger',
      'intake-trigger',
      'Admits or refuses each object that is put into the uploads bucket.',
      triggerTimeout,
      triggerEnvironment,
    );
    this.intakeQueue.grantConsume(this.trigger);
    this.workflow.grantStart(this.trigger);
    this.auditTable.grantItems(this.trigger, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(this.trigger);

    consumeQueue(this, 'IntakeMapping', {
      queue: this.intakeQueue.queue,
      consumer: this.trigger,
      batchSize: configuration.intakeBatchSize,
      maximumConcurrency: configuration.intakeMaximumConcurrency,
    });

    this.abandoned = new AbandonedExecutionRule(this, 'Abandoned', {
      purpose: 'abandoned-uploads',
      environmentName,
      logicalId: 'AbandonedUploadsDeadLetterQueue',
      description: 'Executions of the intake workflow that ended without announcing it.',
      stateMachine: this.workflow.stateMachine,
      alert: {
        kind: 'upload.abandoned',
        title: 'An upload was abandoned',
        text: 'Execution <name> of the intake workflow ended as <status>; its upload may not be recorded. The execution history says why.',
      },
      alertTopic: this.alerts,
      queueKey: this.queuesKey,
      removalPolicy,
    });
    this.replication =
      replicateTo === undefined
        ? undefined
        : new BucketReplication(this, 'Replication', {
            purpose: 'uploads',
            environmentName,
            source: this.uploads,
            destination: replicateTo,
            ruleId: 'ReplicateAllUploads',
            alertTopic: this.alerts,
            alarmPeriod,
            latency: Duration.seconds(configuration.replicationLatencySeconds),
          });
    this.watch(configuration, alarmPeriod);
  }

  /** What uploads are encrypted under. @throws Error where an existing bucket was imported without its key. */
  get uploadsKey(): CustomerManagedKey {
    return this.uploads.encryptionKey;
  }

  /** Percent of the uploads that are refused for their keys; 0 in a period in which fewer than `minimum` are announced. */
  metricRefusedPercent(period: Duration, minimum: number): IMetric {
    const [refused, admitted] = ['FILL(refused, 0)', 'FILL(admitted, 0)'];
    return new MathExpression({
      label: 'Refused uploads, percent',
      expression: `IF(${refused} + ${admitted} >= ${minimum}, 100 * ${refused} / (${refused} + ${admitted}), 0)`,
      usingMetrics: {
        refused: this.trigger.metricOwn('UploadsRefused', period),
        admitted: this.trigger.metricOwn('UploadsAdmitted', period),
      },
      period,
    });
  }

  /** Lets a role put objects into the uploads bucket, in parts as well, under its key, which the put must name. */
  grantUpload(grantee: IGrantable): Grant {
    return this.uploads.grantUpload(grantee);
  }

  /** Uploads whose key was admitted. */
  metricUploadsAdmitted(options: MetricOptions = {}): Metric {
    return this.trigger.metricOwn('UploadsAdmitted', this.metricPeriod).with(options);
  }

  /** Uploads whose key was refused. */
  metricUploadsRefused(options: MetricOptions = {}): Metric {
    return this.trigger.metricOwn('UploadsRefused', this.metricPeriod).with(options);
  }

  /** Uploads that stand in the uploads table for the first time. */
  metricUploadsRecorded(options: MetricOptions = {}): Metric {
    return this.writer.metricOwn('UploadsRecorded', this.metricPeriod).with(options);
  }

  /** Notifications of uploads that wait in the dead-letter queue; by default the most in an alarm period. */
  metricDeadLetters(options: MetricOptions = {}): Metric {
    return this.intakeQueue.metricDeadLetters(this.metricPeriod).with(options);
  }

  /** Seconds for which the oldest message has waited; by default the longest in an alarm period. */
  metricOldestMessage(options: MetricOptions = {}): Metric {
    return this.intakeQueue.metricOldestMessage(this.metricPeriod).with(options);
  }

  private watch(configuration: Configuration, period: Duration): void {
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    new FailureAlarm(this, 'FailedExecutions', {
      ...shared,
      purpose: 'intake-failed-executions',
      description: 'Uploads were admitted and could not be recorded. Each failed execution names its upload.',
      metric: this.workflow.metricFailed(period),
      threshold: configuration.failedExecutionThreshold,
    });
    new FailureAlarm(this, 'AbandonedExecutions', {
      ...shared,
      purpose: 'intake-abandoned-executions',
      description:
        'Executions of the intake workflow timed out or were aborted. Their uploads may not be recorded.',
      metric: this.workflow.metricAbandoned(period),
      threshold: configuration.failedExecutionThreshold,
    });
    new FailureAlarm(this, 'IntakeDeadLetters', {
      ...shared,
      purpose: 'intake-dead-letters',
      description: 'Notifications of uploads could not be handled and wait in the dead-letter queue.',
      metric: this.intakeQueue.metricDeadLetters(period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'UndeliveredNotices', {
      ...shared,
      purpose: 'abandoned-uploads-dead-letters',
      description: 'Notices of abandoned uploads could not be published and wait in the dead-letter queue.',
      metric: this.abandoned.metricUndelivered(period),
      threshold: configuration.deadLetterThreshold,
    });
    const patience = configuration.intakeOldestMessageMinutes;
    new FailureAlarm(this, 'OldestMessage', {
      ...shared,
      purpose: 'intake-oldest-message',
      description: `An upload has waited for more than ${patience} minutes: the trigger fails on it, or more uploads come than intakeMaximumConcurrency lets it admit. Its log group and its error and throttle alarms say which.`,
      metric: this.intakeQueue.metricOldestMessage(period),
      threshold: Duration.minutes(patience).toSeconds(),
    });
    new FailureAlarm(this, 'RefusedUploads', {
      ...shared,
      purpose: 'intake-refused-uploads',
      description: `Of at least ${configuration.refusedUploadsMinimum} uploads, ${configuration.refusedUploadsPercent} % or more were refused for their keys: somebody tries what keys are taken, or a sender is wrong about them. The audit table names each with its reasons; the dashboard counts them by reason.`,
      metric: this.metricRefusedPercent(period, configuration.refusedUploadsMinimum),
      threshold: configuration.refusedUploadsPercent,
    });
    watchBuckets(this, [{ purpose: 'uploads', bucket: this.uploads }], configuration, this.alerts);
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'intake', watched: [this] });
  }
}
