import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { EvidenceBackup } from '../constructs/evidence-backup.ts';

export interface BackupStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** The reference deployment of the backups, with the names that operators ask for as outputs. */
export class BackupStack extends Stack {
  readonly backup: EvidenceBackup;

  constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    this.backup = new EvidenceBackup(this, 'EvidenceBackup', { configuration: props.configuration });
    const { alerts, plan, role, vault, vaultKey } = this.backup;
    const outputs: Record<string, [value: string, description: string]> = {
      BackupVaultName: [vault.ref, 'Holds the backups of tables and evidence.'],
      BackupVaultKeyArn: [vaultKey.key.keyArn, 'The key that they are encrypted under.'],
      BackupPlanId: [plan.attrBackupPlanId, 'The daily and monthly backups.'],
      BackupRoleArn: [role.roleArn, 'What AWS Backup backs up as; it cannot restore.'],
      BackupAlertTopicArn: [alerts.topic.topicArn, 'Announces backups that failed, and alarms.'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
