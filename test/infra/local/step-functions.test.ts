import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ListExecutionsCommandOutput,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  type ExecutionStatusChangeEvent,
  executionStatusChangeEvent,
  LocalStepFunctions,
  type LocalStepFunctionsOptions,
  type StateTask,
} from '../../../infra/local/step-functions.ts';

const region = 'eu-central-1';
const accountId = '000000000000';
const arn = `arn:aws:states:${region}:${accountId}:stateMachine:intake`;
const resource = 'arn:aws:states:::lambda:invoke';
const oneTask = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: resource, End: true } } };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function stepFunctions(
  definition: object,
  options: Partial<LocalStepFunctionsOptions> = {},
): { local: LocalStepFunctions; start: (input?: unknown, name?: string) => Promise<string> } {
  const local = new LocalStepFunctions({
    region,
    accountId,
    retryInterval: () => 0,
    runTask: async task => task.input,
    ...options,
  });
  local.createStateMachine({ arn, name: 'intake', definition });
  closing.push(() => local.stop());
  const start = async (input: unknown = {}, name = 'run') => {
    const answer = await local.handle(
      'StartExecution',
      JSON.stringify({ stateMachineArn: arn, name, input: JSON.stringify(input) }),
    );
    return (answer.body as { executionArn: string }).executionArn;
  };
  return { local, start };
}

async function client(local: LocalStepFunctions): Promise<SFNClient> {
  const sfn = new SFNClient({
    region,
    endpoint: await local.listen(),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  closing.unshift(() => sfn.destroy());
  return sfn;
}

function failing(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** A task that stays under way until the test lets it end. */
function heldTask() {
  const called = Promise.withResolvers<StateTask>();
  const result = Promise.withResolvers<unknown>();
  return {
    called: called.promise,
    finish: result.resolve,
    runTask: (task: StateTask) => {
      called.resolve(task);
      return result.promise;
    },
  };
}

describe('the actions, through the SDK', () => {
  test('an execution is started, described and succeeds', async () => {
    const held = heldTask();
    const { local } = stepFunctions(oneTask, held);
    const sfn = await client(local);
    const before = new Date();

    const started = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: '{"key":"a b"}' }),
    );

    const { executionArn } = started;
    expect(executionArn).toBe(`arn:aws:states:${region}:${accountId}:execution:intake:one`);
    expect(started.startDate?.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(await held.called).toMatchObject({ stateName: 'Work', resource, executionName: 'one' });
    const running = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(running).toMatchObject({
      status: 'RUNNING',
      name: 'one',
      stateMachineArn: arn,
      input: '{"key":"a b"}',
    });
    expect(running.startDate).toEqual(started.startDate);
    expect(running.stopDate).toBeUndefined();
    held.finish({ done: true });
    await local.ended(String(executionArn));
    const ended = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"done":true}' });
    expect(ended.stopDate).toBeInstanceOf(Date);
  });

  test('the same name and input while it runs is the same execution', async () => {
    const { local } = stepFunctions(oneTask, heldTask());
    const sfn = await client(local);
    const command = new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: '{"a":1}' });

    const first = await sfn.send(command);
    const second = await sfn.send(command);

    expect(second.executionArn).toBe(first.executionArn);
    expect(second.startDate).toEqual(first.startDate);
    expect(local.executions()).toHaveLength(1);
  });

  test('another input while it runs is ExecutionAlreadyExists', async () => {
    const { local } = stepFunctions(oneTask, heldTask());
    const sfn = await client(local);
    await sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: '{"a":1}' }));

    const repeated = sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: '{}' }));

    await expect(repeated).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('the name of an ended execution stays taken', async () => {
    const { local } = stepFunctions(oneTask);
    const sfn = await client(local);
    const command = new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: '{"a":1}' });
    const first = await sfn.send(command);
    await local.ended(String(first.executionArn));

    await expect(sfn.send(command)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('executions are listed most recent first, by status and by pages', async () => {
    const { local, start } = stepFunctions(oneTask);
    for (const name of ['a', 'b', 'c']) await local.ended(await start({}, name));
    const sfn = await client(local);
    const names = (list: ListExecutionsCommandOutput) => list.executions?.map(execution => execution.name);

    const first = await sfn.send(new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 2 }));
    await start({}, 'd');
    const { nextToken } = first;
    const rest = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 2, nextToken }),
    );
    const none = await sfn.send(new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'FAILED' }));

    expect(names(first)).toEqual(['c', 'b']);
    expect(names(rest)).toEqual(['a']);
    expect(rest.nextToken).toBeUndefined();
    expect(none.executions).toEqual([]);
  });

  test('a stopped execution is ABORTED with its reason', async () => {
    const { local, start } = stepFunctions(oneTask, heldTask());
    const executionArn = await start();
    const sfn = await client(local);

    const { stopDate } = await sfn.send(
      new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'wrong file' }),
    );

    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'wrong file', stopDate });
  });

  test('200 executions at once all run', async () => {
    const { local, start } = stepFunctions(oneTask);
    const arns = await Promise.all(
      Array.from({ length: 200 }, (_, index) => start({ index }, `run-${index}`)),
    );

    const ended = await Promise.all(arns.map(executionArn => local.ended(executionArn)));

    expect(ended.map(execution => execution.output)).toEqual(arns.map((_, index) => `{"index":${index}}`));
  });
});

