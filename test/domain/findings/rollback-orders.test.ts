import { expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import fc from '../../seeded-properties.ts';
import {
  accessKeyId,
  credentialsFinding,
  instanceFinding,
  memoryAccount,
  RemediationWorld,
} from './remediation-world.ts';

const otherKey = 'AKIAIOSFODNN7ANOTHER';
const foreign =
  '{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Deny","Action":"s3:*","Resource":"*"}]}';

/** The account, where a policy of somebody else may stand under our name. */
function accountWith(isForeign: boolean): MemoryContainment {
  const containment = memoryAccount();
  containment.change(({ users, roles }) => {
    for (const { accessKeys = {} } of users) accessKeys[otherKey] = 'Active';
    if (isForeign)
      for (const holder of [...users, ...roles]) holder.policies = { 'sallyport-containment': foreign };
  });
  return containment;
}

const principals = {
  key: { userType: 'IAMUser', userName: 'eve', accessKeyId },
  'another key': { userType: 'IAMUser', userName: 'eve', accessKeyId: otherKey },
  'a session of the user': { userType: 'IAMUser', userName: 'eve', accessKeyId: 'ASIAEXAMPLE' },
  'a session of the role': { userType: 'AssumedRole', userName: 'app', accessKeyId: 'ASIAEXAMPLE' },
};

const drawn: fc.Arbitrary<Partial<GuardDutyFinding>> = fc.oneof(
  fc.constantFrom(...Object.values(principals)).map(principal => ({ ...credentialsFinding(), principal })),
  fc.constant({ ...credentialsFinding(), type: 'Discovery:S3/MaliciousIPCaller', buckets: ['papers'] }),
  fc.constant(instanceFinding()),
);

/** What happens: a finding is reported (again), is rolled back, or is released; now and then a call fails for a while. */
const event = fc.record({
  finding: fc.nat(2),
  failing: fc.option(fc.integer({ min: 1, max: 12 })),
  act: fc.constantFrom('report', 'report', 'report', 'roll back', 'release'),
});

const time = (minutes: number) =>
  new Date(Date.parse('2026-11-21T08:00:00Z') + minutes * 60_000).toISOString();

test('findings on one target, rolled back in any order, leave what stood before the first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 3, maxLength: 3 }),
      fc.array(event, { minLength: 2, maxLength: 8 }),
      fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      fc.boolean(),
      async (findings, events, order, isForeign) => {
        const containment = accountWith(isForeign);
        const before = containment.state;
        const faults = new FaultInjector();
        const world = new RemediationWorld({ containment, faults });
        const request = (finding: number) => ({ findingId: `f${finding}`, by: 'kim', reason: 'a test' });
        let minutes = 0;
        for (const { finding, failing, act } of events) {
          minutes += 7;
          world.clock.advance(7 * 60_000);
          if (act === 'roll back') await world.rollback.rollBack(request(finding));
          else if (act === 'release') await world.rollback.release(request(finding));
          else {
            const updatedAt = time(minutes - 2);
            const reported = { ...instanceFinding(), ...findings[finding], id: `f${finding}` };
            if (failing !== null)
              faults.failCall(failing, 'before', { of: 'containment.perform', kind: 'throttled' });
            const delivery = world.remediator.remediate({ ...reported, updatedAt, lastSeenAt: updatedAt });
            await (failing === null ? delivery : delivery.catch(() => undefined));
            faults.reset();
          }
        }
        for (const finding of order) {
          world.clock.advance(60_000);
          const { outcome } = await world.rollback.rollBack(request(finding));
          expect(['rolled-back', 'nothing-to-undo', 'unknown']).toContain(outcome);
        }
        expect({ ...world.containment.state, snapshots: [] }).toEqual({ ...before, snapshots: [] });
      },
    ),
    { numRuns: 80 },
  );
});

test('what a live finding needs stands, whatever is rolled back beside it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(Object.values(principals).slice(0, 3), { minLength: 3 }),
      fc.shuffledSubarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
      async (order, rolledBack) => {
        const world = new RemediationWorld({ containment: accountWith(false) });
        for (const [at, principal] of order.entries()) {
          world.clock.advance(60_000);
          await world.remediator.remediate(credentialsFinding({ id: `f${at}`, principal }));
        }
        for (const at of rolledBack) {
          world.clock.advance(60_000);
          await world.rollback.rollBack({ findingId: `f${at}`, by: 'kim', reason: 'a test' });
        }
        const [user] = world.containment.state.users;
        const live = order.filter((_, at) => !rolledBack.includes(at));
        for (const { accessKeyId: key } of live) {
          if (key.startsWith('AKIA')) expect(user?.accessKeys?.[key]).toBe('Inactive');
        }
        const [denial = ''] = Object.values(user?.policies ?? {});
        expect(denial).toContain('SallyportContainment');
        // Sessions alone are too little for a key.
        if (live.some(({ accessKeyId: key }) => key.startsWith('AKIA')))
          expect(denial).not.toContain('DateLessThan');
        for (const { accessKeyId: key } of order.filter((_, at) => rolledBack.includes(at))) {
          if (key.startsWith('AKIA')) expect(user?.accessKeys?.[key]).toBe('Active');
        }
      },
    ),
    { numRuns: 60 },
  );
});
