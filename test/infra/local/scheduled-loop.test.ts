import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalPipeline, startLocalPipeline } from '../../../infra/local/local-pipeline.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

const definition = {
  StartAt: 'Begin',
  States: {
    Begin: {
      Type: 'Pass',
      Parameters: { 'work.$': '$', segments: 0 },
      Next: 'Work',
    },
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: `\${Step}`, 'Payload.$': '$.work' },
      ResultSelector: { 'work.$': '$.Payload' },
      ResultPath: '$.answer',
      Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 2, MaxAttempts: 2 }],
      Next: 'Count',
    },
    Count: {
      Type: 'Pass',
      Parameters: { 'work.$': '$.answer.work', 'segments.$': 'States.MathAdd($.segments, 1)' },
      Next: 'IsDone',
    },
    IsDone: {
      Type: 'Choice',
      Choices: [
        { Not: { Variable: '$.work.phase', IsPresent: true }, Next: 'TooLong' },
        { Variable: '$.work.phase', StringEquals: 'done', Next: 'Done' },
        { Variable: '$.segments', NumericGreaterThanEquals: 6, Next: 'TooLong' },
      ],
      Default: 'Work',
    },
    Done: { Type: 'Succeed' },
    TooLong: { Type: 'Fail', Error: 'TooManySegments' },
  },
};

/** Counts a step; every second one fails once, in the environment that it comes to. */
const stepSource = `
const failed = new Set();
export const handler = async ({ segment = 0, until = 3, ...rest }) => {
  const next = segment + 1;
  if (next % 2 === 0 && !failed.has(next)) {
    failed.add(next);
    throw Object.assign(new Error('once more'), { name: 'Again' });
  }
  return { ...rest, until, segment: next, phase: next >= until ? 'done' : 'scanning' };
};`;

const assembly = writeAssembly({
  functions: { step: stepSource },
  stacks: {
    loop: {
      template: {
        Resources: {
          Step: {
            Type: 'AWS::Lambda::Function',
            Properties: { Runtime: 'nodejs24.x', Code: { S3Bucket: 'assets', S3Key: 'step.zip' } },
          },
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: {
              StateMachineName: 'loop',
              Definition: definition,
              DefinitionSubstitutions: { Step: { 'Fn::GetAtt': ['Step', 'Arn'] } },
            },
          },
          Daily: {
            Type: 'AWS::Events::Rule',
            Properties: {
              Name: 'daily',
              ScheduleExpression: 'rate(24 hours)',
              Targets: [
                {
                  Id: 'Machine',
                  Arn: { Ref: 'Machine' },
                  RoleArn: 'arn:role',
                  Input: '{"until":5,"by":"clock"}',
                },
              ],
            },
          },
          Findings: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'findings' } },
          Severe: {
            Type: 'AWS::Events::Rule',
            Properties: {
              Name: 'severe',
              EventPattern: {
                source: ['aws.guardduty'],
                'detail-type': ['GuardDuty Finding'],
                detail: { severity: [{ numeric: ['>=', 7] }] },
              },
              Targets: [{ Id: 'Queue', Arn: { 'Fn::GetAtt': ['Findings', 'Arn'] } }],
            },
          },
        },
        Outputs: { MachineArn: { Value: { Ref: 'Machine' } } },
      },
    },
  },
});

let pipeline: LocalPipeline;

beforeAll(async () => {
  pipeline = await startLocalPipeline({
    assembly,
    stateRetryFactor: 0.001,
    logFolder: false,
    permissions: 'off',
  });
});

afterAll(() => pipeline.stop());

async function call(target: string, body: object): Promise<unknown> {
  const headers = { 'X-Amz-Target': target };
  const answer = await fetch(pipeline.endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json();
}

const put = (Source: string, DetailType: string, detail: object, Resources: readonly string[] = []) =>
  call('AWSEvents.PutEvents', {
    Entries: [{ Source, DetailType, Resources, Detail: JSON.stringify(detail) }],
  });

describe('a state machine that loops over a function', () => {
  test('runs by its schedule, put by hand, until the function is done', async () => {
    expect(pipeline.scheduledRules).toEqual([
      {
        name: 'daily',
        arn: 'arn:aws:events:eu-central-1:000000000000:rule/daily',
        schedule: 'rate(24 hours)',
      },
    ]);
    await put('aws.events', 'Scheduled Event', {}, [pipeline.scheduledRules[0]?.arn ?? '']);
    await pipeline.idle();
    const [execution, ...more] = pipeline.executions();
    expect(more).toEqual([]);
    expect(execution?.status).toBe('SUCCEEDED');
    expect(JSON.parse(execution?.output ?? '')).toEqual({
      work: { by: 'clock', until: 5, segment: 5, phase: 'done' },
      segments: 5,
    });
  });

  test('ends at its bound', async () => {
    const input = JSON.stringify({ until: 100 });
    const { MachineArn: stateMachineArn } = pipeline.outputs;
    await call('AWSStepFunctions.StartExecution', { stateMachineArn, input });
    await pipeline.idle();
    expect(pipeline.executions().at(-1)).toMatchObject({ status: 'FAILED', error: 'TooManySegments' });
  });
});

test('findings of a severity from 7 on reach their queue, those above 8.9 included', async () => {
  const severities = [1, 6.9, 7, 8.9, 9, 10, '8'];
  for (const severity of severities) await put('aws.guardduty', 'GuardDuty Finding', { severity });
  await put('aws.macie', 'GuardDuty Finding', { severity: 9 });
  const sqs = new SQSClient(pipeline.client);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${pipeline.endpoint}/${pipeline.accountId}/findings`,
      MaxNumberOfMessages: 10,
    }),
  );
  const found = Messages.map(({ Body = '' }) => JSON.parse(Body).detail.severity);
  expect(found.toSorted((a, b) => a - b)).toEqual([7, 8.9, 9, 10]);
  sqs.destroy();
});
