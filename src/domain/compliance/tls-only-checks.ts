import type { ComplianceCheck } from './compliance-check.ts';
import { judgeTlsOnly } from './tls-only.ts';

/** Whether whatever is not encrypted on its way is refused. */
export const tlsOnlyChecks: readonly ComplianceCheck[] = [
  {
    id: 's3-bucket-tls-only',
    title: 'Bucket refuses requests without TLS',
    severity: 'medium',
    type: 's3-bucket',
    needs: ['policy'],
    references: [
      { source: 'AWS Config', id: 's3-bucket-ssl-requests-only' },
      { source: 'Security Hub', id: 'S3.5' },
      { source: 'CIS AWS Foundations', id: 'v3.0.0/2.1.1' },
      { source: 'PCI DSS', id: 'v4.0.1/4.2.1' },
    ],
    remedy:
      'Add to the bucket policy: Deny, Principal *, Action s3:*, on the bucket and its objects, if Bool aws:SecureTransport is false.',
    judge: inspected => {
      const { arn } = inspected.resource;
      return judgeTlsOnly(inspected, {
        actions: ['s3:*'],
        resources: [
          { name: 'the bucket', arn },
          { name: 'its objects', arn: `${arn}/*` },
        ],
      });
    },
  },
  {
    id: 'sns-topic-tls-only',
    title: 'Topic refuses messages without TLS',
    severity: 'medium',
    type: 'sns-topic',
    needs: ['policy'],
    references: [],
    remedy:
      'Add to the topic policy: Deny, Principal *, Action sns:Publish, if Bool aws:SecureTransport is false.',
    judge: inspected =>
      judgeTlsOnly(inspected, {
        // A topic policy takes no sns:*: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
        actions: ['sns:Publish'],
        resources: [{ name: 'the topic', arn: inspected.resource.arn }],
      }),
  },
  {
    id: 'sqs-queue-tls-only',
    title: 'Queue refuses requests without TLS',
    severity: 'medium',
    type: 'sqs-queue',
    needs: ['policy'],
    references: [],
    remedy: 'Add to the queue policy: Deny, Principal *, Action sqs:*, if Bool aws:SecureTransport is false.',
    judge: inspected =>
      judgeTlsOnly(inspected, {
        actions: ['sqs:*'],
        resources: [{ name: 'the queue', arn: inspected.resource.arn }],
      }),
  },
];
