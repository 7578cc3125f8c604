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

const consumes = (queue: string) =>
  ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'].map(action => `${action} ${queue}`);

/** What a function does that puts what it has matched into windows. */
const gathers = ['BatchWriteItem', 'UpdateItem'].map(
  action => `dynamodb:${action} <TrailAlertWindowsTable.Arn>`,
);

const readsLogs = [
  's3:GetObject <TrailLogBucket.Arn>/*',
  's3:GetObjectVersion <TrailLogBucket.Arn>/*',
  's3:ListBucket <TrailLogBucket.Arn>',
];

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
        'dynamodb:GetItem <TrailEventsTable.Arn>',
        'dynamodb:UpdateItem <TrailEventsTable.Arn>',
        ...gathers,
        ...writesLog(trail, 'sallyport-trail-analyzer-dev'),
        ...readsLogs,
        'sns:Publish <TrailAlertTopic>',
        ...consumes('<TrailQueue.Arn>'),
        ...consumes('<TrailLiveQueue.Arn>'),
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
        ...consumes('<TrailDeadLetterQueue.Arn>'),
        ...consumes('<TrailLiveDeadLetterQueue.Arn>'),
        ...traces,
      ].sort(),
    );
  });

  test('the summarizer', () => {
    expect(allowed(trail, 'what trail-summarizer may do')).toEqual(
      [
        ...gathers,
        'dynamodb:GetItem <TrailAlertWindowsTable.Arn>',
        'dynamodb:Query <TrailAlertWindowsTable.Arn>',
        'dynamodb:Query <TrailAlertWindowsTable.Arn>/index/ByDue',
        ...writesLog(trail, 'sallyport-trail-summarizer-dev'),
        'sns:Publish <TrailAlertTopic>',
        ...traces,
      ].sort(),
    );
  });

  test('the verifier, which reads and changes nothing', () => {
    expect(allowed(trail, 'what trail-verifier may do')).toEqual(
      [
        'cloudtrail:ListPublicKeys *',
        'dynamodb:GetItem <TrailAuditTable.Arn>',
        'dynamodb:PutItem <TrailAuditTable.Arn>',
        'dynamodb:Query <TrailAuditTable.Arn>',
        ...writesLog(trail, 'sallyport-trail-verifier-dev'),
        ...readsLogs,
        'sns:Publish <TrailAlertTopic>',
        ...traces,
      ].sort(),
    );
  });

  test('the backfiller, which does with a log what the analyzer does', () => {
    expect(allowed(trail, 'what trail-backfiller may do')).toEqual(
      [
        'dynamodb:GetItem <TrailAuditTable.Arn>',
        'dynamodb:PutItem <TrailAuditTable.Arn>',
        'dynamodb:GetItem <TrailEventsTable.Arn>',
        'dynamodb:UpdateItem <TrailEventsTable.Arn>',
        ...gathers,
        'dynamodb:GetItem <TrailBackfillsTable.Arn>',
        'dynamodb:PutItem <TrailBackfillsTable.Arn>',
        'dynamodb:Query <TrailBackfillsTable.Arn>',
        ...writesLog(trail, 'sallyport-trail-backfiller-dev'),
        ...readsLogs,
        'sns:Publish <TrailAlertTopic>',
        ...traces,
      ].sort(),
    );
  });

  test('the backfill workflow lists the bucket, invokes the backfiller, and starts itself', () => {
    const backfiller = idOf(trail, 'AWS::Lambda::Function', 'FunctionName', 'sallyport-trail-backfiller-dev');
    const states = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>';
    const machine = 'sallyport-trail-backfill-dev';
    const own = allowed(trail, 'what the backfill workflow may do').filter(
      line => !/^(?:logs|xray):\w+ \*$/.test(line),
    );
    expect(own).toEqual(
      [
        `lambda:InvokeFunction <${backfiller}.Arn>`,
        's3:ListBucket <TrailLogBucket.Arn>',
        'sns:Publish <TrailAlertTopic>',
        `states:DescribeExecution ${states}:execution:${machine}/Logs:*`,
        `states:DescribeExecution ${states}:execution:${machine}:*`,
        `states:RedriveExecution ${states}:execution:${machine}/Logs:*`,
        `states:StartExecution ${states}:stateMachine:${machine}`,
        `states:StopExecution ${states}:execution:${machine}/Logs:*`,
        `states:StopExecution ${states}:execution:${machine}:*`,
      ].sort(),
    );
  });

  test('of the bucket of rules, the analyzer writes what it has accepted, and not what people put', () => {
    const withRules = synthesizeTrail({ trailRulesBucket: 'true' });
    const ofRules = allowed(withRules, 'what trail-analyzer may do').filter(line => line.includes('Rules'));
    expect(ofRules).toEqual([
      's3:GetObject <TrailRulesBucket.Arn>/*',
      's3:GetObjectVersion <TrailRulesBucket.Arn>/*',
      's3:ListBucket <TrailRulesBucket.Arn>',
      's3:PutObject <TrailRulesBucket.Arn>/accepted/*',
    ]);
  });

  test.each([
    ['trail-analyzer', { s3: '<TrailLogsKey.Arn>', sqs: '<TrailQueueKey.Arn>' }],
    ['trail-dead-letter-keeper', { sqs: '<TrailQueueKey.Arn>' }],
    ['trail-summarizer', {}],
    ['trail-verifier', { s3: '<TrailLogsKey.Arn>' }],
    ['trail-backfiller', { s3: '<TrailLogsKey.Arn>' }],
  ])('%s uses each key through the service that holds the data', (name, own) => {
    const expected: Record<string, string> = {
      ...own,
      dynamodb: '<TrailTablesKey.Arn>',
      sns: '<TrailAlertsKey.Arn>',
    };
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
