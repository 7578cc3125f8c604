import type { ComplianceCheck } from './compliance-check.ts';
import { judgeAccountBlock, judgeBucketBlock, judgePublicAccess } from './public-access.ts';
import { judgePublicPolicy } from './public-policy.ts';

/** Whether the public may get in. */
export const publicAccessChecks: readonly ComplianceCheck[] = [
  {
    id: 'account-public-access-block',
    title: 'Account blocks public access to all of its buckets',
    severity: 'medium',
    type: 'account',
    needs: ['public-access-block'],
    references: [
      { source: 'AWS Config', id: 's3-account-level-public-access-blocks-periodic' },
      { source: 'Security Hub', id: 'S3.1' },
      { source: 'CIS AWS Foundations', id: 'v3.0.0/2.1.4' },
      { source: 'PCI DSS', id: 'v4.0.1/1.4.4' },
    ],
    remedy:
      'Turn on all four settings of the public access block of the account (s3control:PutPublicAccessBlock).',
    judge: judgeAccountBlock,
  },
  {
    id: 's3-bucket-public-access-block',
    title: 'Public access to the bucket is blocked',
    severity: 'high',
    type: 's3-bucket',
    needs: ['public-access-block'],
    references: [
      { source: 'AWS Config', id: 's3-bucket-level-public-access-prohibited' },
      { source: 'Security Hub', id: 'S3.8' },
      { source: 'CIS AWS Foundations', id: 'v3.0.0/2.1.4' },
      { source: 'PCI DSS', id: 'v4.0.1/1.4.4' },
    ],
    remedy: 'Turn on all four settings of the public access block of the bucket (s3:PutPublicAccessBlock).',
    judge: judgeBucketBlock,
  },
  {
    id: 's3-bucket-public-access',
    title: 'Bucket is not public',
    severity: 'critical',
    type: 's3-bucket',
    needs: ['public-access-block', 'policy-status', 'acl'],
    references: [
      { source: 'AWS Config', id: 's3-bucket-public-read-prohibited' },
      { source: 'AWS Config', id: 's3-bucket-public-write-prohibited' },
      { source: 'Security Hub', id: 'S3.2' },
      { source: 'Security Hub', id: 'S3.3' },
      { source: 'PCI DSS', id: 'v3.2.1/1.2.1' },
    ],
    remedy:
      'Turn on the public access block of the bucket (s3:PutPublicAccessBlock), then remove what is public from its policy and ACL.',
    judge: judgePublicAccess,
  },
  {
    id: 'sns-topic-public-access',
    title: 'Topic is not public',
    severity: 'critical',
    type: 'sns-topic',
    needs: ['policy'],
    references: [
      { source: 'AWS Config', id: 'sns-topic-no-public-access' },
      { source: 'Security Hub', id: 'SNS.4' },
    ],
    remedy:
      'Name the principals in the topic policy, or hold it to an aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID without wildcards.',
    judge: judgePublicPolicy,
  },
  {
    id: 'sqs-queue-public-access',
    title: 'Queue is not public',
    severity: 'critical',
    type: 'sqs-queue',
    needs: ['policy'],
    references: [
      { source: 'AWS Config', id: 'sqs-queue-no-public-access' },
      { source: 'Security Hub', id: 'SQS.3' },
    ],
    remedy:
      'Name the principals in the queue policy, or hold it to an aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID without wildcards.',
    judge: judgePublicPolicy,
  },
];
