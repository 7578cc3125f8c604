import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { closedBucket } from '../closed-bucket.ts';
import { propertiesOf, statementsOfBucket, synthesizeDocumentApi } from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();
const { template } = stack;
const keyHeader = 's3:x-amz-server-side-encryption-aws-kms-key-id';

describe('documents bucket', () => {
  test('encrypts under its own key, keeps versions, is closed to the public, takes no ACL, is logged', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sallyport-documents-dev-', { Ref: 'AWS::AccountId' }]] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': ['DocumentsKey', 'Arn'] },
            },
          },
        ],
      },
      ...closedBucket,
      LoggingConfiguration: {
        DestinationBucketName: { Ref: 'DocumentAccessLogBucket' },
        LogFilePrefix: 'documents/',
      },
    });
  });

  test('its events start nothing: what the API writes there must not', () => {
    expect(propertiesOf(stack, 'DocumentsBucket')).not.toHaveProperty('NotificationConfiguration');
  });

  test.each([
    ['90 days by default', {}, 90],
    ['as long as configuration says', { objectExpiryDays: '30' }, 30],
  ])('documents, their versions and the access logs are kept %s', (_name, context, days) => {
    const { template: other } = synthesizeDocumentApi(context);
    other.resourceCountIs('AWS::S3::Bucket', 2);
    other.allResourcesProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: days })]) },
    });
    other.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: days } })]),
      },
    });
  });

  test('lets nobody in by policy; refuses plain HTTP, and puts that do not name KMS and its own key', () => {
    const policy = statementsOfBucket(stack, 'DocumentsBucket');
    expect(policy.map(({ effect, actions, conditions }) => [effect, actions, conditions])).toEqual([
      ['Deny', ['s3:*'], { Bool: { 'aws:SecureTransport': 'false' } }],
      // Plain StringNotEquals: both hold for an absent header, or an absent field of a posted form, too.
      ['Deny', ['s3:PutObject'], { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } }],
      ['Deny', ['s3:PutObject'], { StringNotEquals: { [keyHeader]: '<DocumentsKey.Arn>' } }],
    ]);
  });
});

test('E12: the access-log bucket takes the logs of the documents bucket only, under SSE-S3 and without Object Lock', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: { 'Fn::Join': ['', ['sallyport-document-access-logs-dev-', { Ref: 'AWS::AccountId' }]] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    ObjectLockEnabled: Match.absent(),
  });
  expect(
    statementsOfBucket(stack, 'DocumentAccessLogBucket').filter(({ effect }) => effect === 'Allow'),
  ).toEqual([
    expect.objectContaining({
      actions: ['s3:PutObject'],
      principals: ['logging.s3.amazonaws.com'],
      resources: ['<DocumentAccessLogBucket.Arn>/documents/*'],
      conditions: {
        ArnLike: { 'aws:SourceArn': '<DocumentsBucket.Arn>' },
        StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
      },
    }),
  ]);
});

test('D5: the audit table is keyed by request and time, encrypted under our key, restorable', () => {
  expect(propertiesOf(stack, 'DocumentApiAuditTable')).toMatchObject({
    TableName: 'sallyport-document-api-audit-dev',
    KeySchema: [
      { AttributeName: 'requestId', KeyType: 'HASH' },
      { AttributeName: 'timestamp', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: {
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: { 'Fn::GetAtt': ['DocumentApiTablesKey', 'Arn'] },
    },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
});
