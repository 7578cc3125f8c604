import { expect } from '@jest/globals';
import type { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { occurredAt, recordText, recordWorld } from './record-fixtures.ts';

async function world(faults: FaultInjector, body: string, options: Parameters<typeof recordWorld>[0] = {}) {
  const built = recordWorld({ ...options, wrap: (name, port) => faults.wrap(name, port) });
  return { ...built, file: await built.put('day.json', body) };
}

const records = (count: number) =>
  Array.from({ length: count }, (_, second) => recordText(second)).join('\n');

await describeEachCrash('a file without faults is ingested', async faults => {
  const built = await world(faults, records(60), { concurrency: 2 });
  return {
    deliver: () => built.ingestor.ingest(built.file),
    verify: () => {
      expect(built.values()).toEqual(Array.from({ length: 60 }, (_, second) => second));
      expect(built.alerts.published).toEqual([]);
    },
  };
});

await describeEachCrash('a file with bad records is ingested', async faults => {
  // Parts so small that several are written, one of them before the last row.
  const built = await world(faults, `${records(30)}\nno 1\nno 2\n${recordText(31)}\nno 3`, {
    partBytes: 300,
    concurrency: 1,
  });
  return {
    deliver: () => built.ingestor.ingest(built.file),
    verify: async () => {
      expect(built.values()).toHaveLength(31);
      // Delivered at least once, each time under the same id.
      const ids = built.alerts.published.map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
      expect(ids.length).toBeLessThanOrEqual(2);
      const correlationId = ids[0]?.split(':')[0] ?? '';
      const report = await built.report(correlationId);
      expect(report?.rejects.map(({ record }) => record)).toEqual(['no 1', 'no 2', 'no 3']);
      const entries = await built.entries(correlationId);
      expect(entries.map(({ action }) => action)).toEqual(['records.ingest', 'records.announce']);
    },
  };
});

await describeEachCrash('a file is refused', async faults => {
  const built = await world(faults, records(1));
  const file = { bucket: 'records', key: '../day.json', versionId: 'v1', occurredAt };
  return {
    deliver: () => built.ingestor.ingest(file),
    verify: () => {
      expect(built.records.records).toEqual([]);
      expect(new Set(built.alerts.published.map(({ id }) => id)).size).toBe(1);
    },
  };
});

await describeEachCrash('a file is too large', async faults => {
  const built = await world(faults, records(5), { policy: { maximumRecords: 3 } });
  return {
    deliver: () => built.ingestor.ingest(built.file),
    verify: () => {
      expect(built.values()).toEqual([0, 1, 2]);
      expect(new Set(built.alerts.published.map(({ id }) => id)).size).toBe(1);
    },
  };
});
