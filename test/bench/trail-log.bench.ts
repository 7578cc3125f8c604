import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { filterTrailLog } from '../../src/domain/trail/filter-trail-log.ts';
import { compileTrailRules } from '../../src/domain/trail/trail-rules.ts';
import { realisticLog } from '../domain/trail/fixtures/realistic-log.ts';

/*
 * How fast logs are filtered, and with how much memory, beside what limits it (gunzip alone) and what one would write
 * first (gunzip, JSON.parse, filter). Speeds are of uncompressed bytes, medians of interleaved runs; ratios hold, speeds
 * drift with the machine. Run with `npm run bench`.
 */

const rules = compileTrailRules({ monitoredEvents: ['ConsoleLogin'] });
const rounds = 7;

type Way = 'gunzip alone' | 'gunzip, JSON.parse, filter' | 'filterTrailLog';

const ways: Readonly<Record<Way, (gzip: Uint8Array) => number | Promise<number>>> = {
  'gunzip alone': gzip =>
    gunzipSync(gzip, { chunkSize: Buffer.from(gzip).readUInt32LE(gzip.length - 4) }).length,
  'gunzip, JSON.parse, filter': naive,
  filterTrailLog: async gzip => count(gzip),
};

function naive(gzip: Uint8Array): number {
  const log = JSON.parse(gunzipSync(gzip).toString()) as { Records: { eventName?: string }[] };
  return log.Records.filter(({ eventName }) => eventName === 'ConsoleLogin').length;
}

async function count(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  let matches = 0;
  for await (const { rules: ids } of filterTrailLog(source, rules)) matches += ids.length;
  return matches;
}

function row(what: string, ...cells: readonly string[]): void {
  process.stdout.write(`${what.padEnd(38)}${cells.map(cell => cell.padStart(17)).join('')}\n`);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function compare(what: string, logs: readonly Uint8Array[], bytes: number): Promise<void> {
  const times = new Map<Way, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, run] of Object.entries(ways) as [Way, (typeof ways)[Way]][]) {
      const began = performance.now();
      for (const log of logs) await run(log);
      times.set(way, [...(times.get(way) ?? []), (performance.now() - began) / 1000]);
    }
  }
  const naiveTime = median(times.get('gunzip, JSON.parse, filter') ?? []);
  const limit = median(times.get('gunzip alone') ?? []);
  row(what, 'speed', 'of gunzip alone', 'of JSON.parse');
  for (const [way, seconds] of times) {
    const time = median(seconds);
    row(
      `  ${way}`,
      `${(bytes / time / 1e6).toFixed(0)} MB/s`,
      (limit / time).toFixed(2),
      (naiveTime / time).toFixed(2),
    );
  }
}

/** In a process of its own, which says how much it held at most. */
async function measure(way: string, file: string): Promise<void> {
  const matches = way === 'naive' ? naive(readFileSync(file)) : await count(createReadStream(file));
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)} ${matches}`);
}

function memory(file: string): void {
  row('memory of a process for that log', 'at most', 'matches');
  for (const [way, what] of [
    ['naive', 'gunzip, JSON.parse, filter'],
    ['filterTrailLog', 'filterTrailLog, from a file'],
  ] as const) {
    const said = execFileSync(process.execPath, [import.meta.filename, way, file], { encoding: 'utf8' });
    const [most = '', matches = ''] = said.split(' ');
    row(`  ${what}`, `${most} MiB`, matches);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trail-log-bench-'));
  try {
    const text = realisticLog(24_000, 1);
    const large = gzipSync(text);
    const sizes = `${(large.length / 1e6).toFixed(1)} MB of gzip, ${(text.length / 1e6).toFixed(1)} MB`;
    await compare(`one log, ${sizes}`, [large], text.length);
    const texts = Array.from({ length: 200 }, (_, seed) => realisticLog(140, seed));
    const small = texts.map(each => gzipSync(each));
    const each = Math.round(small.reduce((sum, { length }) => sum + length, 0) / small.length / 1000);
    await compare(
      `200 logs, ${each} KB of gzip each`,
      small,
      texts.reduce((sum, { length }) => sum + length, 0),
    );
    const file = join(folder, 'log.json.gz');
    writeFileSync(file, large);
    memory(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [way, file] = process.argv.slice(2);
await (way === undefined || file === undefined ? main() : measure(way, file));
