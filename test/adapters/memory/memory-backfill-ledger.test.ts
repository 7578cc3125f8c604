import { describe, expect, test } from '@jest/globals';
import { backfillLedgerContract } from '../../../src/adapters/contracts/backfill-ledger-contract.ts';
import { MemoryBackfillLedger } from '../../../src/adapters/memory/memory-backfill-ledger.ts';

describe(`the contract of ${backfillLedgerContract.port}`, () => {
  test.each(backfillLedgerContract.cases)('$name', ({ run }) => run({ ledger: new MemoryBackfillLedger() }));
});

test('shows every entry, as a copy', async () => {
  const ledger = new MemoryBackfillLedger();
  await ledger.note({
    ...{ schemaVersion: 1, backfill: 'b', bucket: 'logs', key: 'k', etag: 'e', work: 'w' },
    ...{ outcome: 'missing', at: '2026-11-21T08:00:00.000Z' },
    tally: { bytes: 0, records: 0, matches: 0, stored: 0, alerts: 0 },
  });

  (ledger.all[0] as { outcome: string }).outcome = 'changed';

  expect(ledger.all.map(({ outcome }) => outcome)).toEqual(['missing']);
});
