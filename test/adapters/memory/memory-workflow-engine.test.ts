import { describe, expect, test } from '@jest/globals';
import { workflowEngineContract } from '../../../src/adapters/contracts/workflow-engine-contract.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';

describe(`the contract of ${workflowEngineContract.port}`, () => {
  test.each(workflowEngineContract.cases)('$name', ({ run }) => {
    const engine = new MemoryWorkflowEngine();
    const finish = async (name: string) => {
      engine.finish(name, 'SUCCEEDED');
      return 'SUCCEEDED' as const;
    };
    return run({ engine, finish, wait: async () => undefined });
  });
});

test('runs shows each run with its input and status in the order of the starts', async () => {
  const engine = new MemoryWorkflowEngine();
  for (const name of ['b', 'a']) await engine.start({ name, input: { name } });
  engine.finish('b', 'FAILED');

  expect(engine.runs).toEqual([
    { name: 'b', input: { name: 'b' }, status: 'FAILED' },
    { name: 'a', input: { name: 'a' }, status: 'RUNNING' },
  ]);
});

test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)('a run can end as %s', async status => {
  const engine = new MemoryWorkflowEngine();
  await engine.start({ name: 'a', input: {} });

  engine.finish('a', status);

  expect(await engine.status('a')).toBe(status);
});

test('only a run that is under way can be ended', async () => {
  const engine = new MemoryWorkflowEngine();
  await engine.start({ name: 'a', input: {} });
  engine.finish('a', 'FAILED');

  expect(() => engine.finish('a', 'SUCCEEDED')).toThrow(/"a"/);
  expect(() => engine.finish('b', 'SUCCEEDED')).toThrow(/"b"/);
});
