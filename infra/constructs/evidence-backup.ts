import { Aws, type Duration } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { AbsenceAlarm } from './absence-alarm.ts';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import type { AlertTopic } from './alert-topic.ts';
import { allowByPattern } from './allow-by-pattern.ts';
import { type BackupSources, backupPermissions } from './backup-permissions.ts';
import { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { EventAlertRule } from './event-alert-rule.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { FlowProps } from './flow-props.ts';
import { pinLogicalId } from './pin-logical-id.ts';
import { pipelineResources } from './pipeline-resources.ts';

export type EvidenceBackupProps = Omit<FlowProps, 'network' | 'bundles'>;

/**
 * Buckets that hold evidence, each under the key of its own name. Documents are not among them: they are on their way,
 * versioned, replicated and gone after `objectExpiryDays`, and a backup would keep them for longer than they may be kept.
 */
const evidenceBuckets = ['compliance-logs', 'trail-logs'] as const;

/**
 * Daily and monthly backups of every table but those of work under way, and of the buckets of evidence, in a vault under a key of its own. What is
 * backed up is named by its ARN, so that no stack waits for another and no account's opt-in decides (AWS Backup
 * Developer Guide, "Assign resources to a backup plan").
 */
export class EvidenceBackup extends Construct {
  readonly vaultKey: CustomerManagedKey;
  readonly vault: CfnBackupVault;
  readonly plan: CfnBackupPlan;
  readonly role: Role;
  readonly alerts: AlertTopic;

  constructor(scope: Construct, id: string, props: EvidenceBackupProps) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'backup', props);
    const { configuration, environmentName } = parts;
    this.vaultKey = parts.key('backup-vault', 'BackupVaultKey');
    const vaultName = `sallyport-${environmentName}`;
    this.vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: vaultName,
      encryptionKeyArn: this.vaultKey.key.keyArn,
      ...(configuration.backupVaultLock ? { lockConfiguration: lockOf(configuration) } : {}),
    });
    pinLogicalId(this.vault, 'BackupVault');
    this.vault.applyRemovalPolicy(parts.removalPolicy);
    const sources = sourcesOf(environmentName);
    this.role = this.makeRole(environmentName, sources);
    this.plan = new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: `sallyport-${environmentName}`,
        backupPlanRule: [
          this.rule('daily', 'cron(0 3 * * ? *)', configuration.dailyBackupRetentionDays),
          this.rule('monthly', 'cron(0 5 1 * ? *)', configuration.monthlyBackupRetentionDays),
        ],
      },
    });
    const selection = new CfnBackupSelection(this, 'Selection', {
      backupPlanId: this.plan.attrBackupPlanId,
      backupSelection: {
        selectionName: `sallyport-${environmentName}`,
        iamRoleArn: this.role.roleArn,
        resources: [...sources.tables, ...sources.buckets],
      },
    });
    // A job that starts before its role may anything fails.
    selection.node.addDependency(this.role);
    this.alerts = this.tellPeople(parts, vaultName);
  }

  private rule(name: string, schedule: string, days: number): CfnBackupPlan.BackupRuleResourceTypeProperty {
    return {
      ruleName: name,
      targetBackupVault: this.vault.ref,
      scheduleExpression: schedule,
      scheduleExpressionTimezone: 'Etc/UTC',
      lifecycle: { deleteAfterDays: days },
    };
  }

  private makeRole(environmentName: string, sources: BackupSources): Role {
    const role = new Role(this, 'Role', {
      // No condition on the source: AWS Backup documents that it sends one to resources, not that it does to its role.
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
      description: `Sallyport ${environmentName}: what AWS Backup may do to back up`,
    });
    allowByPattern(role, backupPermissions(sources));
    acknowledgeInlinePolicy(role);
    const { keyArn } = this.vaultKey.key;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['backup:DescribeBackupVault'],
        resources: [this.vault.attrBackupVaultArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
        resources: [keyArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:CreateGrant'],
        resources: [keyArn],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    );
    return role;
  }

  private tellPeople(parts: ConfiguredParts, vaultName: string): AlertTopic {
    const { alarmPeriod, configuration, environmentName, removalPolicy } = parts;
    const alertTopic = parts.alertTopic('backup-alerts', 'BackupAlertTopic', 'BackupAlertsKey');
    alertTopic.allowEventRules();
    new EventAlertRule(this, 'Unfinished', {
      purpose: 'unfinished-backups',
      environmentName,
      logicalId: 'UnfinishedBackupsDeadLetterQueue',
      description: 'Backups into the vault that failed, were stopped, or did not start or finish in time.',
      eventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Backup Job State Change'],
        detail: { state: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'], backupVaultName: [vaultName] },
      },
      alert: {
        kind: 'backup.unfinished',
        severity: 'high',
        title: 'A backup is <state>',
        text: 'AWS Backup: the backup <job> of <resource> is <state> since <time>. The job itself says why. The next daily backup tries again; what was backed up before can be restored.',
        details: {
          job: '$.detail.backupJobId',
          resource: '$.detail.resourceArn',
          state: '$.detail.state',
        },
      },
      alertTopic,
      queueKey: parts.key('backup-queue', 'BackupQueueKey'),
      alarmPeriod,
      removalPolicy,
    });
    const metric = (metricName: string, period: Duration) =>
      new Metric({
        namespace: 'AWS/Backup',
        metricName,
        dimensionsMap: { BackupVaultName: vaultName },
        period,
        statistic: 'Sum',
      });
    new FailureAlarm(this, 'Failed', {
      purpose: 'failed-backups',
      environmentName,
      description: `Backups into the vault ${vaultName} failed. An alert names each; AWS Backup's list of jobs says why.`,
      metric: metric('NumberOfBackupJobsFailed', alarmPeriod),
      alertTopic,
    });
    const hours = configuration.backupMissingHours;
    new AbsenceAlarm(this, 'Missing', {
      purpose: 'missing-backups',
      environmentName,
      description: `No backup into the vault ${vaultName} has been finished for ${hours} hours. It is due each night at 03:00 UTC, and starts within 8 hours; raised until the first one is finished.`,
      metric: metric('NumberOfBackupJobsCompleted', AbsenceAlarm.period),
      hours,
      alertTopic,
    });
    return alertTopic;
  }
}

