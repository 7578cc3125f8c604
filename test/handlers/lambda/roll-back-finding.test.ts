import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseResult, RollbackResult } from '../../../src/domain/findings/containment-rollback.ts';
import { commandToRollBack, rollBackFinding } from '../../../src/handlers/lambda/roll-back-finding.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
});

const asked = { findingId: 'f1', by: 'kim', reason: 'false alarm' };
const passed = { ...asked, invocationId: 'i1' };

function invoke(event: unknown, result: RollbackResult | ReleaseResult = { outcome: 'unknown' }) {
  const calls: unknown[] = [];
  const rollback = {
    rollBack: async (...args: unknown[]) => {
      calls.push(['rollBack', ...args]);
      return result as RollbackResult;
    },
    release: async (...args: unknown[]) => {
      calls.push(['release', ...args]);
      return result as ReleaseResult;
    },
  };
  const answer = rollBackFinding(
    event,
    { rollback, invocationId: 'i1', remainingTime: () => 30_000 },
    telemetry,
  );
  return { answer, calls };
}

test('the command that people are told is one that the function takes, once they have put in who and why', async () => {
  const command = commandToRollBack('remediator', 'eu-central-1', 'f1');
  expect(command).toMatch(/^aws lambda invoke --function-name remediator --region eu-central-1 /);
  const [payload = ''] = /(?<=--payload ')[^']+(?=' )/.exec(command) ?? [];
  const { answer, calls } = invoke(JSON.parse(payload), { outcome: 'rolled-back', steps: [] });
  expect(await answer).toMatchObject({ outcome: 'rolled-back' });
  expect(calls).toMatchObject([['rollBack', { findingId: 'f1', by: '<you>', reason: '<why>' }, {}]]);
});

describe('an invocation by hand', () => {
  test.each([
    [
      'rollback',
      { ...asked },
      'rolled-back',
      'ContainmentsRolledBack',
      ['rollBack', passed, { force: false, milliseconds: 30_000 }],
    ],
    [
      'rollback',
      { ...asked, force: true },
      'partially-rolled-back',
      'ContainmentsPartiallyRolledBack',
      ['rollBack', passed, { force: true, milliseconds: 30_000 }],
    ],
    [
      'rollback',
      { ...asked },
      'nothing-to-undo',
      'RollbacksOfNothing',
      ['rollBack', passed, { force: false, milliseconds: 30_000 }],
    ],
    [
      'rollback',
      { ...asked },
      'unknown',
      'RollbacksRefused',
      ['rollBack', passed, { force: false, milliseconds: 30_000 }],
    ],
    ['release', { ...asked, by: ' kim ' }, 'released', 'FindingsReleased', ['release', passed]],
    ['release', { ...asked }, 'not-held', 'RollbacksRefused', ['release', passed]],
  ])('%s of %j is answered with what came of it: %s', async (action, fields, outcome, metric, call) => {
    const result = { outcome, steps: [] } as unknown as RollbackResult;
    const { answer, calls } = invoke({ action, ...fields }, result);
    expect(await answer).toEqual(result);
    expect(calls).toEqual([call]);
    expect(telemetry.metricsOf(metric)).toMatchObject([{ value: 1 }]);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', null, /^event: /],
    ['no action', asked, /^action: /],
    ['an unknown action', { ...asked, action: 'terminate' }, /^action: /],
    ['no finding', { action: 'rollback', by: 'kim', reason: 'x' }, /^findingId: /],
    [
      'what is no id',
      { ...asked, action: 'rollback', findingId: 'a b' },
      /^findingId: must be the id of a finding/,
    ],
    ['nobody', { ...asked, action: 'rollback', by: ' ' }, /^by: /],
    ['no reason', { ...asked, action: 'release', reason: '' }, /^reason: /],
    ['too much', { ...asked, action: 'rollback', all: true }, /^event: .*"all"/],
  ])('that names %s is refused, field by field', async (_, event, message) => {
    const { answer, calls } = invoke(event);
    await expect(answer).rejects.toMatchObject({
      name: 'MalformedInvocationError',
      message: expect.stringMatching(message),
    });
    expect(calls).toEqual([]);
  });
});
