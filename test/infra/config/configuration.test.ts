import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from '../../../infra/config/configuration.ts';
import { documentTypes } from '../../../src/domain/documents/document-types.ts';
import { sensitiveKinds } from '../../../src/domain/sensitive-data/sensitive-data-stream.ts';

describe('configuration', () => {
  test('without any context is the development environment with every default', () => {
    expect(readConfiguration({})).toEqual({
      environment: 'dev',
      alertEmails: [],
      retainData: false,
      requireUploadsKey: false,
      trailRulesBucket: false,
      trailRulesRefreshSeconds: 60,
      trailEventRules: true,
      trailGlobalEvents: true,
      trailAlertWindowMinutes: 15,
      trailSummaryMinutes: 5,
      trailSummarizerTimeoutSeconds: 120,
      trailVerificationHours: 24,
      trailVerifiedAccounts: [],
      trailVerifiedRegions: [],
      trailVerifierTimeoutSeconds: 900,
      trailVerifierMemoryMegabytes: 1024,
      trailBackfill: true,
      trailBackfillConcurrency: 10,
      trailBackfillerTimeoutSeconds: 900,
      trailBackfillRetentionDays: 90,
      functionDurationSeconds: 60,
      scannerDurationSeconds: 60,
      bucketRequestMetrics: true,
      bucketClientErrorThreshold: 10,
      bucketServerErrorThreshold: 1,
      intakeOldestMessageMinutes: 15,
      refusedUploadsPercent: 50,
      refusedUploadsMinimum: 10,
      indeterminateDocumentThreshold: 1,
      notJudgedThreshold: 1,
      createDashboard: true,
      backupPlan: false,
      dailyBackupRetentionDays: 35,
      monthlyBackupRetentionDays: 365,
      backupVaultLock: false,
      backupMissingHours: 48,
      trailDataEvents: true,
      trailLogObjectLock: false,
      createConfigRecorder: true,
      createConfigRole: true,
      configSnapshotHours: 24,
      configExpiryDays: 365,
      configRules: true,
      createThreatDetector: true,
      findingPublishingMinutes: 15,
      threatDetectorFeatures: ['S3_DATA_EVENTS'],
      logRetentionDays: 7,
      logLevel: 'INFO',
      objectExpiryDays: 90,
      keyDeletionDays: 10,
      intakeBatchSize: 10,
      intakeMaximumConcurrency: 10,
      intakeMaxReceiveCount: 5,
      intakeRetentionDays: 4,
      triggerTimeoutSeconds: 30,
      writerTimeoutSeconds: 15,
      functionMemoryMegabytes: 512,
      createTrail: true,
      trailRules: 'account-changes',
      trailLogPrefix: '',
      trailLogExpiryDays: 365,
      trailEventRetentionDays: 365,
      trailBatchSize: 5,
      trailMaximumConcurrency: 5,
      trailMaxReceiveCount: 5,
      trailRetentionDays: 7,
      trailAnalyzerTimeoutSeconds: 120,
      trailAnalyzerMemoryMegabytes: 1024,
      deadLetterKeeperTimeoutSeconds: 30,
      trailOldestMessageMinutes: 45,
      allowedDocumentTypes: ['application/pdf', 'application/msword', 'text/plain'],
      maximumDocumentBytes: 10_485_760,
      blockingKinds: ['payment-card', 'us-ssn', 'aws-access-key'],
      releaseIndeterminate: false,
      quarantineExpiryDays: 365,
      processingBatchSize: 2,
      processingMaximumConcurrency: 10,
      processingMaxReceiveCount: 5,
      processingRetentionDays: 7,
      documentProcessorTimeoutSeconds: 120,
      documentProcessorMemoryMegabytes: 1536,
      processingOldestMessageMinutes: 45,
      invalidDocumentThreshold: 1,
      replicationLatencySeconds: 900,
      complianceLogExpiryDays: 365,
      complianceLogObjectLock: false,
      documentApiKeyOnly: false,
      documentApiRateLimit: 100,
      documentApiBurstLimit: 50,
      documentApiDailyQuota: 10_000,
      documentApiTimeoutSeconds: 15,
      documentApiWebAcl: true,
      documentApiAddressLimit: 10_000,
      documentApiChangeRetentionDays: 30,
      thirdPartyAddresses: [],
      documentApiReaderMemoryMegabytes: 1536,
      uploadUrlExpirySeconds: 900,
      createApiGatewayLogRole: true,
      maximumRecordFileBytes: 1_073_741_824,
      maximumInflatedRecordBytes: 2_147_483_648,
      maximumRecordsPerFile: 500_000,
      recordBatchSize: 1,
      recordMaximumConcurrency: 5,
      recordMaxReceiveCount: 5,
      recordRetentionDays: 7,
      recordIngestorTimeoutSeconds: 900,
      recordIngestorMemoryMegabytes: 1024,
      recordOldestMessageMinutes: 300,
      createNetwork: false,
      apiKeyRotationDays: 30,
      apiKeyRotatorTimeoutSeconds: 60,
      databaseSecret: false,
      availabilityZones: [],
      networkAddresses: '10.64.0.0/20',
      flowLogRetentionDays: 90,
      complianceScanHours: 24,
      complianceScanGraceHours: 6,
      scanAccounts: [],
      scanRegions: [],
      scanRoleName: 'sallyport-compliance-reader',
      scanConcurrency: 20,
      securityHub: false,
      compliancePolicy: 'default',
      scannerTimeoutSeconds: 900,
      scannerMemoryMegabytes: 1024,
      remediationMode: 'plan',
      minimumFindingSeverity: 7,
      responderArns: [],
      protectedRoles: [],
      exemptTag: 'sallyport-exempt=true',
      exemptIds: [],
      exemptAccounts: [],
      remediationRetentionDays: 365,
      findingMaximumConcurrency: 5,
      findingMaxReceiveCount: 5,
      findingRetentionDays: 7,
      remediatorTimeoutSeconds: 120,
      findingOldestMessageMinutes: 30,
      alarmPeriodMinutes: 5,
      functionErrorThreshold: 1,
      functionThrottleThreshold: 1,
      serverErrorThreshold: 1,
      failedExecutionThreshold: 1,
      deadLetterThreshold: 1,
    });
  });

  test.each([
    ['prod keeps its data', { env: 'prod' }, { environment: 'prod', retainData: true }],
    ['prod may say otherwise', { env: 'prod', retainData: 'false' }, { retainData: false }],
    ['dev may keep its data', { retainData: 'true' }, { environment: 'dev', retainData: true }],
    ['prod asks for the key by name', { env: 'prod' }, { requireUploadsKey: true }],
    ['dev may ask for the key by name', { requireUploadsKey: 'true' }, { requireUploadsKey: true }],
    ['a trail that is there already', { createTrail: 'false' }, { createTrail: false }],
    ['rules from a file', { trailRules: './rules.json' }, { trailRules: './rules.json' }],
    ['an e-mail given twice counts once', { alertEmails: 'a@b.io,a@b.io' }, { alertEmails: ['a@b.io'] }],
    ['e-mails come as a list', { alertEmails: 'a@b.io, c@d.io,' }, { alertEmails: ['a@b.io', 'c@d.io'] }],
    ['e-mails come typed', { alertEmails: ['a@b.io'] }, { alertEmails: ['a@b.io'] }],
    [
      'document types come as text',
      { allowedDocumentTypes: 'text/plain' },
      { allowedDocumentTypes: ['text/plain'] },
    ],
    ['kinds come as text', { blockingKinds: 'iban, us-ssn' }, { blockingKinds: ['iban', 'us-ssn'] }],
    ['verdicts may be locked', { complianceLogObjectLock: 'true' }, { complianceLogObjectLock: true }],
    ['numbers come as text', { objectExpiryDays: '30' }, { objectExpiryDays: 30 }],
    [
      'an account and a region',
      { account: '111122223333', region: 'eu-central-1' },
      { account: '111122223333' },
    ],
    ['containment is one switch', { remediationMode: 'contain' }, { remediationMode: 'contain' }],
    ['a severity may be a fraction', { minimumFindingSeverity: '8.5' }, { minimumFindingSeverity: 8.5 }],
    [
      'accounts that are scanned from another',
      { account: '111122223333', scanAccounts: '111122223333,444455556666' },
      { scanAccounts: ['111122223333', '444455556666'] },
    ],
    [
      'regions that are scanned',
      { scanRegions: 'eu-central-1, us-gov-west-1' },
      { scanRegions: ['eu-central-1', 'us-gov-west-1'] },
    ],
    [
      'responders by role',
      { responderArns: 'arn:aws:iam::111122223333:role/ir-*' },
      { responderArns: ['arn:aws:iam::111122223333:role/ir-*'] },
    ],
    ['an exemption by a tag without a value', { exemptTag: 'exempt=' }, { exemptTag: 'exempt=' }],
    ['a GovCloud region', { region: 'us-gov-west-1' }, { region: 'us-gov-west-1' }],
  ])('%s', (_name, context, expected) => {
    expect(readConfiguration(context)).toMatchObject(expected);
  });

  test.each([
    ['environment', { env: 'staging' }],
    ['account', { account: '1234' }],
    ['region', { region: 'Frankfurt' }],
    ['e-mail', { alertEmails: 'nobody' }],
    ['switch', { retainData: 'yes' }],
    ['log retention that CloudWatch Logs does not offer', { logRetentionDays: '8' }],
    ['expiry of no day', { objectExpiryDays: '0' }],
    ['number that is none', { objectExpiryDays: 'ninety' }],
    ['empty number', { objectExpiryDays: '' }],
    ['fraction', { intakeBatchSize: '2.5' }],
    ['batch above 10', { intakeBatchSize: '11' }],
    ['concurrency that SQS event sources do not take', { intakeMaximumConcurrency: '1' }],
    ['retention beyond the dead-letter queue', { intakeRetentionDays: '14' }],
    ['retention of the trail queue beyond its dead-letter queue', { trailRetentionDays: '14' }],
    ['batch of logs above 10', { trailBatchSize: '11' }],
    ['name of rules', { trailRules: '' }],
    ['document type that nobody can judge', { allowedDocumentTypes: 'image/png' }],
    ['list of no document type', { allowedDocumentTypes: '' }],
    ['kind of sensitive data that nobody finds', { blockingKinds: 'payment-cards' }],
    ['list of no blocking kind', { blockingKinds: '' }],
    ['document beyond what a function holds', { maximumDocumentBytes: '104857601' }],
    [
      'memory in which a reader would die of what it is to give up',
      { documentProcessorMemoryMegabytes: '512' },
    ],
    ['memory of the readers of the API', { documentApiReaderMemoryMegabytes: '1023' }],
    ['time in which no document can be read twice', { documentProcessorTimeoutSeconds: '59' }],
    ['time in which the API reads no document', { documentApiTimeoutSeconds: '11' }],
    ['retention of the processing queue', { processingRetentionDays: '14' }],
    ['retention of the records queue', { recordRetentionDays: '14' }],
    ['retention of the findings queue', { findingRetentionDays: '14' }],
    ['mode of remediation', { remediationMode: 'quarantine' }],
    ['severity beyond critical', { minimumFindingSeverity: '10.1' }],
    ['severity that is none', { minimumFindingSeverity: 'high' }],
    ['responder that is anybody', { responderArns: '*' }],
    ['responder of any account', { responderArns: 'arn:aws:iam::*:role/responder' }],
    ['name of a protected role', { protectedRoles: 'arn:aws:iam::111122223333:role/admin' }],
    ['tag that exempts, without a value', { exemptTag: 'exempt' }],
    ['account that is exempt', { exemptAccounts: '1111' }],
    ['list of scanned accounts', { account: '111122223333', scanAccounts: 'all' }],
    ['list of scanned accounts, the own not said', { scanAccounts: '111122223333' }],
    ['list of scanned regions', { scanRegions: 'all' }],
    ['role of scanned accounts', { scanRoleName: 'role/reader' }],
    ['interval beyond what an alarm looks back', { complianceScanHours: '145' }],
    ['scan of nothing at a time', { scanConcurrency: '0' }],
    ['time-out beyond Lambda', { triggerTimeoutSeconds: '901' }],
    ['name that no value has', { logRetention: '7' }],
  ])('refuses a wrong %s', (_name, context) => {
    expect(() => readConfiguration(context)).toThrow(ConfigurationError);
  });

  test('knows every document type that can be judged, and every kind of sensitive data that is found', () => {
    const allowedDocumentTypes = documentTypes.map(({ mediaType }) => mediaType);
    const blockingKinds = sensitiveKinds.map(({ name }) => name);
    expect(readConfiguration({ allowedDocumentTypes, blockingKinds })).toMatchObject({
      allowedDocumentTypes,
      blockingKinds,
    });
  });

  test('lists every fault at once', () => {
    let caught: unknown;
    try {
      readConfiguration({ env: 'staging', account: '1', objectExpiryDays: '-1', colour: 'blue' });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigurationError);
    const { faults, message } = caught as ConfigurationError;
    expect(faults).toHaveLength(4);
    for (const word of ['env:', 'account: must be 12 digits', 'objectExpiryDays:', 'colour']) {
      expect(message).toContain(word);
    }
  });

  test.each([
    [
      'the intake queue',
      { intakeMaxReceiveCount: '64', triggerTimeoutSeconds: '900' },
      /^intakeMaxReceiveCount: 64 receives, 5400 s apart .* take 4.0 days; intakeRetentionDays is 4,/,
    ],
    [
      'the trail queue',
      { trailMaxReceiveCount: '1000' },
      /^trailMaxReceiveCount: 1000 receives, 720 s apart .* take 8.3 days; trailRetentionDays is 7,/,
    ],
    [
      'the processing queue',
      { processingMaxReceiveCount: '900' },
      /^processingMaxReceiveCount: 900 receives, 720 s apart .* take 7.5 days; processingRetentionDays is 7,/,
    ],
    [
      'the records queue',
      { recordMaxReceiveCount: '112' },
      /^recordMaxReceiveCount: 112 receives, 5400 s apart .* take 7.0 days; recordRetentionDays is 7,/,
    ],
    [
      'the findings queue',
      { findingMaxReceiveCount: '840' },
      /^findingMaxReceiveCount: 840 receives, 720 s apart .* take 7.0 days; findingRetentionDays is 7,/,
    ],
  ])('refuses so many receives that %s would forget a message first', (_name, context, fault) => {
    expect(() => readConfiguration(context)).toThrow(
      expect.objectContaining({ faults: [expect.stringMatching(fault)] }),
    );
  });

  test('takes as many receives as fit', () => {
    const context = {
      intakeMaxReceiveCount: '63',
      triggerTimeoutSeconds: '900',
      trailMaxReceiveCount: '839',
    };
    expect(readConfiguration(context)).toMatchObject({ trailMaxReceiveCount: 839 });
  });

  test('leaves the context of CDK itself alone', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:bundling-stacks': [],
      'availability-zones:account=111122223333:region=eu-central-1': ['eu-central-1a'],
      'acknowledged-issue-numbers': [1],
    };
    expect(readConfiguration(context)).toEqual(readConfiguration({}));
  });
});

describe('lists that are longer than what is made of them', () => {
  const accounts = (count: number) =>
    Array.from({ length: count }, (_, place) => String(100000000000 + place)).join(',');
  const long = (count: number, length: number) =>
    Array.from({ length: count }, (_, place) => String(place).padStart(length, 'r')).join(',');

  test.each([
    ['scanAccounts', { account: '111122223333', scanAccounts: accounts(91) }, /scanAccounts/],
    ['exemptIds', { exemptIds: long(150, 20) }, /exemptIds.*characters together.*room for 2500/],
    ['protectedRoles', { protectedRoles: long(50, 30) }, /protectedRoles: as ARNs the 50 names/],
    ['regions in China', { region: 'cn-north-1' }, /regions in China are not supported/],
  ])('%s are refused', (_name, context, fault) => {
    expect(() => readConfiguration(context)).toThrow(fault);
  });

  test('lists that fit are taken', () => {
    const context = {
      account: '111122223333',
      scanAccounts: accounts(90),
      exemptIds: long(100, 20),
      protectedRoles: long(30, 12),
    };
    expect(readConfiguration(context).scanAccounts).toHaveLength(90);
  });
});
