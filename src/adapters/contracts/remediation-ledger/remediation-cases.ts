import assert from 'node:assert/strict';
import type { JsonObject } from '../../../ports/json.ts';
import {
  type Remediation,
  remediationOutcomes,
  type StepRecord,
  stepStatuses,
} from '../../../ports/remediation-ledger.ts';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  first,
  found,
  hold,
  later,
  listOf,
  type RemediationLedgerCases,
  type RemediationLedgerSubject,
  remediationOf,
  second,
  stepOf,
  third,
} from './ledger-fixtures.ts';

const plans: Readonly<Record<string, JsonObject>> = {
  'of nothing': {},
  'with numbers that lose digits elsewhere': { a: 0.1, b: 1e300, c: 12345678901234567000, d: -0.5 },
  'with empty names and texts': { '': '', a: [{ '': null }] },
  'in other scripts': { a: 'Überweisung – 発注書 📄 \u0000 "\\\n' },
  'that is deep': Array.from({ length: 60 }).reduce<JsonObject>(inner => ({ inner }), { end: true }),
  'of 100 KB': { policy: 'x'.repeat(100_000) },
};

const noted: Readonly<Record<string, Partial<StepRecord>>> = {
  'with all evidence': {
    before: { 'interface.eni-1.groups': ['sg-1', 'sg-2'] },
    after: { 'interface.eni-1.groups': [] },
    requestId: 'r-1',
    reason: { code: 'AccessDenied', message: 'not allowed' },
  },
  'with none': {},
  'with facts that are null, false or a number': { before: null, after: [false, 0, 1.5, ''] },
  ...Object.fromEntries(stepStatuses.map(status => [`that is ${status}`, { status }])),
  ...Object.fromEntries(
    ['__proto__', 'constructor', 'swap-to-closed:eni-0abc', 'a.b[0] c#d', 'é', '.'].map(stepId => [
      `named ${stepId}`,
      { stepId },
    ]),
  ),
};

