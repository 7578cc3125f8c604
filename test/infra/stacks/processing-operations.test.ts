import { describe, expect, test } from '@jest/globals';
import { documentProcessorEnvironment } from '../../../src/handlers/lambda/document-processor.env.ts';
import { recordIngestorEnvironment } from '../../../src/handlers/lambda/record-ingestor.env.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  synthesizeComplianceLogs,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const account = '<AWS::AccountId>';
const processing = synthesizeProcessing();
const records = synthesizeRecords();

const functionOf = (stack: SynthesizedStack) => {
  const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(stack, 'AWS::Lambda::Function');
  return render(Properties) as Record<string, unknown>;
};

const variablesOf = (stack: SynthesizedStack) =>
  (functionOf(stack)['Environment'] as { Variables: Record<string, string> }).Variables;

const powertools = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];

describe('functions', () => {
  test.each([
    [processing, 'sallyport-document-processor-dev', 120, 1536],
    [records, 'sallyport-record-ingestor-dev', 900, 1024],
  ])(
    '%#: %s runs on Node 24 and arm64, is traced, stops after %d s, has %d MiB',
    (stack, FunctionName, Timeout, MemorySize) => {
      stack.template.resourceCountIs('AWS::Lambda::Function', 1);
      expect(functionOf(stack)).toMatchObject({
        FunctionName,
        Timeout,
        MemorySize,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
      });
      expect(functionOf(stack)).not.toHaveProperty('ReservedConcurrentExecutions');
    },
  );

  test('time and memory are configuration', () => {
    const context = {
      documentProcessorTimeoutSeconds: '60',
      documentProcessorMemoryMegabytes: '2048',
      recordIngestorTimeoutSeconds: '300',
      recordIngestorMemoryMegabytes: '512',
    };
    expect(functionOf(synthesizeProcessing(context))).toMatchObject({
      Timeout: 60,
      MemorySize: 2048,
    });
    expect(functionOf(synthesizeRecords(context))).toMatchObject({
      Timeout: 300,
      MemorySize: 512,
    });
    expect(propertiesOf(synthesizeProcessing(context), 'ProcessingQueue')['VisibilityTimeout']).toBe(360);
    expect(propertiesOf(synthesizeRecords(context), 'RecordsQueue')['VisibilityTimeout']).toBe(1800);
  });

  test('the processor is told the policy, where documents and verdicts go, and under which keys', () => {
    expect(variablesOf(processing)).toEqual({
      ALLOWED_DOCUMENT_TYPES: 'application/pdf,application/msword,text/plain',
      MAXIMUM_DOCUMENT_BYTES: '10485760',
      BLOCKING_KINDS: 'payment-card,us-ssn,aws-access-key',
      RELEASE_INDETERMINATE: 'false',
      PROCESSED_BUCKET_NAME: '<ProcessedOutputBucket>',
      PROCESSED_KEY_ARN: '<ProcessedOutputKey.Arn>',
      QUARANTINE_BUCKET_NAME: '<QuarantineBucket>',
      QUARANTINE_KEY_ARN: '<QuarantineKey.Arn>',
      VERDICTS_BUCKET_NAME: `sallyport-compliance-logs-dev-${account}`,
      VERDICTS_KEY_ARN: '<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>',
      AUDIT_TABLE_NAME: '<ProcessingAuditTable>',
      ALERT_TOPIC_ARN: '<ProcessingAlertTopic>',
      // Metrics of all environments share a namespace, and an alarm watches one of the processor's.
      POWERTOOLS_SERVICE_NAME: 'document-processor-dev',
      POWERTOOLS_METRICS_NAMESPACE: 'Sallyport',
      POWERTOOLS_LOG_LEVEL: 'INFO',
    });
  });

  test('the ingestor is told its table, the bounds of a file, and where rejects go', () => {
    expect(variablesOf(records)).toEqual({
      RECORDS_TABLE_NAME: '<ProcessedRecordsTable>',
      MAXIMUM_RECORD_FILE_BYTES: '1073741824',
      MAXIMUM_INFLATED_RECORD_BYTES: '2147483648',
      MAXIMUM_RECORDS: '500000',
      REJECTS_BUCKET_NAME: `sallyport-compliance-logs-dev-${account}`,
      REJECTS_KEY_ARN: '<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>',
      AUDIT_TABLE_NAME: '<RecordsAuditTable>',
      ALERT_TOPIC_ARN: '<RecordAlertTopic>',
      POWERTOOLS_SERVICE_NAME: 'record-ingestor-dev',
      POWERTOOLS_METRICS_NAMESPACE: 'Sallyport',
      POWERTOOLS_LOG_LEVEL: 'INFO',
    });
  });

  test.each([
    ['the processor', variablesOf(processing), documentProcessorEnvironment],
    ['the ingestor', variablesOf(records), recordIngestorEnvironment],
  ])(
    '%s has every variable that its schema asks for, and those of Powertools',
    (_name, variables, schema) => {
      expect(Object.keys(variables).sort()).toEqual([...Object.keys(schema.shape), ...powertools].sort());
    },
  );

  test('policy and bounds are configuration', () => {
    const context = {
      allowedDocumentTypes: 'text/plain',
      maximumDocumentBytes: '1000',
      blockingKinds: 'iban',
      releaseIndeterminate: 'true',
      maximumRecordFileBytes: '2000',
      maximumInflatedRecordBytes: '3000',
      maximumRecordsPerFile: '4000',
    };
    expect(variablesOf(synthesizeProcessing(context))).toMatchObject({
      ALLOWED_DOCUMENT_TYPES: 'text/plain',
      MAXIMUM_DOCUMENT_BYTES: '1000',
      BLOCKING_KINDS: 'iban',
      RELEASE_INDETERMINATE: 'true',
    });
    expect(variablesOf(synthesizeRecords(context))).toMatchObject({
      MAXIMUM_RECORD_FILE_BYTES: '2000',
      MAXIMUM_INFLATED_RECORD_BYTES: '3000',
      MAXIMUM_RECORDS: '4000',
    });
  });

  test('A9: log groups keep their lines for 7 days, or as configuration says', () => {
    for (const synthesize of [synthesizeProcessing, synthesizeRecords]) {
      for (const [context, days] of [[{}, 7] as const, [{ logRetentionDays: '30' }, 30] as const]) {
        const stack = synthesize(context);
        const name = String(functionOf(stack)['FunctionName']);
        expect(resourcesOf(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties)).toEqual([
          expect.objectContaining({ LogGroupName: `/aws/lambda/${name}`, RetentionInDays: days }),
        ]);
      }
    }
  });
});

