import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { readConfiguration } from '../../../infra/config/configuration.ts';
import { ConfigurationRecorder } from '../../../infra/constructs/configuration-recorder.ts';
import { CustomerManagedKey } from '../../../infra/constructs/customer-managed-key.ts';
import { pipelineResources } from '../../../infra/constructs/pipeline-resources.ts';
import { ThreatDetector } from '../../../infra/constructs/threat-detector.ts';
import { compileInput } from '../../../infra/local/input-transformer.ts';
import { compileEventPattern } from '../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { alarmsOf, metricsOf } from '../alarms.ts';
import { closedBucket } from '../closed-bucket.ts';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfBucket,
  statementsOfServices,
  synthesizeAll,
  synthesizeSecurityMonitoring,
} from '../synthesized-stack.ts';

const stack = synthesizeSecurityMonitoring();
const { template, json } = stack;
/** Recorder and detector are there already. */
const shared = synthesizeSecurityMonitoring({ createConfigRecorder: 'false', createThreatDetector: 'false' });
const other = synthesizeSecurityMonitoring({
  createConfigRole: 'false',
  configRules: 'false',
  configSnapshotHours: '6',
  configExpiryDays: '30',
  findingPublishingMinutes: '360',
  threatDetectorFeatures: '',
});

const ofThisAccount = { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } };
const rulesIn = (some: SynthesizedStack) => resourcesOf(some, 'AWS::Config::ConfigRule');