describe('refusals', () => {
  const execution = `arn:aws:states:${region}:${accountId}:execution:intake:nope`;
  test.each([
    ['StartExecution', { stateMachineArn: `${arn}x`, name: 'a' }, 'StateMachineDoesNotExist'],
    ['StartExecution', { stateMachineArn: arn, name: '' }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: arn, name: 'x'.repeat(81) }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: arn, name: 'a b' }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: arn, name: 'a/b' }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: arn, name: 'a\u0000' }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: arn, name: 'a', input: '{' }, 'InvalidExecutionInput'],
    ['StartExecution', {}, 'ValidationException'],
    ['DescribeExecution', { executionArn: execution }, 'ExecutionDoesNotExist'],
    ['StopExecution', { executionArn: execution }, 'ExecutionDoesNotExist'],
    ['ListExecutions', { stateMachineArn: `${arn}x` }, 'StateMachineDoesNotExist'],
    ['ListExecutions', { stateMachineArn: arn, maxResults: 1001 }, 'ValidationException'],
    ['ListExecutions', { stateMachineArn: arn, nextToken: 'x' }, 'InvalidToken'],
    ['CreateStateMachine', { name: 'intake', definition: '{}' }, 'StateMachineAlreadyExists'],
    ['CreateStateMachine', { name: 'other', definition: '{}' }, 'InvalidDefinition'],
    ['CreateStateMachine', { name: 'other', definition: 'no JSON' }, 'InvalidDefinition'],
    ['CreateStateMachine', { name: 'a b', definition: '{}' }, 'InvalidName'],
    ['GetExecutionHistory', { executionArn: execution }, 'UnknownOperationException'],
    ['constructor', {}, 'UnknownOperationException'],
  ])('%s %j is %s', async (action, body, code) => {
    const { local } = stepFunctions(oneTask);

    expect(await local.handle(action, JSON.stringify(body))).toMatchObject({
      status: 400,
      body: { __type: code },
    });
    expect(local.executions()).toEqual([]);
  });

  test.each(['{', '{"name":"a",', 'x', '\ufeff{}'])('the body %j is a SerializationException', async text => {
    const { local } = stepFunctions(oneTask);

    expect(await local.handle('StartExecution', text)).toMatchObject({
      status: 400,
      body: { __type: 'SerializationException' },
    });
  });

  test('an input above 262 144 bytes is a ValidationException', async () => {
    const { local } = stepFunctions(oneTask);
    const request = { stateMachineArn: arn, name: 'a', input: `"${'é'.repeat(131_072)}"` };

    expect(await local.handle('StartExecution', JSON.stringify(request))).toMatchObject({
      status: 400,
      body: { __type: 'ValidationException' },
    });
  });

  test('a name of 80 characters is taken', async () => {
    const { local, start } = stepFunctions(oneTask);

    await local.ended(await start({}, 'x'.repeat(80)));

    expect(local.executions()).toMatchObject([{ status: 'SUCCEEDED' }]);
  });
});

