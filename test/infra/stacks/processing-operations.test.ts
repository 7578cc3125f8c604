import { describe, expect, test } from '@jest/globals';
import { documentProcessorEnvironment } from '../../../src/handlers/lambda/document-processor.env.ts';
import { recordIngestorEnvironment } from '../../../src/handlers/lambda/record-ingestor.env.ts';
import { alarmsOf, metricsOf } from '../alarms.ts';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfServices,
  synthesizeComplianceLogs,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const account = '<AWS::AccountId>';
const processing = synthesizeProcessing();
const records = synthesizeRecords();

const functionOf = (stack: SynthesizedStack) => {
  const [[id, { Properties }] = ['', { Properties: {} }]] = resourcesOf(stack, 'AWS::Lambda::Function');
  return { id, properties: render(Properties) as Record<string, unknown> };
};

const variablesOf = (stack: SynthesizedStack) =>
  (functionOf(stack).properties['Environment'] as { Variables: Record<string, string> }).Variables;

const powertools = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];

describe('functions', () => {
  test.each([
    [processing, 'sallyport-document-processor-dev', 120, 1536],
    [records, 'sallyport-record-ingestor-dev', 900, 1024],
  ])(
    '%#: %s runs on Node 24 and arm64, is traced, stops after %d s, has %d MiB',
    (stack, FunctionName, Timeout, MemorySize) => {
      stack.template.resourceCountIs('AWS::Lambda::Function', 1);
      expect(functionOf(stack).properties).toMatchObject({
        FunctionName,
        Timeout,
        MemorySize,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
      });
      expect(functionOf(stack).properties).not.toHaveProperty('ReservedConcurrentExecutions');
    },
  );

  test('time and memory are configuration', () => {
    const context = {
      documentProcessorTimeoutSeconds: '60',
      documentProcessorMemoryMegabytes: '2048',
      recordIngestorTimeoutSeconds: '300',
      recordIngestorMemoryMegabytes: '512',
    };
    expect(functionOf(synthesizeProcessing(context)).properties).toMatchObject({
      Timeout: 60,
      MemorySize: 2048,
    });
    expect(functionOf(synthesizeRecords(context)).properties).toMatchObject({
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
      POWERTOOLS_SERVICE_NAME: 'record-ingestor',
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
        const name = String(functionOf(stack).properties['FunctionName']);
        expect(resourcesOf(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties)).toEqual([
          expect.objectContaining({ LogGroupName: `/aws/lambda/${name}`, RetentionInDays: days }),
        ]);
      }
    }
  });
});

interface Way {
  readonly stack: SynthesizedStack;
  readonly bucket: string;
  readonly queue: string;
  readonly deadLetters: string;
  readonly key: string;
  readonly name: string;
  readonly visibility: number;
  readonly batch: number;
  readonly concurrency: number;
  readonly topic: string;
}

const ways: Way[] = [
  {
    stack: processing,
    bucket: 'internal-processing',
    queue: 'ProcessingQueue',
    deadLetters: 'ProcessingDeadLetterQueue',
    key: 'ProcessingQueueKey',
    name: 'processing',
    visibility: 720,
    batch: 2,
    concurrency: 10,
    topic: 'ProcessingAlertTopic',
  },
  {
    stack: records,
    bucket: 'records',
    queue: 'RecordsQueue',
    deadLetters: 'RecordsDeadLetterQueue',
    key: 'RecordsQueueKey',
    name: 'records',
    visibility: 5400,
    batch: 1,
    concurrency: 5,
    topic: 'RecordAlertTopic',
  },
];

