import { describe, expect, test } from '@jest/globals';
import { closedBucketRule } from '../../../src/domain/findings/closed-bucket.ts';
import type { ReleaseResult, RollbackResult } from '../../../src/domain/findings/containment-rollback.ts';
import type { DeskRequest } from '../../../src/handlers/cli/containment-desk.ts';
import { rollbackFindingBy } from '../../../src/handlers/cli/rollback-finding.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { Collector, chunksOf, run } from './streams.ts';

const topic = 'arn:aws:sns:eu-central-1:111122223333:findings';
const names = ['--table', 'remediations', '--audit-table', 'audit', '--topic', topic];
const who = ['--by', 'kim', '--reason', 'false alarm'];

async function rollback(
  args: readonly string[],
  answer: RollbackResult | ReleaseResult | Error = { outcome: 'unknown' },
) {
  const calls: unknown[] = [];
  const opened: DeskRequest[] = [];
  let closed = 0;
  const give = async (...call: unknown[]) => {
    calls.push(call);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const verb = rollbackFindingBy(async request => {
    opened.push(request);
    return {
      rollback: {
        rollBack: (...args) => give('rollBack', ...args) as Promise<RollbackResult>,
        release: request => give('release', request) as Promise<ReleaseResult>,
      },
      close: () => closed++,
    };
  });
  const [stdout, stderr] = [new Collector(), new Collector()];
  const code = await verb.run(args, { stdin: chunksOf([]), stdout, stderr });
  return { code, stdout: stdout.text, calls, opened, closed };
}

const steps = [
  {
    findingId: 'f1',
    generation: '2026-11-21T07:55:00.000Z',
    stepId: 'tag',
    api: 'ec2:DeleteTags',
    does: 'Mark it.',
    status: 'undone',
  },
  {
    findingId: 'f1',
    generation: '2026-11-21T07:55:00.000Z',
    stepId: 'deny',
    api: 'iam:DeleteUserPolicy',
    does: 'Deny it.',
    status: 'undo-failed',
    reason: { code: 'AccessDenied', message: 'not \u001b[31mallowed' },
  },
  {
    findingId: 'f1',
    generation: '2026-11-21T07:55:00.000Z',
    stepId: 'deny',
    api: 'iam:DeleteUserPolicy',
    does: 'Deny it.',
    status: 'kept',
    reason: { code: 'needed-by-findings', message: 'another finding needs it: f2' },
  },
] as const;

const results: readonly [RollbackResult | ReleaseResult, number, string][] = [
  [
    { outcome: 'rolled-back', steps: [steps[0]] },
    0,
    'undone       tag  ec2:DeleteTags\nrolled-back: finding f1 is held until it is released\n',
  ],
  [
    { outcome: 'rolled-back', steps: [steps[2]] },
    0,
    'kept         deny  iam:DeleteUserPolicy (needed-by-findings: another finding needs it: f2)\nrolled-back: finding f1 is held until it is released\n',
  ],
  [
    { outcome: 'partially-rolled-back', steps: steps.slice(0, 2) },
    1,
    'undone       tag  ec2:DeleteTags\nundo-failed  deny  iam:DeleteUserPolicy (AccessDenied: not \\u{1b}[31mallowed)\npartially-rolled-back: finding f1 is held until it is released\n',
  ],
  [
    { outcome: 'nothing-to-undo', steps: [] },
    0,
    'nothing-to-undo: nothing was contained for it; finding f1 is held until it is released\n',
  ],
  [
    { outcome: 'unknown' },
    1,
    'unknown: nothing is known of finding f1: is it the right table, and region?\n',
  ],
  [{ outcome: 'released' }, 0, 'released: finding f1 is contained again when GuardDuty reports it again\n'],
  [{ outcome: 'not-held' }, 1, 'not-held: finding f1 is not held\n'],
];

describe('what came of it', () => {
  test.each(results)('%j, for people', async (answer, code, stdout) => {
    expect(await rollback(['f1', ...who, ...names], answer)).toMatchObject({ code, stdout, closed: 1 });
  });

  test.each(results)('%j, as one line of JSON', async (answer, code) => {
    const told = await rollback(['f1', ...who, ...names, '--json'], answer);
    expect(told.code).toBe(code);
    expect(told.stdout).toMatch(/^\{"outcome":"[a-z-]+","findingId":"f1","steps":\[.*\n$/);
    const expected = 'steps' in answer ? answer.steps.map(({ stepId }) => stepId) : [];
    const line = JSON.parse(told.stdout) as { steps: { findingId: string; stepId: string }[] };
    expect(line.steps.map(({ stepId }) => stepId)).toEqual(expected);
    expect(line.steps.every(({ findingId }) => findingId === 'f1')).toBe(true);
  });
});

test('who is shut out of a contained bucket is told who is let in', async () => {
  const shutOut = {
    ...{ ...steps[1], stepId: 'deny-all', api: 's3:DeleteBucketPolicy' },
    reason: { code: 'unreadable', message: 'cannot be told: s3:GetBucketPolicy: AccessDenied' },
  };
  const told = async (step: (typeof steps)[1] | typeof shutOut) =>
    (await rollback(['f1', ...who, ...names], { outcome: 'partially-rolled-back', steps: [step] })).stdout;
  expect(await told(shutOut)).toContain(`\n${closedBucketRule}\npartially-rolled-back: `);
  expect(await told(steps[1])).not.toContain(closedBucketRule);
});

describe('what is asked', () => {
  const request = { findingId: 'f1', by: 'kim', reason: 'false alarm' };
  test.each([
    [[], ['rollBack', request, { force: false }]],
    [['--force'], ['rollBack', request, { force: true }]],
    [['--release'], ['release', request]],
  ])('with %j', async (options, call) => {
    const { calls, opened } = await rollback(['f1', ...options, ...who, ...names]);
    expect(calls).toEqual([call]);
    expect(opened).toEqual([{ table: 'remediations', auditTable: 'audit', topic }]);
  });

  test.each<[readonly string[], RegExp]>([
    [[...who, ...names], /name the finding by its id/],
    [['f1', 'f2', ...who, ...names], /one finding is rolled back at a time/],
    [['a b', ...who, ...names], /"a b" is no id of a finding/],
    [['f1', '--reason', 'x', ...names], /--by is needed/],
    [['f1', '--by', ' ', '--reason', 'x', ...names], /--by is needed/],
    [['f1', '--by', 'kim', ...names], /--reason is needed/],
    [['f1', ...who, ...names.slice(2)], /--table is needed/],
    [['f1', ...who, ...names.slice(0, 2), ...names.slice(4)], /--audit-table is needed/],
    [['f1', ...who, ...names.slice(0, 4)], /--topic is needed/],
    [['f1', '--release', '--force', ...who, ...names], /do not go together/],
    [['f1', '--all', ...who, ...names], /unknown option "--all"/],
  ])('%j makes no sense, and nothing is opened', async (args, message) => {
    await expect(rollback(args)).rejects.toThrow(message);
    expect((await run(['finding', 'rollback', ...args])).code).toBe(2);
  });
});

test('a port that fails is told with its cause, on one line, and its connections are let go', async () => {
  const error = new PortError({
    kind: 'denied',
    operation: 'RemediationLedger.ofFinding',
    code: 'AccessDeniedException',
    message: 'RemediationLedger.ofFinding on remediations failed: AccessDeniedException',
    cause: new Error('User kim is not\nauthorized'),
  });
  await expect(rollback(['f1', ...who, ...names], error)).rejects.toThrow(
    'RemediationLedger.ofFinding on remediations failed: AccessDeniedException (User kim is not\\u{a}authorized)',
  );
  const defect = new TypeError('a defect');
  await expect(rollback(['f1', ...who, ...names], defect)).rejects.toBe(defect);
});

test('help names every option', async () => {
  const { code, stdout } = await run(['finding', 'rollback', '--help']);
  expect(code).toBe(0);
  for (const option of ['by', 'reason', 'table', 'audit-table', 'topic', 'release', 'force', 'json']) {
    expect(stdout).toContain(`--${option}`);
  }
  expect(stdout).toMatch(
    /A contained bucket lets in only the role\nof that function and the principals that responderArns names/,
  );
});
