import { describe, expect, test } from '@jest/globals';
import { documentEncryptorEnvironment } from '../../../src/handlers/lambda/document-encryptor.env.ts';
import { documentScannerEnvironment } from '../../../src/handlers/lambda/document-scanner.env.ts';
import { documentValidatorEnvironment } from '../../../src/handlers/lambda/document-validator.env.ts';
import { uploadUrlIssuerEnvironment } from '../../../src/handlers/lambda/upload-url-issuer.env.ts';
import { alarmsOf, metricsOf } from '../alarms.ts';
import { physicalNamesOf } from '../physical-names.ts';
import { render, resourcesOf, type SynthesizedStack, synthesizeDocumentApi } from '../synthesized-stack.ts';

const dev = synthesizeDocumentApi();
const configured = synthesizeDocumentApi({
  allowedDocumentTypes: 'text/plain,application/pdf',
  maximumDocumentBytes: '1000',
  blockingKinds: 'iban,us-ssn',
  uploadUrlExpirySeconds: '60',
  documentApiTimeoutSeconds: '29',
  documentApiReaderMemoryMegabytes: '3008',
  functionMemoryMegabytes: '256',
  logRetentionDays: '30',
  serverErrorThreshold: '5',
  alarmPeriodMinutes: '10',
});
const prod = synthesizeDocumentApi({ env: 'prod', alertEmails: 'security@example.com' });

function functionOf(stack: SynthesizedStack, name: string): Record<string, unknown> {
  const found = resourcesOf(stack, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties)
    .find(({ FunctionName }) => FunctionName === `sallyport-${name}-dev`);
  if (found === undefined) throw new Error(`The template has no function ${name}.`);
  return found;
}

const variablesOf = (stack: SynthesizedStack, name: string) =>
  (render(functionOf(stack, name)['Environment']) as { Variables: Record<string, string> }).Variables;

const names = ['document-validator', 'document-encryptor', 'document-scanner', 'upload-url-issuer'];

describe('functions', () => {
  test.each([
    ['document-validator', 1536],
    ['document-encryptor', 512],
    ['document-scanner', 1536],
    ['upload-url-issuer', 512],
  ])('D13: %s runs on Node 24 and arm64, is traced, stops after 15 s, has %d MiB', (name, MemorySize) => {
    expect(functionOf(dev, name)).toMatchObject({
      MemorySize,
      Timeout: 15,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });

  test.each([
    ['document-validator', documentValidatorEnvironment],
    ['document-encryptor', documentEncryptorEnvironment],
    ['document-scanner', documentScannerEnvironment],
    ['upload-url-issuer', uploadUrlIssuerEnvironment],
  ])('%s has every variable that its schema asks for, and those of Powertools', (name, schema) => {
    const variables = variablesOf(dev, name);
    expect(Object.keys(variables).sort()).toEqual(
      [
        ...Object.keys(schema.shape),
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
    expect(variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: `${name}-dev`,
      POWERTOOLS_METRICS_NAMESPACE: 'Sallyport',
    });
    // With what CloudFormation makes of the references, the schema takes them.
    const deployed = Object.fromEntries(
      Object.entries(variables).map(([variable, value]) => [
        variable,
        value.startsWith('<') ? (deployedValues[value] ?? value) : value,
      ]),
    );
    expect(schema.safeParse(deployed)).toMatchObject({ success: true });
  });

  const deployedValues: Record<string, string> = {
    '<DocumentsBucket>': 'sallyport-documents-dev-111122223333',
    '<DocumentApiAuditTable>': 'sallyport-document-api-audit-dev',
    '<DocumentsKey.Arn>': 'arn:aws:kms:eu-central-1:111122223333:key/7d4c3f0e-5a0b-4f3c-8f56-0d9a35e4b1aa',
  };

  test('what a document must be, and what keeps it from passing, is configuration', () => {
    const policy = { ALLOWED_DOCUMENT_TYPES: 'text/plain,application/pdf', MAXIMUM_DOCUMENT_BYTES: '1000' };
    expect(variablesOf(configured, 'document-validator')).toMatchObject(policy);
    expect(variablesOf(configured, 'upload-url-issuer')).toMatchObject({
      ...policy,
      UPLOAD_URL_EXPIRY_SECONDS: '60',
    });
    expect(variablesOf(configured, 'document-scanner')).toMatchObject({
      BLOCKING_KINDS: 'iban,us-ssn',
      MAXIMUM_DOCUMENT_BYTES: '1000',
    });
  });

  test('memory and time are configuration', () => {
    expect(functionOf(configured, 'document-scanner')).toMatchObject({ Timeout: 29, MemorySize: 3008 });
    expect(functionOf(configured, 'document-encryptor')).toMatchObject({ Timeout: 29, MemorySize: 256 });
  });

  test.each([
    ['7 days by default', dev, 7],
    ['as long as configuration says', configured, 30],
  ])('log groups, those of the API included, keep their lines %s', (_name, stack, days) => {
    const groups = resourcesOf(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => [
      render(Properties['LogGroupName']),
      Properties['RetentionInDays'],
    ]);
    expect(groups.sort()).toEqual(
      [
        ...[...names, 'api-key-rotator'].map(name => `/aws/lambda/sallyport-${name}-dev`),
        '/aws/apigateway/sallyport-documents-dev',
        'API-Gateway-Execution-Logs_<DocumentApi>/v1',
        'aws-waf-logs-sallyport-documents-dev',
      ]
        .map(name => [name, days])
        .concat([['/aws/events/sallyport-documents-api-calls-dev', 30]])
        .sort(),
    );
  });
});

describe('alarms', () => {
  const alarms: [name: string, metric: string][] = [
    ...[...names, 'api-key-rotator'].flatMap((name): [string, string][] => [
      [`sallyport-${name}-errors-dev`, 'AWS/Lambda Errors'],
      [`sallyport-${name}-throttles-dev`, 'AWS/Lambda Throttles'],
    ]),
    ['sallyport-documents-api-server-errors-dev', 'AWS/ApiGateway 5XXError'],
  ];

  /** Of parts that every flow has alike; what they watch is held where those are. */
  const common = [
    ...[...names, 'api-key-rotator'].map(name => `sallyport-${name}-duration-dev`),
    'sallyport-documents-bucket-client-errors-dev',
    'sallyport-documents-bucket-server-errors-dev',
    'sallyport-document-api-alerts-undelivered-dev',
    'sallyport-documents-api-calls-dead-letters-dev',
  ];

  test('there are these, those of parts that every flow has, and no others', () => {
    expect([...alarmsOf(dev).keys()].sort()).toEqual([...alarms.map(([name]) => name), ...common].sort());
  });

  test.each(alarms)('%s watches %s and tells people', (name, metric) => {
    const alarm = alarmsOf(dev).get(name);
    expect(metricsOf(alarm)).toEqual([metric]);
    expect(alarm).toMatchObject({
      AlarmActions: ['<DocumentApiAlertTopic>'],
      OKActions: ['<DocumentApiAlertTopic>'],
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Statistic: 'Sum',
      Threshold: 1,
      EvaluationPeriods: 1,
      Period: 300,
    });
  });

  test('server errors are counted of this API and this stage', () => {
    const [stage] = resourcesOf(dev, 'AWS::ApiGateway::Stage').map(([id]) => id);
    expect(alarmsOf(dev).get('sallyport-documents-api-server-errors-dev')).toMatchObject({
      Dimensions: [
        { Name: 'ApiName', Value: 'sallyport-documents-dev' },
        { Name: 'Stage', Value: `<${stage}>` },
      ],
    });
  });

  test('thresholds and period are configuration', () => {
    expect(alarmsOf(configured).get('sallyport-documents-api-server-errors-dev')).toMatchObject({
      Threshold: 5,
      Period: 600,
    });
  });
});

describe('D12: alerts', () => {
  test('the topic is encrypted under its own key', () => {
    dev.template.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'sallyport-document-api-alerts-dev',
      KmsMasterKeyId: { 'Fn::GetAtt': ['DocumentApiAlertsKey', 'Arn'] },
    });
  });

  test('people hear of alarms by e-mail', () => {
    prod.template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'security@example.com',
      TopicArn: { Ref: 'DocumentApiAlertTopic' },
    });
  });
});

