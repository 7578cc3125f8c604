import { describe, expect, test } from '@jest/globals';
import { remediationLedgerContract } from '../../../src/adapters/contracts/remediation-ledger-contract.ts';
import { MemoryRemediationLedger } from '../../../src/adapters/memory/memory-remediation-ledger.ts';

describe(`the contract of ${remediationLedgerContract.port}`, () => {
  test.each(remediationLedgerContract.cases)('$name', ({ run }) =>
    run({ ledger: new MemoryRemediationLedger() }),
  );
});

test('remediations shows all in the order in which they were opened, and is a copy', async () => {
  const ledger = new MemoryRemediationLedger();
  for (const findingId of ['b', 'a']) {
    await ledger.open({
      schemaVersion: 1,
      findingId,
      generation: '2026-11-21T08:00:00.000Z',
      decidedAt: '2026-11-21T08:00:01.000Z',
      plan: { of: findingId },
    });
  }
  await ledger.conclude('b', '2026-11-21T08:00:00.000Z', 'planned', '2026-11-21T08:00:02.000Z');

  (ledger.remediations[0]?.plan as { of: string }).of = 'changed';

  expect(ledger.remediations.map(({ findingId, plan, outcome }) => [findingId, plan, outcome])).toEqual([
    ['b', { of: 'b' }, 'planned'],
    ['a', { of: 'a' }, undefined],
  ]);
});
