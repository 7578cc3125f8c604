import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { closedBucket } from '../closed-bucket.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfBucket,
  statementsOfServices,
  synthesizeComplianceLogs,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const account = '<AWS::AccountId>';

interface BucketExpectation {
  readonly id: string;
  readonly synthesize: (context?: Record<string, unknown>) => SynthesizedStack;
  readonly purpose: string;
  readonly key: string;
  readonly accessLogs: string;
  readonly days: number;
  /** What configures those days. */
  readonly expiry: string;
}

const buckets: BucketExpectation[] = [
  ...(
    [
      ['InternalProcessing', 'internal-processing', 90, 'objectExpiryDays'],
      ['ProcessedOutput', 'processed-output', 90, 'objectExpiryDays'],
      ['Delivery', 'delivery', 90, 'objectExpiryDays'],
      ['Quarantine', 'quarantine', 365, 'quarantineExpiryDays'],
    ] as const
  ).map(([name, purpose, days, expiry]) => ({
    id: `${name}Bucket`,
    synthesize: synthesizeProcessing,
    purpose,
    key: `${name}Key`,
    accessLogs: 'ProcessingAccessLogBucket',
    days,
    expiry,
  })),
  {
    id: 'RecordsBucket',
    synthesize: synthesizeRecords,
    purpose: 'records',
    key: 'RecordsKey',
    accessLogs: 'RecordsAccessLogBucket',
    days: 90,
    expiry: 'objectExpiryDays',
  },
  {
    id: 'ComplianceLogBucket',
    synthesize: synthesizeComplianceLogs,
    purpose: 'compliance-logs',
    key: 'ComplianceLogsKey',
    accessLogs: 'ComplianceAccessLogBucket',
    days: 365,
    expiry: 'complianceLogExpiryDays',
  },
];

describe.each(buckets)('E1: $id', ({ id, synthesize, purpose, key, accessLogs, days, expiry }) => {
  const stack = synthesize();
  const properties = render(propertiesOf(stack, id)) as Record<string, unknown>;

  test('is named, versioned, closed to the public, and takes no ACL', () => {
    expect(properties).toMatchObject({
      BucketName: `sallyport-${purpose}-dev-${account}`,
      ...closedBucket,
    });
  });

  test('encrypts under a key of its own, with a bucket key, an alias, rotation and a deletion window', () => {
    expect(properties['BucketEncryption']).toEqual({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: `<${key}.Arn>` },
        },
      ],
    });
    expect(propertiesOf(stack, key)).toMatchObject({ EnableKeyRotation: true, PendingWindowInDays: 10 });
    const shorter = synthesize({ keyDeletionDays: '7' });
    expect(propertiesOf(shorter, key)).toMatchObject({ PendingWindowInDays: 7 });
    expect(
      resourcesOf(stack, 'AWS::KMS::Alias').map(([, resource]) => render(resource.Properties)),
    ).toContainEqual({ AliasName: `alias/sallyport-${purpose}-dev`, TargetKeyId: `<${key}.Arn>` });
  });

  test('its key lets no service in for itself', () => {
    expect(statementsOfServices(stack, key)).toEqual([]);
  });

  test('refuses plain HTTP and every put that does not name its key, and lets nobody in', () => {
    const objects = { principals: ['*'], effect: 'Deny', resources: [`<${id}.Arn>/*`] };
    expect(statementsOfBucket(stack, id)).toEqual([
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        actions: ['s3:*'],
        resources: [`<${id}.Arn>`, `<${id}.Arn>/*`],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        ...objects,
        actions: ['s3:PutObject'],
        conditions: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
      expect.objectContaining({
        ...objects,
        actions: ['s3:PutObject'],
        conditions: {
          StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': `<${key}.Arn>` },
        },
      }),
    ]);
  });

  test('objects and non-current versions expire by themselves, and configuration says when', () => {
    const expiring = (number: number) => ({
      LifecycleConfiguration: {
        Rules: [
          expect.objectContaining({
            Status: 'Enabled',
            ExpirationInDays: number,
            NoncurrentVersionExpiration: { NoncurrentDays: number },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          }),
          expect.objectContaining({ Status: 'Enabled', ExpiredObjectDeleteMarker: true }),
        ],
      },
    });
    expect(properties).toMatchObject(expiring(days));
    expect(propertiesOf(synthesize({ [expiry]: '17' }), id)).toMatchObject(expiring(17));
  });

  test('E12: its access logs go to the access-log bucket of its stack, which takes them from it', () => {
    expect(properties['LoggingConfiguration']).toEqual({
      DestinationBucketName: `<${accessLogs}>`,
      LogFilePrefix: `${purpose}/`,
    });
    expect(statementsOfBucket(stack, accessLogs)).toContainEqual(
      expect.objectContaining({
        effect: 'Allow',
        actions: ['s3:PutObject'],
        principals: ['logging.s3.amazonaws.com'],
        resources: [`<${accessLogs}.Arn>/${purpose}/*`],
        conditions: {
          ArnLike: { 'aws:SourceArn': `<${id}.Arn>` },
          StringEquals: { 'aws:SourceAccount': account },
        },
      }),
    );
  });
});

