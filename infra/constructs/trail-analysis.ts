import { Duration, Stage } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DeadLetterKeeperEnvironment } from '../../src/handlers/lambda/dead-letter-keeper.env.ts';
import type { TrailAnalyzerEnvironment } from '../../src/handlers/lambda/trail-analyzer.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { AccountTrail } from './account-trail.ts';
import type { AlertTopic } from './alert-topic.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import { dataEventSelectors } from './data-event-selectors.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import { stageTrailRules } from './stage-trail-rules.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';

/**
 * With an existing bucket the logs are those of a trail that is there already: none is created, and what CloudTrail may do
 * with bucket and key is their owner's to say.
 */
export interface TrailAnalysisProps extends FlowProps, ExistingBucketChoice {}

/** What an index gives of a matched event, beside its id and the index's own keys. */
const summaryAttributes = [
  'eventTime',
  'eventName',
  'eventSource',
  'account',
  'region',
  'principal',
  'sourceIPAddress',
  'errorCode',
  'rules',
];

/**
 * The way of a CloudTrail log: trail, bucket, queue, analyzer, matched events and alerts; and the keeper of what the
 * queue gives up.
 */
export class TrailAnalysis extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queueKey: CustomerManagedKey;
  /** Absent where the bucket was there already. */
  readonly accessLogs: AccessLogBucket | undefined;
  readonly logs: DataBucket;
  /** Absent where the bucket was there already. */
  readonly accountTrail: AccountTrail | undefined;
  readonly queue: GuardedQueue;
  readonly eventsTable: EncryptedTable;
  readonly deadLettersTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly analyzer: LambdaService;
  readonly keeper: LambdaService;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: TrailAnalysisProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'trail', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.trailLogExpiryDays);
    this.tablesKey = parts.key('trail-tables', 'TrailTablesKey');
    // Its own key: that of the bucket would name the bucket, which waits for the queue.
    this.queueKey = parts.key('trail-queue', 'TrailQueueKey');

    this.alerts = parts.alertTopic('trail-alerts', 'TrailAlertTopic', 'TrailAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;

    ({ bucket: this.logs, accessLogs: this.accessLogs } = parts.dataBucket('Logs', props, {
      purpose: 'trail-logs',
      logicalId: 'TrailLogBucket',
      keyLogicalId: 'TrailLogsKey',
      accessLogs: { purpose: 'trail-access-logs', logicalId: 'TrailAccessLogBucket' },
      // What CloudTrail asks for is CloudTrail's to say, and the key policy knows it by CloudTrail's own context
      // (docs/decisions/0007).
      encryption: 'by-default',
      bucketKey: false,
      locked: configuration.trailLogObjectLock,
      expiry,
    }));
    this.accountTrail = this.openToTrails(props, configuration);

    const analyzerTimeout = Duration.seconds(configuration.trailAnalyzerTimeoutSeconds);
    const keeperTimeout = Duration.seconds(configuration.deadLetterKeeperTimeoutSeconds);
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'trail',
      environmentName,
      logicalId: 'TrailQueue',
      encryptionKey: this.queueKey,
      consumerTimeout: analyzerTimeout,
      deadLetterConsumerTimeout: keeperTimeout,
      maxReceiveCount: configuration.trailMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.trailRetentionDays),
      removalPolicy,
    });
    this.logs.notifyQueue(this.queue);

    this.eventsTable = parts.table('TrailEventsTable', {
      encryptionKey: this.tablesKey,
      purpose: 'trail-events',
      logicalId: 'TrailEventsTable',
      partitionKey: 'eventId',
      indexes: [
        { name: 'ByEventName', partitionKey: 'eventNameShard' },
        { name: 'ByPrincipal', partitionKey: 'principalShard' },
      ].map(index => ({ ...index, sortKey: 'timeAndId', attributes: summaryAttributes })),
      timeToLiveAttribute: 'expiresAt',
    });
    this.deadLettersTable = parts.table('TrailDeadLettersTable', {
      encryptionKey: this.tablesKey,
      purpose: 'trail-dead-letters',
      logicalId: 'TrailDeadLettersTable',
      partitionKey: 'id',
      timeToLiveAttribute: 'expiresAt',
    });
    this.auditTable = parts.table('TrailAuditTable', {
      encryptionKey: this.tablesKey,
      purpose: 'trail-audit',
      logicalId: 'TrailAuditTable',
      partitionKey: 'requestId',
      sortKey: 'timestamp',
    });

    const staged = stageTrailRules(
      configuration.trailRules,
      parts.bundleOf('trail-analyzer'),
      Stage.of(this)?.outdir ?? 'cdk.out',
    );
    this.analyzer = parts.service('Analyzer', this.alerts, {
      serviceName: 'trail-analyzer',
      description: 'Finds in each CloudTrail log the records that the rules name, keeps and announces them.',
      bundle: staged.bundle,
      timeout: analyzerTimeout,
      memorySize: configuration.trailAnalyzerMemoryMegabytes,
      environment: {
        TRAIL_RULES: staged.source,
        TRAIL_EVENTS_TABLE_NAME: this.eventsTable.table.tableName,
        TRAIL_EVENT_RETENTION_DAYS: String(configuration.trailEventRetentionDays),
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      } satisfies Record<keyof TrailAnalyzerEnvironment, string>,
    });
    this.queue.grantConsume(this.analyzer);
    this.logs.grantRead(this.analyzer);
    this.eventsTable.grantItems(this.analyzer, ['dynamodb:UpdateItem']);
    this.auditTable.grantItems(this.analyzer, ['dynamodb:PutItem', 'dynamodb:GetItem']);
    this.alerts.grantPublish(this.analyzer);
    consumeQueue(this, 'AnalyzerMapping', {
      queue: this.queue.queue,
      consumer: this.analyzer,
      batchSize: configuration.trailBatchSize,
      maximumConcurrency: configuration.trailMaximumConcurrency,
    });

    this.keeper = parts.service('Keeper', this.alerts, {
      serviceName: 'trail-dead-letter-keeper',
      description: 'Keeps and announces each message that the trail queue gave up.',
      bundle: parts.bundleOf('dead-letter-keeper'),
      timeout: keeperTimeout,
      memorySize: configuration.functionMemoryMegabytes,
      environment: {
        DEAD_LETTERS_TABLE_NAME: this.deadLettersTable.table.tableName,
        SOURCE_QUEUE_ARN: this.queue.queue.queueArn,
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      } satisfies DeadLetterKeeperEnvironment,
    });
    this.queue.grantConsumeDeadLetters(this.keeper);
    this.deadLettersTable.grantItems(this.keeper, [
      'dynamodb:PutItem',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
    ]);
    this.auditTable.grantItems(this.keeper, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(this.keeper);
    consumeQueue(this, 'KeeperMapping', {
      queue: this.queue.deadLetterQueue,
      consumer: this.keeper,
      batchSize: 10,
      maximumConcurrency: 2,
    });
    this.watch(configuration);
  }

  /** What the logs are encrypted under. @throws Error where an existing bucket was imported without its key. */
  get logsKey(): CustomerManagedKey {
    return this.logs.encryptionKey;
  }

  /** Lets a role read the matched events, by key and by either index. */
  grantReadEvents(grantee: IGrantable): Grant {
    return this.eventsTable.grantRead(grantee);
  }

  /** Logs read to their end. */
  metricLogsAnalyzed(options: MetricOptions = {}): Metric {
    return this.analyzer.metricOwn('TrailLogsAnalyzed', this.metricPeriod).with(options);
  }

  /** Logs that could not be read; each comes again, until it is a dead letter. */
  metricLogsFailed(options: MetricOptions = {}): Metric {
    return this.analyzer.metricOwn('TrailLogsFailed', this.metricPeriod).with(options);
  }

  /** Records that a rule names. */
  metricMatches(options: MetricOptions = {}): Metric {
    return this.analyzer.metricOwn('TrailMatches', this.metricPeriod).with(options);
  }

  /** Letters that the keeper has put into the table of dead letters. */
  metricDeadLettersKept(options: MetricOptions = {}): Metric {
    return this.keeper.metricOwn('DeadLettersKept', this.metricPeriod).with(options);
  }

  /** Announcements of logs that wait in the dead-letter queue; by default the most in an alarm period. */
  metricDeadLetters(options: MetricOptions = {}): Metric {
    return this.queue.metricDeadLetters(this.metricPeriod).with(options);
  }

  /** Seconds for which the oldest message has waited; by default the longest in an alarm period. */
  metricOldestMessage(options: MetricOptions = {}): Metric {
    return this.queue.metricOldestMessage(this.metricPeriod).with(options);
  }

  private openToTrails(props: TrailAnalysisProps, configuration: Configuration): AccountTrail | undefined {
    const { createTrail, trailDataEvents, environment: environmentName } = configuration;
    if (props.existingBucket === undefined) {
      return new AccountTrail(this, 'AccountTrail', {
        environmentName,
        logs: this.logs,
        createTrail,
        ...(trailDataEvents ? { eventSelectors: dataEventSelectors(environmentName) } : {}),
      });
    }
    if (props.configuration?.createTrail === true) {
      throw new Error(
        `${this.node.path}: createTrail makes no trail into a bucket that was there already: set it to false, and let the bucket's trail go on.`,
      );
    }
    return undefined;
  }

  private watch(configuration: Configuration): void {
    const period = Duration.minutes(configuration.alarmPeriodMinutes);
    const patience = configuration.trailOldestMessageMinutes;
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    new FailureAlarm(this, 'OldestMessage', {
      ...shared,
      purpose: 'trail-oldest-message',
      description: `A CloudTrail log has waited for more than ${patience} minutes: the analyzer fails on it, or more logs come than trailMaximumConcurrency lets it read. Its log group and its error and throttle alarms say which.`,
      metric: this.queue.metricOldestMessage(period),
      threshold: Duration.minutes(patience).toSeconds(),
    });
    new FailureAlarm(this, 'DeadLetters', {
      ...shared,
      purpose: 'trail-dead-letters',
      description:
        'Announcements of CloudTrail logs could not be handled and are in the dead-letter queue, from where the keeper takes them.',
      metric: this.queue.metricDeadLetters(period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'DeadLettersLeft', {
      ...shared,
      purpose: 'trail-dead-letters-left',
      description: `The dead-letter queue has not been empty for ${patience} minutes: the keeper does not take the letters, or fails to keep them. They are lost 14 days after they were first sent.`,
      metric: this.queue.metricUnsettledDeadLetters(Duration.minutes(1)),
      badPeriods: patience,
    });
    new FailureAlarm(this, 'DeadLettersKept', {
      ...shared,
      purpose: 'trail-dead-letters-kept',
      description:
        'CloudTrail logs were given up, and nobody has looked for matches in them. Each letter stands in the table of dead letters with its cause; when that is mended, send it back with "sallyport trail redrive", or dismiss it.',
      metric: this.keeper.metricOwn('DeadLettersKept', period),
      threshold: configuration.deadLetterThreshold,
    });
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'trail', watched: [this] });
  }
}
