import { Aws, Duration, Stack, Stage } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { type Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ComplianceScannerEnvironment } from '../../src/handlers/lambda/compliance-scanner.env.ts';
import type { Configuration } from '../config/configuration.ts';
import { AbandonedExecutionRule } from './abandoned-execution-rule.ts';
import { AbsenceAlarm } from './absence-alarm.ts';
import { accountReading, findingImport } from './account-reading.ts';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import { ruleArnOf } from './admit-rule.ts';
import type { AlertTopic } from './alert-topic.ts';
import { allowByPattern } from './allow-by-pattern.ts';
import { complianceLogPrefixes, complianceLogsOf } from './compliance-logs.ts';
import { scannerRoleName } from './compliance-reader-role.ts';
import { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { OutsideFlowProps } from './flow-props.ts';
import { FunctionWorkflow } from './function-workflow.ts';
import type { LambdaService } from './lambda-service.ts';
import { scanDefinition } from './scan-definition.ts';
import { stageCompliancePolicy } from './stage-compliance-policy.ts';
import { undeliveredEventsQueue } from './undelivered-events-queue.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';

export interface ComplianceMonitorProps extends OutsideFlowProps {
  /**
   * Where results and reports go, of this stack or another: `logs` of a `ComplianceLogs`.
   * @default - compliance logs of its own
   */
  readonly complianceLogs?: DataBucket;
}

/** The way of a compliance scan: schedule, workflow, scanner; and the alerts on what has changed. */
export class ComplianceMonitor extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queuesKey: CustomerManagedKey;
  /** Results and reports. */
  readonly complianceLogs: DataBucket;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly scanner: LambdaService;
  readonly workflow: FunctionWorkflow;
  readonly abandoned: AbandonedExecutionRule;
  readonly schedule: CfnRule;
  /** Scheduled starts that Step Functions did not take. */
  readonly missedStarts: Queue;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: ComplianceMonitorProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'compliance', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy } = parts;
    this.tablesKey = parts.key('compliance-tables', 'ComplianceTablesKey');
    this.queuesKey = parts.key('compliance-queues', 'ComplianceQueuesKey');
    this.alerts = parts.alertTopic('compliance-alerts', 'ComplianceAlertTopic', 'ComplianceAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;
    this.complianceLogs = complianceLogsOf(this, 'scan', props);
    this.auditTable = parts.table('ComplianceAuditTable', {
      purpose: 'compliance-audit',
      logicalId: 'ComplianceAuditTable',
      encryptionKey: this.tablesKey,
      partitionKey: 'requestId',
      sortKey: 'timestamp',
    });
    this.scanner = this.makeScanner(parts);
    this.workflow = new FunctionWorkflow(this, 'Workflow', {
      purpose: 'compliance-scan',
      environmentName,
      calledInRole: 'the compliance workflow',
      worker: this.scanner.function,
      definition: scanDefinition({
        partition: Aws.PARTITION,
        scannerArn: this.scanner.function.functionArn,
        scannerTimeoutSeconds: configuration.scannerTimeoutSeconds,
        scanSeconds: Duration.hours(configuration.complianceScanHours).toSeconds(),
        alertTopicArn: this.alerts.topic.topicArn,
      }),
      alertTopic: this.alerts,
      logsKey: parts.logsKey,
      logRetentionDays: configuration.logRetentionDays,
    });
    this.abandoned = new AbandonedExecutionRule(this, 'Abandoned', {
      purpose: 'abandoned-scans',
      environmentName,
      logicalId: 'AbandonedScansDeadLetterQueue',
      description: 'Executions of the compliance workflow that ended without announcing it.',
      stateMachine: this.workflow.stateMachine,
      alert: {
        kind: 'compliance.scan-abandoned',
        title: 'A compliance scan was abandoned',
        text: 'Execution <name> of the compliance workflow ended as <status>; what it had not come to was not looked at. The execution history says why.',
      },
      alertTopic: this.alerts,
      queueKey: this.queuesKey,
      removalPolicy,
    });

    const ruleName = `sallyport-compliance-scan-${environmentName}`;
    this.missedStarts = undeliveredEventsQueue(this, 'MissedStarts', {
      queueName: `sallyport-missed-scans-${environmentName}`,
      logicalId: 'MissedScansQueue',
      ruleName,
      encryptionKey: this.queuesKey,
      removalPolicy,
    });
    this.schedule = this.makeSchedule(ruleName, configuration);
    this.watch(configuration, parts.alarmPeriod);
  }

  /** Lets a role start a scan by hand, and ask how it stands. */
  grantStartScan(grantee: IGrantable): Grant {
    return this.workflow.grantStart(grantee);
  }

  /** Lets a role read what scans found. */
  grantReadReports(grantee: IGrantable): Grant {
    return this.complianceLogs.grantRead(grantee, complianceLogPrefixes.compliance);
  }

  /** Scans that came to their end. */
  metricScansConcluded(options: MetricOptions = {}): Metric {
    return this.scanner.metricOwn('ComplianceScansConcluded', this.metricPeriod).with(options);
  }

  /** Checks that resources failed, in the scans concluded. */
  metricFailures(options: MetricOptions = {}): Metric {
    return this.scanner.metricOwn('ComplianceFailures', this.metricPeriod).with(options);
  }

  /** Checks that could not be made, in the scans concluded. */
  metricNotJudged(options: MetricOptions = {}): Metric {
    return this.scanner.metricOwn('ComplianceNotJudged', this.metricPeriod).with(options);
  }

  private makeScanner(parts: ConfiguredParts): LambdaService {
    const { complianceLogs } = this;
    const { configuration } = parts;
    const { account, scanAccounts, scanRegions, scanRoleName } = configuration;
    const staged = stageCompliancePolicy(
      configuration.compliancePolicy,
      parts.bundleOf('compliance-scanner'),
      Stage.of(this)?.outdir ?? 'cdk.out',
    );
    const scanner = parts.service('Scanner', this.alerts, {
      serviceName: 'compliance-scanner',
      outsideBecause:
        'It reads other regions, and services without an endpoint in a VPC; isolated subnets have no other way out. existingVpc takes it into a network that has one.',
      roleName: scannerRoleName(parts.environmentName),
      description: 'Looks at the resources of the account, judges them, and announces what has changed.',
      bundle: staged.bundle,
      timeout: Duration.seconds(configuration.scannerTimeoutSeconds),
      meanDuration: Duration.seconds(configuration.scannerDurationSeconds),
      memorySize: configuration.scannerMemoryMegabytes,
      environment: {
        SCAN_ACCOUNTS: (scanAccounts.length === 0 ? [Aws.ACCOUNT_ID] : scanAccounts).join(','),
        OWN_ACCOUNT: Aws.ACCOUNT_ID,
        SCAN_REGIONS: (scanRegions.length === 0 ? [Aws.REGION] : scanRegions).join(','),
        SCAN_ROLE_NAME: scanRoleName,
        COMPLIANCE_POLICY: staged.source,
        SCAN_CONCURRENCY: String(configuration.scanConcurrency),
        SECURITY_HUB: String(configuration.securityHub),
        RESULTS_BUCKET_NAME: complianceLogs.nameFor(this),
        RESULTS_KEY_ARN: complianceLogs.encryptionKey.key.keyArn,
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
        // AWS_REGION is Lambda's to set.
      } satisfies Record<Exclude<keyof ComplianceScannerEnvironment, 'AWS_REGION'>, string>,
    });
    allowByPattern(scanner, accountReading);
    const others = scanAccounts.filter(scanned => scanned !== account);
    if (others.length > 0) {
      scanner.role.addToPolicy(
        new PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: others.map(other => `arn:${Aws.PARTITION}:iam::${other}:role/${scanRoleName}`),
        }),
      );
    }
    if (configuration.securityHub) allowByPattern(scanner, [findingImport(Aws.REGION)]);
    complianceLogs.grantRead(scanner, complianceLogPrefixes.compliance);
    complianceLogs.grantWrite(scanner, complianceLogPrefixes.compliance);
    this.auditTable.grantItems(scanner, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(scanner);
    return scanner;
  }

  private makeSchedule(ruleName: string, configuration: Configuration): CfnRule {
    const hours = configuration.complianceScanHours;
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        // EventBridge user guide, "Cross-service confused deputy prevention": of targets, the rule's ARN.
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArnOf(Stack.of(this), ruleName) } },
      }),
      description: `Sallyport ${configuration.environment}: what the schedule of compliance scans may do`,
    });
    acknowledgeInlinePolicy(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [this.workflow.stateMachine.stateMachineArn],
      }),
    );
    const rule = new CfnRule(this, 'Schedule', {
      name: ruleName,
      description: `Scans the account for compliance every ${hours} hour(s).`,
      // EventBridge user guide, "Rate expressions": one hour is singular.
      scheduleExpression: hours === 1 ? 'rate(1 hour)' : `rate(${hours} hours)`,
      targets: [
        {
          id: 'ComplianceWorkflow',
          arn: this.workflow.stateMachine.stateMachineArn,
          roleArn: role.roleArn,
          // The workflow begins by itself: an execution that somebody starts with any input does the same.
          input: '{}',
          retryPolicy: {
            maximumRetryAttempts: 10,
            // A start that is late by an hour has nothing on the next one, or on one by hand.
            maximumEventAgeInSeconds: Duration.hours(1).toSeconds(),
          },
          deadLetterConfig: { arn: this.missedStarts.queueArn },
        },
      ],
    });
    rule.node.addDependency(role);
    return rule;
  }

  private watch(configuration: Configuration, period: Duration): void {
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    const hours = configuration.complianceScanHours + configuration.complianceScanGraceHours;
    new FailureAlarm(this, 'FailedScans', {
      ...shared,
      purpose: 'compliance-failed-scans',
      description:
        'A compliance scan failed. Its notice names the error; the execution history says at which segment.',
      metric: this.workflow.metricFailed(period),
      threshold: configuration.failedExecutionThreshold,
    });
    new FailureAlarm(this, 'AbandonedScans', {
      ...shared,
      purpose: 'compliance-abandoned-scans',
      description: `A compliance scan was aborted, or was not done after complianceScanHours (${configuration.complianceScanHours} h).`,
      metric: this.workflow.metricAbandoned(period),
      threshold: configuration.failedExecutionThreshold,
    });
    new AbsenceAlarm(this, 'MissingScan', {
      ...shared,
      purpose: 'compliance-scan-missing',
      description: `No compliance scan has come to its end for ${hours} hours: the schedule is off, or scans fail. Until the first scan of a new stack this is so, too: start an execution of the compliance workflow by hand.`,
      metric: this.workflow.metricSucceeded(AbsenceAlarm.period),
      hours,
    });
    new FailureAlarm(this, 'UnstartedScans', {
      ...shared,
      purpose: 'compliance-missed-starts',
      description:
        'The schedule could not start a compliance scan; the event waits in the queue of missed starts. Start an execution by hand, and then empty the queue.',
      metric: this.missedStarts.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'UndeliveredNotices', {
      ...shared,
      purpose: 'abandoned-scans-dead-letters',
      description: 'Notices of abandoned scans could not be published and wait in the dead-letter queue.',
      metric: this.abandoned.metricUndelivered(period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'NotJudged', {
      ...shared,
      purpose: 'compliance-not-judged',
      description:
        'The last compliance scan could not judge resources, and what is not judged is not known to comply. Its report names each with its reason; often it is a permission that the scanner lacks. Over with a scan that judges all.',
      metric: this.scanner.metricOwn('ComplianceNotJudged', AbsenceAlarm.period),
      threshold: configuration.notJudgedThreshold,
      staysFor: hours,
    });
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'compliance', watched: [this] });
  }
}
