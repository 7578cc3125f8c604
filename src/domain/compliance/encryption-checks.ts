import type { ResourceType } from '../../ports/resource-inventory.ts';
import type { CheckReference, ComplianceCheck } from './compliance-check.ts';
import { gradeOf, judgeGrade } from './encryption-grade.ts';
import { readingOf } from './readings.ts';

/** Whose key protects what a resource holds. The ids in `references` are those of the AWS documentation. */
export const encryptionChecks: readonly ComplianceCheck[] = [
  encryptionCheck('s3-bucket', {
    title: 'Bucket is encrypted under the key that the policy asks for',
    references: [
      { source: 'AWS Config', id: 's3-default-encryption-kms' },
      { source: 'Security Hub', id: 'S3.17' },
      { source: 'PCI DSS', id: 'v4.0.1/3.5.1' },
    ],
    remedy:
      'Set the default encryption of the bucket to SSE-KMS with a customer-managed key (s3:PutBucketEncryption), then copy the objects that are there onto themselves.',
  }),
  encryptionCheck('dynamodb-table', {
    title: 'Table is encrypted under the key that the policy asks for',
    references: [{ source: 'AWS Config', id: 'dynamodb-table-encrypted-kms' }],
    remedy: 'Set the encryption of the table to a customer-managed key (dynamodb:UpdateTable).',
  }),
  encryptionCheck('sns-topic', {
    title: 'Topic is encrypted under the key that the policy asks for',
    references: [
      { source: 'AWS Config', id: 'sns-encrypted-kms' },
      { source: 'Security Hub', id: 'SNS.1' },
    ],
    remedy:
      'Set KmsMasterKeyId of the topic to a customer-managed key (sns:SetTopicAttributes) that its publishers may use.',
  }),
  encryptionCheck('sqs-queue', {
    title: 'Queue is encrypted under the key that the policy asks for',
    references: [{ source: 'Security Hub', id: 'SQS.1' }],
    remedy:
      'Set KmsMasterKeyId of the queue to a customer-managed key (sqs:SetQueueAttributes) that its senders may use.',
  }),
  encryptionCheck('secret', {
    title: 'Secret is encrypted under the key that the policy asks for',
    references: [{ source: 'AWS Config', id: 'secretsmanager-using-cmk' }],
    remedy: 'Set the key of the secret to a customer-managed key (secretsmanager:UpdateSecret).',
  }),
  encryptionCheck('log-group', {
    title: 'Log group is encrypted under the key that the policy asks for',
    references: [{ source: 'AWS Config', id: 'cloudwatch-log-group-encrypted' }],
    remedy:
      'Associate a customer-managed key with the log group (logs:AssociateKmsKey); logs that are there stay as they are.',
  }),
];

function encryptionCheck(
  type: ResourceType,
  texts: {
    readonly title: string;
    readonly references: readonly CheckReference[];
    readonly remedy: string;
  },
): ComplianceCheck {
  return {
    id: `${type}-encryption`,
    type,
    severity: 'medium',
    needs: ['encryption'],
    ...texts,
    judge: (inspected, policy) => {
      const { key, resource } = inspected;
      const graded = gradeOf(readingOf(inspected, 'encryption'), key, resource.account, policy);
      return judgeGrade(graded, type, readingOf(inspected, 'tags'), policy);
    },
  };
}