describe.each(ways)('the way of $queue', way => {
  const { stack, bucket, queue, deadLetters, key, name, visibility, batch, concurrency, topic } = way;

  test('the queue and its key let in S3 for that bucket of this account, and nobody else', () => {
    const conditions = {
      StringEquals: { 'aws:SourceAccount': account },
      ArnEquals: { 'aws:SourceArn': `arn:<AWS::Partition>:s3:::sallyport-${bucket}-dev-${account}` },
    };
    const senders = allStatements(stack).filter(
      ({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'),
    );
    expect(senders).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        resources: [`<${queue}.Arn>`],
        conditions,
      }),
    ]);
    expect(statementsOfServices(stack, key)).toEqual([
      expect.objectContaining({
        principals: ['s3.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions,
      }),
    ]);
  });

  test('messages stay invisible six times as long as the function may take, and end in the dead-letter queue', () => {
    expect(render(propertiesOf(stack, queue))).toMatchObject({
      QueueName: `sallyport-${name}-dev`,
      KmsMasterKeyId: `<${key}.Arn>`,
      VisibilityTimeout: visibility,
      MessageRetentionPeriod: 7 * 86_400,
      RedrivePolicy: { deadLetterTargetArn: `<${deadLetters}.Arn>`, maxReceiveCount: 5 },
    });
    expect(render(propertiesOf(stack, deadLetters))).toMatchObject({
      QueueName: `sallyport-${name}-dead-letters-dev`,
      KmsMasterKeyId: `<${key}.Arn>`,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  test('the queue feeds the function, which answers the messages that failed', () => {
    stack.template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(
      stack,
      'AWS::Lambda::EventSourceMapping',
    );
    expect(render(Properties)).toMatchObject({
      EventSourceArn: `<${queue}.Arn>`,
      FunctionName: `<${functionOf(stack).id}>`,
      BatchSize: batch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: concurrency },
    });
  });

  test('the topic is encrypted, and open to alarms of this environment alone', () => {
    const properties = render(propertiesOf(stack, topic)) as Record<string, unknown>;
    expect(properties['KmsMasterKeyId']).toMatch(/^<\w+AlertsKey\.Arn>$/);
    const publishers = allStatements(stack).filter(
      ({ effect, actions, principals }) =>
        effect === 'Allow' && actions.includes('sns:Publish') && principals.length > 0,
    );
    expect(publishers).toEqual([
      expect.objectContaining({
        principals: ['cloudwatch.amazonaws.com'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': `arn:<AWS::Partition>:cloudwatch:<AWS::Region>:${account}:alarm:sallyport-*-dev`,
          },
        },
      }),
    ]);
  });
});

test('batches, concurrency, receives and retention are configuration', () => {
  const context = {
    processingBatchSize: '4',
    processingMaximumConcurrency: '40',
    processingMaxReceiveCount: '3',
    processingRetentionDays: '10',
    recordBatchSize: '2',
    recordMaximumConcurrency: '20',
    recordMaxReceiveCount: '4',
    recordRetentionDays: '12',
  };
  const settings = (stack: SynthesizedStack, queue: string) => {
    const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(
      stack,
      'AWS::Lambda::EventSourceMapping',
    );
    return { ...propertiesOf(stack, queue), ...Properties };
  };
  expect(settings(synthesizeProcessing(context), 'ProcessingQueue')).toMatchObject({
    BatchSize: 4,
    ScalingConfig: { MaximumConcurrency: 40 },
    RedrivePolicy: { maxReceiveCount: 3 },
    MessageRetentionPeriod: 10 * 86_400,
  });
  expect(settings(synthesizeRecords(context), 'RecordsQueue')).toMatchObject({
    BatchSize: 2,
    ScalingConfig: { MaximumConcurrency: 20 },
    RedrivePolicy: { maxReceiveCount: 4 },
    MessageRetentionPeriod: 12 * 86_400,
  });
});

test('alerts of both stacks reach every configured address', () => {
  for (const synthesize of [synthesizeProcessing, synthesizeRecords]) {
    const stack = synthesize({ alertEmails: 'first@example.com,second@example.com' });
    const addresses = resourcesOf(stack, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
      Properties['Protocol'],
      Properties['Endpoint'],
    ]);
    expect(addresses.sort()).toEqual([
      ['email', 'first@example.com'],
      ['email', 'second@example.com'],
    ]);
  }
});

