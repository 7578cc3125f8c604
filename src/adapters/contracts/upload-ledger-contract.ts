import assert from 'node:assert/strict';
import type { LedgerOutcome, UploadLedger, UploadRecord } from '../../ports/upload-ledger.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface UploadLedgerSubject {
  readonly ledger: UploadLedger;
}

const filenames = [
  'plain.pdf',
  'a folder/with spaces (1).pdf',
  'quote \' and " and \\ and `',
  'a#b|c:d\u0000e',
  '__proto__',
  'constructor',
  'Überweisung – März €.pdf',
  '発注書 📄.pdf',
  '%2e%2e%2f',
];

/** What every {@link UploadLedger} promises. */
export const uploadLedgerContract: Contract<UploadLedgerSubject> = {
  port: 'UploadLedger',
  cases: [
    {
      name: 'a free slot is recorded',
      async run({ ledger }) {
        assertSameJson(await ledger.record(uploadOf({})), { outcome: 'recorded' });
      },
    },
    {
      name: 'a slot taken by the same version says so, with the record as it was given',
      async run({ ledger }) {
        const upload = uploadOf({ contentType: 'application/pdf' });
        await ledger.record(upload);
        assertSameJson(await ledger.record(upload), { outcome: 'taken', by: upload });
      },
    },
    {
      name: 'a slot taken by another version stays as it was',
      async run({ ledger }) {
        const first = uploadOf({ versionId: 'first' });
        const second = { ...first, versionId: 'second', size: 2, etag: 'other', contentType: 'text/plain' };
        await ledger.record(first);
        assertSameJson(await ledger.record(second), { outcome: 'taken', by: first });
        assertSameJson(await ledger.record(second), { outcome: 'taken', by: first });
      },
    },
    {
      name: 'another time and another filename are other slots',
      async run({ ledger }) {
        const upload = uploadOf({});
        const others = [
          upload,
          { ...upload, uploadTimestamp: '2026-11-21T08:00:00.001Z' },
          { ...upload, filename: `${upload.filename} ` },
          { ...upload, filename: upload.filename.toUpperCase() },
        ];
        for (const other of others) assertSameJson(await ledger.record(other), { outcome: 'recorded' });
        for (const other of others)
          assertSameJson(await ledger.record(other), { outcome: 'taken', by: other });
      },
    },
    {
      name: 'of 50 claims on one slot at once exactly one is recorded, and the others learn which',
      async run({ ledger }) {
        const slot = uploadOf({});
        const claims = Array.from({ length: 50 }, (_, index) => ({ ...slot, versionId: `version-${index}` }));
        const outcomes = await Promise.all(claims.map(claim => ledger.record(claim)));
        const winners = claims.filter((_, index) => outcomes[index]?.outcome === 'recorded');
        assert.equal(winners.length, 1);
        for (const outcome of outcomes.filter(isTaken)) assertSameJson(outcome.by, winners[0]);
      },
    },
    ...filenames.map(name => ({
      name: `the filename ${JSON.stringify(name)} is kept as it is`,
      async run({ ledger }: UploadLedgerSubject) {
        const upload = uploadOf({});
        const named = { ...upload, filename: `${upload.filename}/${name}` };
        assertSameJson(await ledger.record(named), { outcome: 'recorded' });
        assertSameJson(await ledger.record(named), { outcome: 'taken', by: named });
      },
    })),
    ...[0, 1, 5_497_558_138_880].map(size => ({
      name: `a size of ${size} bytes is kept exactly`,
      async run({ ledger }: UploadLedgerSubject) {
        const upload = uploadOf({ size });
        await ledger.record(upload);
        assertSameJson(await ledger.record(upload), { outcome: 'taken', by: upload });
      },
    })),
    {
      name: 'who changes a record that was given does not change the ledger',
      async run({ ledger }) {
        const upload = uploadOf({});
        const given = { ...upload };
        await ledger.record(given);
        given.versionId = 'changed';
        const { by } = taken(await ledger.record(upload));
        (by as { versionId: string }).versionId = 'changed';
        assertSameJson(taken(await ledger.record(upload)).by, upload);
      },
    },
  ],
};

type Taken = Extract<LedgerOutcome, { readonly outcome: 'taken' }>;

function isTaken(outcome: LedgerOutcome): outcome is Taken {
  return outcome.outcome === 'taken';
}

function taken(outcome: LedgerOutcome): Taken {
  assert.ok(isTaken(outcome));
  return outcome;
}

/** A record in a slot that no other case uses. */
function uploadOf(fields: Partial<UploadRecord>): UploadRecord {
  return {
    schemaVersion: 1,
    filename: `contract/${crypto.randomUUID()}`,
    uploadTimestamp: '2026-11-21T08:00:00.000Z',
    bucket: 'uploads',
    versionId: 'a version',
    size: 1024,
    etag: '9b2cf535f27731c974343645a3985328',
    correlationId: 'a correlation',
    ...fields,
  };
}
