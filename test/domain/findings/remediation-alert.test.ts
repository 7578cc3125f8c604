import { describe, expect, test } from '@jest/globals';
import { closedBucketRule } from '../../../src/domain/findings/closed-bucket.ts';
import { remediationAlert, type WayBack } from '../../../src/domain/findings/remediation-alert.ts';
import type { ConcludedRemediation } from '../../../src/domain/findings/remediation-outcome.ts';
import type { RemediationPlan } from '../../../src/domain/findings/remediation-plan.ts';
import { planToStore } from '../../../src/domain/findings/stored-plan.ts';
import type { RemediationOutcome } from '../../../src/ports/remediation-ledger.ts';
import { instanceFinding } from './remediation-world.ts';

const plan: RemediationPlan = {
  schemaVersion: 1,
  disposition: 'contain-instance',
  outcome: 'planned',
  steps: [],
  notes: [],
  manual: [],
  unknownType: false,
};

function alertOf(
  outcome: RemediationOutcome,
  fields: Partial<RemediationPlan> = {},
  finding = instanceFinding(),
  steps: ConcludedRemediation['steps'] = {},
  wayBack?: WayBack,
) {
  const remediation: ConcludedRemediation = {
    schemaVersion: 1,
    findingId: 'f1',
    generation: '2026-11-21T07:55:00.000Z',
    decidedAt: '2026-11-21T08:00:00.000Z',
    plan: planToStore({ ...plan, ...fields }, finding),
    steps,
    outcome,
    concludedAt: '2026-11-21T08:00:09.000Z',
  };
  return remediationAlert(remediation, wayBack);
}

function stepsOf(count: number): RemediationPlan['steps'] {
  return Array.from({ length: count }, (_, index) => ({
    id: `step-${index}`,
    does: 'Do it. '.repeat(60),
    api: 'ec2:CreateTags' as const,
    input: {},
    precondition: [],
    effect: [],
    evidence: false,
    reversible: true,
    after: [],
  }));
}

describe('an alert', () => {
  test('names what happened, the same each time, and when', () => {
    expect(alertOf('failed')).toMatchObject({
      id: 'f1:2026-11-21T07:55:00.000Z:finding.failed',
      kind: 'finding.failed',
      account: '111122223333',
      occurredAt: '2026-11-21T08:00:09.000Z',
      correlationId: 'f1',
      title: 'NOT contained: Backdoor:EC2/C&CActivity.B!DNS in 111122223333',
    });
  });

  test.each([
    [9.5, 'contained', 'critical'],
    [9, 'failed', 'critical'],
    [8.9, 'contained', 'high'],
    [7, 'failed', 'critical'],
    [7, 'partially-contained', 'critical'],
    [7, 'exempt', 'high'],
    [4, 'notify-only', 'medium'],
    [4, 'failed', 'medium'],
    [1, 'notify-only', 'low'],
  ] as const)('of severity %d, %s, is %s', (severity, outcome, expected) => {
    expect(alertOf(outcome, {}, instanceFinding({ severity })).severity).toBe(expected);
  });

  test('of a sample is an exercise, and says so', () => {
    expect(alertOf('notify-only', {}, instanceFinding({ sample: true, severity: 9 }))).toMatchObject({
      severity: 'info',
      title: expect.stringMatching(/^Sample: /),
    });
  });

  test('tells notes, planned steps, what people do, and an unknown type', () => {
    const { text } = alertOf('planned', {
      notes: [{ code: 'unknown-type', explanation: 'the type is not documented' }],
      steps: stepsOf(1),
      manual: ['Look at the log.'],
      unknownType: true,
    });
    for (const part of [
      '- the type is not documented',
      '- Do it.',
      '- Look at the log.',
      '(not among the documented',
    ]) {
      expect(text).toContain(part);
    }
  });

  describe('on what was contained', () => {
    const inverse = { api: 's3:DeleteBucketPolicy', input: {}, precondition: [] } as const;
    const steps = stepsOf(1).map(step => ({ ...step, inverse }));
    const records = {
      'step-0': { stepId: 'step-0', status: 'done', at: '2026-11-21T08:00:01.000Z' },
    } as const;
    const where = { account: '111122223333', region: 'us-east-1' };
    const bucket = { kind: 'bucket', ...where, bucket: 'papers' } as const;
    const user = { kind: 'user', ...where, userName: 'eve' } as const;
    const textOf = (target: RemediationPlan['target'] & object, wayBack?: WayBack) =>
      alertOf('contained', { steps, target }, instanceFinding(), records, wayBack).text;

    test('tells the way back that works first, the command line after it', () => {
      const text = textOf(user, id => `invoke it for ${id}`);
      expect(text).toMatch(
        /until it is released:\ninvoke it for f1\nOr, with credentials of your own:\nsallyport finding rollback f1 /,
      );
      expect(textOf(user)).toMatch(/until it is released:\nsallyport finding rollback f1 /);
    });

    test('says of a bucket who is let in to take it back', () => {
      expect(textOf(bucket)).toContain(closedBucketRule);
      expect(textOf(user)).not.toContain(closedBucketRule);
    });

    test('tells no way back where nothing was done', () => {
      const { text } = alertOf('failed', { steps, target: bucket }, instanceFinding(), {}, () => 'invoke it');
      expect(text).not.toMatch(/way back|invoke it|responderArns/);
    });
  });

  test('shows nothing that acts on a terminal', () => {
    const { text, title } = alertOf(
      'notify-only',
      { notes: [{ code: 'held', explanation: 'by \u001b[31mkim' }], manual: ['\u202eab'] },
      instanceFinding({ title: 'a\u0007b' }),
    );
    expect(`${text}${title}`).not.toMatch(/[\u001b\u202e\u0007]/);
  });

  test('of many steps stays below what the channel carries, and says how many there are', () => {
    const steps = stepsOf(3000);
    const notes = Array.from({ length: 3000 }, () => ({ code: 'n', explanation: 'é'.repeat(1000) }));
    const alert = alertOf('planned', { steps, notes });
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(alert)))).toBeLessThan(256 * 1024);
    expect(alert.text).toMatch(/- and \d{4} more/);
    expect(alert.details['stepCount']).toBe(3000);
  });
});