describe('data', () => {
  const context = { env: 'prod', alertEmails: 'security@example.com' };
  const key = 'AWS::KMS::Key';
  const bucket = 'AWS::S3::Bucket';
  const table = 'AWS::DynamoDB::Table';
  const queue = 'AWS::SQS::Queue';
  const stateful = [
    {
      synthesize: synthesizeProcessing,
      types: {
        InternalProcessingKey: key,
        ProcessedOutputKey: key,
        DeliveryKey: key,
        QuarantineKey: key,
        ProcessingTablesKey: key,
        ProcessingAlertsKey: key,
        ProcessingQueueKey: key,
        ProcessingLogGroupsKey: key,
        InternalProcessingBucket: bucket,
        ProcessedOutputBucket: bucket,
        DeliveryBucket: bucket,
        QuarantineBucket: bucket,
        ProcessingAccessLogBucket: bucket,
        ProcessingAuditTable: table,
        ProcessingQueue: queue,
        ProcessingDeadLetterQueue: queue,
        ProcessingAlertTopicDeadLetterQueue: queue,
      },
    },
    {
      synthesize: synthesizeRecords,
      types: {
        RecordsKey: key,
        RecordTablesKey: key,
        RecordAlertsKey: key,
        RecordsQueueKey: key,
        RecordsLogGroupsKey: key,
        RecordsBucket: bucket,
        RecordsAccessLogBucket: bucket,
        ProcessedRecordsTable: table,
        RecordsAuditTable: table,
        RecordsQueue: queue,
        RecordsDeadLetterQueue: queue,
        RecordAlertTopicDeadLetterQueue: queue,
      },
    },
    {
      synthesize: synthesizeComplianceLogs,
      types: {
        ComplianceLogsKey: key,
        ComplianceLogBucket: bucket,
        ComplianceAccessLogBucket: bucket,
      },
    },
  ];

  test.each(stateful)(
    '%#: all keep their logical ids; prod keeps them, dev drops them',
    ({ synthesize, types }) => {
      const held = (stack: SynthesizedStack) =>
        Object.entries(stack.json.Resources)
          .filter(([, { Type }]) => [key, bucket, table, queue].includes(Type))
          .map(([id, { Type, DeletionPolicy }]) => [
            id,
            Type,
            DeletionPolicy?.replace(/^Retain.*/, 'Retain'),
          ]);
      const expected = (policy: string) => Object.entries(types).map(([id, type]) => [id, type, policy]);
      expect(held(synthesize()).sort()).toEqual(expected('Delete').sort());
      expect(held(synthesize(context)).sort()).toEqual(expected('Retain').sort());
    },
  );

  test('tables of prod cannot be deleted, nor can its stacks', () => {
    for (const synthesize of [synthesizeProcessing, synthesizeRecords]) {
      synthesize(context).template.allResourcesProperties(table, { DeletionProtectionEnabled: true });
      synthesize().template.allResourcesProperties(table, { DeletionProtectionEnabled: false });
    }
    for (const synthesize of [synthesizeProcessing, synthesizeRecords, synthesizeComplianceLogs]) {
      expect(synthesize(context).terminationProtection).toBe(true);
    }
  });
});

