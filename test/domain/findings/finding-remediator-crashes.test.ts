import { expect } from '@jest/globals';
import type { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { credentialsFinding, instanceFinding, memoryAccount, RemediationWorld } from './remediation-world.ts';

/** What a delivery without any crash leaves. */
async function undisturbed(finding: GuardDutyFinding): Promise<RemediationWorld> {
  const world = new RemediationWorld();
  await world.remediator.remediate(finding);
  return world;
}

for (const [name, finding] of [
  ['an instance is contained', instanceFinding()],
  ['credentials are contained', credentialsFinding()],
  ['a finding is only told of', instanceFinding({ sample: true })],
] as const) {
  const expected = await undisturbed(finding);

  await describeEachCrash(name, (faults: FaultInjector) => {
    const world = new RemediationWorld({ faults });
    return {
      deliver() {
        // The lease of the delivery that died is over by the time the message comes again.
        world.clock.advance(20 * 60_000);
        return world.remediator.remediate(finding);
      },
      verify() {
        expect(world.containment.state).toEqual(expected.containment.state);
        expect(world.calls()).toEqual(expected.calls());
        const [remediation, ...others] = world.ledger.remediations;
        expect(others).toEqual([]);
        expect(remediation?.outcome).toBe(expected.ledger.remediations[0]?.outcome);
        expect(remediation?.announcedAt).toBeDefined();
        // What was begun is done, never found there: it is to be undone.
        expect(world.statuses()).toEqual(expected.statuses());
        expect(new Set(world.alerts.published.map(({ id }) => id)).size).toBe(1);
        const ids = world.audit.entries.map(({ id }) => id);
        expect(ids.toSorted()).toEqual(expected.audit.entries.map(({ id }) => id).toSorted());
      },
    };
  });
}

/** As Lambda delivers it again. */
const delivered = { findingId: 'f1', by: 'kim', invocationId: 'i1' };

await describeEachCrash('a containment is rolled back', async (faults: FaultInjector) => {
  const world = new RemediationWorld({ faults });
  await world.remediator.remediate(instanceFinding());
  const before = memoryAccount().state;
  return {
    deliver() {
      world.clock.advance(20 * 60_000);
      return world.rollback.rollBack({ ...delivered, reason: 'false alarm' });
    },
    async verify() {
      const state = world.containment.state;
      expect(state.snapshots).toHaveLength(2);
      expect({ ...state, snapshots: [] }).toEqual(before);
      expect(await world.ledger.holdOf('f1')).toMatchObject({ by: 'kim', reason: 'false alarm' });
      const rolledBack = world.alerts.published.filter(({ kind }) => kind === 'finding.rolled-back');
      expect(new Set(rolledBack.map(({ id }) => id)).size).toBe(1);
      const undone = world.audit.entries.filter(({ action }) => action === 'finding.undo-step');
      expect(new Set(undone.map(({ id }) => id)).size).toBe(undone.length);
      expect(world.audit.entries.filter(({ action }) => action === 'finding.roll-back')).toHaveLength(1);
    },
  };
});

await describeEachCrash('a finding is released', async (faults: FaultInjector) => {
  const world = new RemediationWorld({ faults });
  await world.ledger.hold('f1', { since: '2026-11-21T07:00:00.000Z', by: 'kim', reason: 'test' });
  return {
    deliver: () => world.rollback.release({ ...delivered, reason: 'the test is over' }),
    async verify() {
      expect(await world.ledger.holdOf('f1')).toBeUndefined();
      expect(new Set(world.alerts.published.map(({ id }) => id)).size).toBe(1);
      expect(world.audit.entries.map(({ action }) => action)).toEqual(['finding.release']);
    },
  };
});
