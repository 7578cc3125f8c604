import type { ComplianceCheck } from './compliance-check.ts';
import { readingOf, unseen } from './readings.ts';

/** Whether data that is overwritten or deleted can be had back. */
export const recoveryChecks: readonly ComplianceCheck[] = [
  {
    id: 's3-bucket-versioning',
    title: 'Bucket keeps the versions of its objects',
    severity: 'low',
    type: 's3-bucket',
    needs: ['versioning'],
    references: [
      { source: 'AWS Config', id: 's3-bucket-versioning-enabled' },
      { source: 'Security Hub', id: 'S3.14' },
    ],
    remedy: 'Enable versioning of the bucket (s3:PutBucketVersioning).',
    judge: inspected => {
      const versioning = readingOf(inspected, 'versioning');
      if (versioning.state === 'unreadable') return unseen('The versioning', [versioning]);
      if (versioning.value === 'enabled') return { verdict: 'pass', explanation: 'Versioning is enabled.' };
      const suspended = versioning.value === 'suspended' ? ' (suspended)' : '';
      return { verdict: 'fail', explanation: `Versioning is off${suspended}: what is overwritten is lost.` };
    },
  },
  {
    id: 'dynamodb-table-point-in-time-recovery',
    title: 'Table can be restored to a point in time',
    severity: 'medium',
    type: 'dynamodb-table',
    needs: ['point-in-time-recovery'],
    references: [
      { source: 'AWS Config', id: 'dynamodb-pitr-enabled' },
      { source: 'Security Hub', id: 'DynamoDB.2' },
    ],
    remedy: 'Enable point-in-time recovery of the table (dynamodb:UpdateContinuousBackups).',
    judge: inspected => {
      const recovery = readingOf(inspected, 'point-in-time-recovery');
      if (recovery.state === 'unreadable') return unseen('The point-in-time recovery', [recovery]);
      return recovery.value.enabled
        ? { verdict: 'pass', explanation: 'Point-in-time recovery is enabled.' }
        : { verdict: 'fail', explanation: 'Point-in-time recovery is off.' };
    },
  },
];