describe('D10: the recorder', () => {
  test('records every resource, global ones included, as the service-linked role of AWS Config', () => {
    expect(render(propertiesOf(stack, 'ConfigRecorder'))).toEqual({
      Name: 'sallyport-dev',
      RoleARN:
        'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',
      RecordingGroup: { AllSupported: true, IncludeGlobalResourceTypes: true },
    });
    template.hasResourceProperties('AWS::IAM::ServiceLinkedRole', { AWSServiceName: 'config.amazonaws.com' });
    const [[role] = ['']] = resourcesOf(stack, 'AWS::IAM::ServiceLinkedRole');
    expect(json.Resources['ConfigRecorder']?.DependsOn).toEqual([role]);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('takes the role that is there already', () => {
    other.template.resourceCountIs('AWS::IAM::ServiceLinkedRole', 0);
    expect(other.json.Resources['ConfigRecorder']).not.toHaveProperty('DependsOn');
    expect(propertiesOf(other, 'ConfigRecorder')).toEqual(propertiesOf(stack, 'ConfigRecorder'));
  });

  test.each([
    [stack, 'TwentyFour_Hours'],
    [other, 'Six_Hours'],
  ])('delivers to the bucket, under its key, with snapshots as often as configured', (some, frequency) => {
    expect(render(propertiesOf(some, 'ConfigDeliveryChannel'))).toEqual({
      Name: 'sallyport-dev',
      S3BucketName: '<ConfigBucket>',
      S3KmsKeyArn: '<ConfigKey.Arn>',
      ConfigSnapshotDeliveryProperties: { DeliveryFrequency: frequency },
    });
  });

  test('and its channel do not wait for each other: neither would ever stand', () => {
    const waits = json.Resources['ConfigDeliveryChannel']?.DependsOn ?? [];
    const [policy] = resourcesOf(stack, 'AWS::S3::BucketPolicy').find(
      ([, { Properties }]) => render(Properties['Bucket']) === '<ConfigBucket>',
    ) ?? [''];
    expect(waits).toEqual(expect.arrayContaining([policy, 'ConfigKey']));
    expect(waits).not.toContain('ConfigRecorder');
    expect(json.Resources['ConfigRecorder']?.DependsOn).not.toContain('ConfigDeliveryChannel');
  });

  test('takes as many hours between snapshots as AWS Config does, and no others', () => {
    expect(() => readConfiguration({ configSnapshotHours: '2' })).toThrow('must be one of 1, 3, 6, 12, 24');
    const lone = new Stack(new App(), 'Lone');
    const encryptionKey = new CustomerManagedKey(lone, 'Key', {
      purpose: 'config',
      environmentName: 'dev',
      logicalId: 'ConfigKey',
    });
    const props = { environmentName: 'dev', encryptionKey, accessLogs: new Bucket(lone, 'Logs') };
    expect(() => new ConfigurationRecorder(lone, 'Recorder', { ...props, snapshotHours: 2 })).toThrow(
      'AWS Config takes 1, 3, 6, 12, 24',
    );
  });
});

describe('D10: the bucket of the recorder', () => {
  test('encrypts by default under its key, keeps versions, is closed, logs accesses, and is never locked', () => {
    expect(render(propertiesOf(stack, 'ConfigBucket'))).toMatchObject({
      BucketName: 'sallyport-config-dev-<AWS::AccountId>',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: '<ConfigKey.Arn>' },
          },
        ],
      },
      ...closedBucket,
      LoggingConfiguration: {
        DestinationBucketName: '<ConfigAccessLogBucket>',
        LogFilePrefix: 'config/',
      },
    });
    expect(propertiesOf(stack, 'ConfigBucket')).not.toHaveProperty('ObjectLockEnabled');
  });

  test.each([
    [stack, 365],
    [other, 30],
  ])('keeps what it has for as long as configured', (some, days) => {
    for (const bucket of ['ConfigBucket', 'ConfigAccessLogBucket']) {
      expect(propertiesOf(some, bucket)).toMatchObject({
        LifecycleConfiguration: {
          Rules: expect.arrayContaining([
            expect.objectContaining({
              ExpirationInDays: days,
              NoncurrentVersionExpiration: { NoncurrentDays: days },
            }),
          ]) as unknown,
        },
      });
    }
  });

  test('lets in AWS Config for this account, which looks, and puts its own files', () => {
    const config = statementsOfBucket(stack, 'ConfigBucket').filter(({ effect }) => effect === 'Allow');
    expect(
      config.map(({ principals, actions, resources, conditions }) => ({
        principals,
        actions,
        resources,
        conditions,
      })),
    ).toEqual([
      {
        principals: ['config.amazonaws.com'],
        actions: ['s3:GetBucketAcl'],
        resources: ['<ConfigBucket.Arn>'],
        conditions: ofThisAccount,
      },
      {
        principals: ['config.amazonaws.com'],
        actions: ['s3:ListBucket'],
        resources: ['<ConfigBucket.Arn>'],
        conditions: ofThisAccount,
      },
      {
        principals: ['config.amazonaws.com'],
        actions: ['s3:PutObject'],
        resources: ['<ConfigBucket.Arn>/AWSLogs/<AWS::AccountId>/Config/*'],
        conditions: {
          StringEquals: { ...ofThisAccount.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ]);
    // AWS Config does not ask for a key: refusing such puts would refuse all of its own.
    const denials = statementsOfBucket(stack, 'ConfigBucket').filter(({ effect }) => effect === 'Deny');
    expect(denials.map(({ conditions }) => conditions)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
    ]);
    expect(statementsOfServices(stack, 'ConfigKey')).toEqual([
      expect.objectContaining({
        principals: ['config.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: ofThisAccount,
      }),
    ]);
  });
});

describe('D10: the rules', () => {
  test('are those of AWS', () => {
    const identifiers = rulesIn(stack).map(
      ([, { Properties }]) => (Properties['Source'] as { SourceIdentifier: string }).SourceIdentifier,
    );
    // As they stand in the AWS Config Developer Guide, "List of AWS Config managed rules".
    expect(identifiers.sort()).toEqual([
      'CLOUD_TRAIL_ENCRYPTION_ENABLED',
      'CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED',
      'CMK_BACKING_KEY_ROTATION_ENABLED',
      'DYNAMODB_PITR_ENABLED',
      'DYNAMODB_TABLE_ENCRYPTED_KMS',
      'KMS_CMK_NOT_SCHEDULED_FOR_DELETION',
      'S3_BUCKET_PUBLIC_READ_PROHIBITED',
      'S3_BUCKET_PUBLIC_WRITE_PROHIBITED',
      'S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED',
      'S3_BUCKET_SSL_REQUESTS_ONLY',
      'S3_DEFAULT_ENCRYPTION_KMS',
      'SNS_ENCRYPTED_KMS',
      'VPC_DEFAULT_SECURITY_GROUP_CLOSED',
    ]);
    for (const [, { Properties }] of rulesIn(stack)) {
      expect(Properties).toMatchObject({ Source: { Owner: 'AWS' } });
    }
  });

  test('judge whatever AWS made them for, each under the name that says so', () => {
    for (const [, { Properties }] of rulesIn(stack)) {
      // A scope, an input or a mode would narrow what is judged, or when.
      expect(Object.keys(Properties).sort()).toEqual(['ConfigRuleName', 'Description', 'Source']);
      expect(Object.keys(Properties['Source'] as object).sort()).toEqual(['Owner', 'SourceIdentifier']);
    }
    const named = rulesIn(stack).map(([, { Properties }]) => [
      Properties['ConfigRuleName'],
      (Properties['Source'] as { SourceIdentifier: string }).SourceIdentifier,
    ]);
    expect(Object.fromEntries(named)).toMatchObject({
      'sallyport-bucket-kms-dev': 'S3_DEFAULT_ENCRYPTION_KMS',
      'sallyport-bucket-public-read-dev': 'S3_BUCKET_PUBLIC_READ_PROHIBITED',
      'sallyport-bucket-public-write-dev': 'S3_BUCKET_PUBLIC_WRITE_PROHIBITED',
      'sallyport-table-kms-dev': 'DYNAMODB_TABLE_ENCRYPTED_KMS',
      'sallyport-topic-kms-dev': 'SNS_ENCRYPTED_KMS',
      'sallyport-key-rotation-dev': 'CMK_BACKING_KEY_ROTATION_ENABLED',
    });
  });

  test('wait for recorder and channel, or for none that are there already', () => {
    for (const [, { DependsOn = [] }] of rulesIn(stack)) {
      expect([...DependsOn].sort()).toEqual(['ConfigDeliveryChannel', 'ConfigRecorder']);
    }
    expect(rulesIn(shared)).toHaveLength(rulesIn(stack).length);
    for (const [, rule] of rulesIn(shared)) expect(rule).not.toHaveProperty('DependsOn');
    shared.template.resourceCountIs('AWS::Config::ConfigurationRecorder', 0);
    shared.template.resourceCountIs('AWS::Config::DeliveryChannel', 0);
    shared.template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('are left out where that is asked for', () => {
    expect(rulesIn(other)).toEqual([]);
  });
});

/** The rule of EventBridge of a name, as the local run understands it: what it matches, and what it makes of that. */
function eventRule(some: SynthesizedStack, name: string) {
  const [, { Properties } = { Properties: {} }] =
    resourcesOf(some, 'AWS::Events::Rule').find(([, rule]) => rule.Properties['Name'] === name) ?? [];
  const { EventPattern, Targets } = render(Properties) as {
    EventPattern: object;
    Targets: [Parameters<typeof compileInput>[0] & { Arn: string; DeadLetterConfig: { Arn: string } }];
  };
  const [target] = Targets;
  const makeInput = compileInput(target, name);
  return {
    matches: compileEventPattern(EventPattern).matches,
    alertOf: (event: object): unknown => JSON.parse(makeInput(event, { arn: '', name })),
    target,
  };
}

/** AWS Config Developer Guide, "Monitoring AWS Config with Amazon EventBridge". */
function complianceChange(rule: string, resource: string, complianceType = 'NON_COMPLIANT') {
  return {
    version: '0',
    id: 'event-1',
    'detail-type': 'Config Rules Compliance Change',
    source: 'aws.config',
    account: '111122223333',
    time: '2026-11-21T08:00:00Z',
    region: 'eu-central-1',
    resources: [],
    detail: {
      resourceId: resource,
      awsRegion: 'eu-central-1',
      awsAccountId: '111122223333',
      configRuleName: rule,
      recordVersion: '1.0',
      messageType: 'ComplianceChangeNotification',
      newEvaluationResult: { complianceType, resultRecordedTime: '2026-11-21T08:00:00Z' },
      resourceType: 'AWS::S3::Bucket',
    },
  };
}

describe('D10: what does not comply', () => {
  const told = eventRule(stack, 'sallyport-noncompliance-dev');

  test.each(rulesIn(stack).map(([, { Properties }]) => String(Properties['ConfigRuleName'])))(
    'is told of the rule %s, which is where it is looked up',
    rule => {
      expect(rule).toMatch(/^sallyport-[\w-]+-dev$/);
      expect(told.matches(complianceChange(rule, 'somebody-elses'))).toBe(true);
      expect(told.matches(complianceChange(rule, 'somebody-elses', 'COMPLIANT'))).toBe(false);
    },
  );

  test.each([...pipelineResources.accessLogBuckets])(
    'nobody is called for the key of %s, but for anything else that is wrong with it',
    purpose => {
      const bucket = `sallyport-${purpose}-dev-<AWS::AccountId>`;
      expect(told.matches(complianceChange('sallyport-bucket-kms-dev', bucket))).toBe(false);
      expect(told.matches(complianceChange('sallyport-bucket-public-read-dev', bucket))).toBe(true);
    },
  );

  test("is nobody else's rule", () => {
    expect(told.matches(complianceChange('sallyport-bucket-kms-prod', 'b'))).toBe(false);
    expect(told.matches(complianceChange('securityhub-s3-1', 'b'))).toBe(false);
  });

  test('reaches people as an alert, or waits in a queue under an alarm', () => {
    const rule = 'sallyport-bucket-public-read-dev';
    expect(told.alertOf(complianceChange(rule, 'my-bucket'))).toEqual({
      schemaVersion: 1,
      id: 'event-1',
      kind: 'config.noncompliant',
      severity: 'medium',
      title: `A resource breaks the rule ${rule}`,
      text: expect.stringContaining('AWS::S3::Bucket my-bucket in eu-central-1 of account 111122223333'),
      occurredAt: '2026-11-21T08:00:00Z',
      details: {
        rule,
        type: 'AWS::S3::Bucket',
        resource: 'my-bucket',
        account: '111122223333',
        region: 'eu-central-1',
      },
    });
    expect(told.target).toMatchObject({
      Arn: '<SecurityMonitoringAlertTopic>',
      DeadLetterConfig: { Arn: '<NoncomplianceDeadLetterQueue.Arn>' },
    });
    expect(metricsOf(alarmsOf(stack).get('sallyport-noncompliance-dead-letters-dev'))).toEqual([
      'AWS/SQS ApproximateNumberOfMessagesVisible',
    ]);
  });

  test('both topic and its key let in EventBridge', () => {
    const letIn = allStatements(stack).filter(
      ({ effect, principals }) => effect === 'Allow' && principals.includes('events.amazonaws.com'),
    );
    const ofTopic = letIn.filter(({ actions }) => actions.includes('sns:Publish'));
    expect(ofTopic).toEqual([
      expect.objectContaining({ resources: ['<SecurityMonitoringAlertTopic>'], conditions: {} }),
    ]);
    expect(letIn).toContainEqual(
      expect.objectContaining({ policy: 'SecurityMonitoringAlertsKey', conditions: {} }),
    );
    for (const queue of ['NoncomplianceDeadLetterQueue', 'UndeliveredSnapshotsDeadLetterQueue']) {
      expect(letIn).toContainEqual(
        expect.objectContaining({ actions: ['sqs:SendMessage'], resources: [`<${queue}.Arn>`] }),
      );
    }
  });

  test('a snapshot that could not be delivered is told as well, where there is a recorder', () => {
    const { matches, alertOf } = eventRule(stack, 'sallyport-undelivered-snapshots-dev');
    const delivery = (messageType: string) => ({
      ...complianceChange('', ''),
      'detail-type': 'Config Configuration Snapshot Delivery Status',
      detail: { messageType },
    });
    expect(matches(delivery('ConfigurationSnapshotDeliveryFailed'))).toBe(true);
    expect(matches(delivery('ConfigurationSnapshotDeliveryCompleted'))).toBe(false);
    expect(alertOf(delivery('ConfigurationSnapshotDeliveryFailed'))).toMatchObject({
      kind: 'config.delivery-failed',
      severity: 'high',
      details: { account: '111122223333', region: 'eu-central-1' },
    });
    const names = (some: SynthesizedStack) =>
      resourcesOf(some, 'AWS::Events::Rule').map(([, { Properties }]) => Properties['Name']);
    expect(names(shared)).toEqual(['sallyport-noncompliance-dev']);
    expect(names(other)).toEqual(['sallyport-undelivered-snapshots-dev']);
  });
});

describe('D10: the detector', () => {
  test('publishes a recurring finding each quarter of an hour, and reads data events of S3', () => {
    expect(propertiesOf(stack, 'ThreatDetector')).toMatchObject({
      Enable: true,
      FindingPublishingFrequency: 'FIFTEEN_MINUTES',
      Features: [{ Name: 'S3_DATA_EVENTS', Status: 'ENABLED' }],
    });
  });

  test('does what is configured, or is left out', () => {
    expect(propertiesOf(other, 'ThreatDetector')).toMatchObject({ FindingPublishingFrequency: 'SIX_HOURS' });
    expect(propertiesOf(other, 'ThreatDetector')).not.toHaveProperty('Features');
    shared.template.resourceCountIs('AWS::GuardDuty::Detector', 0);
    expect(() => readConfiguration({ findingPublishingMinutes: '5' })).toThrow('must be one of 15, 60, 360');
    expect(() => new ThreatDetector(new Stack(), 'Detector', { publishingMinutes: 5 })).toThrow(
      'GuardDuty takes 15, 60, 360',
    );
  });
});

describe('D12: what operators ask for', () => {
  test('stands in the outputs, as far as it is there', () => {
    expect(Object.keys(json.Outputs).sort()).toEqual([
      'ConfigBucketName',
      'ConfigRecorderName',
      'SecurityMonitoringAlertTopicArn',
      'ThreatDetectorId',
    ]);
    expect(Object.keys(shared.json.Outputs)).toEqual(['SecurityMonitoringAlertTopicArn']);
  });

  test('is no topic where nobody has anything to tell, and no stack where there is nothing in it', () => {
    const detector = { createConfigRecorder: 'false', configRules: 'false' };
    const quiet = synthesizeSecurityMonitoring(detector);
    expect(Object.values(quiet.json.Resources).map(({ Type }) => Type)).toEqual(['AWS::GuardDuty::Detector']);
    const without = synthesizeAll({ ...detector, createThreatDetector: 'false' }).map(([id]) => id);
    expect(without).toContain('IntakeStack');
    expect(without).not.toContain('SecurityMonitoringStack');
  });
});
