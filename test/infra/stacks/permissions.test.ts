import { describe, expect, test } from '@jest/globals';
import {
  allStatements,
  render,
  resourcesOf,
  type Statement,
  statementsOfRole,
  synthesizeIntake,
} from '../synthesized-stack.ts';

const stack = synthesizeIntake();

const idOf = (type: string, property: string, name: string) =>
  resourcesOf(stack, type).find(([, { Properties }]) => Properties[property] === name)?.[0];

const writer = idOf('AWS::Lambda::Function', 'FunctionName', 'sallyport-upload-writer-dev');
const machine = idOf('AWS::StepFunctions::StateMachine', 'StateMachineName', 'sallyport-intake-dev');
const logsOf = (name: string) => idOf('AWS::Logs::LogGroup', 'LogGroupName', name);

/** What a role may do: action, resource, and whether a condition narrows it; keys are looked at in keys.test.ts. */
function allowed(words: string): string[] {
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
    const logs = `<${logsOf('/aws/lambda/sallyport-intake-trigger-dev')}.Arn>`;
    expect(allowed('what intake-trigger may do')).toEqual(
      [
        'dynamodb:GetItem <AuditTable.Arn>',
        'dynamodb:PutItem <AuditTable.Arn>',
        'dynamodb:Query <AuditTable.Arn>',
        `logs:CreateLogStream ${logs}`,
        `logs:PutLogEvents ${logs}`,
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
    const logs = `<${logsOf('/aws/lambda/sallyport-upload-writer-dev')}.Arn>`;
    expect(allowed('what upload-writer may do')).toEqual(
      [
        'dynamodb:GetItem <UploadsTable.Arn>',
        'dynamodb:PutItem <UploadsTable.Arn>',
        `logs:CreateLogStream ${logs}`,
        `logs:PutLogEvents ${logs}`,
        's3:GetObjectVersion <UploadsBucket.Arn>/*',
        's3:ListBucket <UploadsBucket.Arn>',
        ...traces,
      ].sort(),
    );
  });

  test('the workflow invokes the writer and nothing else', () => {
    expect(allowed('what the intake workflow may do')).toEqual(
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

  test('each function has a role of its own, none has a managed policy, and services assume them', () => {
    const roles = resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      String(render(Properties['Role'])),
    );
    expect(new Set(roles).size).toBe(roles.length);
    for (const [, { Properties }] of resourcesOf(stack, 'AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(JSON.stringify(render(Properties['AssumeRolePolicyDocument']))).toMatch(
        /"Principal":\{"Service":"(lambda|states)\.amazonaws\.com"\}/,
      );
    }
  });
});

/** The actions for which AWS offers no resource (Service Authorization Reference). */
const nameNoResource =
  /^(xray:|logs:(\w+LogDelivery|ListLogDeliveries|\w+ResourcePolic\w+|DescribeLogGroups)$)/;

function tooWide({ policy, effect, actions, resources }: Statement): string[] {
  if (effect === 'Deny') return [];
  // Within a key policy `*` is that key; its administration by the account is CDK's default statement.
  if (/Key$/.test(policy)) return actions.filter(action => action !== 'kms:*' && !action.startsWith('kms:'));
  return [
    ...actions.filter(action => action.includes('*')),
    ...(resources.includes('*') ? actions.filter(action => !nameNoResource.test(action)) : []),
  ];
}

describe('A8: wildcards', () => {
  test('no statement names every resource where AWS lets it name one, and none allows actions by pattern', () => {
    const statements = allStatements(stack);
    expect(statements.length).toBeGreaterThan(30);
    expect(statements.flatMap(tooWide)).toEqual([]);
  });

  test.each([
    ['every resource', { actions: ['s3:GetObject'], resources: ['*'] }, ['s3:GetObject']],
    ['a pattern of actions', { actions: ['s3:Get*'], resources: ['<B.Arn>'] }, ['s3:Get*']],
    ['what cannot name one', { actions: ['xray:PutTraceSegments'], resources: ['*'] }, []],
    [
      'log events for every log group',
      { actions: ['logs:PutLogEvents'], resources: ['*'] },
      ['logs:PutLogEvents'],
    ],
  ])('the search above sees %s', (_name, statement, found) => {
    const whole = {
      policy: 'P',
      sid: undefined,
      effect: 'Allow',
      principals: [],
      conditions: {},
      ...statement,
    };
    expect(tooWide(whole)).toEqual(found);
  });
});