describe('environments', () => {
  test('share no physical name', () => {
    const ours = physicalNamesOf(dev);
    expect(ours.length).toBeGreaterThan(20);
    // The name of the execution log holds the id of the API.
    const theirs = physicalNamesOf(prod).filter(name => !name.includes('<DocumentApi>'));
    expect(theirs.filter(name => ours.includes(name))).toEqual([]);
    for (const type of ['RestApi', 'UsagePlan']) {
      const nameIn = (stack: SynthesizedStack) =>
        resourcesOf(stack, `AWS::ApiGateway::${type}`).map(
          ([, { Properties }]) => Properties['Name'] ?? Properties['UsagePlanName'],
        );
      expect(nameIn(dev)).toEqual(['sallyport-documents-dev']);
      expect(nameIn(prod)).toEqual(['sallyport-documents-prod']);
    }
  });

  test.each([
    ['prod keeps', prod, 'Retain', true],
    ['dev lets go of', dev, 'Delete', false],
  ])('%s documents, entries and keys with the stack', (_name, stack, policy, protectedTable) => {
    for (const id of [
      'DocumentsBucket',
      'DocumentAccessLogBucket',
      'DocumentApiAuditTable',
      'DocumentsKey',
    ]) {
      expect({ id, kept: stack.json.Resources[id]?.DeletionPolicy?.replace(/^Retain.*/, 'Retain') }).toEqual({
        id,
        kept: policy,
      });
    }
    expect(stack.json.Resources['DocumentApiAuditTable']?.Properties).toMatchObject({
      DeletionProtectionEnabled: protectedTable,
    });
    expect(stack.terminationProtection).toBe(protectedTable);
  });
});

test('D12: the outputs name what clients and operators ask for', () => {
  const [stage] = resourcesOf(dev, 'AWS::ApiGateway::Stage').map(([id]) => id);
  const outputs = Object.entries(dev.json.Outputs).map(([name, { Value }]) => [name, render(Value)]);
  expect(Object.fromEntries(outputs)).toEqual({
    DocumentApiUrl: `https://<DocumentApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/<${stage}>/`,
    DocumentApiId: '<DocumentApi>',
    DocumentApiStageArn: `arn:<AWS::Partition>:apigateway:<AWS::Region>::/restapis/<DocumentApi>/stages/<${stage}>`,
    DocumentApiKeySecretArn: '<DocumentApiKeySecret>',
    DocumentsBucketName: '<DocumentsBucket>',
    DocumentsKeyArn: '<DocumentsKey.Arn>',
    DocumentApiAuditTableName: '<DocumentApiAuditTable>',
    DocumentApiAlertTopicArn: '<DocumentApiAlertTopic>',
  });
});

test('the stack holds no custom resource and asks no other stack for anything', () => {
  const types = Object.values(dev.json.Resources).map(({ Type }) => Type);
  expect(types.filter(type => /^Custom::|CustomResource/.test(type))).toEqual([]);
  expect(JSON.stringify(dev.json)).not.toContain('Fn::ImportValue');
});