describe('E12: access-log buckets', () => {
  test.each([
    ['ProcessingAccessLogBucket', synthesizeProcessing, 90],
    ['RecordsAccessLogBucket', synthesizeRecords, 90],
    ['ComplianceAccessLogBucket', synthesizeComplianceLogs, 365],
  ])('%s encrypts with SSE-S3, has no lock, and expires its logs', (id, synthesize, days) => {
    // A lock on the logs' own bucket is none on theirs.
    const properties = propertiesOf(synthesize({ complianceLogObjectLock: 'true' }), id);
    expect(properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          expect.objectContaining({
            ExpirationInDays: days,
            NoncurrentVersionExpiration: { NoncurrentDays: days },
          }),
          expect.objectContaining({ ExpiredObjectDeleteMarker: true }),
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(properties).not.toHaveProperty('ObjectLockEnabled');
  });
});

describe('E8: the lock of compliance logs', () => {
  test('is off by default, and no other bucket has one', () => {
    for (const { template } of [synthesizeComplianceLogs(), synthesizeProcessing(), synthesizeRecords()]) {
      template.allResourcesProperties('AWS::S3::Bucket', {
        ObjectLockEnabled: Match.absent(),
        ObjectLockConfiguration: Match.absent(),
      });
    }
  });

  test('holds each version in governance mode for as long as it is kept', () => {
    const locked = synthesizeComplianceLogs({
      complianceLogObjectLock: 'true',
      complianceLogExpiryDays: '400',
    });
    expect(propertiesOf(locked, 'ComplianceLogBucket')).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
      },
    });
  });
});

describe('events', () => {
  test.each([
    ['ProcessingStack', synthesizeProcessing(), 'InternalProcessingBucket', 'ProcessingQueue'],
    ['RecordsStack', synthesizeRecords(), 'RecordsBucket', 'RecordsQueue'],
  ])('%s: one bucket has events, so that no output starts work again', (_name, stack, bucket, queue) => {
    const sending = resourcesOf(stack, 'AWS::S3::Bucket').flatMap(([id, { Properties }]) =>
      Properties['NotificationConfiguration'] === undefined
        ? []
        : [[id, render(Properties['NotificationConfiguration'])]],
    );
    expect(sending).toEqual([
      [bucket, { QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: `<${queue}.Arn>` }] }],
    ]);
  });

  test('compliance logs have none', () => {
    synthesizeComplianceLogs().template.allResourcesProperties('AWS::S3::Bucket', {
      NotificationConfiguration: Match.absent(),
    });
  });
});

describe('tables', () => {
  test.each([
    [
      'B1',
      synthesizeRecords(),
      'ProcessedRecordsTable',
      'processed-records',
      'RecordTablesKey',
      ['device_id', 'timestamp'],
    ],
    [
      'D5',
      synthesizeRecords(),
      'RecordsAuditTable',
      'records-audit',
      'RecordTablesKey',
      ['requestId', 'timestamp'],
    ],
    [
      'D5',
      synthesizeProcessing(),
      'ProcessingAuditTable',
      'processing-audit',
      'ProcessingTablesKey',
      ['requestId', 'timestamp'],
    ],
  ])(
    '%s: %#: is keyed, encrypted under our key, restorable, billed on demand',
    (_row, stack, id, purpose, key, names) => {
      expect(render(propertiesOf(stack, id))).toMatchObject({
        TableName: `sallyport-${purpose}-dev`,
        KeySchema: names.map((AttributeName, place) => ({
          AttributeName,
          KeyType: ['HASH', 'RANGE'][place],
        })),
        AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: `<${key}.Arn>` },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );
});
