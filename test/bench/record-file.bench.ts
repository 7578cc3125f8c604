import { execFileSync } from 'node:child_process';
import { ManualClock } from '../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../src/adapters/memory/memory-audit-log.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/memory-object-store.ts';
import { parseRecord } from '../../src/domain/records/parse-record.ts';
import { RecordFileReading } from '../../src/domain/records/record-file-reading.ts';
import { RecordIngestor } from '../../src/domain/records/record-ingestor.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import type { RecordStore } from '../../src/ports/record-store.ts';

/*
 * How fast records are read and judged beside JSON.parse of the whole file alone, which keeps no digits, judges nothing
 * and remembers nothing; and how much memory a file of 1 GB takes that streams through the ingestor into a table that
 * is as slow as 4 ms a batch. Medians of interleaved runs; ratios hold, speeds drift with the machine. Run with
 * `npm run bench`.
 */

const rounds = 5;
const count = 100_000;

function recordText(index: number, padding = 0): string {
  const timestamp = new Date(Date.UTC(2026, 10, 21) + 1000 * index).toISOString();
  const site = { building: 'A', floor: index % 9 };
  return JSON.stringify({
    device_id: `sensor-${String(index % 977).padStart(4, '0')}`,
    timestamp,
    value: Math.round(index * 7.3) / 10,
    unit: 'C',
    site,
    tags: ['indoor', 'calibrated'],
    ...(padding === 0 ? {} : { note: 'n'.repeat(padding) }),
  });
}

const texts = Array.from({ length: count }, (_, index) => recordText(index));
const list = Buffer.from(`[${texts.join(',')}]`);
const spaced = Buffer.from(JSON.stringify(JSON.parse(list.toString()), null, 2));
const lines = Buffer.from(texts.join('\n'));

async function read(file: Uint8Array): Promise<number> {
  const reading = new RecordFileReading(file);
  for await (const findings of reading.findings()) for (const _ of findings);
  return reading.tally.valid;
}

const ways: Readonly<Record<string, () => number | Promise<number>>> = {
  'JSON.parse of an array': () => (JSON.parse(list.toString()) as unknown[]).length,
  'RecordFileReading, an array': () => read(list),
  'RecordFileReading, an array over many lines': () => read(spaced),
  'RecordFileReading, a record a line': () => read(lines),
  'parseRecord alone': () => texts.filter(text => parseRecord(text)?.outcome === 'valid').length,
};

function row(what: string, ...cells: readonly string[]): void {
  process.stdout.write(`${what.padEnd(46)}${cells.map(cell => cell.padStart(16)).join('')}\n`);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function compare(): Promise<void> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, run] of Object.entries(ways)) {
      const began = performance.now();
      const answer = await run();
      times.set(way, [...(times.get(way) ?? []), performance.now() - began]);
      if (answer !== count) throw new Error(`${way} found ${answer} records`);
    }
  }
  const [parse = Number.NaN] = [...times.values()].map(median);
  row(`${count} records, ${(list.length / 1e6).toFixed(1)} MB`, 'records/s', 'speed', 'of JSON.parse');
  for (const [way, values] of times) {
    const seconds = median(values) / 1000;
    const speed = `${(list.length / seconds / 1e6).toFixed(0)} MB/s`;
    row(`  ${way}`, String(Math.round(count / seconds)), speed, (parse / 1000 / seconds).toFixed(2));
  }
}

const gigabyte = 1e9;
const largeCount = 480_000;

/** A file of about 1 GB, made while it is read. */
async function* largeFile(): AsyncGenerator<Uint8Array> {
  const padding = Math.round(gigabyte / largeCount) - recordText(0).length - 1;
  for (let index = 0; index < largeCount; index += 500) {
    yield Buffer.from(
      Array.from({ length: 500 }, (_, place) => `${recordText(index + place, padding)}\n`).join(''),
    );
  }
}

/** A table that holds nothing, and takes its time. */
const slowTable: RecordStore = {
  batchSize: 25,
  write: () => new Promise(resolve => setTimeout(() => resolve({ unprocessed: [] }), 4)),
};

/** Says how much this process held at most, in a process of its own. */
async function ingestLargeFile(): Promise<void> {
  const clock = new ManualClock();
  const memory = new MemoryObjectStore({ clock, buckets: ['records', 'reports'] });
  const stored = await memory.put({ bucket: 'records', key: 'large.jsonl' }, Buffer.from('x'));
  if (stored.outcome !== 'stored') throw new Error('the file was not stored');
  const head = await memory.head(stored.ref);
  if (head === undefined) throw new Error('the file is not there');
  const objects: ObjectStore = {
    head: async () => head,
    current: async () => head,
    read: async () => ({ head, body: largeFile() }),
    put: (target, body, options) => memory.put(target, body, options),
    copy: (source, target, options) => memory.copy(source, target, options),
  };
  const ingestor = new RecordIngestor({
    objects,
    records: slowTable,
    audit: new MemoryAuditLog(),
    alerts: new MemoryAlertChannel(),
    clock,
    report: { bucket: 'reports', keyId: 'key' },
  });
  const began = performance.now();
  const outcome = await ingestor.ingest({ ...stored.ref, occurredAt: '2026-11-21T08:00:00.000Z' });
  const seconds = (performance.now() - began) / 1000;
  if (outcome.outcome !== 'ingested') throw new Error(`the file was ${outcome.outcome}`);
  const most = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${most} ${outcome.written} ${(outcome.bytes / seconds / 1e6).toFixed(0)}`);
}

function memoryOfLargeFile(): void {
  // The most that a process held counts in what it held before it became this one: the shell holds little.
  const args = ['-c', '"$0" "$@"; exit $?', process.execPath, import.meta.filename, 'large'];
  const [most, written, speed] = execFileSync('sh', args, { encoding: 'utf8' }).split(' ');
  row('a file of 1 GB through RecordIngestor', 'memory at most', 'written', 'speed');
  row('  a record a line, 2 KB each', `${most} MiB`, `${written}`, `${speed} MB/s`);
}

if (process.argv[2] === 'large') {
  await ingestLargeFile();
} else {
  await compare();
  memoryOfLargeFile();
}
