import { describe, expect, test } from '@jest/globals';
import { uploadLedgerContract } from '../../../src/adapters/contracts/upload-ledger-contract.ts';
import { MemoryUploadLedger } from '../../../src/adapters/memory/memory-upload-ledger.ts';
import type { UploadRecord } from '../../../src/ports/upload-ledger.ts';

describe(`the contract of ${uploadLedgerContract.port}`, () => {
  test.each(uploadLedgerContract.cases)('$name', ({ run }) => run({ ledger: new MemoryUploadLedger() }));
});

const upload: UploadRecord = {
  schemaVersion: 1,
  filename: 'a.pdf',
  uploadTimestamp: '2026-11-21T08:00:00.000Z',
  bucket: 'uploads',
  versionId: 'v1',
  size: 1,
  etag: 'etag',
  correlationId: 'correlation',
};

test('records that are there from the start hold their slots', async () => {
  const ledger = new MemoryUploadLedger({ uploads: [upload, { ...upload, versionId: 'v2' }] });

  expect(ledger.uploads).toEqual([upload]);
  expect(await ledger.record({ ...upload, versionId: 'v3' })).toEqual({ outcome: 'taken', by: upload });
});

test('uploads shows what was recorded, and is a copy', async () => {
  const ledger = new MemoryUploadLedger();
  await ledger.record(upload);
  await ledger.record({ ...upload, uploadTimestamp: '2026-11-21T08:00:00.001Z' });

  (ledger.uploads[0] as { versionId: string }).versionId = 'changed';

  expect(ledger.uploads.map(({ versionId }) => versionId)).toEqual(['v1', 'v1']);
});
