import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { alarmsOf, metricsOf } from '../alarms.ts';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  statementsOfServices,
  synthesizeDocumentApi,
} from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();
const configured = synthesizeDocumentApi({ documentApiChangeRetentionDays: '365' });

const ruleArn =
  'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/sallyport-documents-api-calls-dev';

interface EventRule {
  readonly Name: string;
  readonly State?: string;
  readonly EventPattern: unknown;
  readonly Targets: readonly Record<string, unknown>[];
}

const rules = resourcesOf(stack, 'AWS::Events::Rule');
const [[ruleId = '', ruleResource] = []] = rules;
const rule = render(ruleResource?.Properties) as EventRule;

const [[groupId = ''] = []] = resourcesOf(stack, 'AWS::Logs::LogGroup').filter(
  ([, { Properties }]) => Properties['LogGroupName'] === '/aws/events/sallyport-documents-api-calls-dev',
);

/** An event as CloudTrail hands it to EventBridge. */
const call = (eventName: string, requestParameters: object | null, source = 'apigateway') => ({
  source: `aws.${source}`,
  'detail-type': 'AWS API Call via CloudTrail',
  detail: { eventSource: `${source}.amazonaws.com`, eventName, requestParameters },
});

describe('D11: calls that change the document API', () => {
  const matches = compileEventPattern(rule.EventPattern).matches;

  test.each([
    ['a deployment', call('CreateDeployment', { restApiId: '<DocumentApi>', createDeploymentInput: {} })],
    ['a change of its stage', call('UpdateStage', { restApiId: '<DocumentApi>', stageName: 'v1' })],
    ['its end', call('DeleteRestApi', { restApiId: '<DocumentApi>' })],
    ['a key, which belongs to no one API', call('CreateApiKey', { createApiKeyInput: { enabled: true } })],
    ['a usage plan', call('UpdateUsagePlan', { usageplanId: 'abc' })],
    ['the log role of the account', call('UpdateAccount', { updateAccountInput: {} })],
    ['a call without parameters', call('GenerateClientCertificate', null)],
  ])('are kept: %s', (_name, event) => {
    expect(matches(event)).toBe(true);
  });

  test.each([
    ['another API', call('CreateDeployment', { restApiId: 'other' })],
    ['an HTTP API', call('UpdateStage', { apiId: 'other' })],
    ['another service', call('DeleteFunction', { functionName: 'x' }, 'lambda')],
    [
      'anything but a call',
      { ...call('UpdateStage', { restApiId: '<DocumentApi>' }), 'detail-type': 'Other' },
    ],
  ])('are not those of %s', (_name, event) => {
    expect(matches(event)).toBe(false);
  });

  test('go into a log group for a month, or as long as configuration says, under our key', () => {
    expect(rules).toHaveLength(1);
    expect(rule.State ?? 'ENABLED').toBe('ENABLED');
    expect(rule.Targets).toEqual([
      {
        Id: 'LogGroup',
        Arn: `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<${groupId}>`,
        DeadLetterConfig: { Arn: '<DocumentApiCallsDeadLetterQueue.Arn>' },
      },
    ]);
    expect(render(propertiesOf(stack, groupId))).toMatchObject({
      RetentionInDays: 30,
      KmsKeyId: '<DocumentApiLogGroupsKey.Arn>',
    });
    expect(propertiesOf(configured, groupId)).toMatchObject({ RetentionInDays: 365 });
  });

  test('this rule alone may write there, before it does', () => {
    const [[policyId = '', policy] = []] = resourcesOf(stack, 'AWS::Logs::ResourcePolicy').filter(
      ([, { Properties }]) => Properties['PolicyName'] === 'sallyport-documents-api-calls-dev',
    );
    const { Statement } = JSON.parse(String(render(policy?.Properties['PolicyDocument']))) as {
      Statement: unknown;
    };
    const shared = {
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
      Resource: `<${groupId}.Arn>`,
    };
    expect(Statement).toEqual([
      { ...shared, Sid: 'StreamsOfEvents', Action: 'logs:CreateLogStream' },
      {
        ...shared,
        Sid: 'EventsOfThisRule',
        Action: 'logs:PutLogEvents',
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      },
    ]);
    expect(stack.json.Resources[ruleId]?.DependsOn).toContain(policyId);
  });
});

describe('D11: calls that could not be written down', () => {
  test('wait for two weeks in a queue of their own, encrypted, which takes them from this rule alone', () => {
    expect(render(propertiesOf(stack, 'DocumentApiCallsDeadLetterQueue'))).toMatchObject({
      QueueName: 'sallyport-documents-api-calls-dead-letters-dev',
      KmsMasterKeyId: '<DocumentApiQueueKey.Arn>',
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
    const sends = allStatements(stack).filter(
      ({ effect, actions, resources }) =>
        effect === 'Allow' &&
        actions.includes('sqs:SendMessage') &&
        resources.includes('<DocumentApiCallsDeadLetterQueue.Arn>'),
    );
    expect(sends).toMatchObject([
      { principals: ['events.amazonaws.com'], conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } } },
    ]);
    expect(statementsOfServices(stack, 'DocumentApiQueueKey').map(({ principals }) => principals)).toEqual([
      ['events.amazonaws.com'],
    ]);
  });

  test('raise an alarm', () => {
    const alarm = alarmsOf(stack).get('sallyport-documents-api-calls-dead-letters-dev');
    expect(metricsOf(alarm)).toEqual(['AWS/SQS ApproximateNumberOfMessagesVisible']);
    expect(alarm).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: '<DocumentApiCallsDeadLetterQueue.QueueName>' }],
      AlarmActions: ['<DocumentApiAlertTopic>'],
      OKActions: ['<DocumentApiAlertTopic>'],
      Threshold: 1,
    });
  });
});
