import assert from 'node:assert/strict';
import { type BackfillEntry, type BackfillLedger, backfillOutcomes } from '../../ports/backfill-ledger.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface BackfillLedgerSubject {
  readonly ledger: BackfillLedger;
}

const keys = [
  'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/a_b.json.gz',
  ' space + plus %2F percent/',
  'quote " and \\ and \n line feed',
  'Übergröße – 発注書 📄',
  '__proto__',
  'x'.repeat(1024),
];

/** What every {@link BackfillLedger} promises. */
export const backfillLedgerContract: Contract<BackfillLedgerSubject> = {
  port: 'BackfillLedger',
  cases: [
    ...backfillOutcomes.map(outcome => ({
      name: `an entry is found as it was noted: ${outcome}`,
      async run({ ledger }: BackfillLedgerSubject) {
        const entry = entryOf({ outcome });
        assert.equal(await ledger.find(entry), undefined);
        await ledger.note(entry);
        assertSameJson(await ledger.find(entry), entry);
      },
    })),
    {
      name: 'what went wrong is kept, whatever it says',
      async run({ ledger }) {
        const fault = { code: 'damaged-gzip', message: 'of "quotes", \\ \n and 発注書 📄' };
        const entry = entryOf({ outcome: 'unreadable', fault });
        await ledger.note(entry);
        assertSameJson(await ledger.find(entry), entry);
        assertSameJson(await allOf(ledger, entry), [entry]);
      },
    },
    ...keys.map(key => ({
      name: `an object of any name is told from others: ${JSON.stringify(key.slice(0, 40))}`,
      async run({ ledger }: BackfillLedgerSubject) {
        const entry = entryOf({ key });
        const other = { ...entry, key: `${key.slice(0, 1000)}.` };
        await ledger.note(entry);
        assert.equal(await ledger.find(other), undefined);
        await ledger.note(other);
        assertSameJson(await ledger.find(entry), entry);
        assertSameJson(await allOf(ledger, entry), [entry, other].toSorted(byKey));
      },
    })),
    {
      name: 'the last entry of an object stands',
      async run({ ledger }) {
        const failed = entryOf({ outcome: 'failed', fault: { code: 'AccessDenied', message: 'denied' } });
        const missing = entryOf({ ...failed, outcome: 'missing' });
        const done = entryOf({ ...failed, outcome: 'analyzed', at: '2026-11-22T08:00:00.000Z' });
        for (const entry of [failed, missing, failed, done, { ...done, outcome: 'skipped' } as const]) {
          await ledger.note(entry);
          assertSameJson(await ledger.find(entry), entry);
          assertSameJson(await allOf(ledger, entry), [entry]);
        }
      },
    },
    ...(['analyzed', 'skipped', 'unreadable'] as const).map(outcome => ({
      name: `an open entry that comes late undoes nothing: ${outcome}`,
      async run({ ledger }: BackfillLedgerSubject) {
        const settled = entryOf({ outcome });
        await ledger.note(settled);
        for (const open of ['failed', 'missing'] as const) {
          await ledger.note({ ...settled, outcome: open });
          assertSameJson(await ledger.find(settled), settled);
        }
        for (const change of [{ etag: 'changed' }, { work: 'other rules' }]) {
          const other = { ...entryOf({ outcome }), ...change };
          await ledger.note(entryOf({ ...other, etag: 'e', work: 'w' }));
          const reopened = { ...other, outcome: 'failed' } as const;
          await ledger.note(reopened);
          assertSameJson(await ledger.find(reopened), reopened);
        }
      },
    })),
    {
      name: 'of entries that come at the same time, one that settles stands',
      async run({ ledger }) {
        const entry = entryOf({ outcome: 'analyzed' });
        const outcomes = ['failed', 'missing', 'analyzed', 'failed', 'missing', 'failed'] as const;
        await Promise.all(outcomes.map(outcome => ledger.note({ ...entry, outcome })));
        assertSameJson(await ledger.find(entry), entry);
      },
    },
    {
      name: 'backfills and buckets are kept apart',
      async run({ ledger }) {
        const entry = entryOf({});
        const others = [
          { ...entry, backfill: `${entry.backfill}.2` },
          { ...entry, bucket: 'other-logs' },
        ];
        await ledger.note(entry);
        for (const other of others) {
          assert.equal(await ledger.find(other), undefined);
          assertSameJson(await allOf(ledger, other), []);
        }
      },
    },
    {
      name: 'all entries of a backfill are told, each once',
      async run({ ledger }) {
        const first = entryOf({});
        const entries = Array.from({ length: 40 }, (_, index) => ({ ...first, key: `logs/${index}` }));
        await Promise.all(entries.map(entry => ledger.note(entry)));
        assertSameJson(await allOf(ledger, first), entries.toSorted(byKey));
      },
    },
    {
      name: 'who changes an entry that was given does not change the ledger',
      async run({ ledger }) {
        const entry = entryOf({});
        const given = structuredClone(entry) as { outcome: string; tally: { records: number } };
        await ledger.note(given as BackfillEntry);
        given.outcome = 'failed';
        given.tally.records = 99;
        const found = (await ledger.find(entry)) as { tally: { records: number } } | undefined;
        if (found !== undefined) found.tally.records = 98;
        assertSameJson(await ledger.find(entry), entry);
      },
    },
  ],
};

/** An entry of a backfill that no other case uses. */
function entryOf(fields: Partial<BackfillEntry>): BackfillEntry {
  return {
    schemaVersion: 1,
    backfill: `contract-${crypto.randomUUID()}`,
    bucket: 'logs',
    key: 'AWSLogs/1.json.gz',
    etag: '9b2cf535f27731c974343645a3985328-3',
    work: 'a rule set',
    outcome: 'analyzed',
    tally: { bytes: 5_497_558_138_880, records: 12, matches: 3, stored: 2, alerts: 0 },
    at: '2026-11-21T08:00:00.000Z',
    ...fields,
  };
}

async function allOf(
  ledger: BackfillLedger,
  { backfill, bucket }: BackfillEntry,
): Promise<readonly BackfillEntry[]> {
  const all: BackfillEntry[] = [];
  for await (const entry of ledger.entries({ backfill, bucket })) all.push(entry);
  return all.toSorted(byKey);
}

function byKey(left: BackfillEntry, right: BackfillEntry): number {
  return left.key < right.key ? -1 : 1;
}
