import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type FunctionSpecification,
  type Invocation,
  LambdaFunction,
} from '../../../infra/local/lambda-function.ts';
import { LambdaRuntime } from '../../../infra/local/lambda-runtime.ts';
import { writeFunction } from './fixtures/write-function.ts';

const started: LambdaFunction[] = [];
const written: string[] = [];

function create(
  source: string,
  more: Partial<FunctionSpecification> = {},
  maximumWorkers = 1,
): LambdaFunction {
  const created = new LambdaFunction(writeFunction(source, more), maximumWorkers, (_name, line) =>
    written.push(line),
  );
  started.push(created);
  return created;
}

function answerOf(invocation: Invocation): unknown {
  if (invocation.outcome === 'failed') throw new Error(`failed: ${invocation.error.errorMessage}`);
  return JSON.parse(invocation.payload);
}

function errorOf(invocation: Invocation) {
  if (invocation.outcome === 'answered') throw new Error(`answered: ${invocation.payload}`);
  return invocation.error;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(each => each.stop()));
  written.length = 0;
});

describe('an invocation', () => {
  test('gets the event as JSON would carry it, and gives the answer back', async () => {
    const echo = create(
      'export const handler = async event => ({ event, isDate: event.at instanceof Date });',
    );
    const at = new Date('2026-11-21T08:00:00.000Z');
    expect(answerOf(await echo.invoke({ at, gone: undefined, list: [1, '\ud83d\ude00'] }))).toEqual({
      event: { at: '2026-11-21T08:00:00.000Z', list: [1, '\ud83d\ude00'] },
      isDate: false,
    });
  });

  test('that answers nothing answers null', async () => {
    expect(await create('export const handler = async () => {};').invoke({})).toMatchObject({
      payload: 'null',
    });
  });

  test('sees its own environment and nothing of this process', async () => {
    const names = create('export const handler = async () => Object.keys(process.env).sort();', {
      environment: { TABLE_NAME: 'uploads' },
    });
    process.env['LOCAL_RUN_SECRET'] = 'x';
    expect(answerOf(await names.invoke({}))).toEqual(['AWS_LAMBDA_LOG_STREAM_NAME', 'TABLE_NAME']);
    delete process.env['LOCAL_RUN_SECRET'];
  });

  test('gets the context that Lambda gives', async () => {
    const context = create(
      'export const handler = async (_event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });',
    );
    const invocation = await context.invoke({});
    const answer = answerOf(invocation);
    expect(answer).toMatchObject({
      awsRequestId: invocation.requestId,
      functionName: 'sample',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:sample',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/sample',
    });
    expect(Reflect.get(Object(answer), 'left')).toBeGreaterThan(0);
    expect(Reflect.get(Object(answer), 'left')).toBeLessThanOrEqual(5000);
  });

  test.each(['null', 'undefined', '7', '{}', "{ kind: 'failure' }", "{ kind: 'result', payload: 1 }"])(
    'passes over %s that the code posts to the parent thread',
    async posted => {
      const posting = create(
        "import { parentPort } from 'node:worker_threads';" +
          `export const handler = async () => { parentPort.postMessage(${posted}); return 'done'; };`,
      );
      expect(answerOf(await posting.invoke({}))).toBe('done');
    },
  );

  test('fails with texts, whatever stands in the name and the message', async () => {
    const failing = create(
      'export const handler = async () => { throw Object.assign(new Error(), { name: 5, message: null }); };',
    );
    expect(errorOf(await failing.invoke({}))).toMatchObject({ errorType: '5', errorMessage: 'null' });
  });

  test('finds handlers under other names', async () => {
    const other = create('export const run = async () => 7;', { handler: 'index.run' });
    expect(answerOf(await other.invoke({}))).toBe(7);
  });

  test('fails with the name, message and trace of what was thrown', async () => {
    const failing = create(
      "class SlotTakenError extends Error { name = 'SlotTakenError' }\n" +
        "export const handler = async () => { throw new SlotTakenError('no'); };",
    );
    const error = errorOf(await failing.invoke({}));
    expect(error).toMatchObject({ errorType: 'SlotTakenError', errorMessage: 'no' });
    expect(error.trace?.[0]).toContain('no');
  });

  test('fails with the type of what was thrown and is no error', async () => {
    const failing = create("export const handler = async () => { throw 'text'; };");
    expect(errorOf(await failing.invoke({}))).toMatchObject({ errorType: 'string', errorMessage: 'text' });
  });

  test('fails where the answer is no JSON', async () => {
    const failing = create('export const handler = async () => ({ big: 1n });');
    expect(errorOf(await failing.invoke({}))).toMatchObject({ errorType: 'TypeError' });
  });

  test('ends at the timeout of the template; the next one gets a new worker', async () => {
    const slow = create(
      "let calls = 0; export const handler = async event => event === 'hang' ? new Promise(() => {}) : ++calls;",
      { timeoutSeconds: 0.2 },
    );
    expect(answerOf(await slow.invoke('count'))).toBe(1);
    const invocation = await slow.invoke('hang');
    expect(errorOf(invocation)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${invocation.requestId} Error: Task timed out after 0.20 seconds`,
    });
    expect(answerOf(await slow.invoke('count'))).toBe(1);
  });

  test('ends even a handler that never yields', async () => {
    const busy = create('export const handler = async () => { for (;;); };', { timeoutSeconds: 0.2 });
    expect(errorOf(await busy.invoke({})).errorType).toBe('Sandbox.Timedout');
  });

  test.each<[string, string, string]>([
    ['exits', 'process.exit(3)', 'Runtime.ExitError'],
    [
      'throws outside the handler',
      "setImmediate(() => { throw new RangeError('stray'); }); await new Promise(() => {})",
      'RangeError',
    ],
    [
      'needs more memory than the template gives it',
      'const all = []; for (;;) all.push(new Array(10_000).fill(0).map(String))',
      'Runtime.OutOfMemory',
    ],
    [
      'leaves a rejection unhandled',
      "Promise.reject(new RangeError('stray')); await new Promise(() => {})",
      'RangeError',
    ],
  ])('fails where the worker %s, and the function goes on', async (_name, statement, errorType) => {
    const fragile = create(
      `export const handler = async event => { if (event === 'ok') return 'fine'; ${statement}; };`,
      { memoryMegabytes: 32 },
    );
    expect(errorOf(await fragile.invoke('break')).errorType).toBe(errorType);
    expect(answerOf(await fragile.invoke('ok'))).toBe('fine');
  });

  test.each<[string, string, string, RegExp]>([
    ['throws while loading', "throw new RangeError('at load')", 'index.handler', /at load/],
    ['has no such export', '', 'index.handler', /not exported/],
    ['does not exist', '', 'main.handler', /No module "main"/],
  ])('fails where the module %s', async (_name, source, handler, message) => {
    const broken = create(source, { handler });
    expect(errorOf(await broken.invoke({})).errorMessage).toMatch(message);
    expect(errorOf(await broken.invoke({})).errorMessage).toMatch(message);
    expect(broken.workers).toBe(0);
  });
});

describe('workers', () => {
  test('are used again while they are sound, one event at a time', async () => {
    const counting = create(
      'let calls = 0, inside = 0, most = 0; export const handler = async () => {' +
        ' calls++; inside++; most = Math.max(most, inside);' +
        ' await new Promise(resolve => setImmediate(resolve)); inside--; return { calls, most }; };',
    );
    await Promise.all(Array.from({ length: 9 }, () => counting.invoke({})));
    expect(answerOf(await counting.invoke({}))).toEqual({ calls: 10, most: 1 });
  });

  test('grow up to the cap and no further', async () => {
    const counting = create('export const handler = async () => {};', {}, 3);
    await counting.invoke({});
    expect(counting.workers).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => counting.invoke({})));
    expect(counting.workers).toBe(3);
  });

  test('write whole lines, each before the invocation it belongs to is answered', async () => {
    const talking = create(
      "export const handler = async name => { process.stdout.write(name + ' be'); await 0;" +
        " process.stdout.write('gan\\n\\n'); process.stderr.write(name + ' ended'); };",
      {},
      2,
    );
    await Promise.all([talking.invoke('a'), talking.invoke('b')]);
    expect(written.sort()).toEqual(['a began', 'a ended', 'b began', 'b ended']);
  });

  test('leave a line for an invocation that fails', async () => {
    const failing = create(
      "export const handler = async () => { console.log('trying'); throw new RangeError('no'); };",
    );
    const { requestId } = await failing.invoke({});
    expect(written).toEqual([
      'trying',
      expect.stringContaining(`${requestId} ERROR {"errorType":"RangeError"`),
    ]);
  });

  test('end with the run, and what is under way fails', async () => {
    const hanging = create('export const handler = () => new Promise(() => {});');
    const underWay = hanging.invoke({});
    const waiting = hanging.invoke({});
    await hanging.stop();
    expect(errorOf(await underWay).errorType).toBe('Runtime.ExitError');
    expect(errorOf(await waiting).errorType).toBe('Sandbox.Stopped');
  });
});

describe('LambdaRuntime', () => {
  test('finds a function by name, ARN and qualified ARN, and rejects for any other', async () => {
    const runtime = new LambdaRuntime({ maximumWorkers: 1, onLine: () => {} });
    const specification = writeFunction('export const handler = async event => event;');
    runtime.createFunction(specification);
    for (const name of ['sample', specification.arn, `${specification.arn}:$LATEST`]) {
      expect(answerOf(await runtime.invoke(name, 1))).toBe(1);
    }
    await expect(runtime.invoke('other', 1)).rejects.toThrow('Function not found: other');
    await runtime.stop();
  });
});
