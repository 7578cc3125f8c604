import { describe, expect, test } from '@jest/globals';
import { complianceScannerEnvironment } from '../../../src/handlers/lambda/compliance-scanner.env.ts';
import { alarmsOf, metricsOf, ownAlarmsOf } from '../alarms.ts';
import { physicalNamesOf } from '../physical-names.ts';
import {
  allStatements,
  onlyFunctionOf,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  statementsOfServices,
  synthesizeCompliance,
  variablesOf,
} from '../synthesized-stack.ts';

const dev = synthesizeCompliance();
const prod = synthesizeCompliance({ env: 'prod', alertEmails: 'security@example.com' });

const ruleNamed = (stack: SynthesizedStack, name: string) =>
  resourcesOf(stack, 'AWS::Events::Rule')
    .map(([, { Properties }]) => render(Properties) as Record<string, unknown>)
    .find(({ Name }) => Name === name);

const [machine] = resourcesOf(dev, 'AWS::StepFunctions::StateMachine').map(([id]) => id);
const scheduleArn =
  'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/sallyport-compliance-scan-dev';

describe('the scanner', () => {
  test('runs on Node 24 and arm64, outside any VPC, is traced, and has all the time that Lambda gives', () => {
    const scanner = onlyFunctionOf(dev);
    expect(scanner).toMatchObject({
      FunctionName: 'sallyport-compliance-scanner-dev',
      Timeout: 900,
      MemorySize: 1024,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    expect(scanner).not.toHaveProperty('VpcConfig');
  });

  test('has every variable that its schema asks for and Lambda does not set, and those of Powertools', () => {
    expect(Object.keys(variablesOf(dev)).sort()).toEqual(
      [
        ...Object.keys(complianceScannerEnvironment.shape).filter(name => name !== 'AWS_REGION'),
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
  });

  test('looks at its own account and region, and is told where its results go', () => {
    expect(variablesOf(dev)).toMatchObject({
      SCAN_ACCOUNTS: '<AWS::AccountId>',
      OWN_ACCOUNT: '<AWS::AccountId>',
      SCAN_REGIONS: '<AWS::Region>',
      SCAN_ROLE_NAME: 'sallyport-compliance-reader',
      COMPLIANCE_POLICY: 'default',
      SCAN_CONCURRENCY: '20',
      SECURITY_HUB: 'false',
      RESULTS_BUCKET_NAME: 'sallyport-compliance-logs-dev-<AWS::AccountId>',
      RESULTS_KEY_ARN: '<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>',
      AUDIT_TABLE_NAME: '<ComplianceAuditTable>',
      ALERT_TOPIC_ARN: '<ComplianceAlertTopic>',
    });
  });

  test('is configuration', () => {
    const stack = synthesizeCompliance({
      account: '111122223333',
      scanAccounts: '111122223333,444455556666',
      scanRegions: 'eu-central-1,us-east-1',
      scanRoleName: 'auditor',
      scanConcurrency: '50',
      securityHub: 'true',
      scannerTimeoutSeconds: '600',
      scannerMemoryMegabytes: '2048',
    });
    expect(onlyFunctionOf(stack)).toMatchObject({ Timeout: 600, MemorySize: 2048 });
    expect(variablesOf(stack)).toMatchObject({
      SCAN_ACCOUNTS: '111122223333,444455556666',
      SCAN_REGIONS: 'eu-central-1,us-east-1',
      SCAN_ROLE_NAME: 'auditor',
      SCAN_CONCURRENCY: '50',
      SECURITY_HUB: 'true',
    });
  });
});

describe('A7: the schedule', () => {
  test('starts the workflow every 24 hours, under a role that may do that and nothing else', () => {
    const rule = ruleNamed(dev, 'sallyport-compliance-scan-dev');
    expect(rule).toMatchObject({
      ScheduleExpression: 'rate(24 hours)',
      Targets: [
        {
          Arn: `<${machine}>`,
          Input: '{}',
          RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: '<MissedScansQueue.Arn>' },
        },
      ],
    });
    expect(rule).not.toHaveProperty('EventPattern');
    const [role] = resourcesOf(dev, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      String(Properties['Description']).endsWith('the schedule of compliance scans may do'),
    );
    expect(rule?.['Targets']).toMatchObject([{ RoleArn: `<${role?.[0]}.Arn>` }]);
    expect(render(role?.[1].Properties['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': scheduleArn } },
        },
      ],
    });
    expect(statementsOfRole(dev, 'the schedule of compliance scans may do')).toMatchObject([
      { actions: ['states:StartExecution'], resources: [`<${machine}>`] },
    ]);
  });

  test.each([
    ['1', 'rate(1 hour)'],
    ['6', 'rate(6 hours)'],
  ])('every %s hours is %s', (complianceScanHours, ScheduleExpression) => {
    const stack = synthesizeCompliance({ complianceScanHours });
    expect(ruleNamed(stack, 'sallyport-compliance-scan-dev')).toMatchObject({ ScheduleExpression });
  });

  test('a start that was missed waits in a queue, encrypted and over TLS only', () => {
    expect(render(propertiesOf(dev, 'MissedScansQueue'))).toMatchObject({
      QueueName: 'sallyport-missed-scans-dev',
      MessageRetentionPeriod: 14 * 86_400,
      KmsMasterKeyId: '<ComplianceQueuesKey.Arn>',
    });
    const statements = allStatements(dev);
    for (const [queue, rule] of [
      ['MissedScansQueue', 'sallyport-compliance-scan-dev'],
      ['AbandonedScansDeadLetterQueue', 'sallyport-abandoned-scans-dev'],
    ]) {
      expect(statements).toContainEqual(
        expect.objectContaining({
          effect: 'Allow',
          principals: ['events.amazonaws.com'],
          actions: ['sqs:SendMessage'],
          resources: [`<${queue}.Arn>`],
          conditions: {
            ArnEquals: {
              'aws:SourceArn': `arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/${rule}`,
            },
          },
        }),
      );
      expect(statements).toContainEqual(
        expect.objectContaining({
          effect: 'Deny',
          principals: ['*'],
          resources: [`<${queue}.Arn>`],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
    expect(statementsOfServices(dev, 'ComplianceQueuesKey')).toEqual([
      expect.objectContaining({
        principals: ['events.amazonaws.com'],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        conditions: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      }),
    ]);
  });
});

describe('what is told', () => {
  test('D12: the topic is encrypted, refuses plain HTTP, and its key lets in alarms and rules', () => {
    expect(render(propertiesOf(dev, 'ComplianceAlertTopic'))).toMatchObject({
      TopicName: 'sallyport-compliance-alerts-dev',
      KmsMasterKeyId: '<ComplianceAlertsKey.Arn>',
    });
    expect(allStatements(dev)).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        actions: ['sns:Publish'],
        resources: ['<ComplianceAlertTopic>'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    const services = statementsOfServices(dev, 'ComplianceAlertsKey').flatMap(({ principals }) => principals);
    expect(services).toEqual(['sns.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.amazonaws.com']);
  });

  test('an execution that ends without a notice of its own is announced', () => {
    expect(ruleNamed(dev, 'sallyport-abandoned-scans-dev')).toMatchObject({
      EventPattern: {
        source: ['aws.states'],
        detail: {
          stateMachineArn: [`<${machine}>`],
          $or: expect.arrayContaining([
            { status: ['TIMED_OUT', 'ABORTED'] },
            { status: ['FAILED'], error: [{ 'anything-but': ['Sallyport.Announced'] }] },
          ]) as unknown,
        },
      },
      Targets: [
        {
          Arn: '<ComplianceAlertTopic>',
          InputTransformer: {
            InputTemplate: expect.stringContaining('"compliance.scan-abandoned"') as unknown,
          },
        },
      ],
    });
  });
});

describe('alarms', () => {
  const alarms: [name: string, metrics: string[]][] = [
    ['sallyport-compliance-scanner-errors-dev', ['AWS/Lambda Errors']],
    ['sallyport-compliance-scanner-throttles-dev', ['AWS/Lambda Throttles']],
    ['sallyport-compliance-failed-scans-dev', ['AWS/States ExecutionsFailed']],
    [
      'sallyport-compliance-abandoned-scans-dev',
      ['AWS/States ExecutionsAborted', 'AWS/States ExecutionsTimedOut'],
    ],
    ['sallyport-compliance-missed-starts-dev', ['AWS/SQS ApproximateNumberOfMessagesVisible']],
    ['sallyport-abandoned-scans-dead-letters-dev', ['AWS/SQS ApproximateNumberOfMessagesVisible']],
    ['sallyport-compliance-not-judged-dev', ['Sallyport ComplianceNotJudged']],
  ];
  const missing = 'sallyport-compliance-scan-missing-dev';

  test('there are these and no others', () => {
    expect([...ownAlarmsOf(dev).keys()].sort()).toEqual([...alarms.map(([name]) => name), missing].sort());
  });

  test.each(alarms)('%s watches %j and tells people', (name, metrics) => {
    const alarm = alarmsOf(dev).get(name);
    expect(metricsOf(alarm).sort()).toEqual(metrics);
    expect(alarm).toMatchObject({
      AlarmActions: ['<ComplianceAlertTopic>'],
      OKActions: ['<ComplianceAlertTopic>'],
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    });
  });

  test('a scan that is missing for an interval and its grace is one, and so is no data', () => {
    expect(alarmsOf(dev).get(missing)).toMatchObject({
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsSucceeded',
      Dimensions: [{ Name: 'StateMachineArn', Value: `<${machine}>` }],
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: 30,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: ['<ComplianceAlertTopic>'],
    });
    const longest = synthesizeCompliance({ complianceScanHours: '144', complianceScanGraceHours: '24' });
    // CloudWatch looks back for 7 days at most (PutMetricAlarm, EvaluationPeriods).
    expect(alarmsOf(longest).get(missing)).toMatchObject({ EvaluationPeriods: (7 * 86_400) / 3600 });
  });
});

describe('data', () => {
  const stateful = {
    ComplianceTablesKey: 'AWS::KMS::Key',
    ComplianceAlertsKey: 'AWS::KMS::Key',
    ComplianceQueuesKey: 'AWS::KMS::Key',
    ComplianceLogGroupsKey: 'AWS::KMS::Key',
    ComplianceAuditTable: 'AWS::DynamoDB::Table',
    MissedScansQueue: 'AWS::SQS::Queue',
    AbandonedScansDeadLetterQueue: 'AWS::SQS::Queue',
    ComplianceAlertTopicDeadLetterQueue: 'AWS::SQS::Queue',
  };

  test.each(Object.entries(stateful))('%s keeps its logical id; prod keeps it, dev drops it', (id, type) => {
    expect(dev.json.Resources[id]).toMatchObject({ Type: type, DeletionPolicy: 'Delete' });
    expect(prod.json.Resources[id]).toMatchObject({
      Type: type,
      DeletionPolicy: expect.stringMatching(/^Retain/) as unknown,
    });
  });

  test('the list above is complete, every key rotates, every table is under ours', () => {
    const found = [...new Set(Object.values(stateful))].flatMap(type => resourcesOf(dev, type));
    expect(found.map(([id]) => id).sort()).toEqual(Object.keys(stateful).sort());
    dev.template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    expect(render(propertiesOf(dev, 'ComplianceAuditTable'))).toMatchObject({
      SSESpecification: { KMSMasterKeyId: '<ComplianceTablesKey.Arn>', SSEEnabled: true, SSEType: 'KMS' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test.each([
    ['dev', dev],
    ['prod', prod],
  ])('every physical name of %s says so', (environment, stack) => {
    const names = physicalNamesOf(stack);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(name).toMatch(new RegExp(`-${environment}$`));
    expect(stack.stackName).toBe(`sallyport-compliance-${environment}`);
    expect(stack.terminationProtection).toBe(environment === 'prod');
  });

  test('the outputs name what operators ask for', () => {
    const outputs = Object.entries(dev.json.Outputs).map(([name, { Value }]) => [name, render(Value)]);
    expect(Object.fromEntries(outputs)).toEqual({
      ComplianceStateMachineArn: `<${machine}>`,
      ComplianceScannerRoleArn: expect.stringMatching(/^<\w+Role\w+\.Arn>$/) as unknown,
      ComplianceAuditTableName: '<ComplianceAuditTable>',
      ComplianceAlertTopicArn: '<ComplianceAlertTopic>',
      MissedScansQueueUrl: '<MissedScansQueue>',
      AbandonedScansDeadLetterQueueUrl: '<AbandonedScansDeadLetterQueue>',
    });
  });
});
