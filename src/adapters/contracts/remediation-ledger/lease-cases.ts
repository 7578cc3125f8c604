import assert from 'node:assert/strict';
import { assertSameJson } from '../assert-same-json.ts';
import { first, hold, later, type RemediationLedgerCases, second, third } from './ledger-fixtures.ts';

/** What is promised of leases and holds. */
export const leaseCases: RemediationLedgerCases = [
  {
    name: 'a target is leased to who asks first, and to the same owner again',
    async run({ ledger }) {
      const target = crypto.randomUUID();
      assertSameJson(await ledger.lease(target, 'a', first, second), { outcome: 'leased' });
      assertSameJson(await ledger.lease(target, 'b', first, third), { outcome: 'busy', until: second });
      assertSameJson(await ledger.lease(target, 'a', first, third), { outcome: 'leased' });
      assertSameJson(await ledger.lease(target, 'b', second, later), { outcome: 'busy', until: third });
      assertSameJson(await ledger.lease(crypto.randomUUID(), 'b', first, second), { outcome: 'leased' });
    },
  },
  {
    name: 'a lease ends with its time, to the millisecond',
    async run({ ledger }) {
      const target = crypto.randomUUID();
      await ledger.lease(target, 'a', first, second);
      const before = '2026-11-21T13:59:59.999Z';
      assertSameJson(await ledger.lease(target, 'b', before, third), { outcome: 'busy', until: second });
      assertSameJson(await ledger.lease(target, 'b', second, third), { outcome: 'leased' });
      assertSameJson(await ledger.lease(target, 'a', second, third), { outcome: 'busy', until: third });
    },
  },
  {
    name: 'of many that lease the same target at once, one has it',
    async run({ ledger }) {
      const target = crypto.randomUUID();
      const owners = Array.from({ length: 8 }, (_, index) => `owner-${index}`);
      const answers = await Promise.all(owners.map(owner => ledger.lease(target, owner, first, second)));
      assert.equal(answers.filter(({ outcome }) => outcome === 'leased').length, 1);
    },
  },
  {
    name: 'a lease is released by its owner alone',
    async run({ ledger }) {
      const target = crypto.randomUUID();
      await ledger.lease(target, 'a', first, second);
      await ledger.release(target, 'b');
      assertSameJson(await ledger.lease(target, 'b', first, third), { outcome: 'busy', until: second });
      await ledger.release(target, 'a');
      assertSameJson(await ledger.lease(target, 'b', first, third), { outcome: 'leased' });
      await ledger.release(crypto.randomUUID(), 'a');
    },
  },
  {
    name: 'the first hold of a finding stays until it is lifted',
    async run({ ledger }) {
      const findingId = crypto.randomUUID();
      assert.equal(await ledger.holdOf(findingId), undefined);
      await ledger.hold(findingId, hold);
      await ledger.hold(findingId, { since: first, by: 'another', reason: 'another' });
      assertSameJson(await ledger.holdOf(findingId), hold);
      assert.equal(await ledger.holdOf(`${findingId}0`), undefined);
      await ledger.liftHold(findingId);
      await ledger.liftHold(findingId);
      assert.equal(await ledger.holdOf(findingId), undefined);
    },
  },
];
