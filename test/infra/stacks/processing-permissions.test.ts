import { describe, expect, test } from '@jest/globals';
import {
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  synthesizeProcessing,
  synthesizeRecords,
} from '../synthesized-stack.ts';

const processing = synthesizeProcessing();
const records = synthesizeRecords();

const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

const complianceLogs = 'arn:<AWS::Partition>:s3:::sallyport-compliance-logs-dev-<AWS::AccountId>';

function writesLog(stack: SynthesizedStack, functionName: string): string[] {
  const logs = resourcesOf(stack, 'AWS::Logs::LogGroup').find(
    ([, { Properties }]) => Properties['LogGroupName'] === `/aws/lambda/${functionName}`,
  )?.[0];
  return [`logs:CreateLogStream <${logs}.Arn>`, `logs:PutLogEvents <${logs}.Arn>`];
}

/** What a role may do, without its keys: action and resource. */
function allowed(stack: SynthesizedStack, name: string): string[] {
  return statementsOfRole(stack, `what ${name} may do`)
    .flatMap(({ actions, resources }) =>
      actions.flatMap(action => resources.map(resource => `${action} ${resource}`)),
    )
    .filter(line => !line.startsWith('kms:'))
    .sort();
}

/** What it may do with which key, and through which service; a role that reads and writes may be told some twice. */
function keysOf(stack: SynthesizedStack, name: string): string[] {
  const uses = statementsOfRole(stack, `what ${name} may do`)
    .filter(({ actions }) => actions.some(action => action.startsWith('kms:')))
    .flatMap(({ actions, resources, conditions }) =>
      actions.flatMap(action =>
        resources.map(
          resource => `${String(conditions['StringEquals']?.['kms:ViaService'])}: ${action} ${resource}`,
        ),
      ),
    );
  return [...new Set(uses)].sort();
}

const through = (service: string, key: string, actions: readonly string[]) =>
  actions.map(action => `${service}.<AWS::Region>.<AWS::URLSuffix>: kms:${action} <${key}>`);

const tableActions = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];

const queue = (name: string) => [
  `sqs:DeleteMessage <${name}.Arn>`,
  `sqs:GetQueueAttributes <${name}.Arn>`,
  `sqs:ReceiveMessage <${name}.Arn>`,
];

const audit = (name: string) => [
  `dynamodb:GetItem <${name}.Arn>`,
  `dynamodb:PutItem <${name}.Arn>`,
  `dynamodb:Query <${name}.Arn>`,
];

describe('A8: the document processor', () => {
  test('reads one bucket, copies into two, leaves verdicts, audits and announces', () => {
    const takesIn = (bucket: string) => [
      `s3:GetObject <${bucket}.Arn>/*`,
      `s3:GetObjectVersion <${bucket}.Arn>/*`,
      `s3:ListBucket <${bucket}.Arn>`,
      `s3:PutObject <${bucket}.Arn>/*`,
      `s3:PutObjectTagging <${bucket}.Arn>/*`,
    ];
    expect(allowed(processing, 'document-processor')).toEqual(
      [
        ...audit('ProcessingAuditTable'),
        ...writesLog(processing, 'sallyport-document-processor-dev'),
        's3:GetObject <InternalProcessingBucket.Arn>/*',
        's3:GetObjectVersion <InternalProcessingBucket.Arn>/*',
        's3:GetObjectVersionTagging <InternalProcessingBucket.Arn>/*',
        's3:ListBucket <InternalProcessingBucket.Arn>',
        ...takesIn('ProcessedOutputBucket'),
        ...takesIn('QuarantineBucket'),
        `s3:GetObject ${complianceLogs}/verdicts/*`,
        `s3:GetObjectVersion ${complianceLogs}/verdicts/*`,
        `s3:ListBucket ${complianceLogs}`,
        `s3:PutObject ${complianceLogs}/verdicts/*`,
        'sns:Publish <ProcessingAlertTopic>',
        ...queue('ProcessingQueue'),
        ...traces,
      ].sort(),
    );
  });

  test('uses each key through the service that holds the data, and none of the delivery bucket', () => {
    expect(keysOf(processing, 'document-processor')).toEqual(
      [
        ...through('dynamodb', 'ProcessingTablesKey.Arn', tableActions),
        ...through('sns', 'ProcessingAlertsKey.Arn', ['GenerateDataKey', 'Decrypt']),
        ...through('sqs', 'ProcessingQueueKey.Arn', ['Decrypt']),
        ...through('s3', 'InternalProcessingKey.Arn', ['Decrypt']),
        ...through('s3', 'ProcessedOutputKey.Arn', ['GenerateDataKey', 'Decrypt']),
        ...through('s3', 'QuarantineKey.Arn', ['GenerateDataKey', 'Decrypt']),
        ...through('s3', 'sallyport-compliance-logs-dev:ComplianceLogsKeyArn', [
          'GenerateDataKey',
          'Decrypt',
        ]),
      ].sort(),
    );
  });
});

describe('B3: the record ingestor', () => {
  test('reads one bucket and its queue, writes one table and the reject reports, and its log', () => {
    expect(allowed(records, 'record-ingestor')).toEqual(
      [
        ...audit('RecordsAuditTable'),
        'dynamodb:BatchWriteItem <ProcessedRecordsTable.Arn>',
        ...writesLog(records, 'sallyport-record-ingestor-dev'),
        's3:GetObject <RecordsBucket.Arn>/*',
        's3:GetObjectVersion <RecordsBucket.Arn>/*',
        's3:ListBucket <RecordsBucket.Arn>',
        `s3:PutObject ${complianceLogs}/record-rejects/*`,
        'sns:Publish <RecordAlertTopic>',
        ...queue('RecordsQueue'),
        ...traces,
      ].sort(),
    );
  });

  test('uses those keys, each through the service that holds the data', () => {
    expect(keysOf(records, 'record-ingestor')).toEqual(
      [
        ...through('dynamodb', 'RecordTablesKey.Arn', tableActions),
        ...through('sns', 'RecordAlertsKey.Arn', ['GenerateDataKey', 'Decrypt']),
        ...through('sqs', 'RecordsQueueKey.Arn', ['Decrypt']),
        ...through('s3', 'RecordsKey.Arn', ['Decrypt']),
        ...through('s3', 'sallyport-compliance-logs-dev:ComplianceLogsKeyArn', [
          'GenerateDataKey',
          'Decrypt',
        ]),
      ].sort(),
    );
  });

  test.each([
    ['processing', processing],
    ['records', records],
  ])('%s: there are roles only, no users and no access keys', (_name, { template }) => {
    template.resourceCountIs('AWS::IAM::User', 0);
    template.resourceCountIs('AWS::IAM::AccessKey', 0);
  });
});
