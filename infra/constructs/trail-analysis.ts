import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { readTrailRules } from '../../src/handlers/read-trail-rules.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { AccountTrail } from './account-trail.ts';
import type { AlertTopic } from './alert-topic.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import { dataEventSelectors } from './data-event-selectors.ts';
import { encryptedDeadLetterQueue } from './encrypted-dead-letter-queue.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import { TrailAnalyzingFunctions } from './trail-analyzing-functions.ts';
import { TrailBackfill } from './trail-backfill.ts';
import { trailEventPattern } from './trail-event-pattern.ts';
import { TrailEventRules } from './trail-event-rules.ts';
import { trailLetterKeeper } from './trail-letter-keeper.ts';
import { TrailRulesBucket } from './trail-rules-bucket.ts';
import { TrailSummaries } from './trail-summaries.ts';
import { trailTables } from './trail-tables.ts';
import { TrailVerification } from './trail-verification.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';
import { watchTrailQueue } from './watch-trail-queue.ts';

/**
 * With an existing bucket the logs are those of a trail that is there already: none is created, and what CloudTrail may do
 * with bucket and key is their owner's to say.
 */
export interface TrailAnalysisProps extends FlowProps, ExistingBucketChoice {}

/** Events in one invocation: each is one record. */
const liveBatchSize = 10;

