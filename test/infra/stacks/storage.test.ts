import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { closedBucket } from '../closed-bucket.ts';
import { statementsOfBucket, synthesizeIntake } from '../synthesized-stack.ts';

const stack = synthesizeIntake();
const { template } = stack;

const policyOf = (bucket: string) => statementsOfBucket(stack, bucket);

describe('uploads bucket', () => {
  test('A5: encrypts under its own key, keeps versions, is closed to the public, takes no ACL', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sallyport-uploads-dev-', { Ref: 'AWS::AccountId' }]] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': ['UploadsKey', 'Arn'] },
            },
          },
        ],
      },
      ...closedBucket,
    });
  });

  test('A5: objects and non-current versions expire after 90 days, broken-off uploads sooner', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith(['sallyport-uploads-dev-'])] }),
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            Status: 'Enabled',
            ExpirationInDays: 90,
            NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          }),
        ]),
      },
    });
  });

  test('A5: refuses plain HTTP', () => {
    expect(policyOf('UploadsBucket')).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        actions: ['s3:*'],
        principals: ['*'],
        resources: ['<UploadsBucket.Arn>', '<UploadsBucket.Arn>/*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test.each([
    // Plain StringNotEquals: it holds for an absent header too.
    ['does not say aws:kms', { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } }],
    [
      'names another key',
      {
        // Both hold only for a header that is there: a put may leave the key to the bucket's default.
        Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': '<UploadsKey.Arn>' },
      },
    ],
  ])('A5: refuses a put that %s', (_name, conditions) => {
    expect(policyOf('UploadsBucket')).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        actions: ['s3:PutObject'],
        principals: ['*'],
        resources: ['<UploadsBucket.Arn>/*'],
        conditions,
      }),
    );
  });

  test('A5: in prod, refuses a put that does not name the key, so that none falls under aws/s3', () => {
    const { template: prod } = synthesizeIntake({ env: 'prod', alertEmails: 'security@example.com' });
    prod.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'DenyPutUnderAnotherKey',
            Effect: 'Deny',
            Action: 's3:PutObject',
            Condition: {
              StringNotEquals: {
                's3:x-amz-server-side-encryption-aws-kms-key-id': { 'Fn::GetAtt': ['UploadsKey', 'Arn'] },
              },
            },
          }),
        ]),
      },
    });
  });

  test('A5: nobody is let in by the bucket policy', () => {
    expect(policyOf('UploadsBucket').map(({ effect }) => effect)).toEqual(['Deny', 'Deny', 'Deny']);
  });

  test('A5: the expiry is configuration', () => {
    const { template: other } = synthesizeIntake({ objectExpiryDays: '30' });
    other.allResourcesProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 30 })]) },
    });
  });
});

describe('access-log bucket', () => {
  test('E12: takes the logs of the uploads bucket under SSE-S3, with an expiry of its own', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sallyport-uploads-dev-', { Ref: 'AWS::AccountId' }]] },
      LoggingConfiguration: { DestinationBucketName: { Ref: 'AccessLogBucket' }, LogFilePrefix: 'uploads/' },
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sallyport-access-logs-dev-', { Ref: 'AWS::AccountId' }]] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 90, Status: 'Enabled' })]),
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      AccessControl: Match.absent(),
      ObjectLockEnabled: Match.absent(),
    });
  });

  test('E12: lets in log delivery of that bucket and this account only, and nobody without TLS', () => {
    expect(policyOf('AccessLogBucket')).toEqual([
      expect.objectContaining({
        effect: 'Deny',
        actions: ['s3:*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        effect: 'Allow',
        actions: ['s3:PutObject'],
        principals: ['logging.s3.amazonaws.com'],
        resources: ['<AccessLogBucket.Arn>/uploads/*'],
        conditions: {
          ArnLike: { 'aws:SourceArn': '<UploadsBucket.Arn>' },
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        },
      }),
    ]);
  });
});

describe('tables', () => {
  test.each([
    ['A3', 'sallyport-uploads-dev', 'Filename', 'UploadTimestamp'],
    ['A2', 'sallyport-audit-dev', 'requestId', 'timestamp'],
  ])(
    '%s: %s is keyed, encrypted under our key, restorable, billed on demand',
    (_row, name, partition, sort) => {
      template.hasResourceProperties('AWS::DynamoDB::Table', {
        TableName: name,
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: partition, AttributeType: 'S' },
          { AttributeName: sort, AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': ['TablesKey', 'Arn'] },
        },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );
});
