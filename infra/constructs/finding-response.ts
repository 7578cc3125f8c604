import { Annotations, Aws, Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Effect, type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { FindingRemediatorEnvironment } from '../../src/handlers/lambda/finding-remediator.env.ts';
import type { Configuration } from '../config/configuration.ts';
import { admitRule } from './admit-rule.ts';
import type { AlertTopic } from './alert-topic.ts';
import { allowByPattern } from './allow-by-pattern.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import { threatContaining, threatObserving, untouchableRoles } from './containment-permissions.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { OutsideFlowProps } from './flow-props.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';

export type FindingResponseProps = OutsideFlowProps;

/** The roles of every stack of the reference deployment are named after their stack. */
const ownRoles = 'sallyport-*';

/** The way of a GuardDuty finding: rule, queue, remediator, ledger; and the alerts on what was done. */
export class FindingResponse extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  readonly queueKey: CustomerManagedKey;
  readonly queue: GuardedQueue;
  readonly rule: CfnRule;
  readonly ledgerTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly remediator: LambdaService;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: FindingResponseProps = {}) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'findings', props);
    this.metricPeriod = parts.alarmPeriod;
    const { configuration, environmentName, removalPolicy, alarmPeriod } = parts;
    this.tablesKey = parts.key('finding-tables', 'FindingTablesKey');
    this.queueKey = parts.key('findings-queue', 'FindingsQueueKey');
    this.alerts = parts.alertTopic('finding-alerts', 'FindingAlertTopic', 'FindingAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;

    const timeout = Duration.seconds(configuration.remediatorTimeoutSeconds);
    this.queue = new GuardedQueue(this, 'Queue', {
      purpose: 'findings',
      environmentName,
      logicalId: 'FindingsQueue',
      encryptionKey: this.queueKey,
      consumerTimeout: timeout,
      maxReceiveCount: configuration.findingMaxReceiveCount,
      retentionPeriod: Duration.days(configuration.findingRetentionDays),
      removalPolicy,
    });
    this.rule = this.makeRule(configuration);

    const table = (
      tableId: string,
      purpose: string,
      partitionKey: string,
      sortKey: string,
      expires = false,
    ) =>
      parts.table(tableId, {
        purpose,
        logicalId: tableId,
        encryptionKey: this.tablesKey,
        partitionKey,
        sortKey,
        ...(expires ? { timeToLiveAttribute: 'expiresAt' } : {}),
      });
    this.ledgerTable = table('RemediationsTable', 'remediations', 'pk', 'sk', true);
    this.auditTable = table('FindingsAuditTable', 'findings-audit', 'requestId', 'timestamp');

    const protectedRoles = [ownRoles, ...configuration.protectedRoles];
    this.remediator = parts.service('Remediator', this.alerts, {
      serviceName: 'finding-remediator',
      outsideBecause:
        'It calls IAM, whose one endpoint for VPCs is in us-east-1 (IAM User Guide, "Interface VPC endpoints"); isolated subnets have no other way out. existingVpc takes it into a network that has one.',
      // The policies of contained buckets let it in by its name: a stack that is deployed again is to be let in, too.
      roleName: `sallyport-finding-remediator-${environmentName}-${Aws.REGION}`,
      description:
        'Plans what is to be done about each finding of GuardDuty, does it where it may, and tells people.',
      timeout,
      memorySize: configuration.functionMemoryMegabytes,
      environment: {
        REMEDIATION_MODE: configuration.remediationMode,
        MINIMUM_SEVERITY: String(configuration.minimumFindingSeverity),
        OWN_ACCOUNT: Aws.ACCOUNT_ID,
        RESPONDER_ARNS: configuration.responderArns.join(','),
        PROTECTED_ROLES: protectedRoles.join(','),
        EXEMPT_TAG: configuration.exemptTag,
        EXEMPT_IDS: configuration.exemptIds.join(','),
        EXEMPT_ACCOUNTS: configuration.exemptAccounts.join(','),
        LEDGER_TABLE_NAME: this.ledgerTable.table.tableName,
        REMEDIATION_RETENTION_DAYS: String(configuration.remediationRetentionDays),
        AUDIT_TABLE_NAME: this.auditTable.table.tableName,
        ALERT_TOPIC_ARN: this.alerts.topic.topicArn,
      } satisfies Record<Exclude<keyof FindingRemediatorEnvironment, typeof ownRole | SetByLambda>, string>,
    });
    this.remediator.function.addEnvironment(ownRole, this.remediator.role.roleArn);
    this.queue.grantConsume(this.remediator);
    this.ledgerTable.grantItems(this.remediator, [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
    ]);
    this.auditTable.grantItems(this.remediator, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    this.alerts.grantPublish(this.remediator);
    this.allowContainment(configuration, protectedRoles);
    consumeQueue(this, 'RemediatorMapping', {
      queue: this.queue.queue,
      consumer: this.remediator,
      // One containment may take all of the function's time.
      batchSize: 1,
      maximumConcurrency: configuration.findingMaximumConcurrency,
    });
    this.watch(configuration, alarmPeriod);
  }

  /** Lets a role invoke the remediator, which rolls a remediation back when it is asked to. */
  grantRollBack(grantee: IGrantable): Grant {
    return grantToPrincipal(this, {
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.remediator.function.functionArn],
    });
  }

  /** Lets a role read what was planned and done about each finding. */
  grantReadRemediations(grantee: IGrantable): Grant {
    return this.ledgerTable.grantRead(grantee);
  }

  /** Findings of which it was announced what would be done. */
  metricFindingsPlanned(options: MetricOptions = {}): Metric {
    return this.remediator.metricOwn('FindingsPlanned', this.metricPeriod).with(options);
  }

  /** Findings whose threat was contained. */
  metricFindingsContained(options: MetricOptions = {}): Metric {
    return this.remediator.metricOwn('FindingsContained', this.metricPeriod).with(options);
  }

  /** Findings whose threat was not contained, though it was tried. */
  metricRemediationsFailed(options: MetricOptions = {}): Metric {
    return this.remediator.metricOwn('RemediationsFailed', this.metricPeriod).with(options);
  }

  /** Findings that wait in the dead-letter queue; by default the most in an alarm period. */
  metricDeadLetters(options: MetricOptions = {}): Metric {
    return this.queue.metricDeadLetters(this.metricPeriod).with(options);
  }

  /** Seconds for which the oldest message has waited; by default the longest in an alarm period. */
  metricOldestMessage(options: MetricOptions = {}): Metric {
    return this.queue.metricOldestMessage(this.metricPeriod).with(options);
  }

  private makeRule(configuration: Configuration): CfnRule {
    const ruleName = `sallyport-findings-${configuration.environment}`;
    const admission = { encryptionKey: this.queueKey, ruleName };
    admitRule({ ...admission, queue: this.queue.queue, sid: 'FindingsOfThisRule' });
    admitRule({
      ...admission,
      queue: this.queue.deadLetterQueue,
      sid: 'UndeliveredFindingsOfThisRule',
      keySid: 'FindingsOfThisRule',
    });
    return new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `Findings of GuardDuty with a severity of ${configuration.minimumFindingSeverity} or above.`,
      eventPattern: {
        source: ['aws.guardduty'],
        'detail-type': ['GuardDuty Finding'],
        detail: { severity: [{ numeric: ['>=', configuration.minimumFindingSeverity] }] },
      },
      targets: [
        {
          id: 'FindingsQueue',
          arn: this.queue.queue.queueArn,
          retryPolicy: {
            maximumRetryAttempts: 185,
            maximumEventAgeInSeconds: Duration.days(1).toSeconds(),
          },
          // Findings that were not delivered wait where those wait that could not be handled.
          deadLetterConfig: { arn: this.queue.deadLetterQueue.queueArn },
        },
      ],
    });
  }

  /** In plan mode the role can look, and change nothing. */
  private allowContainment(configuration: Configuration, protectedRoles: readonly string[]): void {
    const { role } = this.remediator;
    if (configuration.remediationMode === 'plan') {
      allowByPattern(this.remediator, threatObserving);
      return;
    }
    if (configuration.responderArns.length === 0) {
      Annotations.of(this).addWarningV2(
        'sallyport:nobodyIsLetIn',
        'No principal in responderArns: a contained bucket lets in the remediator and nobody else. People can take it back by the function, or as the root user of the account.',
      );
    }
    allowByPattern(this.remediator, [...threatObserving, ...threatContaining]);
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        resources: [role.roleArn, ...untouchableRoles(protectedRoles)],
      }),
    );
  }

  private watch(configuration: Configuration, period: Duration): void {
    const patience = configuration.findingOldestMessageMinutes;
    const shared = { environmentName: configuration.environment, alertTopic: this.alerts };
    new FailureAlarm(this, 'OldestMessage', {
      ...shared,
      purpose: 'findings-oldest-message',
      description: `A finding has waited for more than ${patience} minutes: the remediator fails on it, or more findings come than findingMaximumConcurrency lets it take. Its log group and its error and throttle alarms say which.`,
      metric: this.queue.metricOldestMessage(period),
      threshold: Duration.minutes(patience).toSeconds(),
    });
    new FailureAlarm(this, 'DeadLetters', {
      ...shared,
      purpose: 'findings-dead-letters',
      description:
        'Findings could not be delivered or handled and wait in the dead-letter queue: nothing was done about them, or not all. They are lost after 14 days.',
      metric: this.queue.metricDeadLetters(period),
      threshold: configuration.deadLetterThreshold,
    });
    new FailureAlarm(this, 'LostFindings', {
      ...shared,
      purpose: 'findings-lost',
      description:
        'Findings reached neither the queue nor its dead-letter queue, and are gone. The policies of both queues and of their key must let the rule in; GuardDuty still lists the findings.',
      metric: new Metric({
        namespace: 'AWS/Events',
        metricName: 'InvocationsFailedToBeSentToDlq',
        dimensionsMap: { RuleName: `sallyport-findings-${configuration.environment}` },
        period,
        statistic: 'Sum',
      }),
    });
    new FailureAlarm(this, 'FailedRemediations', {
      ...shared,
      purpose: 'findings-failed-remediations',
      description:
        'A threat was not contained. The alert on its finding names each step that failed, and why.',
      metric: this.remediator.metricOwn('RemediationsFailed', period),
    });
    new FailureAlarm(this, 'PartialContainments', {
      ...shared,
      purpose: 'findings-partially-contained',
      description:
        'A threat was contained in part only. The alert on its finding names each step that failed, and why.',
      metric: this.remediator.metricOwn('FindingsPartiallyContained', period),
    });
    new UnhealthyAlarm(this, 'Unhealthy', { ...shared, what: 'findings', watched: [this] });
  }
}

type SetByLambda = 'AWS_LAMBDA_FUNCTION_NAME' | 'AWS_REGION';

/** Set when the role stands. */
const ownRole = 'REMEDIATION_ROLE_ARN' satisfies keyof FindingRemediatorEnvironment;
