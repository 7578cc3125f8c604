import assert from 'node:assert/strict';
import type { AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface AuditLogSubject {
  readonly audit: AuditLog;
}

const appended = { outcome: 'appended' };
const duplicate = { outcome: 'duplicate' };

const details: Readonly<Record<string, JsonObject>> = {
  'empty ones': {},
  'each type': { text: 'a', empty: '', number: -1.5, yes: true, no: false, none: null, list: [1, [], {}] },
  'numbers of any size': { large: 1e300, small: 5e-324, integer: Number.MAX_SAFE_INTEGER },
  'hostile texts': { text: '"\\\n\u0000\u202e\ud800 発注書 📄', '': 'no name', 'a.b#c': "';--" },
  depth: { deep: nested(60) },
};

/** What every {@link AuditLog} promises. */
export const auditLogContract: Contract<AuditLogSubject> = {
  port: 'AuditLog',
  cases: [
    {
      name: 'an entry is read back as it was appended',
      async run({ audit }) {
        const [entry] = entriesOf(1, {
          object: { bucket: 'uploads', key: '発注書 📄 "1"\n', versionId: 'v1' },
          correlationId: 'a correlation',
        });
        assertSameJson(await audit.append(entry), appended);
        assertSameJson(await read(audit, entry), [entry]);
      },
    },
    {
      name: 'what an entry does not have stays absent',
      async run({ audit }) {
        const [bare] = entriesOf(1);
        const [withObject] = entriesOf(1, { object: { bucket: 'uploads', key: 'a' } });
        for (const entry of [bare, withObject]) {
          await audit.append(entry);
          assertSameJson(await read(audit, entry), [entry]);
        }
      },
    },
    ...Object.entries(details).map(([name, value]) => ({
      name: `details are kept exactly: ${name}`,
      async run({ audit }: AuditLogSubject) {
        const [entry] = entriesOf(1, { details: value });
        await audit.append(entry);
        assertSameJson(await read(audit, entry), [entry]);
      },
    })),
    {
      name: 'the same id again is a duplicate and changes nothing',
      async run({ audit }) {
        const [entry] = entriesOf(1);
        await audit.append(entry);
        assertSameJson(await audit.append({ ...entry, outcome: 'changed' }), duplicate);
        assertSameJson(await read(audit, entry), [entry]);
      },
    },
    {
      name: 'entries of one time are all kept, in the order of their arrival',
      async run({ audit }) {
        const entries = entriesOf(12);
        for (const entry of entries) assertSameJson(await audit.append(entry), appended);
        assertSameJson(await read(audit, entries[0]), entries);
      },
    },
    {
      name: 'a repetition is told behind entries that came before it and after it',
      async run({ audit }) {
        const entries = entriesOf(3);
        for (const entry of entries) await audit.append(entry);
        for (const entry of entries) assertSameJson(await audit.append(entry), duplicate);
        assertSameJson(await read(audit, entries[0]), entries);
      },
    },
    {
      name: 'the same id at another time is another entry',
      async run({ audit }) {
        const [entry] = entriesOf(1);
        const later = { ...entry, timestamp: '2026-11-21T08:00:00.001Z' };
        assertSameJson(await audit.append(entry), appended);
        assertSameJson(await audit.append(later), appended);
        assertSameJson(await read(audit, entry), [entry, later]);
      },
    },
    {
      name: 'entries come in the order of their times, whenever they arrived',
      async run({ audit }) {
        const entries = entriesOf(3).map((entry, index) => ({
          ...entry,
          timestamp: `2026-11-2${index}T08:00:00.000Z`,
        }));
        for (const index of [1, 2, 0]) await audit.append(entries[index] as AuditEntry);
        assertSameJson(await read(audit, entries[0] as AuditEntry), entries);
      },
    },
    {
      name: 'requests do not see one another',
      async run({ audit }) {
        const [entry] = entriesOf(1);
        const other = { ...entry, requestId: `${entry.requestId}#` };
        await audit.append(entry);
        await audit.append(other);
        assertSameJson(await read(audit, entry), [entry]);
        assertSameJson(await read(audit, other), [other]);
      },
    },
    {
      name: 'a request without entries has none',
      async run({ audit }) {
        assertSameJson(await read(audit, entriesOf(1)[0]), []);
      },
    },
    {
      name: '20 entries of one time appended at once are all kept',
      async run({ audit }) {
        const entries = entriesOf(20);
        const outcomes = await Promise.all(entries.map(entry => audit.append(entry)));
        for (const outcome of outcomes) assertSameJson(outcome, appended);
        const ids = (await read(audit, entries[0])).map(entry => entry.id);
        assert.deepEqual(ids.sort(), entries.map(entry => entry.id).sort());
      },
    },
    {
      name: 'of 20 repetitions at once exactly one is appended',
      async run({ audit }) {
        const [entry] = entriesOf(1);
        const outcomes = await Promise.all(Array.from({ length: 20 }, () => audit.append(entry)));
        assert.equal(outcomes.filter(({ outcome }) => outcome === 'appended').length, 1);
        assertSameJson(await read(audit, entry), [entry]);
      },
    },
    {
      name: 'a reader may stop early',
      async run({ audit }) {
        const entries = entriesOf(3);
        for (const entry of entries) await audit.append(entry);
        for await (const entry of audit.entriesOf(entries[0].requestId)) {
          assertSameJson(entry, entries[0]);
          break;
        }
      },
    },
  ],
};

async function read(audit: AuditLog, { requestId }: AuditEntry): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of audit.entriesOf(requestId)) found.push(entry);
  return found;
}

/** Entries of one time under a request that no other case uses. */
function entriesOf(count: number, fields: Partial<AuditEntry> = {}): [AuditEntry, ...AuditEntry[]] {
  const first: AuditEntry = {
    schemaVersion: 1,
    id: 'entry-0',
    requestId: `contract-${crypto.randomUUID()}`,
    timestamp: '2026-11-21T08:00:00.000Z',
    action: 'upload.refuse',
    outcome: 'refused',
    details: { reason: 'contract' },
    ...fields,
  };
  return [
    first,
    ...Array.from({ length: count - 1 }, (_, index) => ({ ...first, id: `entry-${index + 1}` })),
  ];
}

function nested(depth: number): JsonValue {
  return depth === 0 ? 'bottom' : { down: nested(depth - 1) };
}