/**
 * The way of a CloudTrail log: trail, bucket, queue, analyzer, matched events and alerts; and the keeper of what the
 * queue gives up. Beside it the fast way of what CloudTrail tells at once, and what looks at the logs again: the verifier
 * by the clock, the backfill on demand.
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
  /** Absent without `trailRulesBucket`. */
  readonly rules: TrailRulesBucket | undefined;
  readonly summaries: TrailSummaries;
  readonly analyzer: LambdaService;
  /** Absent without `trailEventRules`. */
  readonly eventRules: TrailEventRules | undefined;
  readonly keeper: LambdaService;
  /** Scheduled runs that Lambda did not take. */
  readonly missedRuns: Queue;
  /** Absent where `trailVerificationHours` is 0. */
  readonly verification: TrailVerification | undefined;
  /** Absent without `trailBackfill`. */
  readonly backfill: TrailBackfill | undefined;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: TrailAnalysisProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'trail', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
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
      expiry: Duration.days(configuration.trailLogExpiryDays),
    }));
    this.accountTrail = this.openToTrails(props, configuration);

    const analyzerTimeout = Duration.seconds(configuration.trailAnalyzerTimeoutSeconds);
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'trail',
      environmentName,
      logicalId: 'TrailQueue',
      encryptionKey: this.queueKey,
      consumerTimeout: analyzerTimeout,
      deadLetterConsumerTimeout: Duration.seconds(configuration.deadLetterKeeperTimeoutSeconds),
      maxReceiveCount: configuration.trailMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.trailRetentionDays),
      removalPolicy,
    });
    this.logs.notifyQueue(this.queue);

    const tables = trailTables(parts, this.tablesKey);
    ({ eventsTable: this.eventsTable, deadLettersTable: this.deadLettersTable } = tables);
    this.auditTable = tables.auditTable;
    this.rules = configuration.trailRulesBucket
      ? new TrailRulesBucket({ parts, accessLogs: this.accessLogs })
      : undefined;
    this.missedRuns = encryptedDeadLetterQueue(this, 'MissedRuns', 'an EventBridge target', {
      queueName: `sallyport-trail-missed-runs-${environmentName}`,
      logicalId: 'TrailMissedRunsQueue',
      encryptionKey: this.queueKey,
      removalPolicy,
    });
    const scheduled = {
      parts,
      alertTopic: this.alerts,
      missed: this.missedRuns,
      missedKey: this.queueKey,
    };
    this.summaries = new TrailSummaries(this, 'Summaries', { ...scheduled, tablesKey: this.tablesKey });

    const functions = new TrailAnalyzingFunctions(this, {
      parts,
      logs: this.logs,
      rules: this.rules,
      tables,
      summaries: this.summaries,
      alertTopic: this.alerts,
    });
    this.analyzer = functions.make('Analyzer', {
      serviceName: 'trail-analyzer',
      description: 'Finds in each CloudTrail log the records that the rules name, keeps and announces them.',
      timeout: analyzerTimeout,
      memorySize: configuration.trailAnalyzerMemoryMegabytes,
      environment: {},
    });
    this.eventRules = configuration.trailEventRules ? this.makeEventRules(parts) : undefined;
    this.consume('AnalyzerMapping', this.queue, configuration.trailBatchSize, configuration);
    if (this.eventRules !== undefined) {
      this.consume('LiveAnalyzerMapping', this.eventRules.queue, liveBatchSize, configuration);
    }

    this.keeper = trailLetterKeeper(this, {
      parts,
      tables,
      alertTopic: this.alerts,
      queue: this.queue,
      liveQueue: this.eventRules?.queue,
    });
    const looksAgain = { logs: this.logs, auditTable: this.auditTable };
    this.verification =
      configuration.trailVerificationHours === 0
        ? undefined
        : new TrailVerification(this, 'Verification', { ...scheduled, ...looksAgain });
    this.backfill = configuration.trailBackfill
      ? new TrailBackfill(this, 'Backfill', {
          parts,
          functions,
          tablesKey: this.tablesKey,
          logs: this.logs,
          alertTopic: this.alerts,
        })
      : undefined;
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

  /** Lets a role of people put rules into the bucket of rules. @throws Error where there is none. */
  grantPutRules(grantee: IGrantable): Grant {
    if (this.rules !== undefined) return this.rules.grantPutRules(grantee);
    throw new Error(`${this.node.path}: trailRulesBucket is off: there is no bucket to put rules into.`);
  }

  /** Lets a role start a backfill, and ask how it stands. @throws Error where there is none. */
  grantStartBackfill(grantee: IGrantable): Grant {
    if (this.backfill !== undefined) return this.backfill.grantStart(grantee);
    throw new Error(`${this.node.path}: trailBackfill is off: there is nothing to start.`);
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
        prefix: configuration.trailLogPrefix,
        ...(trailDataEvents
          ? { eventSelectors: dataEventSelectors(environmentName, configuration.trailRulesBucket) }
          : {}),
      });
    }
    if (props.configuration?.createTrail === true) {
      throw new Error(
        `${this.node.path}: createTrail makes no trail into a bucket that was there already: set it to false, and let the bucket's trail go on.`,
      );
    }
    return undefined;
  }

  private consume(mapping: string, queue: GuardedQueue, batchSize: number, given: Configuration): void {
    queue.grantConsume(this.analyzer);
    consumeQueue(this, mapping, {
      queue: queue.queue,
      consumer: this.analyzer,
      batchSize,
      maximumConcurrency: given.trailMaximumConcurrency,
    });
  }

  private makeEventRules(parts: ConfiguredParts): TrailEventRules {
    const { trailRules } = parts.configuration;
    // Whatever rules are put into their bucket later on.
    const conditions =
      this.rules === undefined ? readTrailRules(trailRules, process.cwd()).conditions : 'any';
    return new TrailEventRules(this, 'EventRules', {
      parts,
      encryptionKey: this.queueKey,
      eventPattern: trailEventPattern(conditions),
      alertTopic: this.alerts,
    });
  }

  private watch(configuration: Configuration): void {
    const period = Duration.minutes(configuration.alarmPeriodMinutes);
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    watchTrailQueue(this, {
      purpose: 'trail',
      queue: this.queue,
      announces: 'log',
      consequence: 'Until a log is read, nobody hears of what only it tells.',
      configuration,
      alertTopic: this.alerts,
    });
    new FailureAlarm(this, 'DeadLettersKept', {
      ...shared,
      purpose: 'trail-dead-letters-kept',
      description:
        'CloudTrail logs were given up, and nobody has looked for matches in them. Each letter stands in the table of dead letters with its cause; when that is mended, send it back with "sallyport trail redrive", or dismiss it.',
      metric: this.keeper.metricOwn('DeadLettersKept', period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'RunsMissed', {
      ...shared,
      purpose: 'trail-missed-runs',
      description:
        'Lambda did not take a scheduled run of the summarizer or the verifier for a day; the event waits in the queue of missed runs. Each run does what the ones before have left: see that runs come again, and empty the queue.',
      metric: this.missedRuns.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      threshold: configuration.deadLetterThreshold,
    });
    if (this.rules !== undefined) {
      new FailureAlarm(this, 'RulesRefused', {
        ...shared,
        purpose: 'trail-rules-refused',
        description:
          'The rules file in the bucket of rules cannot be used, or cannot be read: the last good rules go on. The alert names each fault, and "sallyport trail rules check" finds them before the file is put. It is looked at where there is something to judge: over after an hour without a refusal, which may be an hour without work.',
        metric: this.analyzer.metricOwn('TrailRulesRefused', period),
        staysFor: Math.ceil(60 / configuration.alarmPeriodMinutes),
      });
    }
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'trail', watched: [this] });
  }
}
