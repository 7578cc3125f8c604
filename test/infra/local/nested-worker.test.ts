import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { LambdaFunction } from '../../../infra/local/lambda-function.ts';
import { writeFunction } from './fixtures/write-function.ts';

/** Runs one task in a worker beside the bundle, as functions that read documents do. */
const handlerSource = `
import { Worker } from 'node:worker_threads';
export const handler = async ({ task, quiet = false }) => {
  const worker = new Worker(new URL('./child.mjs', import.meta.url), {
    workerData: task,
    ...(quiet ? { stdout: true, stderr: true } : {}),
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  return new Promise(resolve => {
    worker.on('message', message => {
      if (message === 'spinning') console.log('spinning');
      else resolve({ message });
    });
    worker.on('error', error => resolve({ error: error.code ?? error.message }));
  });
};`;

const childSource = `
import { parentPort, workerData } from 'node:worker_threads';
if (workerData === 'environment') parentPort.postMessage(Object.keys(process.env).sort());
if (workerData === 'talk') {
  process.stdout.write('from the child\\n', () => parentPort.postMessage('said'));
}
if (workerData === 'fill') for (const all = []; ; ) all.push(new Array(10_000).fill({}));
if (workerData === 'throw') throw new Error('child failed');
if (workerData === 'spin') {
  parentPort.postMessage('spinning');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}`;

describe('a worker thread that a function starts', () => {
  const lines: string[] = [];
  let heard: () => void = () => undefined;
  let running: LambdaFunction | undefined;

  const create = (timeoutSeconds = 20): LambdaFunction => {
    const specification = writeFunction(handlerSource, {
      environment: { TABLE_NAME: 'uploads' },
      timeoutSeconds,
    });
    writeFileSync(join(specification.codeFolder, 'child.mjs'), childSource);
    running = new LambdaFunction(specification, 1, (_, line) => {
      lines.push(line);
      heard();
    });
    return running;
  };

  afterEach(async () => {
    await running?.stop();
    lines.length = 0;
  });

  test.each<[string, object, object]>([
    [
      'sees what the function sees',
      { task: 'environment' },
      { message: expect.arrayContaining(['TABLE_NAME']) },
    ],
    ['may fail', { task: 'throw' }, { error: 'child failed' }],
    ['may run out of memory', { task: 'fill', quiet: true }, { error: 'ERR_WORKER_OUT_OF_MEMORY' }],
  ])('%s', async (_, event, answer) => {
    const invocation = await create().invoke(event);
    expect(invocation.outcome === 'answered' && JSON.parse(invocation.payload)).toEqual(answer);
  });

  test('sees nothing of this process', async () => {
    const invocation = await create().invoke({ task: 'environment' });
    expect(invocation).not.toMatchObject({ payload: expect.stringContaining('PATH') });
  });

  test.each([
    [false, ['from the child']],
    [true, []],
  ])('writes into the log of the function, unless it is told to be quiet (%s)', async (quiet, expected) => {
    const written = new Promise<void>(resolve => {
      heard = resolve;
    });
    expect(await create().invoke({ task: 'talk', quiet })).toMatchObject({ outcome: 'answered' });
    if (!quiet) await written;
    expect(lines).toEqual(expected);
  });

  test('ends with the function that it keeps busy, and leaves the next event alone', async () => {
    const called = create(2);
    const [invocation, next] = [called.invoke({ task: 'spin' }), called.invoke({ task: 'environment' })];
    expect(await invocation).toMatchObject({ outcome: 'failed', error: { errorType: 'Sandbox.Timedout' } });
    expect(await next).toMatchObject({ outcome: 'answered' });
  });

  test('ends when the local run stops', async () => {
    const called = create();
    const spinning = new Promise<void>(resolve => {
      heard = resolve;
    });
    const invocation = called.invoke({ task: 'spin' });
    await spinning;
    await called.stop();
    expect(await invocation).toMatchObject({ outcome: 'failed' });
  });
});
