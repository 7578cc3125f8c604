import assert from 'node:assert/strict';
import type { WorkflowEngine, WorkflowStatus } from '../../ports/workflow-engine.ts';
import { assertPortError } from './assert-port-error.ts';
import type { Contract } from './contract.ts';

export interface WorkflowEngineSubject {
  /** Its runs stay under way until they are ended. */
  readonly engine: WorkflowEngine;
  /** Ends the run of that name, and says how. */
  finish(name: string): Promise<WorkflowStatus>;
  /** Lets as much time pass as the engine needs to tell a repetition from a first start. */
  wait(): Promise<void>;
}

const invalidNames = ['', ' ', 'a b', 'a/b', 'a.b', 'é', 'a\n', 'a:b', '../a', 'x'.repeat(81)];

/** What every {@link WorkflowEngine} promises. */
export const workflowEngineContract: Contract<WorkflowEngineSubject> = {
  port: 'WorkflowEngine',
  cases: [
    {
      name: 'a run under a free name is started, and is under way',
      async run({ engine }) {
        const name = uniqueName();
        assert.equal((await engine.start({ name, input: { key: '発注書 📄 "1"\n' } })).outcome, 'started');
        assert.equal(await engine.status(name), 'RUNNING');
      },
    },
    {
      name: 'a name that is not known has no status',
      async run({ engine }) {
        assert.equal(await engine.status(uniqueName()), undefined);
      },
    },
    {
      name: 'the same name and input while it runs is already running',
      async run({ engine, wait }) {
        const request = { name: uniqueName(), input: { a: 1 } };
        await engine.start(request);
        await wait();
        assert.equal((await engine.start(request)).outcome, 'already-running');
        assert.equal(await engine.status(request.name), 'RUNNING');
      },
    },
    {
      name: 'another input under the same name is refused while it runs',
      async run({ engine, wait }) {
        const name = uniqueName();
        await engine.start({ name, input: { a: 1 } });
        await wait();
        assert.equal((await engine.start({ name, input: { a: 2 } })).outcome, 'name-taken');
      },
    },
    {
      name: 'the name of an ended run is taken, whatever the input',
      async run({ engine, finish }) {
        const name = uniqueName();
        await engine.start({ name, input: { a: 1 } });
        const status = await finish(name);
        assert.notEqual(status, 'RUNNING');
        assert.equal((await engine.start({ name, input: { a: 1 } })).outcome, 'name-taken');
        assert.equal((await engine.start({ name, input: { a: 2 } })).outcome, 'name-taken');
        assert.equal(await engine.status(name), status);
      },
    },
    {
      name: 'runs of other names go on when one ends',
      async run({ engine, finish }) {
        const [ended, running] = [uniqueName(), uniqueName()];
        for (const name of [ended, running]) await engine.start({ name, input: {} });
        await finish(ended);
        assert.equal(await engine.status(running), 'RUNNING');
      },
    },
    {
      name: 'of 20 starts at once none is refused, and one run is under way',
      async run({ engine }) {
        const request = { name: uniqueName(), input: { a: 1 } };
        const outcomes = await Promise.all(Array.from({ length: 20 }, () => engine.start(request)));
        assert.ok(outcomes.some(({ outcome }) => outcome === 'started'));
        assert.ok(outcomes.every(({ outcome }) => outcome !== 'name-taken'));
        assert.equal(await engine.status(request.name), 'RUNNING');
      },
    },
    {
      name: 'a name of 80 characters is taken',
      async run({ engine }) {
        const name = uniqueName().padEnd(80, 'aZ0-_');
        assert.equal((await engine.start({ name, input: {} })).outcome, 'started');
        assert.equal(await engine.status(name), 'RUNNING');
      },
    },
    ...invalidNames.map(name => ({
      name: `the name ${JSON.stringify(name.slice(0, 10))} of ${name.length} characters is refused for good`,
      async run({ engine }: WorkflowEngineSubject) {
        const started = engine.start({ name, input: {} });
        await assertPortError(started, { kind: 'permanent', code: 'InvalidName' });
      },
    })),
  ],
};

function uniqueName(): string {
  return `contract-${crypto.randomUUID()}`;
}