/** Governance mode: without `changeableForDays`, who may take the lock away can do so (AWS Backup Vault Lock). */
function lockOf({
  dailyBackupRetentionDays,
  monthlyBackupRetentionDays,
}: Configuration): CfnBackupVault.LockConfigurationTypeProperty {
  const periods = [dailyBackupRetentionDays, monthlyBackupRetentionDays];
  return { minRetentionDays: Math.min(...periods), maxRetentionDays: Math.max(...periods) };
}

function sourcesOf(environmentName: string): BackupSources {
  const working = new Set<string>(pipelineResources.workingTables);
  const keyOfTable = Object.fromEntries(
    Object.entries({ ...pipelineResources.tables, ...pipelineResources.trailTables }).filter(
      ([purpose]) => !working.has(purpose),
    ),
  );
  const nameOf = (purpose: string) => `sallyport-${purpose}-${environmentName}`;
  const keys = new Set<string>([...Object.values(keyOfTable), ...evidenceBuckets]);
  return {
    tables: Object.keys(keyOfTable).map(
      purpose => `arn:${Aws.PARTITION}:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${nameOf(purpose)}`,
    ),
    buckets: evidenceBuckets.map(purpose => `arn:${Aws.PARTITION}:s3:::${nameOf(purpose)}-${Aws.ACCOUNT_ID}`),
    keyAliases: [...keys].map(purpose => `alias/${nameOf(purpose)}`),
  };
}
