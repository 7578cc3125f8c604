import { Aws } from 'aws-cdk-lib';
import type { PatternAllowance } from './allow-by-pattern.ts';

/** What AWS Backup backs up; each key by its alias. */
export interface BackupSources {
  /** ARNs. */
  readonly tables: readonly string[];
  /** ARNs. */
  readonly buckets: readonly string[];
  /** Aliases of the keys that tables and buckets are under. */
  readonly keyAliases: readonly string[];
}

const regional = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
const via = (service: string) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;

const global =
  'AWS Backup asks for it for backups of S3 (Developer Guide, "Managed policies": AWSBackupServiceRolePolicyForS3Backup), and the action supports no resource (Service Authorization Reference).';

/**
 * What AWS Backup may do in its role's name: that of AWS's managed policies for backups of DynamoDB (with its advanced
 * features) and S3, held to what is backed up. No restoring: who restores, brings a role for it.
 */
export function backupPermissions({ tables, buckets, keyAliases }: BackupSources): PatternAllowance[] {
  return [
    {
      actions: ['dynamodb:StartAwsBackupJob', 'dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'],
      resources: tables,
      reason: 'Each is named.',
    },
    {
      actions: [
        's3:GetBucketAcl',
        's3:GetBucketLocation',
        's3:GetBucketNotification',
        's3:GetBucketTagging',
        's3:GetBucketVersioning',
        's3:GetInventoryConfiguration',
        's3:ListBucket',
        's3:ListBucketVersions',
        's3:PutBucketNotification',
        's3:PutInventoryConfiguration',
      ],
      resources: buckets,
      reason: 'Each is named.',
    },
    {
      actions: [
        's3:GetObject',
        's3:GetObjectAcl',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionTagging',
      ],
      resources: buckets.map(bucket => `${bucket}/*`),
      reason: 'Every object of this one bucket is backed up.',
    },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [`${regional('kms')}:key/*`],
      conditions: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAliases },
        StringEquals: { 'kms:ViaService': [via('dynamodb'), via('s3')] },
      },
      reason:
        'Keys of other stacks, whose ids nobody knows beforehand: the condition names each by its alias, so that no stack is bound to this one.',
    },
    {
      actions: ['kms:DescribeKey'],
      resources: [`${regional('kms')}:key/*`],
      conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAliases } },
      reason: 'As above.',
    },
    {
      actions: ['backup:TagResource'],
      resources: [`${regional('backup')}:recovery-point:*`],
      reason: 'A recovery point gets its tags when it is made, and its id then.',
    },
    {
      actions: [
        'events:DeleteRule',
        'events:DescribeRule',
        'events:DisableRule',
        'events:EnableRule',
        'events:ListTargetsByRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
      ],
      resources: [`${regional('events')}:rule/AwsBackupManagedRule*`],
      reason: 'AWS Backup learns of changes of objects by rules that it makes and numbers itself.',
    },
    {
      actions: ['cloudwatch:GetMetricData', 'events:ListRules', 's3:ListAllMyBuckets'],
      resources: ['*'],
      reason: global,
    },
  ];
}
