import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import {
  MemoryRecordStore,
  type MemoryRecordStoreOptions,
} from '../../../src/adapters/memory/memory-record-store.ts';
import { RecordIngestor, type RecordIngestorOptions } from '../../../src/domain/records/record-ingestor.ts';
import type { AuditEntry } from '../../../src/ports/audit-log.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';

export const occurredAt = '2026-11-21T08:00:00.123Z';
export const reportKeyId = 'arn:aws:kms:eu-central-1:111122223333:key/report';

/** A valid record as JSON text; `second` tells one from another. */
export function recordText(second: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const timestamp = new Date(Date.UTC(2026, 10, 21, 8, 0, second)).toISOString();
  return JSON.stringify({ device_id: 'd1', timestamp, value: second, ...fields });
}

export interface RecordWorldOptions extends Partial<RecordIngestorOptions> {
  readonly store?: MemoryRecordStoreOptions;
  /** Puts a port under control of a test. */
  readonly wrap?: <Port extends object>(name: string, port: Port) => Port;
}

/** An ingestor on memory adapters, and a bucket that files are put into. */
export function recordWorld({ store, wrap = (_, port) => port, ...options }: RecordWorldOptions = {}) {
  const clock = new ManualClock();
  const objects = new MemoryObjectStore({ clock, buckets: ['records', 'compliance-logs'] });
  const records = new MemoryRecordStore(store);
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const waits: number[] = [];
  const ingestor = new RecordIngestor({
    objects: wrap('objects', objects),
    records: wrap('records', records),
    audit: wrap('audit', audit),
    alerts: wrap('alerts', alerts),
    clock,
    report: { bucket: 'compliance-logs', keyId: reportKeyId },
    random: () => 0.5,
    sleep: async milliseconds => void waits.push(milliseconds),
    ...options,
  });
  const put = async (key: string, body: string | Uint8Array) => {
    const stored = await objects.put({ bucket: 'records', key }, Buffer.from(body as string));
    if (stored.outcome !== 'stored') throw new Error(`${key} was there`);
    return { ...stored.ref, occurredAt };
  };
  return {
    ...{ clock, objects, records, audit, alerts, waits, ingestor, put },
    /** Puts a file and ingests it. */
    ingest: async (body: string | Uint8Array, remainingTime?: () => number) =>
      ingestor.ingest(await put('day.json', body), remainingTime),
    entries: async (correlationId: string) => {
      const entries: AuditEntry[] = [];
      for await (const entry of audit.entriesOf(correlationId)) entries.push(entry);
      return entries;
    },
    report: (correlationId: string) => readReport(objects, correlationId),
    /** The values in the table, in the order of their times. */
    values: () =>
      [...records.records]
        .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
        .map(({ value }) => Number(value.digits)),
  };
}

export interface ReportedReject {
  readonly schemaVersion: number;
  readonly position: { readonly index: number; readonly byte: number };
  readonly reasons: readonly { readonly code: string; readonly field?: string }[];
  readonly record: string;
  readonly isWhole: boolean;
}

/** The rejects that a summary names the parts of; `undefined` where there is no summary. */
export async function readReport(objects: ObjectStore, correlationId: string) {
  const key = `record-rejects/${correlationId}/summary.json`;
  const head = await objects.current({ bucket: 'compliance-logs', key });
  if (head === undefined) return undefined;
  const summary = JSON.parse(await textOf(objects, head.ref)) as {
    readonly rejects: number;
    readonly codes: Readonly<Record<string, number>>;
    readonly parts: readonly { bucket: string; key: string; versionId: string; rejects: number }[];
  };
  const parts = await Promise.all(summary.parts.map(part => textOf(objects, part)));
  const rejects = parts.flatMap(part =>
    part
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as ReportedReject),
  );
  return { summary, rejects, head };
}

async function textOf(objects: ObjectStore, ref: { bucket: string; key: string; versionId: string }) {
  const content = await objects.read(ref);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content?.body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
