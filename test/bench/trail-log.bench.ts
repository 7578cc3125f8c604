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
 * first (gunzip, JSON.parse, filter). Both depend on how much zlib inflates at a time: 16 KB, which is Node's own choice,
 * or as much as the log says that it holds; the better one is what is compared with. Speeds are of uncompressed bytes,
 * medians of interleaved runs; ratios hold, speeds drift with the machine. Run with `npm run bench`.
 */

const rules = compileTrailRules({ monitoredEvents: ['ConsoleLogin'] });
const rounds = 7;

const ways: Readonly<Record<string, (gzip: Uint8Array) => number | Promise<number>>> = {
  'gunzip alone': gzip => gunzipSync(gzip).length,
  'gunzip alone, in one piece': gzip => gunzipSync(gzip, inOnePiece(gzip)).length,
  'gunzip, JSON.parse, filter': gzip => naive(gzip, {}),
  'gunzip in one piece, JSON.parse, filter': gzip => naive(gzip, inOnePiece(gzip)),
  filterTrailLog: gzip => count(gzip),
};

/** The last four bytes of gzip say how much there is (RFC 1952, 2.3.1). */
function inOnePiece(gzip: Uint8Array): { readonly chunkSize: number } {
  return { chunkSize: Buffer.from(gzip.buffer, gzip.byteOffset, gzip.length).readUInt32LE(gzip.length - 4) };
}

function naive(gzip: Uint8Array, options: { readonly chunkSize?: number }): number {
  const log = JSON.parse(gunzipSync(gzip, options).toString()) as { Records: { eventName?: string }[] };
  return log.Records.filter(({ eventName }) => eventName === 'ConsoleLogin').length;
}

async function count(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  let matches = 0;
  for await (const { rules: ids } of filterTrailLog(source, rules)) matches += ids.length;
  return matches;
}

function row(what: string, ...cells: readonly string[]): void {
  process.stdout.write(`${what.padEnd(44)}${cells.map(cell => cell.padStart(17)).join('')}\n`);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function compare(what: string, logs: readonly Uint8Array[], bytes: number): Promise<void> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, run] of Object.entries(ways)) {
      const began = performance.now();
      for (const log of logs) await run(log);
      times.set(way, [...(times.get(way) ?? []), (performance.now() - began) / 1000]);
    }
  }
  const medians = [...times].map(([way, seconds]) => ({ way, time: median(seconds) }));
  const best = (kind: RegExp) =>
    Math.min(...medians.filter(({ way }) => kind.test(way)).map(({ time }) => time));
  row(what, 'speed', 'of gunzip alone', 'of JSON.parse');
  for (const { way, time } of medians) {
    row(
      `  ${way}`,
      `${(bytes / time / 1e6).toFixed(0)} MB/s`,
      (best(/alone/) / time).toFixed(2),
      (best(/JSON/) / time).toFixed(2),
    );
  }
}

const readings: Readonly<Record<string, (file: string) => number | Promise<number>>> = {
  'gunzip, JSON.parse, filter': file => naive(readFileSync(file), {}),
  'reading the file': file => readFileSync(file).length,
  'filterTrailLog, from a stream': file => count(createReadStream(file)),
  'filterTrailLog, from a Uint8Array': file => count(readFileSync(file)),
};

/** In a process of its own, which says how much it held at most. */
async function measure(reading: string, file: string): Promise<void> {
  const answer = await readings[reading]?.(file);
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)} ${answer}`);
}

function memory(what: string, file: string, measured: readonly string[]): void {
  row(`memory of a process for ${what}`, 'at most', 'answer');
  for (const reading of measured) {
    // The most that a process held counts in what it held before it became this one: the shell holds little.
    const args = ['-c', '"$0" "$@"; exit $?', process.execPath, import.meta.filename, reading, file];
    const said = execFileSync('sh', args, { encoding: 'utf8' });
    const [most = '', answer = ''] = said.split(' ');
    row(`  ${reading}`, `${most} MiB`, answer);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trail-log-bench-'));
  try {
    const text = realisticLog(24_000, 1);
    const large = gzipSync(text);
    const sizes = `${(large.length / 1e6).toFixed(1)} MB of gzip, ${(text.length / 1e6).toFixed(1)} MB`;
    await compare(`one log, ${sizes}`, [large], Buffer.byteLength(text));
    const texts = Array.from({ length: 200 }, (_, seed) => realisticLog(140, seed));
    const small = texts.map(each => gzipSync(each));
    const each = Math.round(small.reduce((sum, { length }) => sum + length, 0) / small.length / 1000);
    await compare(
      `200 logs, ${each} KB of gzip each`,
      small,
      texts.reduce((sum, each) => sum + Buffer.byteLength(each), 0),
    );
    const file = join(folder, 'log.json.gz');
    writeFileSync(file, large);
    memory('that log', file, Object.keys(readings));
    // Members of gzip may follow each other (RFC 1952, 2.2), as objects of JSON may here.
    const members = Math.ceil(50e6 / large.length);
    writeFileSync(file, Buffer.concat(Array<Buffer>(members).fill(large)));
    memory(`${members} times that log`, file, Object.keys(readings).slice(1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [reading, file] = process.argv.slice(2);
await (reading === undefined || file === undefined ? main() : measure(reading, file));
