import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { closedBucket } from '../closed-bucket.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  statementsOfBucket,
  statementsOfServices,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const stack = synthesizeTrail();
const { template } = stack;
const existing = synthesizeTrail({ createTrail: 'false' });

const account = '<AWS::AccountId>';
const thisTrail = {
  StringEquals: {
    'aws:SourceArn': `arn:<AWS::Partition>:cloudtrail:<AWS::Region>:${account}:trail/sallyport-dev`,
  },
};
const anyTrail = `arn:<AWS::Partition>:cloudtrail:*:${account}:trail/*`;

/** What CloudTrail may do of its own accord: action, and under which conditions. */
const ofCloudTrail = (statements: ReturnType<typeof statementsOfBucket>) =>
  statements
    .filter(({ effect, principals }) => effect === 'Allow' && principals.includes('cloudtrail.amazonaws.com'))
    .map(({ actions, resources, conditions }) => ({ actions, resources, conditions }));

describe('the trail', () => {
  test('C1: records all regions and global services, with digests, encrypted under our key', () => {
    template.hasResource('AWS::CloudTrail::Trail', {
      Properties: {
        TrailName: 'sallyport-dev',
        IsLogging: true,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
        KMSKeyId: { 'Fn::GetAtt': ['TrailLogsKey', 'Arn'] },
        S3BucketName: { Ref: 'TrailLogBucket' },
      },
    });
  });

  test('C1: waits for the policies that let it in', () => {
    const waits = stack.json.Resources['Trail']?.DependsOn ?? [];
    const [policy] = resourcesOf(stack, 'AWS::S3::BucketPolicy').find(
      ([, { Properties }]) => render(Properties['Bucket']) === '<TrailLogBucket>',
    ) ?? [''];
    expect(waits).toEqual(expect.arrayContaining([policy, 'TrailLogsKey']));
  });

  test('C1: may look at the bucket and put its logs there, and no other trail may', () => {
    expect(ofCloudTrail(statementsOfBucket(stack, 'TrailLogBucket'))).toEqual([
      { actions: ['s3:GetBucketAcl'], resources: ['<TrailLogBucket.Arn>'], conditions: thisTrail },
      {
        actions: ['s3:PutObject'],
        resources: [`<TrailLogBucket.Arn>/AWSLogs/${account}/*`],
        conditions: {
          StringEquals: { ...thisTrail.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ]);
  });

  test('delivers below its prefix where it has one, and nowhere else', () => {
    const prefixed = synthesizeTrail({ trailLogPrefix: 'org/logs' });
    expect(propertiesOf(prefixed, 'Trail')['S3KeyPrefix']).toBe('org/logs');
    expect(propertiesOf(stack, 'Trail')).not.toHaveProperty('S3KeyPrefix');
    const [, delivers] = ofCloudTrail(statementsOfBucket(prefixed, 'TrailLogBucket'));
    expect(delivers?.resources).toEqual([`<TrailLogBucket.Arn>/org/logs/AWSLogs/${account}/*`]);
  });

  test('C1: may encrypt its logs under our key and look at the key', () => {
    expect(ofCloudTrail(statementsOfServices(stack, 'TrailLogsKey'))).toEqual([
      {
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          ...thisTrail,
          StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': anyTrail },
        },
      },
      { actions: ['kms:DescribeKey'], resources: ['*'], conditions: thisTrail },
    ]);
  });
});

describe('without a trail of its own', () => {
  test('C1: the stack creates none, and names none', () => {
    existing.template.resourceCountIs('AWS::CloudTrail::Trail', 0);
    expect(Object.keys(stack.json.Outputs)).toContain('TrailName');
    expect(Object.keys(existing.json.Outputs)).not.toContain('TrailName');
  });

  test('C1: bucket and key let in every trail of this account, and none of another', () => {
    const comes = { StringLike: { 'aws:SourceArn': anyTrail } };
    expect(ofCloudTrail(statementsOfBucket(existing, 'TrailLogBucket'))).toEqual([
      { actions: ['s3:GetBucketAcl'], resources: ['<TrailLogBucket.Arn>'], conditions: comes },
      {
        actions: ['s3:PutObject'],
        resources: [`<TrailLogBucket.Arn>/AWSLogs/${account}/*`],
        conditions: { ...comes, StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
    ]);
    expect(ofCloudTrail(statementsOfServices(existing, 'TrailLogsKey'))).toEqual([
      {
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          StringLike: { 'aws:SourceArn': anyTrail, 'kms:EncryptionContext:aws:cloudtrail:arn': anyTrail },
        },
      },
      { actions: ['kms:DescribeKey'], resources: ['*'], conditions: comes },
    ]);
  });
});

describe('log bucket', () => {
  test('C1: encrypts by default under its own key, keeps versions, is closed to the public, takes no ACL', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sallyport-trail-logs-dev-', { Ref: 'AWS::AccountId' }]] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': ['TrailLogsKey', 'Arn'] },
            },
          },
        ],
      },
      ...closedBucket,
      LoggingConfiguration: {
        DestinationBucketName: { Ref: 'TrailAccessLogBucket' },
        LogFilePrefix: 'trail-logs/',
      },
    });
  });

  test('C1: has no bucket key, under which KMS would not see the context of CloudTrail', () => {
    const { ServerSideEncryptionConfiguration: [rule] = [] } = propertiesOf(stack, 'TrailLogBucket')[
      'BucketEncryption'
    ] as { ServerSideEncryptionConfiguration: { BucketKeyEnabled?: boolean }[] };
    expect(rule?.BucketKeyEnabled ?? false).toBe(false);
  });

  test('C1: denies plain HTTP and nothing else: how CloudTrail encrypts is not ours to refuse', () => {
    const denials = statementsOfBucket(stack, 'TrailLogBucket').filter(({ effect }) => effect === 'Deny');
    expect(denials).toEqual([
      expect.objectContaining({
        actions: ['s3:*'],
        principals: ['*'],
        resources: ['<TrailLogBucket.Arn>', '<TrailLogBucket.Arn>/*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test.each([
    ['a year by default', {}, 365],
    ['as long as configuration says', { trailLogExpiryDays: '30', objectExpiryDays: '7' }, 30],
  ])('C1: logs and access logs are kept %s', (_name, context, days) => {
    const { template: other } = synthesizeTrail(context);
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

  test('E12: the access-log bucket takes the logs of that bucket only', () => {
    expect(
      statementsOfBucket(stack, 'TrailAccessLogBucket').filter(({ effect }) => effect === 'Allow'),
    ).toEqual([
      expect.objectContaining({
        actions: ['s3:PutObject'],
        principals: ['logging.s3.amazonaws.com'],
        resources: ['<TrailAccessLogBucket.Arn>/trail-logs/*'],
        conditions: {
          ArnLike: { 'aws:SourceArn': '<TrailLogBucket.Arn>' },
          StringEquals: { 'aws:SourceAccount': account },
        },
      }),
    ]);
  });
});

describe('tables', () => {
  test.each([
    ['TrailEventsTable', 'sallyport-trail-events-dev', ['eventId'], true],
    ['TrailDeadLettersTable', 'sallyport-trail-dead-letters-dev', ['id'], true],
    ['TrailAuditTable', 'sallyport-trail-audit-dev', ['requestId', 'timestamp'], false],
  ])('%s is keyed, encrypted under our key, restorable, billed on demand', (id, TableName, keys, expires) => {
    const found = propertiesOf(stack, id);
    expect(found).toMatchObject({
      TableName,
      KeySchema: keys.map((AttributeName, place) => ({ AttributeName, KeyType: ['HASH', 'RANGE'][place] })),
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: {
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: { 'Fn::GetAtt': ['TrailTablesKey', 'Arn'] },
      },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(found['TimeToLiveSpecification']).toEqual(
      expires ? { AttributeName: 'expiresAt', Enabled: true } : undefined,
    );
  });

  test('C4: matched events are found by event name and by principal, in order of time', () => {
    const indexes = propertiesOf(stack, 'TrailEventsTable')['GlobalSecondaryIndexes'];
    const attributes = [
      'eventTime',
      'eventName',
      'eventSource',
      'account',
      'region',
      'principal',
      'sourceIPAddress',
      'errorCode',
      'rules',
    ];
    const index = (IndexName: string, partition: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: 'timeAndId', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: attributes },
    });
    expect(indexes).toEqual([index('ByEventName', 'eventNameShard'), index('ByPrincipal', 'principalShard')]);
    for (const id of ['TrailDeadLettersTable', 'TrailAuditTable']) {
      expect(propertiesOf(stack, id)).not.toHaveProperty('GlobalSecondaryIndexes');
    }
  });
});
