import { Aws } from 'aws-cdk-lib';
import type { PatternAllowance } from './allow-by-pattern.ts';

const reason =
  'A scan reads the settings of every resource of this type in the account: which ones there are is what it finds out.';

const ofAccount = (service: string, rest: string) =>
  `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${rest}`;

/**
 * The calls by which a compliance scan reads the account that the role is in: settings, never content. A role of the
 * scanner's account and a role that it assumes in another may do the same.
 */
export const accountReading: readonly PatternAllowance[] = [
  {
    // None of these supports a resource (Service Authorization Reference, each service's table of actions).
    actions: [
      's3:ListAllMyBuckets',
      's3:GetAccountPublicAccessBlock',
      'dynamodb:ListTables',
      'sns:ListTopics',
      'sqs:ListQueues',
      'kms:ListKeys',
      'secretsmanager:ListSecrets',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
    reason:
      'Lists, and the settings of the account itself, support no resource (Service Authorization Reference). A test holds that no other statement names every resource.',
  },
  {
    actions: [
      's3:GetEncryptionConfiguration',
      's3:GetBucketPolicy',
      's3:GetBucketPolicyStatus',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketAcl',
      's3:GetBucketVersioning',
      's3:GetBucketTagging',
    ],
    resources: [`arn:${Aws.PARTITION}:s3:::*`],
    // The ARN of a bucket names no account.
    conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
    reason,
  },
  {
    actions: ['dynamodb:DescribeTable', 'dynamodb:DescribeContinuousBackups', 'dynamodb:ListTagsOfResource'],
    resources: [ofAccount('dynamodb', 'table/*')],
    reason,
  },
  {
    actions: ['sns:GetTopicAttributes', 'sns:ListTagsForResource'],
    resources: [ofAccount('sns', '*')],
    reason,
  },
  {
    actions: ['sqs:GetQueueAttributes', 'sqs:ListQueueTags'],
    resources: [ofAccount('sqs', '*')],
    reason,
  },
  {
    actions: ['kms:GetKeyRotationStatus', 'kms:GetKeyPolicy', 'kms:ListResourceTags'],
    resources: [ofAccount('kms', 'key/*')],
    reason,
  },
  {
    actions: ['kms:DescribeKey'],
    resources: [`arn:${Aws.PARTITION}:kms:*:*:key/*`],
    reason:
      'A resource may be encrypted under a key of another account, whose key policy decides as well; what a key is, is what the scan asks.',
  },
  {
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
    resources: [ofAccount('secretsmanager', 'secret:*')],
    reason,
  },
  {
    actions: ['logs:ListTagsForResource'],
    resources: [ofAccount('logs', 'log-group:*')],
    reason,
  },
];

/** Imports results into Security Hub as findings of the account's own (BatchImportFindings, "default" product). */
export function findingImport(region: string): PatternAllowance {
  const product = `product/${Aws.ACCOUNT_ID}/default`;
  return {
    actions: ['securityhub:BatchImportFindings'],
    resources: [`arn:${Aws.PARTITION}:securityhub:${region}:${Aws.ACCOUNT_ID}:${product}`],
    reason: 'Findings come together in the region that the scanner runs in.',
  };
}
