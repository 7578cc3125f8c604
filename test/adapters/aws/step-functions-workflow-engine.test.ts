import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StepFunctionsWorkflowEngine } from '../../../src/adapters/aws/step-functions-workflow-engine.ts';
import { workflowEngineContract } from '../../../src/adapters/contracts/workflow-engine-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import {
  type StepFunctionsEndpoint,
  startStepFunctions,
  stepFunctionsClient,
} from '../../emulators/step-functions.ts';

let stepFunctions: StepFunctionsEndpoint;
let stateMachineArn: string;
let engine: StepFunctionsWorkflowEngine;

beforeAll(async () => {
  stepFunctions = await startStepFunctions();
  stateMachineArn = await stepFunctions.createStateMachine('contract');
  const { client, clock } = stepFunctions;
  engine = new StepFunctionsWorkflowEngine({ client, stateMachineArn, clock });
});
afterAll(() => stepFunctions.close());

describe(`the contract of ${workflowEngineContract.port}`, () => {
  test.each(workflowEngineContract.cases)('$name', ({ run }) =>
    run({
      engine,
      wait: () => stepFunctions.wait(1500),
      finish: async name => {
        await stepFunctions.abort(stateMachineArn, name);
        return 'ABORTED';
      },
    }),
  );
});

const arn = 'arn:aws:states:us-east-1:111122223333:stateMachine:intake';
const begun = Date.parse('2026-11-21T08:00:00.000Z');

async function against<T>(
  answer: CannedAnswer,
  call: (engine: StepFunctionsWorkflowEngine) => Promise<T>,
  machine = arn,
): Promise<{ result: T; request: unknown }> {
  const canned = await startCannedAnswers(answer);
  const client = stepFunctionsClient(canned.endpoint);
  const clock = new ManualClock(new Date(begun));
  try {
    const result = await call(new StepFunctionsWorkflowEngine({ client, stateMachineArn: machine, clock }));
    return { result, request: JSON.parse(String(canned.requests[0])) };
  } finally {
    client.destroy();
    await canned.close();
  }
}

describe('start', () => {
  test.each([
    ['dated before the call by more than a second', -1001, 'already-running'],
    ['dated one second before the call', -1000, 'started'],
    ['dated at the call', 0, 'started'],
    ['dated after the call', 5000, 'started'],
  ])('an execution %s (%d ms) is %s', async (_, offset, outcome) => {
    const answer = jsonAnswer(200, { executionArn: 'e', startDate: (begun + offset) / 1000 });

    const { result, request } = await against(answer, tried =>
      tried.start({ name: 'one', input: { a: 'é' } }),
    );

    expect(result).toEqual({ outcome });
    expect(request).toEqual({ stateMachineArn: arn, name: 'one', input: '{"a":"é"}' });
  });

  test('the alias of a state machine is started as such', async () => {
    const answer = jsonAnswer(200, { executionArn: 'e', startDate: begun / 1000 });

    const { request } = await against(
      answer,
      tried => tried.start({ name: 'one', input: {} }),
      `${arn}:live`,
    );

    expect(request).toMatchObject({ stateMachineArn: `${arn}:live` });
  });

  test.each([
    ['ExecutionLimitExceeded', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['KmsThrottlingException', 'throttled'],
    ['AccessDeniedException', 'denied'],
    ['KmsAccessDeniedException', 'denied'],
    ['StateMachineDoesNotExist', 'not-found'],
    ['StateMachineDeleting', 'conflict'],
    ['KmsInvalidStateException', 'conflict'],
    ['InvalidExecutionInput', 'permanent'],
    ['InvalidArn', 'permanent'],
    ['ValidationException', 'permanent'],
  ])('%s is %s', async (code, kind) => {
    const answer = jsonAnswer(400, { __type: code, message: 'x' });

    const started = against(answer, tried => tried.start({ name: 'one', input: {} }));

    await expect(started).rejects.toMatchObject({ kind, code, operation: 'WorkflowEngine.start' });
  });

  test('an answer without a start date is not taken for success', async () => {
    const started = against(jsonAnswer(200, { executionArn: 'e' }), tried =>
      tried.start({ name: 'one', input: {} }),
    );

    await expect(started).rejects.toMatchObject({ kind: 'retryable', code: 'IncompleteAnswer' });
  });

  test('an absent state machine is not-found', async () => {
    const { client, clock } = stepFunctions;
    const absent = new StepFunctionsWorkflowEngine({ client, stateMachineArn: `${stateMachineArn}x`, clock });

    await expect(absent.start({ name: 'one', input: {} })).rejects.toMatchObject({
      kind: 'not-found',
      code: 'StateMachineDoesNotExist',
    });
    expect(await absent.status('one')).toBeUndefined();
  });
});

describe('status', () => {
  test.each([
    ['RUNNING', 'RUNNING'],
    ['SUCCEEDED', 'SUCCEEDED'],
    ['FAILED', 'FAILED'],
    ['TIMED_OUT', 'TIMED_OUT'],
    ['ABORTED', 'ABORTED'],
    ['PENDING_REDRIVE', 'RUNNING'],
  ])('%s is told as %s', async (status, expected) => {
    const { result } = await against(jsonAnswer(200, { status }), tried => tried.status('one'));

    expect(result).toBe(expected);
  });

  test.each([arn, `${arn}:live`, `${arn}:3`])(
    'the execution of %s is asked for by its ARN',
    async machine => {
      const { request } = await against(
        jsonAnswer(200, { status: 'RUNNING' }),
        tried => tried.status('one'),
        machine,
      );

      expect(request).toEqual({ executionArn: 'arn:aws:states:us-east-1:111122223333:execution:intake:one' });
    },
  );

  test.each([
    ['AccessDeniedException', 400, 'denied'],
    ['InternalError', 500, 'retryable'],
  ])('%s is %s', async (code, status, kind) => {
    const asked = against(jsonAnswer(status, { __type: code, message: 'x' }), tried => tried.status('one'));

    await expect(asked).rejects.toMatchObject({ kind, code, operation: 'WorkflowEngine.status' });
  });

  test('an answer without a status is not taken for one', async () => {
    const asked = against(jsonAnswer(200, {}), tried => tried.status('one'));

    await expect(asked).rejects.toMatchObject({ kind: 'retryable', code: 'IncompleteAnswer' });
  });
});
