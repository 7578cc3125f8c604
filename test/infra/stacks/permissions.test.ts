import { describe, expect, test } from '@jest/globals';
import {
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  synthesizeAll,
  synthesizeIntake,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const intake = synthesizeIntake();
const trail = synthesizeTrail();
const all = synthesizeAll({ remediationMode: 'contain', securityHub: 'true' });

const idOf = (stack: SynthesizedStack, type: string, property: string, name: string) =>
  resourcesOf(stack, type).find(([, { Properties }]) => Properties[property] === name)?.[0];

const writer = idOf(intake, 'AWS::Lambda::Function', 'FunctionName', 'sallyport-upload-writer-dev');
const machine = idOf(intake, 'AWS::StepFunctions::StateMachine', 'StateMachineName', 'sallyport-intake-dev');

/** The two lines that let a function write its log. */
function writesLog(stack: SynthesizedStack, functionName: string): string[] {
  const logs = idOf(stack, 'AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/${functionName}`);
  return [`logs:CreateLogStream <${logs}.Arn>`, `logs:PutLogEvents <${logs}.Arn>`];
}

/** What a role may do: action, resource, and whether a condition narrows it; keys are looked at in keys.test.ts. */
function allowed(stack: SynthesizedStack, words: string): string[] {
  return statementsOfRole(stack, words)
    .flatMap(({ actions, resources }) =>
      actions.flatMap(action => resources.map(resource => `${action} ${resource}`)),
    )
    .filter(line => !line.startsWith('kms:'))
    .sort();
}

const traces = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

describe('A8: one role each, and no more than its work', () => {
  test('the trigger', () => {
    const executions =
      'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:sallyport-intake-dev:*';
    expect(allowed(intake, 'what intake-trigger may do')).toEqual(
      [
        'dynamodb:GetItem <AuditTable.Arn>',
        'dynamodb:PutItem <AuditTable.Arn>',
        'dynamodb:Query <AuditTable.Arn>',
        ...writesLog(intake, 'sallyport-intake-trigger-dev'),
        'sns:Publish <AlertTopic>',
        'sqs:DeleteMessage <IntakeQueue.Arn>',
        'sqs:GetQueueAttributes <IntakeQueue.Arn>',
        'sqs:ReceiveMessage <IntakeQueue.Arn>',
        `states:DescribeExecution ${executions}`,
        `states:StartExecution <${machine}>`,
        ...traces,
      ].sort(),
    );
  });

  test('the writer', () => {
    expect(allowed(intake, 'what upload-writer may do')).toEqual(
      [
        'dynamodb:GetItem <UploadsTable.Arn>',
        'dynamodb:PutItem <UploadsTable.Arn>',
        ...writesLog(intake, 'sallyport-upload-writer-dev'),
        's3:GetObjectVersion <UploadsBucket.Arn>/*',
        's3:ListBucket <UploadsBucket.Arn>',
        ...traces,
      ].sort(),
    );
  });

  test('the workflow invokes the writer and nothing else', () => {
    expect(allowed(intake, 'what the intake workflow may do')).toEqual(
      [
        `lambda:InvokeFunction <${writer}.Arn>`,
        'logs:CreateLogDelivery *',
        'logs:DeleteLogDelivery *',
        'logs:DescribeLogGroups *',
        'logs:DescribeResourcePolicies *',
        'logs:GetLogDelivery *',
        'logs:ListLogDeliveries *',
        'logs:PutResourcePolicy *',
        'logs:UpdateLogDelivery *',
        'sns:Publish <AlertTopic>',
        'xray:GetSamplingRules *',
        'xray:GetSamplingTargets *',
        ...traces,
      ].sort(),
    );
  });

  // The role under which API Gateway logs is held in document-api-permissions.test.ts.
  test.each(all.filter(([id]) => id !== 'DocumentApiStack'))(
    '%s: each function has a role of its own, none has a managed policy, services assume them',
    (_name, stack) => {
      const roles = resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) =>
        String(render(Properties['Role'])),
      );
      expect(new Set(roles).size).toBe(roles.length);
      for (const [, { Properties }] of resourcesOf(stack, 'AWS::IAM::Role')) {
        expect(Properties).not.toHaveProperty('ManagedPolicyArns');
        expect(JSON.stringify(render(Properties['AssumeRolePolicyDocument']))).toMatch(
          /"Principal":\{"Service":"(lambda|s3|states|events)\.amazonaws\.com"\}/,
        );
      }
    },
  );
});

describe('C6: one role each, and no more than its work', () => {
  test('the analyzer', () => {
    expect(allowed(trail, 'what trail-analyzer may do')).toEqual(
      [
        'dynamodb:GetItem <TrailAuditTable.Arn>',
        'dynamodb:PutItem <TrailAuditTable.Arn>',
        'dynamodb:UpdateItem <TrailEventsTable.Arn>',
        ...writesLog(trail, 'sallyport-trail-analyzer-dev'),
        's3:GetObject <TrailLogBucket.Arn>/*',
        's3:GetObjectVersion <TrailLogBucket.Arn>/*',
        's3:ListBucket <TrailLogBucket.Arn>',
        'sns:Publish <TrailAlertTopic>',
        'sqs:DeleteMessage <TrailQueue.Arn>',
        'sqs:GetQueueAttributes <TrailQueue.Arn>',
        'sqs:ReceiveMessage <TrailQueue.Arn>',
        ...traces,
      ].sort(),
    );
  });

  test('the keeper of dead letters', () => {
    expect(allowed(trail, 'what trail-dead-letter-keeper may do')).toEqual(
      [
        'dynamodb:GetItem <TrailAuditTable.Arn>',
        'dynamodb:PutItem <TrailAuditTable.Arn>',
        'dynamodb:Query <TrailAuditTable.Arn>',
        'dynamodb:GetItem <TrailDeadLettersTable.Arn>',
        'dynamodb:PutItem <TrailDeadLettersTable.Arn>',
        'dynamodb:UpdateItem <TrailDeadLettersTable.Arn>',
        ...writesLog(trail, 'sallyport-trail-dead-letter-keeper-dev'),
        'sns:Publish <TrailAlertTopic>',
        'sqs:DeleteMessage <TrailDeadLetterQueue.Arn>',
        'sqs:GetQueueAttributes <TrailDeadLetterQueue.Arn>',
        'sqs:ReceiveMessage <TrailDeadLetterQueue.Arn>',
        ...traces,
      ].sort(),
    );
  });

  test.each([
    ['trail-analyzer', { s3: '<TrailLogsKey.Arn>', sqs: '<TrailQueueKey.Arn>' }],
    ['trail-dead-letter-keeper', { sqs: '<TrailQueueKey.Arn>' }],
  ])('%s uses each key through the service that holds the data', (name, own) => {
    const expected = { ...own, dynamodb: '<TrailTablesKey.Arn>', sns: '<TrailAlertsKey.Arn>' };
    const through = statementsOfRole(trail, `what ${name} may do`)
      .filter(({ actions }) => actions.some(action => action.startsWith('kms:')))
      .flatMap(({ resources, conditions }) =>
        resources.map(resource => [resource, conditions['StringEquals']?.['kms:ViaService']]),
      );
    expect(through.sort()).toEqual(
      Object.entries(expected)
        .map(([service, key]) => [key, `${service}.<AWS::Region>.<AWS::URLSuffix>`])
        .sort(),
    );
  });
});
