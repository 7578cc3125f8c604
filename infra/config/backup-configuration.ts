import { flag, whole } from './configuration-values.ts';

/** What is backed up, how often and for how long. */
export const backupConfiguration = {
  /**
   * Back up every table, and the buckets of compliance logs and CloudTrail logs, each day and each month, into a vault
   * of AWS Backup. By default in prod only. It costs by what is kept.
   */
  backupPlan: flag.optional(),
  /** Days for which a daily backup is kept. */
  dailyBackupRetentionDays: whole(1, 3650).default(35),
  /** Days for which the backup of the first of a month is kept. */
  monthlyBackupRetentionDays: whole(31, 3650).default(365),
  /**
   * Lock the vault (governance mode): no backup is deleted before its time, but by who may take the lock away again.
   * Retention may then only stay between the shorter and the longer of both periods.
   */
  backupVaultLock: flag.default(false),
  /** Hours without a finished backup before an alarm. CloudWatch looks back 168. */
  backupMissingHours: whole(36, 168).default(48),
};