describe('running', () => {
  const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }];
  const guarded = {
    StartAt: 'Work',
    States: {
      Work: {
        Type: 'Task',
        Resource: resource,
        Retry: retry,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Tell' }],
        End: true,
      },
      Tell: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', ResultPath: null, Next: 'Failed' },
      Failed: { Type: 'Fail', Error: 'Announced', CausePath: '$.failure.Cause' },
    },
  };

  test('a failing task is retried, caught, told of, and the run fails', async () => {
    const tasks: StateTask[] = [];
    const { local, start } = stepFunctions(guarded, {
      runTask: async task => {
        tasks.push(task);
        if (task.stateName === 'Work') throw failing('Boom', 'no table');
      },
    });

    const ended = await local.ended(await start({ key: 'a' }));

    expect(tasks.map(task => task.stateName)).toEqual(['Work', 'Work', 'Work', 'Work', 'Tell']);
    expect(tasks.at(-1)?.input).toEqual({ key: 'a', failure: { Error: 'Boom', Cause: 'no table' } });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Announced', cause: 'no table' });
    expect(ended).not.toHaveProperty('output');
  });

  test('waits before retries are asked for in the seconds of the definition', async () => {
    const asked: unknown[] = [];
    const definition = { ...oneTask, States: { Work: { ...oneTask.States.Work, Retry: retry } } };
    const { local, start } = stepFunctions(definition, {
      retryInterval: (state, seconds) => {
        asked.push([state, seconds]);
        return 0;
      },
      runTask: () => Promise.reject(failing('Boom', 'always')),
    });

    expect(await local.ended(await start())).toMatchObject({ status: 'FAILED', error: 'Boom' });
    expect(asked).toEqual([['Work', 2]]);
  });

  test('the longest wait of a retrier is shortened, too', async () => {
    const retrier = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 2, MaxDelaySeconds: 5 };
    const definition = { ...oneTask, States: { Work: { ...oneTask.States.Work, Retry: [retrier] } } };
    const { local, start } = stepFunctions(definition, {
      retryInterval: (_, seconds) => (seconds === 5 ? 1 : 3_600_000),
      runTask: () => Promise.reject(failing('Boom', 'always')),
    });

    expect(await local.ended(await start())).toMatchObject({ status: 'FAILED', error: 'Boom' });
  });

  test('a cause is cut to what the API carries', async () => {
    const runTask = () => Promise.reject(failing('Boom', 'x'.repeat(32_769)));
    const { local, start } = stepFunctions(oneTask, { runTask });

    expect((await local.ended(await start())).cause).toHaveLength(32_768);
  });

  test('a run stopped while it waits for a retry begins no task again', async () => {
    const failed = Promise.withResolvers<void>();
    let calls = 0;
    const { local, start } = stepFunctions(guarded, {
      retryInterval: () => 3_600_000,
      runTask: async () => {
        calls += 1;
        failed.resolve();
        throw failing('Boom', 'once');
      },
    });
    const executionArn = await start();
    await failed.promise;
    // The interpreter reaches its wait in the microtasks after the failure.
    await new Promise(resolve => setImmediate(resolve));

    await local.handle('StopExecution', JSON.stringify({ executionArn }));

    await new Promise(resolve => setImmediate(resolve));
    expect(calls).toBe(1);
    expect(local.executions()).toMatchObject([{ status: 'ABORTED' }]);
  });

  test('a machine that takes too long is TIMED_OUT, and no task begins afterwards', async () => {
    const tasks: string[] = [];
    const { local, start } = stepFunctions(
      { ...guarded, TimeoutSeconds: 1 },
      {
        retryInterval: () => 3_600_000,
        runTask: async task => {
          tasks.push(task.stateName);
          throw failing('Boom', 'always');
        },
      },
    );

    const ended = await local.ended(await start());

    expect(ended.status).toBe('TIMED_OUT');
    expect(ended).not.toHaveProperty('error');
    await new Promise(resolve => setImmediate(resolve));
    expect(tasks).toEqual(['Work']);
  });

  test('a task that takes too long is States.Timeout, which can be caught', async () => {
    const work = { ...guarded.States.Work, Retry: [], TimeoutSeconds: 1 };
    const definition = { ...guarded, States: { ...guarded.States, Work: work } };
    const { local, start } = stepFunctions(definition, {
      runTask: task =>
        task.stateName === 'Work' ? new Promise(() => undefined) : Promise.resolve(task.input),
    });

    expect(await local.ended(await start())).toMatchObject({ status: 'FAILED', error: 'Announced' });
  });

  test('a task without a timeout has all the time it needs', async () => {
    jest.useFakeTimers();
    closing.push(() => jest.useRealTimers());
    const held = heldTask();
    const { local, start } = stepFunctions(oneTask, held);
    const executionArn = await start();

    await jest.advanceTimersByTimeAsync(24 * 3_600_000);

    expect(local.executions()).toMatchObject([{ status: 'RUNNING' }]);
    held.finish('done');
    expect(await local.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test.each([
    ['States.Runtime', () => Promise.reject(failing('States.Runtime', 'path'))],
    ['States.DataLimitExceeded', async () => 'x'.repeat(262_143)],
  ])('%s is neither retried nor caught by States.ALL', async (error, runTask) => {
    const tasks: string[] = [];
    const { local, start } = stepFunctions(guarded, {
      runTask: task => {
        tasks.push(task.stateName);
        return runTask();
      },
    });

    expect(await local.ended(await start())).toMatchObject({ status: 'FAILED', error });
    expect(tasks).toEqual(['Work']);
  });

  test('a result of 262 144 bytes passes', async () => {
    const { local, start } = stepFunctions(oneTask, { runTask: async () => 'x'.repeat(262_142) });

    expect(await local.ended(await start())).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('a Fail state without words has no error and no cause', async () => {
    const { local, start } = stepFunctions({ StartAt: 'No', States: { No: { Type: 'Fail' } } });

    const ended = await local.ended(await start());

    expect(ended.status).toBe('FAILED');
    expect(ended).not.toHaveProperty('error');
    expect(ended).not.toHaveProperty('cause');
  });

  test('what is not an Error fails a task, too', async () => {
    const { local, start } = stepFunctions(oneTask, { runTask: () => Promise.reject('text') });

    expect(await local.ended(await start())).toMatchObject({
      status: 'FAILED',
      error: 'Error',
      cause: 'text',
    });
  });

  test('a task without a result has null', async () => {
    const { local, start } = stepFunctions(oneTask, { runTask: async () => undefined });

    expect(await local.ended(await start())).toMatchObject({ status: 'SUCCEEDED', output: 'null' });
  });
});

describe('status changes', () => {
  test('a start and an end are told, as EventBridge tells them', async () => {
    const events: ExecutionStatusChangeEvent[] = [];
    const now = new Date('2026-11-21T08:00:00.123Z');
    const { local, start } = stepFunctions(oneTask, {
      clock: { now: () => now },
      runTask: () => Promise.reject(failing('Boom', 'why')),
      onStatusChange: event => events.push(event),
    });

    const executionArn = await start({ key: 'a' }, 'one');
    await local.ended(executionArn);

    expect(events).toHaveLength(2);
    const [running, failed] = events;
    expect(running).toEqual({
      version: '0',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: accountId,
      time: '2026-11-21T08:00:00Z',
      region,
      resources: [executionArn],
      detail: {
        executionArn,
        stateMachineArn: arn,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        name: 'one',
        status: 'RUNNING',
        startDate: now.getTime(),
        stopDate: null,
        input: '{"key":"a"}',
        inputDetails: { included: true },
        output: null,
        outputDetails: null,
        error: null,
        cause: null,
        redriveCount: 0,
        redriveDate: null,
      },
    });
    expect(failed?.detail).toMatchObject({
      status: 'FAILED',
      stopDate: now.getTime(),
      error: 'Boom',
      cause: 'why',
    });
  });

  test.each([
    ['both fit', 10, 10, true, true],
    ['output leaves no room for the input', 130_000, 130_000, false, true],
    ['output alone is too large', 10, 254_000, false, false],
  ])('%s', (_, inputLength, outputLength, inputIncluded, outputIncluded) => {
    const { detail } = executionStatusChangeEvent(
      {
        executionArn: 'e',
        stateMachineArn: arn,
        name: 'one',
        status: 'SUCCEEDED',
        startDate: new Date(0),
        stopDate: new Date(1),
        input: JSON.stringify('i'.repeat(inputLength)),
        output: JSON.stringify('o'.repeat(outputLength)),
      },
      { region, accountId },
    );

    expect(detail.inputDetails).toEqual({ included: inputIncluded });
    expect(detail.input !== null).toBe(inputIncluded);
    expect(detail.outputDetails).toEqual({ included: outputIncluded });
    expect(detail.output !== null).toBe(outputIncluded);
  });
});
