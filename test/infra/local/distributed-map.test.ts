import { setImmediate as turn } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { trailBackfillDefinition } from '../../../infra/constructs/trail-backfill-definition.ts';
import { ClientPool } from '../../../infra/local/aws-clients.ts';
import { StateMachineTasks } from '../../../infra/local/state-machine-tasks.ts';
import { prepareDefinition } from '../../../infra/local/step-functions/prepare-definition.ts';
import { itemReaderResource } from '../../../infra/local/step-functions/read-distributed-map.ts';
import type { RunRequest } from '../../../infra/local/step-functions/run.ts';
import { runDefinition } from '../../../infra/local/step-functions/run-definition.ts';
import { startS3 } from '../../emulators/local-s3.ts';

const machineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:backfill';

type Task = Parameters<RunRequest['runTask']>[0];

/** Runs a definition whose bucket holds so many objects; the other tasks are the test's. */
function run(
  definition: object,
  objects: number,
  runTask: (task: Task) => Promise<unknown>,
  input: unknown = {},
) {
  return runDefinition(
    prepareDefinition(definition, () => 0),
    {
      input,
      execution: {
        Id: `${machineArn.replace(':stateMachine:', ':execution:')}:run`,
        Name: 'run',
        Input: input,
        StartTime: '2026-11-21T08:00:00.000Z',
      },
      stateMachine: { Id: machineArn, Name: 'backfill' },
      runTask: async task =>
        task.resource === itemReaderResource
          ? Array.from({ length: objects }, (_, index) => ({ Key: `AWSLogs/${index}`, Etag: `"${index}"` }))
          : runTask(task),
    },
  );
}

const child = (state: object) => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true, ...state } },
});
const map = (fields: object = {}, state: object = {}) => ({
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      ItemReader: { Resource: itemReaderResource, Parameters: { Bucket: 'logs', 'Prefix.$': '$.prefix' } },
      ItemProcessor: child(state),
      End: true,
      ...fields,
    },
  },
});

test('each child takes a batch of what the bucket holds, and what is common to all; outputs come in their order', async () => {
  const asked: unknown[] = [];
  const definition = map({
    ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'name.$': '$.name', fixed: 1 } },
  });

  const { outcome } = run(
    definition,
    5,
    async ({ input }) => {
      asked.push(input);
      return (input as { Items: readonly unknown[] }).Items.length;
    },
    { prefix: 'AWSLogs/', name: 'n' },
  );

  expect(await outcome).toEqual({ status: 'SUCCEEDED', output: [2, 2, 1] });
  expect(asked).toContainEqual({
    Items: [
      { Key: 'AWSLogs/2', Etag: '"2"' },
      { Key: 'AWSLogs/3', Etag: '"3"' },
    ],
    BatchInput: { name: 'n', fixed: 1 },
  });
});

test('without batches each child takes one object; without objects there is none', async () => {
  const keys: unknown[] = [];
  const take = async ({ input }: Task) => keys.push((input as { Key: string }).Key);

  expect(await run(map(), 3, take, { prefix: 'a' }).outcome).toMatchObject({ status: 'SUCCEEDED' });
  expect(keys).toEqual(['AWSLogs/0', 'AWSLogs/1', 'AWSLogs/2']);
  expect(await run(map(), 0, take, { prefix: 'a' }).outcome).toEqual({ status: 'SUCCEEDED', output: [] });
});

test('no more children run at one time than the Map lets', async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
  };

  await run(map({ MaxConcurrency: 3 }), 20, work, { prefix: 'a' }).outcome;

  expect(most).toBe(3);
});

test('a child is an execution of its own, named after the label', async () => {
  const { outcome } = run(
    map({ Label: 'Logs' }, { Parameters: { 'id.$': '$$.Execution.Id', 'key.$': '$$.Execution.Input.Key' } }),
    1,
    async ({ input }) => input,
    { prefix: 'a' },
  );

  expect(await outcome).toEqual({
    status: 'SUCCEEDED',
    output: [
      {
        id: expect.stringMatching(
          /^arn:aws:states:eu-central-1:000000000000:execution:backfill\/Logs:[0-9a-f-]{36}$/,
        ),
        key: 'AWSLogs/0',
      },
    ],
  });
});

test('a child that fails fails the Map, and no more are begun', async () => {
  let begun = 0;
  const { outcome } = run(
    map({ MaxConcurrency: 1 }),
    10,
    async () => {
      begun += 1;
      if (begun === 3) throw new Error('third');
    },
    { prefix: 'a' },
  );

  expect(await outcome).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  expect(begun).toBe(3);
});

test('a run that is stopped stops the children', async () => {
  const begun = Promise.withResolvers<void>();
  let calls = 0;
  const stopped = run(
    map({ MaxConcurrency: 2 }),
    10,
    () => {
      calls += 1;
      begun.resolve();
      return new Promise(() => undefined);
    },
    { prefix: 'a' },
  );
  await begun.promise;
  stopped.abort();

  expect(await stopped.outcome).toEqual({ status: 'ABORTED' });
  expect(calls).toBeLessThanOrEqual(2);
});

