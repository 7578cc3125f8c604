import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import {
  bucketFinding,
  credentialsFinding,
  instanceFinding,
  memoryAccount,
  openInterfaces,
  RemediationWorld,
} from './remediation-world.ts';

/** A bucket whose policy is public but for the block of such policies. */
function accountWithPolicy(): MemoryContainment {
  const account = memoryAccount();
  account.change(({ buckets }) => {
    for (const bucket of buckets) {
      bucket.publicAccessBlock = {
        blockPublicAcls: true,
        ignorePublicAcls: false,
        blockPublicPolicy: true,
        restrictPublicBuckets: false,
      };
      bucket.policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::papers/*' },
        ],
      });
    }
  });
  return account;
}

const cases = [
  ['an instance', instanceFinding(), memoryAccount],
  ['credentials', credentialsFinding(), memoryAccount],
  ['a bucket', bucketFinding(), accountWithPolicy],
] as const;

for (const [name, finding, accountOf] of cases) {
  const counting = new FaultInjector();
  const undisturbed = new RemediationWorld({ faults: counting, containment: accountOf() });
  await undisturbed.remediator.remediate(finding);
  const strikes = counting.calls.flatMap((call, index) => [
    { call, ordinal: index + 1, moment: 'before' as const, kind: 'throttled' as const },
    { call, ordinal: index + 1, moment: 'after' as const, kind: 'retryable' as const },
  ]);

  describe(`${name} is contained though one call fails once`, () => {
    test.each(strikes)('$moment call $ordinal, $call ($kind)', async ({ ordinal, moment, kind }) => {
      const faults = new FaultInjector();
      const world = new RemediationWorld({ faults, containment: accountOf() });
      faults.failCall(ordinal, moment, { kind });
      for (let delivery = 1; delivery <= 2; delivery += 1) {
        await world.remediator.remediate(finding).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'InjectedFault' });
        });
        expect(openInterfaces(world.containment)).toEqual([]);
        world.clock.advance(20 * 60_000);
      }
      expect(faults.pending).toBe(0);
      const [remediation, ...others] = world.ledger.remediations;
      expect(others).toEqual([]);
      expect(remediation).toMatchObject({ outcome: 'contained', announcedAt: expect.any(String) });
      const { snapshots, ...state } = world.containment.state;
      expect(snapshots).toHaveLength(undisturbed.containment.state.snapshots.length);
      const groupsNamed = ({ securityGroups }: typeof state) =>
        securityGroups.map(({ id: _, ...group }) => group);
      expect(groupsNamed(state)).toEqual(groupsNamed(undisturbed.containment.state));
      expect(state.buckets).toEqual(undisturbed.containment.state.buckets);
      expect(state.users).toEqual(undisturbed.containment.state.users);
    });
  });
}
