import { describe, expect, test } from '@jest/globals';
import type { Configuration } from '../../../infra/config/configuration.ts';
import { findingRemediatorEnvironment } from '../../../src/handlers/lambda/finding-remediator.env.ts';
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
  synthesizeFindings,
  variablesOf,
} from '../synthesized-stack.ts';

const dev = synthesizeFindings();
const prod = synthesizeFindings({ env: 'prod', alertEmails: 'security@example.com' });

function ruleOf(stack: SynthesizedStack): Record<string, unknown> {
  const [rule] = resourcesOf(stack, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  return render(rule) as Record<string, unknown>;
}

describe('the remediator', () => {
  test('runs on Node 24 and arm64, outside any VPC, and is traced', () => {
    const remediator = onlyFunctionOf(dev);
    expect(remediator).toMatchObject({
      FunctionName: 'sallyport-finding-remediator-dev',
      Timeout: 120,
      MemorySize: 512,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    expect(remediator).not.toHaveProperty('VpcConfig');
    expect(remediator).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('has every variable that its schema asks for, and those of Powertools', () => {
    expect(Object.keys(variablesOf(dev)).sort()).toEqual(
      [
        ...Object.keys(findingRemediatorEnvironment.shape).filter(name => !name.startsWith('AWS_')),
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
  });

  test("plans by default, exempts by one tag, and protects the pipeline's roles", () => {
    expect(variablesOf(dev)).toMatchObject({
      REMEDIATION_MODE: 'plan',
      MINIMUM_SEVERITY: '7',
      OWN_ACCOUNT: '<AWS::AccountId>',
      REMEDIATION_ROLE_ARN: expect.stringMatching(/^<\w+Role\w+\.Arn>$/) as unknown,
      RESPONDER_ARNS: '',
      PROTECTED_ROLES: 'sallyport-*',
      EXEMPT_TAG: 'sallyport-exempt=true',
      EXEMPT_IDS: '',
      EXEMPT_ACCOUNTS: '',
      LEDGER_TABLE_NAME: '<RemediationsTable>',
      REMEDIATION_RETENTION_DAYS: '365',
      AUDIT_TABLE_NAME: '<FindingsAuditTable>',
      ALERT_TOPIC_ARN: '<FindingAlertTopic>',
    });
    expect(onlyFunctionOf(dev)['Role']).toBe(variablesOf(dev)['REMEDIATION_ROLE_ARN']);
  });

  test('its role has a name that a stack deployed again has, too, of its own in each region', () => {
    const names = resourcesOf(dev, 'AWS::IAM::Role').map(([, { Properties }]) =>
      render(Properties['RoleName']),
    );
    expect(names).toContain('sallyport-finding-remediator-dev-<AWS::Region>');
  });

  test.each<[string, Record<string, string>, boolean]>([
    ['that contains', { remediationMode: 'contain' }, true],
    [
      'that contains, and lets responders in',
      { remediationMode: 'contain', responderArns: 'arn:aws:iam::111122223333:role/responder' },
      false,
    ],
    ['that plans', {}, false],
  ])('warns of a deployment %s, where nobody is let into what it closes', (_, values, isWarned) => {
    const warnings = synthesizeFindings(values).warnings.filter(text => /nobodyIsLetIn/.test(text));
    expect(warnings).toHaveLength(isWarned ? 1 : 0);
  });

  test('is configuration', () => {
    const stack = synthesizeFindings({
      remediationMode: 'contain',
      responderArns: 'arn:aws:iam::111122223333:role/responder,arn:aws:iam::111122223333:role/ir/*',
      protectedRoles: 'admin-*, break-glass',
      exemptTag: 'tier=gold',
      exemptIds: 'i-0123456789abcdef0,customer-data',
      exemptAccounts: '444455556666',
      remediationRetentionDays: '90',
    });
    expect(variablesOf(stack)).toMatchObject({
      REMEDIATION_MODE: 'contain',
      RESPONDER_ARNS: 'arn:aws:iam::111122223333:role/responder,arn:aws:iam::111122223333:role/ir/*',
      PROTECTED_ROLES: 'sallyport-*,admin-*,break-glass',
      EXEMPT_TAG: 'tier=gold',
      EXEMPT_IDS: 'i-0123456789abcdef0,customer-data',
      EXEMPT_ACCOUNTS: '444455556666',
      REMEDIATION_RETENTION_DAYS: '90',
    });
  });

  test('keeps its ledger, audits, announces, takes its messages', () => {
    const lines = statementsOfRole(dev, 'what finding-remediator may do')
      .flatMap(({ actions, resources }) => actions.flatMap(action => resources.map(on => `${action} ${on}`)))
      .filter(line => /^(dynamodb|sns|sqs):/.test(line))
      .sort();
    expect(lines).toEqual(
      [
        ...['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
          action => `dynamodb:${action} <RemediationsTable.Arn>`,
        ),
        ...['GetItem', 'PutItem', 'Query'].map(action => `dynamodb:${action} <FindingsAuditTable.Arn>`),
        'sns:Publish <FindingAlertTopic>',
        ...['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
          action => `sqs:${action} <FindingsQueue.Arn>`,
        ),
      ].sort(),
    );
  });
});

describe('what is told', () => {
  test('D12: the topic is encrypted, refuses plain HTTP, and its key lets in the alarms of this environment', () => {
    expect(render(propertiesOf(dev, 'FindingAlertTopic'))).toMatchObject({
      TopicName: 'sallyport-finding-alerts-dev',
      KmsMasterKeyId: '<FindingAlertsKey.Arn>',
    });
    expect(allStatements(dev)).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        principals: ['*'],
        actions: ['sns:Publish'],
        resources: ['<FindingAlertTopic>'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    const services = statementsOfServices(dev, 'FindingAlertsKey').flatMap(({ principals }) => principals);
    expect(services).toEqual(['sns.amazonaws.com', 'cloudwatch.amazonaws.com']);
  });

  const alarms: [name: string, metric: string, threshold: number][] = [
    ['sallyport-finding-remediator-errors-dev', 'AWS/Lambda Errors', 1],
    ['sallyport-finding-remediator-throttles-dev', 'AWS/Lambda Throttles', 1],
    ['sallyport-findings-oldest-message-dev', 'AWS/SQS ApproximateAgeOfOldestMessage', 1800],
    ['sallyport-findings-dead-letters-dev', 'AWS/SQS ApproximateNumberOfMessagesVisible', 1],
    ['sallyport-findings-lost-dev', 'AWS/Events InvocationsFailedToBeSentToDlq', 1],
    ['sallyport-findings-failed-remediations-dev', 'Sallyport RemediationsFailed', 1],
    ['sallyport-findings-partially-contained-dev', 'Sallyport FindingsPartiallyContained', 1],
  ];

  test('there are these alarms and no others', () => {
    expect([...ownAlarmsOf(dev).keys()].sort()).toEqual(alarms.map(([name]) => name).sort());
  });

  test.each(alarms)('%s watches %s and tells people', (name, metric, Threshold) => {
    const alarm = alarmsOf(dev).get(name);
    expect(metricsOf(alarm)).toEqual([metric]);
    expect(alarm).toMatchObject({
      AlarmActions: ['<FindingAlertTopic>'],
      OKActions: ['<FindingAlertTopic>'],
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold,
    });
  });

  test('findings that are lost are those of the rule, outcomes those of this environment', () => {
    for (const [stack, environment] of [
      [dev, 'dev'],
      [prod, 'prod'],
    ] as const) {
      const service = `finding-remediator-${environment}`;
      expect(variablesOf(stack)).toMatchObject({ POWERTOOLS_SERVICE_NAME: service });
      for (const name of ['failed-remediations', 'partially-contained']) {
        expect(alarmsOf(stack).get(`sallyport-findings-${name}-${environment}`)).toMatchObject({
          Dimensions: [{ Name: 'service', Value: service }],
          Statistic: 'Sum',
        });
      }
      expect(alarmsOf(stack).get(`sallyport-findings-lost-${environment}`)).toMatchObject({
        Dimensions: [{ Name: 'RuleName', Value: ruleOf(stack)['Name'] }],
        Statistic: 'Sum',
      });
    }
  });

  test.each([
    ['functionErrorThreshold', 'sallyport-finding-remediator-errors-dev'],
    ['deadLetterThreshold', 'sallyport-findings-dead-letters-dev'],
  ] satisfies [keyof Configuration, string][])('%s sets the threshold of %s', (value, name) => {
    const stack = synthesizeFindings({ [value]: '3', alarmPeriodMinutes: '10' });
    expect(alarmsOf(stack).get(name)).toMatchObject({ Threshold: 3, Period: 600 });
  });

  test('the patience is configuration', () => {
    const alarm = alarmsOf(synthesizeFindings({ findingOldestMessageMinutes: '60' })).get(
      'sallyport-findings-oldest-message-dev',
    );
    expect(alarm).toMatchObject({ Threshold: 3600 });
    expect(alarm?.['AlarmDescription']).toContain('60 minutes');
  });
});

describe('data', () => {
  const stateful = {
    FindingTablesKey: 'AWS::KMS::Key',
    FindingAlertsKey: 'AWS::KMS::Key',
    FindingsQueueKey: 'AWS::KMS::Key',
    FindingsLogGroupsKey: 'AWS::KMS::Key',
    RemediationsTable: 'AWS::DynamoDB::Table',
    FindingsAuditTable: 'AWS::DynamoDB::Table',
    FindingsQueue: 'AWS::SQS::Queue',
    FindingsDeadLetterQueue: 'AWS::SQS::Queue',
    FindingAlertTopicDeadLetterQueue: 'AWS::SQS::Queue',
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
    dev.template.allResourcesProperties('AWS::DynamoDB::Table', {
      SSESpecification: {
        KMSMasterKeyId: { 'Fn::GetAtt': ['FindingTablesKey', 'Arn'] },
        SSEEnabled: true,
        SSEType: 'KMS',
      },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('the ledger has the keys that its adapter writes, and drops what has expired', () => {
    expect(propertiesOf(dev, 'RemediationsTable')).toMatchObject({
      TableName: 'sallyport-remediations-dev',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(propertiesOf(dev, 'FindingsAuditTable')).not.toHaveProperty('TimeToLiveSpecification');
  });

  test.each([
    ['dev', dev],
    ['prod', prod],
  ])('every physical name of %s says so', (environment, stack) => {
    const names = physicalNamesOf(stack);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(name).toMatch(new RegExp(`-${environment}$`));
    expect(stack.stackName).toBe(`sallyport-findings-${environment}`);
    expect(stack.terminationProtection).toBe(environment === 'prod');
  });

  test('the outputs name what responders ask for', () => {
    const outputs = Object.entries(dev.json.Outputs).map(([name, { Value }]) => [name, render(Value)]);
    expect(Object.fromEntries(outputs)).toEqual({
      FindingRemediatorFunctionName: expect.stringMatching(/^<\w+Function\w+>$/) as unknown,
      RemediationRoleArn: variablesOf(dev)['REMEDIATION_ROLE_ARN'],
      RemediationsTableName: '<RemediationsTable>',
      FindingsAuditTableName: '<FindingsAuditTable>',
      FindingAlertTopicArn: '<FindingAlertTopic>',
      FindingsQueueUrl: '<FindingsQueue>',
      FindingsDeadLetterQueueUrl: '<FindingsDeadLetterQueue>',
    });
  });
});
