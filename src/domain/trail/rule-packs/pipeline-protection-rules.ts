import type { TrailRuleInput } from '../trail-rules-file.ts';
import { exampleRecord } from './example-record.ts';
import { ours, recordReferences } from './pipeline-names.ts';

const bucket = { bucketName: 'sallyport-quarantine-prod-111122223333' };
const object = { ...bucket, key: 'invoice.pdf' };
const role = { roleName: 'sallyport-trail-prod-TrailAnalysisAnalyzerRole' };
const rulesObject = { bucketName: 'sallyport-trail-rules-prod-111122223333', key: 'accepted/rules.json' };
const analyzer = {
  type: 'AssumedRole',
  sessionContext: { sessionIssuer: { type: 'Role', userName: role.roleName } },
};

/** What keeps documents and records safe, and who may touch it: keys, trail, buckets, quarantine, rules and roles. */
export const pipelineProtectionRules: readonly TrailRuleInput[] = [
  {
    id: 'pipeline-keys',
    title: 'A KMS key, perhaps the pipeline’s, was weakened, disabled or opened to others',
    severity: 'high',
    references: ['https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html'],
    // Of a key a record has the id alone, which no template knows: any key counts. An alias is named.
    pattern: {
      eventSource: ['kms.amazonaws.com'],
      $or: [
        {
          eventName: [
            'DeleteImportedKeyMaterial',
            'DisableKey',
            'DisableKeyRotation',
            'PutKeyPolicy',
            'ScheduleKeyDeletion',
          ],
        },
        {
          eventName: ['DeleteAlias', 'UpdateAlias'],
          requestParameters: { aliasName: [{ prefix: 'alias/sallyport-' }] },
        },
      ],
    },
    examples: {
      match: [
        exampleRecord('kms', 'PutKeyPolicy', { requestParameters: { keyId: '1234abcd' } }),
        exampleRecord('kms', 'DeleteAlias', {
          requestParameters: { aliasName: 'alias/sallyport-trail-logs-prod' },
        }),
      ],
      noMatch: [
        exampleRecord('kms', 'DeleteAlias', { requestParameters: { aliasName: 'alias/payroll' } }),
        exampleRecord('kms', 'Decrypt', { requestParameters: null }),
      ],
    },
  },
  {
    id: 'pipeline-trail',
    title: 'The pipeline’s trail was changed or stopped',
    severity: 'critical',
    references: ['https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-user-guide.html'],
    pattern: {
      eventSource: ['cloudtrail.amazonaws.com'],
      eventName: ['DeleteTrail', 'PutEventSelectors', 'PutInsightSelectors', 'StopLogging', 'UpdateTrail'],
      $or: [
        { requestParameters: { name: [ours, { wildcard: '*:trail/sallyport-*' }] } },
        { requestParameters: { trailName: [ours, { wildcard: '*:trail/sallyport-*' }] } },
      ],
    },
    examples: {
      match: [
        exampleRecord('cloudtrail', 'StopLogging', {
          requestParameters: { name: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/sallyport-prod' },
        }),
        exampleRecord('cloudtrail', 'PutEventSelectors', {
          requestParameters: { trailName: 'sallyport-prod' },
        }),
      ],
      noMatch: [
        exampleRecord('cloudtrail', 'StopLogging', { requestParameters: { name: 'of-another-team' } }),
        exampleRecord('cloudtrail', 'GetTrailStatus', { requestParameters: { name: 'sallyport-prod' } }),
      ],
    },
  },
  {
    id: 'pipeline-buckets',
    title: 'A bucket of the pipeline was changed or deleted',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['s3.amazonaws.com'],
      eventName: [{ prefix: 'PutBucket' }, { prefix: 'DeleteBucket' }],
      requestParameters: { bucketName: [ours] },
    },
    examples: {
      match: [
        exampleRecord('s3', 'PutBucketPolicy', { requestParameters: bucket }),
        exampleRecord('s3', 'DeleteBucketEncryption', { requestParameters: bucket }),
      ],
      noMatch: [
        exampleRecord('s3', 'PutBucketPolicy', { requestParameters: { bucketName: 'payroll' } }),
        exampleRecord('s3', 'GetBucketPolicy', { requestParameters: bucket }),
      ],
    },
  },
  {
    id: 'pipeline-quarantine',
    title: 'A quarantined document was read, deleted or released',
    severity: 'high',
    references: recordReferences,
    // What is put there comes from the pipeline; nothing of the pipeline takes anything out.
    pattern: {
      eventSource: ['s3.amazonaws.com'],
      eventName: [
        { prefix: 'GetObject' },
        { prefix: 'DeleteObject' },
        'PutObjectAcl',
        'PutObjectLegalHold',
        'PutObjectRetention',
        'RestoreObject',
      ],
      requestParameters: { bucketName: [{ prefix: 'sallyport-quarantine-' }] },
    },
    examples: {
      match: [
        exampleRecord('s3', 'GetObject', { requestParameters: object }),
        exampleRecord('s3', 'DeleteObjects', { requestParameters: bucket }),
      ],
      noMatch: [
        exampleRecord('s3', 'PutObject', { requestParameters: object }),
        exampleRecord('s3', 'GetObject', { requestParameters: { bucketName: 'payroll', key: 'a' } }),
      ],
    },
  },
  {
    id: 'pipeline-rules',
    title: 'The rules of the trail were changed, or their accepted copy by another than the analyzer',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['s3.amazonaws.com'],
      eventName: ['PutObject', 'CopyObject', 'CompleteMultipartUpload', { prefix: 'DeleteObject' }],
      requestParameters: { bucketName: [{ prefix: 'sallyport-trail-rules-' }] },
      $or: [
        {
          requestParameters: {
            bucketName: [{ prefix: 'sallyport-trail-rules-' }],
            key: [{ 'anything-but': { prefix: 'accepted/' } }, { exists: false }],
          },
        },
        {
          'userIdentity.sessionContext.sessionIssuer.userName': [
            { 'anything-but': { prefix: 'sallyport-trail-' } },
            { exists: false },
          ],
        },
      ],
    },
    examples: {
      match: [
        exampleRecord('s3', 'PutObject', {
          requestParameters: { ...rulesObject, key: 'rules.json' },
          userIdentity: analyzer,
        }),
        exampleRecord('s3', 'PutObject', { requestParameters: rulesObject }),
      ],
      noMatch: [exampleRecord('s3', 'PutObject', { requestParameters: rulesObject, userIdentity: analyzer })],
    },
  },
  {
    id: 'pipeline-roles',
    title: 'What a role of the pipeline may do, or who may take it, was changed',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['iam.amazonaws.com'],
      eventName: [
        'AttachRolePolicy',
        'CreateRole',
        'DeleteRole',
        'DeleteRolePermissionsBoundary',
        'DeleteRolePolicy',
        'DetachRolePolicy',
        'PutRolePermissionsBoundary',
        'PutRolePolicy',
        'UpdateAssumeRolePolicy',
      ],
      requestParameters: { roleName: [ours] },
    },
    examples: {
      match: [exampleRecord('iam', 'UpdateAssumeRolePolicy', { requestParameters: role })],
      noMatch: [
        exampleRecord('iam', 'PutRolePolicy', { requestParameters: { roleName: 'payroll' } }),
        exampleRecord('iam', 'GetRole', { requestParameters: role }),
      ],
    },
  },
];
