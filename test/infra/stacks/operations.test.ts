import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import type { Configuration } from '../../../infra/config/configuration.ts';
import { intakeTriggerEnvironment } from '../../../src/handlers/lambda/intake-trigger.env.ts';
import { uploadWriterEnvironment } from '../../../src/handlers/lambda/upload-writer.env.ts';
import { alarmsOf, metricsOf, ownAlarmsOf } from '../alarms.ts';
import { physicalNamesOf } from '../physical-names.ts';
import { render, resourcesOf, synthesizeIntake } from '../synthesized-stack.ts';

const dev = synthesizeIntake();
const prod = synthesizeIntake({ env: 'prod', alertEmails: 'security@example.com' });

describe('functions', () => {
  test.each([
    ['sallyport-intake-trigger-dev', 30],
    ['sallyport-upload-writer-dev', 15],
  ])('%s runs on Node 24 and arm64, is traced, and stops after %d s', (FunctionName, Timeout) => {
    dev.template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName,
      Timeout,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });

  test.each([
    ['sallyport-intake-trigger-dev', 'intake-trigger-dev', intakeTriggerEnvironment],
    ['sallyport-upload-writer-dev', 'upload-writer-dev', uploadWriterEnvironment],
  ])('%s has every variable that its schema asks for, and those of Powertools', (name, service, schema) => {
    const found = resourcesOf(dev, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties)
      .find(({ FunctionName }) => FunctionName === name);
    const { Variables = {} } = (found?.['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    expect(Object.keys(Variables).sort()).toEqual(
      [
        ...Object.keys(schema.shape),
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
    expect(Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: service,
      POWERTOOLS_METRICS_NAMESPACE: 'Sallyport',
    });
  });
});

describe('A9: logs', () => {
  const groups = [
    '/aws/lambda/sallyport-intake-trigger-dev',
    '/aws/lambda/sallyport-upload-writer-dev',
    '/aws/vendedlogs/states/sallyport-intake-dev',
  ];

  test('every log group keeps its lines for 7 days', () => {
    const found = resourcesOf(dev, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    expect(found.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(groups);
    for (const { RetentionInDays } of found) expect(RetentionInDays).toBe(7);
  });

  test('the retention is configuration', () => {
    const { template } = synthesizeIntake({ logRetentionDays: '30' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('each function writes to its own group', () => {
    for (const [, { Properties }] of resourcesOf(dev, 'AWS::Lambda::Function')) {
      const { LogGroup } = render(Properties['LoggingConfig']) as { LogGroup: string };
      const group = dev.json.Resources[LogGroup.slice(1, -1)];
      expect(group?.Properties['LogGroupName']).toBe(`/aws/lambda/${String(Properties['FunctionName'])}`);
    }
  });

  test('the state machine logs everything with its data, and is traced', () => {
    dev.template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'sallyport-intake-dev',
      StateMachineType: Match.absent(),
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true, Destinations: Match.anyValue() },
      TracingConfiguration: { Enabled: true },
    });
  });
});

interface AlarmExpectation {
  readonly name: string;
  readonly metrics: readonly string[];
}

const alarms: AlarmExpectation[] = [
  { name: 'sallyport-intake-trigger-errors-dev', metrics: ['AWS/Lambda Errors'] },
  { name: 'sallyport-intake-trigger-throttles-dev', metrics: ['AWS/Lambda Throttles'] },
  { name: 'sallyport-upload-writer-errors-dev', metrics: ['AWS/Lambda Errors'] },
  { name: 'sallyport-upload-writer-throttles-dev', metrics: ['AWS/Lambda Throttles'] },
  { name: 'sallyport-intake-failed-executions-dev', metrics: ['AWS/States ExecutionsFailed'] },
  {
    name: 'sallyport-intake-abandoned-executions-dev',
    metrics: ['AWS/States ExecutionsTimedOut', 'AWS/States ExecutionsAborted'],
  },
  { name: 'sallyport-intake-dead-letters-dev', metrics: ['AWS/SQS ApproximateNumberOfMessagesVisible'] },
  {
    name: 'sallyport-abandoned-uploads-dead-letters-dev',
    metrics: ['AWS/SQS ApproximateNumberOfMessagesVisible'],
  },
];

describe('A10: alarms', () => {
  // Those of the replication: replication.test.ts.
  const ours = () =>
    [...ownAlarmsOf(dev)].filter(
      // What the last two watch is held in alarms.test.ts.
      ([name]) =>
        !/^sallyport-(?:uploads-replication-\w+|intake-oldest-message|intake-refused-uploads)-dev$/.test(
          name,
        ),
    );

  test('there are these and no others', () => {
    expect(
      ours()
        .map(([name]) => name)
        .sort(),
    ).toEqual(alarms.map(({ name }) => name).sort());
  });

  test.each(alarms)('$name watches $metrics and tells people', ({ name, metrics }) => {
    const alarm = alarmsOf(dev).get(name);
    expect(metricsOf(alarm)).toEqual(metrics);
    expect(alarm).toMatchObject({
      AlarmActions: ['<AlertTopic>'],
      OKActions: ['<AlertTopic>'],
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });

  test.each([
    ['functionErrorThreshold', 'sallyport-upload-writer-errors-dev'],
    ['functionThrottleThreshold', 'sallyport-intake-trigger-throttles-dev'],
    ['failedExecutionThreshold', 'sallyport-intake-failed-executions-dev'],
    ['deadLetterThreshold', 'sallyport-intake-dead-letters-dev'],
  ] satisfies [keyof Configuration, string][])('%s sets the threshold of %s', (value, name) => {
    const stack = synthesizeIntake({ [value]: '3', alarmPeriodMinutes: '10' });
    expect(alarmsOf(stack).get(name)).toMatchObject({ Threshold: 3, Period: 600 });
  });

  test('an alarm on a function or a machine names which', () => {
    for (const [name, alarm] of ours()) {
      expect({ name, alarm: JSON.stringify(alarm) }).toMatchObject({
        alarm: expect.stringMatching(
          /"Dimensions":\[\{"Name":"(FunctionName|StateMachineArn|QueueName)","Value":"<\w+(\.QueueName)?>"\}\]/,
        ) as unknown,
      });
    }
  });
});

describe('E13: environments live side by side', () => {
  test.each([
    ['dev', dev],
    ['prod', prod],
  ])('every physical name of %s says so', (environment, stack) => {
    const names = physicalNamesOf(stack);
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) expect(name).toMatch(new RegExp(`-${environment}(-<AWS::AccountId>)?$`));
    expect(stack.stackName).toBe(`sallyport-intake-${environment}`);
  });

  test('the environments share no name', () => {
    expect(physicalNamesOf(dev).filter(name => physicalNamesOf(prod).includes(name))).toEqual([]);
  });

  test('without an account the template fits any', () => {
    expect(JSON.stringify(dev.json)).not.toMatch(/\d{12}(?!\d)/);
    const { template } = synthesizeIntake({ account: '111122223333', region: 'eu-central-1' });
    template.resourceCountIs('AWS::S3::Bucket', 2);
  });
});

describe('data', () => {
  const stateful = {
    UploadsKey: 'AWS::KMS::Key',
    TablesKey: 'AWS::KMS::Key',
    AlertsKey: 'AWS::KMS::Key',
    QueuesKey: 'AWS::KMS::Key',
    IntakeLogGroupsKey: 'AWS::KMS::Key',
    UploadsBucket: 'AWS::S3::Bucket',
    AccessLogBucket: 'AWS::S3::Bucket',
    UploadsTable: 'AWS::DynamoDB::Table',
    AuditTable: 'AWS::DynamoDB::Table',
    IntakeQueue: 'AWS::SQS::Queue',
    IntakeDeadLetterQueue: 'AWS::SQS::Queue',
    AbandonedUploadsDeadLetterQueue: 'AWS::SQS::Queue',
    AlertTopicDeadLetterQueue: 'AWS::SQS::Queue',
  };

  test.each(Object.entries(stateful))('%s keeps its logical id; prod keeps it, dev drops it', (id, type) => {
    expect(dev.json.Resources[id]).toMatchObject({ Type: type, DeletionPolicy: 'Delete' });
    expect(prod.json.Resources[id]).toMatchObject({
      Type: type,
      DeletionPolicy: expect.stringMatching(/^Retain/) as unknown,
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('the list above is complete', () => {
    const types = new Set(Object.values(stateful));
    const found = [...types].flatMap(type => resourcesOf(dev, type).map(([id]) => id));
    expect(found.sort()).toEqual(Object.keys(stateful).sort());
    expect(dev.json.Resources['AlertTopic']?.Type).toBe('AWS::SNS::Topic');
  });

  test('tables of prod cannot be deleted, nor can its stack', () => {
    prod.template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
    dev.template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
    expect(prod.terminationProtection).toBe(true);
    expect(dev.terminationProtection).toBe(false);
  });
});

test('the outputs name what clients and operators ask for', () => {
  const [machine] = resourcesOf(dev, 'AWS::StepFunctions::StateMachine');
  const outputs = Object.entries(dev.json.Outputs).map(([name, { Value }]) => [name, render(Value)]);
  expect(Object.fromEntries(outputs)).toEqual({
    UploadsBucketName: '<UploadsBucket>',
    UploadsKeyArn: '<UploadsKey.Arn>',
    UploadsTableName: '<UploadsTable>',
    AuditTableName: '<AuditTable>',
    AlertTopicArn: '<AlertTopic>',
    IntakeQueueUrl: '<IntakeQueue>',
    IntakeDeadLetterQueueUrl: '<IntakeDeadLetterQueue>',
    StateMachineArn: `<${machine?.[0]}>`,
  });
});

test('the stack holds no custom resource', () => {
  const types = Object.values(dev.json.Resources).map(({ Type }) => Type);
  expect(types.filter(type => /^Custom::|CustomResource/.test(type))).toEqual([]);
});