describe('alarms', () => {
  const queueMetric = (name: string, queue: string) => ({
    metric: `AWS/SQS ${name}`,
    dimensions: [{ Name: 'QueueName', Value: `<${queue}.QueueName>` }],
  });
  const functionMetric = (stack: SynthesizedStack, name: string) => ({
    metric: `AWS/Lambda ${name}`,
    dimensions: [{ Name: 'FunctionName', Value: `<${functionOf(stack).id}>` }],
  });
  const rows = [
    {
      name: 'document-processor-errors',
      stack: processing,
      threshold: 1,
      sets: 'functionErrorThreshold',
      ...functionMetric(processing, 'Errors'),
    },
    {
      name: 'document-processor-throttles',
      stack: processing,
      threshold: 1,
      sets: 'functionThrottleThreshold',
      ...functionMetric(processing, 'Throttles'),
    },
    {
      name: 'processing-oldest-message',
      stack: processing,
      threshold: 45 * 60,
      sets: 'processingOldestMessageMinutes',
      ...queueMetric('ApproximateAgeOfOldestMessage', 'ProcessingQueue'),
    },
    {
      name: 'processing-dead-letters',
      stack: processing,
      threshold: 1,
      sets: 'deadLetterThreshold',
      ...queueMetric('ApproximateNumberOfMessagesVisible', 'ProcessingDeadLetterQueue'),
    },
    {
      name: 'processing-invalid-documents',
      stack: processing,
      threshold: 1,
      sets: 'invalidDocumentThreshold',
      metric: 'Sallyport DocumentsInvalid',
      dimensions: [{ Name: 'service', Value: 'document-processor-dev' }],
    },
    {
      name: 'record-ingestor-errors',
      stack: records,
      threshold: 1,
      sets: 'functionErrorThreshold',
      ...functionMetric(records, 'Errors'),
    },
    {
      name: 'record-ingestor-throttles',
      stack: records,
      threshold: 1,
      sets: 'functionThrottleThreshold',
      ...functionMetric(records, 'Throttles'),
    },
    {
      name: 'records-oldest-message',
      stack: records,
      threshold: 300 * 60,
      sets: 'recordOldestMessageMinutes',
      ...queueMetric('ApproximateAgeOfOldestMessage', 'RecordsQueue'),
    },
    {
      name: 'records-dead-letters',
      stack: records,
      threshold: 1,
      sets: 'deadLetterThreshold',
      ...queueMetric('ApproximateNumberOfMessagesVisible', 'RecordsDeadLetterQueue'),
    },
  ];

  test('there are these, those of the replication (replication.test.ts), and no others', () => {
    const found = [processing, records].flatMap(stack => [...alarmsOf(stack).keys()]);
    expect(found.filter(name => !name.includes('-replication-')).sort()).toEqual(
      rows.map(({ name }) => `sallyport-${name}-dev`).sort(),
    );
  });

  test.each(rows)(
    'E3, E6: $name watches $metric and tells people',
    ({ name, stack, metric, dimensions, threshold }) => {
      const alarm = alarmsOf(stack).get(`sallyport-${name}-dev`);
      expect(metricsOf(alarm)).toEqual([metric]);
      const topic = stack === processing ? '<ProcessingAlertTopic>' : '<RecordAlertTopic>';
      expect(alarm).toMatchObject({
        Dimensions: dimensions,
        Statistic: metric.startsWith('AWS/SQS') ? 'Maximum' : 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [topic],
        OKActions: [topic],
      });
    },
  );

  test('thresholds and periods are configuration', () => {
    const context = {
      ...Object.fromEntries(rows.map(({ sets }) => [sets, '3'])),
      alarmPeriodMinutes: '10',
    };
    for (const { name, stack, metric } of rows) {
      const synthesize = stack === processing ? synthesizeProcessing : synthesizeRecords;
      expect(alarmsOf(synthesize(context)).get(`sallyport-${name}-dev`)).toMatchObject({
        Threshold: metric.includes('Age') ? 180 : 3,
        Period: 600,
      });
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
        InternalProcessingBucket: bucket,
        ProcessedOutputBucket: bucket,
        DeliveryBucket: bucket,
        QuarantineBucket: bucket,
        ProcessingAccessLogBucket: bucket,
        ProcessingAuditTable: table,
        ProcessingQueue: queue,
        ProcessingDeadLetterQueue: queue,
      },
    },
    {
      synthesize: synthesizeRecords,
      types: {
        RecordsKey: key,
        RecordTablesKey: key,
        RecordAlertsKey: key,
        RecordsQueueKey: key,
        RecordsBucket: bucket,
        RecordsAccessLogBucket: bucket,
        ProcessedRecordsTable: table,
        RecordsAuditTable: table,
        RecordsQueue: queue,
        RecordsDeadLetterQueue: queue,
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
          .map(([id, { Type, DeletionPolicy }]) => [id, Type, DeletionPolicy]);
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
    const { app } = synthesizeRecords(context);
    for (const stack of [app.processingStack, app.recordsStack, app.complianceLogsStack]) {
      expect(stack.terminationProtection).toBe(true);
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
