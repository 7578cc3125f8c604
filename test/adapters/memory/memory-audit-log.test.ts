import { describe, expect, test } from '@jest/globals';
import { auditLogContract } from '../../../src/adapters/contracts/audit-log-contract.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';

describe(`the contract of ${auditLogContract.port}`, () => {
  test.each(auditLogContract.cases)('$name', ({ run }) => run({ audit: new MemoryAuditLog() }));
});

test('entries shows every request in the order of arrival, and is a copy', async () => {
  const audit = new MemoryAuditLog();
  const entry = {
    schemaVersion: 1,
    id: 'one',
    requestId: 'b',
    timestamp: '2026-11-21T08:00:00.000Z',
    action: 'upload.refuse',
    outcome: 'refused',
    details: { reason: 'first' },
  } as const;
  await audit.append(entry);
  await audit.append({ ...entry, requestId: 'a', details: { reason: 'second' } });

  (audit.entries[0]?.details as { reason: string }).reason = 'changed';

  expect(audit.entries.map(({ details }) => details['reason'])).toEqual(['first', 'second']);
});