test('what does not fit into a state is too much, as without a ResultWriter', async () => {
  const { outcome } = run(map(), 300, async () => 'x'.repeat(1000), { prefix: 'a' });

  expect(await outcome).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test.each([
  ['a list of the input', { ItemReader: undefined, ItemsPath: '$.list' }, /takes its items by/],
  [
    'a file of items',
    { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: {} } },
    /takes its items/,
  ],
  ['a tolerance', { ToleratedFailurePercentage: 5 }, /ToleratedFailurePercentage/],
  [
    'a result writer',
    { ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: {} } },
    /ResultWriter/,
  ],
  ['a selector', { ItemSelector: { 'a.$': '$' } }, /ItemSelector/],
  ['batches by bytes', { ItemBatcher: { MaxInputBytesPerBatch: 1000 } }, /MaxItemsPerBatch only/],
])('%s is refused, and not passed over', (_, fields, message) => {
  const definition = JSON.parse(JSON.stringify(map(fields)));

  expect(() => prepareDefinition(definition)).toThrow(message);
});

describe('the backfill workflow', () => {
  const definition = trailBackfillDefinition({
    ...{ partition: 'aws', backfillerArn: 'arn:aws:lambda:::function:b', backfillerTimeoutSeconds: 900 },
    ...{
      bucketName: 'logs',
      defaultPrefix: 'org/AWSLogs/',
      concurrency: 2,
      alertTopicArn: 'arn:aws:sns:::t',
    },
  });
  type Payload = { step: string; objects?: readonly { Key: string }[]; failure?: { Error: string } };
  const failing = (name: string) => Object.assign(new Error('why'), { name });

  /** Runs it; `work` does what the function does. */
  async function backfill(objects: number, work: (payload: Payload) => unknown) {
    const steps: Payload[] = [];
    const { outcome } = run(
      definition,
      objects,
      async ({ input, resource }) => {
        if (resource.includes('sns')) return {};
        const payload = (input as { Payload: Payload }).Payload;
        steps.push(payload);
        return { Payload: (await work(payload)) ?? null };
      },
      { from: '2026-11-01' },
    );
    return { outcome: await outcome, steps };
  }
  const batch = { backfill: 'run', prefix: 'AWSLogs/' };
  const well = ({ step }: Payload) => (step === 'begin' ? batch : { objects: 1 });

  test('begins, analyzes batch by batch, and concludes', async () => {
    const { outcome, steps } = await backfill(250, well);

    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { backfill: { objects: 1 } } });
    expect(steps.map(({ step, objects }) => [step, objects?.length])).toEqual([
      ['begin', undefined],
      ['analyze', 100],
      ['analyze', 100],
      ['analyze', 50],
      ['conclude', undefined],
    ]);
    expect(steps[0]).toEqual({
      ...{ step: 'begin', bucket: 'logs', defaultPrefix: 'org/AWSLogs/' },
      ...{ execution: 'run', request: { from: '2026-11-01' } },
    });
    for (const step of steps.slice(1)) expect(step).toMatchObject({ batch });
  });

  test('gives up the one log that ends its function, and analyzes its neighbours', async () => {
    const done = new Set<string>();
    const { outcome, steps } = await backfill(5, payload => {
      for (const { Key } of payload.step === 'analyze' ? (payload.objects ?? []) : []) {
        if (Key === 'AWSLogs/2') throw failing('Runtime.ExitError');
        done.add(Key);
      }
      return well(payload);
    });

    expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
    expect([...done].toSorted()).toEqual(['AWSLogs/0', 'AWSLogs/1', 'AWSLogs/3', 'AWSLogs/4']);
    expect(steps.filter(({ step }) => step === 'give-up')).toEqual([
      {
        ...{ step: 'give-up', batch, objects: [{ Key: 'AWSLogs/2', Etag: '"2"' }] },
        failure: { Error: 'Runtime.ExitError', Cause: 'why' },
      },
    ]);
  });

  test.each([
    ['begins with an input that is refused', 'begin'],
    ['can note nothing', 'give-up'],
    ['is not complete', 'conclude'],
  ])('fails where it %s', async (_, fails) => {
    const { outcome } = await backfill(2, payload => {
      if (payload.step === fails || (fails === 'give-up' && payload.step === 'analyze'))
        throw failing('Sallyport.X');
      return well(payload);
    });

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Sallyport.Announced' });
  });
});

test('items are the objects of the bucket, page by page, as the machine’s role may list them', async () => {
  const s3 = await startS3();
  const bucket = await s3.createBucket('items');
  const client = s3.client();
  for (const key of ['AWSLogs/a b+c', 'AWSLogs/d', 'other']) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x' }));
  }
  const clients = new ClientPool(s3.endpoint, 'us-east-1');
  const asked: unknown[] = [];
  const tasks = new StateMachineTasks({
    functions: { invoke: () => Promise.reject(new Error('none is called')) } as never,
    clients,
    permissions: { require: async (principal, needed) => void asked.push(principal, ...needed) },
  });
  const task = { stateMachineArn: machineArn, executionArn: 'e', executionName: 'n', stateName: 'Map' };
  try {
    const items = await tasks.run({
      ...{ ...task, resource: itemReaderResource },
      input: { Bucket: bucket, Prefix: 'AWSLogs/' },
    });

    expect(items).toEqual(
      ['AWSLogs/a b+c', 'AWSLogs/d'].map(Key => ({
        ...{ Key, Etag: '"9dd4e461268c8034f5c8564e155c67a6"', Size: 1, StorageClass: 'STANDARD' },
        LastModified: expect.any(Number),
      })),
    );
    expect(asked).toEqual([
      'states.amazonaws.com@backfill',
      { action: 'states:StartExecution', resource: machineArn },
    ]);
    await expect(
      tasks.run({ ...task, resource: itemReaderResource, input: { Bucket: 'sallyport-absent' } }),
    ).rejects.toMatchObject({ name: 'States.ItemReaderFailed' });
  } finally {
    clients.close();
    client.destroy();
    await s3.close();
  }
});