test('the outputs name what receivers, producers and operators ask for', () => {
  const outputsOf = (stack: SynthesizedStack) =>
    Object.fromEntries(
      Object.entries(stack.json.Outputs)
        .filter(([name]) => !name.startsWith('Exports'))
        .map(([name, { Value }]) => [name, render(Value)]),
    );
  expect(outputsOf(processing)).toEqual({
    InternalProcessingBucketName: '<InternalProcessingBucket>',
    ProcessedOutputBucketName: '<ProcessedOutputBucket>',
    DeliveryBucketName: '<DeliveryBucket>',
    DeliveryKeyArn: '<DeliveryKey.Arn>',
    QuarantineBucketName: '<QuarantineBucket>',
    ProcessingAuditTableName: '<ProcessingAuditTable>',
    ProcessingAlertTopicArn: '<ProcessingAlertTopic>',
    ProcessingQueueUrl: '<ProcessingQueue>',
    ProcessingDeadLetterQueueUrl: '<ProcessingDeadLetterQueue>',
  });
  expect(outputsOf(records)).toEqual({
    RecordsBucketName: '<RecordsBucket>',
    RecordsKeyArn: '<RecordsKey.Arn>',
    ProcessedRecordsTableName: '<ProcessedRecordsTable>',
    RecordsAuditTableName: '<RecordsAuditTable>',
    RecordAlertTopicArn: '<RecordAlertTopic>',
    RecordsQueueUrl: '<RecordsQueue>',
    RecordsDeadLetterQueueUrl: '<RecordsDeadLetterQueue>',
  });
  expect(outputsOf(synthesizeComplianceLogs())).toEqual({
    ComplianceLogBucketName: '<ComplianceLogBucket>',
    ComplianceLogsKeyArn: '<ComplianceLogsKey.Arn>',
  });
});