/** What is promised of remediations, their steps and their ends. */
export const remediationCases: RemediationLedgerCases = [
  ...Object.entries(plans).map(([name, plan]) => ({
    name: `a remediation is found as it was opened, its plan whole: ${name}`,
    async run({ ledger }: RemediationLedgerSubject) {
      const remediation = remediationOf({ plan });
      assertSameJson(await ledger.open(remediation), { outcome: 'opened' });
      assertSameJson(await found(ledger, remediation), { ...remediation, steps: {} });
    },
  })),
  {
    name: 'a remediation without a target has none when it is found',
    async run({ ledger }) {
      const { target: _, ...remediation } = remediationOf();
      await ledger.open(remediation);
      const stored = await found(ledger, remediation);
      assert.deepEqual(Object.keys(stored).sort(), [...Object.keys(remediation), 'steps'].sort());
    },
  },
  {
    name: 'one that is there is left as it was, and told with what became of it',
    async run({ ledger }) {
      const remediation = remediationOf();
      await ledger.open(remediation);
      const step = stepOf({ status: 'begun' });
      await ledger.noteStep(remediation.findingId, first, step);
      const again = { ...remediation, decidedAt: later, target: 'bucket/other', plan: { other: true } };
      assertSameJson(await ledger.open(again), {
        outcome: 'present',
        remediation: { ...remediation, steps: { [step.stepId]: step } },
      });
      assertSameJson(await found(ledger, remediation), {
        ...remediation,
        steps: { [step.stepId]: step },
      });
    },
  },
  {
    name: 'of many that open the same generation at once, one does',
    async run({ ledger }) {
      const remediation = remediationOf();
      const tries = Array.from({ length: 8 }, (_, attempt) => ({ ...remediation, plan: { attempt } }));
      const answers = await Promise.all(tries.map(it => ledger.open(it)));
      const winner = answers.findIndex(({ outcome }) => outcome === 'opened');
      assert.equal(answers.filter(({ outcome }) => outcome === 'opened').length, 1);
      for (const answer of answers) {
        if (answer.outcome === 'present') assertSameJson(answer.remediation.plan, { attempt: winner });
      }
      assertSameJson((await found(ledger, remediation)).plan, { attempt: winner });
    },
  },
  {
    name: 'what was never opened is not found',
    async run({ ledger }) {
      const { findingId } = remediationOf();
      await ledger.open(remediationOf({ findingId }));
      assert.equal(await ledger.find(findingId, second), undefined);
      assert.equal(await ledger.find(crypto.randomUUID(), first), undefined);
      assert.deepEqual(await listOf(ledger.ofFinding(crypto.randomUUID())), []);
    },
  },
  {
    name: 'generations of a finding come latest first, without those of others, and without its hold',
    async run({ ledger }) {
      const { findingId } = remediationOf();
      for (const generation of [second, third, first]) {
        await ledger.open(remediationOf({ findingId, generation, plan: { of: generation } }));
      }
      await ledger.open(remediationOf({ findingId: `${findingId}0` }));
      await ledger.hold(findingId, hold);
      const generations = await listOf(ledger.ofFinding(findingId));
      assert.deepEqual(
        generations.map(it => [it.findingId, it.generation, it.plan['of']]),
        [third, second, first].map(generation => [findingId, generation, generation]),
      );
    },
  },
  {
    name: 'a reader of generations may stop early',
    async run({ ledger }) {
      const { findingId } = remediationOf();
      for (const generation of [first, second]) await ledger.open(remediationOf({ findingId, generation }));
      for await (const { generation } of ledger.ofFinding(findingId)) {
        assert.equal(generation, second);
        break;
      }
    },
  },
  {
    name: 'findings on a target are told, each once, without those on others, whether it is leased or not',
    async run({ ledger }) {
      const target = `instance/${crypto.randomUUID()}`;
      const one = remediationOf({ target });
      const other = remediationOf({ target });
      for (const generation of [first, second]) await ledger.open({ ...one, generation });
      await ledger.open(other);
      await ledger.open(remediationOf({ target: `${target}0` }));
      await ledger.lease(target, 'a', first, second);
      const findings = await listOf(ledger.findingsOn(target));
      assert.deepEqual(findings.sort(), [one.findingId, other.findingId].sort());
      assert.deepEqual(await listOf(ledger.findingsOn(crypto.randomUUID())), []);
    },
  },
  ...Object.entries(noted).map(([name, fields]) => ({
    name: `a step is kept as it was noted: ${name}`,
    async run({ ledger }: RemediationLedgerSubject) {
      const remediation = remediationOf();
      await ledger.open(remediation);
      const step = stepOf(fields);
      await ledger.noteStep(remediation.findingId, first, step);
      const { steps } = await found(ledger, remediation);
      assert.deepEqual(Object.keys(steps), [step.stepId]);
      assertSameJson(Object.values(steps), [step]);
    },
  })),
  {
    name: 'a step noted again takes the place of what was noted before, whole, and leaves the others',
    async run({ ledger }) {
      const remediation = remediationOf();
      const { findingId } = remediation;
      await ledger.open(remediation);
      const other = stepOf({ stepId: 'other' });
      const done = stepOf({ status: 'done', at: later });
      await ledger.noteStep(findingId, first, stepOf({ status: 'begun', before: { a: 1 } }));
      await ledger.noteStep(findingId, first, other);
      await ledger.noteStep(findingId, first, done);
      assertSameJson((await found(ledger, remediation)).steps, { [done.stepId]: done, other });
    },
  },
  {
    name: 'steps that are noted at once are all noted',
    async run({ ledger }) {
      const remediation = remediationOf();
      await ledger.open(remediation);
      const steps = Array.from({ length: 12 }, (_, index) => stepOf({ stepId: `step-${index}` }));
      await Promise.all(steps.map(step => ledger.noteStep(remediation.findingId, first, step)));
      const stored = Object.values((await found(ledger, remediation)).steps);
      assert.equal(stored.length, steps.length);
    },
  },
  {
    name: 'a step, or an end, of a remediation that is not there is not found, and opens none',
    async run({ ledger }) {
      const { findingId } = remediationOf();
      const expected = { kind: 'not-found', code: 'RemediationNotFound' } as const;
      await assertPortError(ledger.noteStep(findingId, first, stepOf()), expected);
      await assertPortError(ledger.conclude(findingId, first, 'failed', later), expected);
      await ledger.markAnnounced(findingId, first, later);
      assert.equal(await ledger.find(findingId, first), undefined);
    },
  },
  ...remediationOutcomes.map(outcome => ({
    name: `its end is noted: ${outcome}`,
    async run({ ledger }: RemediationLedgerSubject) {
      const remediation = remediationOf();
      await ledger.open(remediation);
      await ledger.conclude(remediation.findingId, first, outcome, second);
      const ended = { ...remediation, steps: {}, outcome, concludedAt: second };
      assertSameJson(await found(ledger, remediation), ended);
    },
  })),
  {
    name: 'that it was announced is noted once; a new end is yet to be announced',
    async run({ ledger }) {
      const remediation = remediationOf();
      const { findingId } = remediation;
      await ledger.open(remediation);
      await ledger.conclude(findingId, first, 'failed', second);
      await ledger.markAnnounced(findingId, first, third);
      await ledger.markAnnounced(findingId, first, later);
      assert.equal((await found(ledger, remediation)).announcedAt, third);
      await ledger.conclude(findingId, first, 'contained', later);
      const ended = { ...remediation, steps: {}, outcome: 'contained', concludedAt: later };
      assertSameJson(await found(ledger, remediation), ended);
    },
  },
  {
    name: 'who changes what was given or told does not change the ledger',
    async run({ ledger }) {
      const remediation = remediationOf({ plan: { a: { b: 'c' } } });
      const given = structuredClone(remediation);
      await ledger.open(given);
      spoil(given);
      spoil(await found(ledger, remediation));
      const again = await ledger.open(remediation);
      if (again.outcome === 'present') spoil(again.remediation);
      for await (const generation of ledger.ofFinding(remediation.findingId)) spoil(generation);
      assertSameJson(await found(ledger, remediation), { ...remediation, steps: {} });
    },
  },
];

function spoil(remediation: Remediation): void {
  (remediation.plan as { a: { b: string } }).a.b = 'changed';
}
