import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { filterTrailLog } from '../../src/domain/trail/filter-trail-log.ts';
import { trailRulePacks } from '../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../src/domain/trail/trail-rules.ts';
import { fileChunks } from '../../src/handlers/cli/file-chunks.ts';
import { realisticLog } from '../domain/trail/fixtures/realistic-log.ts';
import { fuzzPrefilter } from './fuzz-prefilter.ts';

/*
 * How fast logs are filtered, and with how much memory, beside what limits it (gunzip alone) and what one would write
 * first (gunzip, JSON.parse, filter). The limit is the best gunzip of Node's zlib: in one go with the size that the log
 * says it has, or streamed in parts of 256 KiB or 1 MiB. Medians of interleaved runs; ratios hold, speeds drift with the
 * machine. Each way runs twice, and the second run is measured: the first one clears away what the way before left to the
 * garbage collector. At the end, the proof that what is fast is also the same. Run with `npm run bench`, or this file alone.
 */

const five = compileTrailRules({
  monitoredEvents: ['ConsoleLogin', 'StopLogging', 'DeleteTrail', 'CreateUser', 'PutBucketPolicy'],
});
const cis = compileTrailRules(trailRulePacks['cis-aws-foundations']);
const documents = 100_000;

type Source = Uint8Array | AsyncIterable<Uint8Array>;
type Way = (logs: readonly Uint8Array[]) => unknown;

const limits: Readonly<Record<string, Way>> = {
  'gunzip in one go, 16 KiB at a time': logs => logs.map(log => gunzipSync(log).length),
  'gunzip in one go, in one piece': logs => logs.map(log => gunzipSync(log, inOnePiece(log)).length),
  'gunzip streamed, 256 KiB at a time': logs => inTurn(logs, log => streamed(log, 256 * 1024)),
  'gunzip streamed, 1 MiB at a time': logs => inTurn(logs, log => streamed(log, 1024 * 1024)),
};
const naiveWay = 'gunzip, JSON.parse, filter';
const ours: Readonly<Record<string, Way>> = {
  'filterTrailLog, five names': logs => inTurn(logs, log => count(log, five)),
  'filterTrailLog, CIS pack': logs => inTurn(logs, log => count(log, cis)),
};
/** The last four bytes of gzip say how much there is (RFC 1952, 2.3.1). */
function sizeOf(gzip: Uint8Array): number {
  return Buffer.from(gzip.buffer, gzip.byteOffset, gzip.length).readUInt32LE(gzip.length - 4);
}

/** In a byte less, zlib would find no room left, and begin another piece to see whether there is more. */
function inOnePiece(gzip: Uint8Array): { readonly chunkSize: number } {
  return { chunkSize: sizeOf(gzip) + 1 };
}

async function inTurn(
  logs: readonly Uint8Array[],
  use: (log: Uint8Array) => Promise<unknown>,
): Promise<void> {
  for (const log of logs) await use(log);
}

function streamed(gzip: Uint8Array, chunkSize: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0;
    const stream = createGunzip({ chunkSize });
    stream.on('data', (part: Uint8Array) => {
      length += part.length;
    });
    stream.on('end', () => resolve(length)).on('error', reject);
    stream.end(gzip);
  });
}

function naive(gzip: Uint8Array): number {
  const log = JSON.parse(gunzipSync(gzip, inOnePiece(gzip)).toString()) as {
    Records: { eventName?: string }[];
  };
  return log.Records.filter(({ eventName = '' }) => five.rules.some(({ id }) => id === eventName)).length;
}

async function count(source: Source, rules: typeof five): Promise<number> {
  let matches = 0;
  for await (const _ of filterTrailLog(source, rules)) matches += 1;
  return matches;
}

function row(what: string, ...cells: readonly string[]): void {
  process.stdout.write(`${what.padEnd(56)}${cells.map(cell => cell.padStart(13)).join('')}\n`);
}

function progress(what: string): void {
  process.stderr.write(`  ${what}\n`);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Prints what each way took, as a share of the best limit, and as a multiple of the naive way. */
function table(
  what: string,
  bytes: number,
  times: ReadonlyMap<string, number[]>,
  most = new Map<string, number[]>(),
) {
  const time = (way: string) => median(times.get(way) ?? []);
  const limit = Math.min(...Object.keys(limits).map(time).filter(Number.isFinite));
  row(what, 'speed', 'of gunzip', 'of naive', ...(most.size > 0 ? ['memory'] : []));
  for (const way of times.keys()) {
    const memory = most.has(way) ? [`${median(most.get(way) ?? [])} MB`] : [];
    row(
      `  ${way}`,
      `${(bytes / time(way) / 1e6).toFixed(0)} MB/s`,
      (limit / time(way)).toFixed(2),
      `${(time(naiveWay) / time(way)).toFixed(1)} x`,
      ...memory,
    );
  }
}

async function compare(
  what: string,
  logs: readonly Uint8Array[],
  ways: Readonly<Record<string, Way>>,
): Promise<void> {
  const times = new Map<string, number[]>();
  const rounds = 21;
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, run] of Object.entries(ways)) {
      await run(logs);
      const began = performance.now();
      await run(logs);
      const took = (performance.now() - began) / 1000;
      // The first round warms up.
      if (round > 0) times.set(way, [...(times.get(way) ?? []), took]);
    }
    progress(`${what}: round ${round + 1} of ${rounds}`);
  }
  table(
    what,
    logs.reduce((sum, log) => sum + sizeOf(log), 0),
    times,
  );
}

/** What is measured in a process of its own, which reads the file. */
const readings: Readonly<Record<string, (file: string) => unknown>> = {
  ...Object.fromEntries(
    Object.entries(limits).map(([way, run]) => [way, (file: string) => run([readFileSync(file)])]),
  ),
  [naiveWay]: file => naive(readFileSync(file)),
  'filterTrailLog, five names': file => count(fileChunks(file), five),
  'filterTrailLog, CIS pack': file => count(fileChunks(file), cis),
  'filterTrailLog, five names, by createReadStream': file => count(createReadStream(file), five),
  'filterTrailLog, five names, from memory': file => count(readFileSync(file), five),
};

async function measure(reading: string, file: string): Promise<void> {
  const began = performance.now();
  await readings[reading]?.(file);
  const took = (performance.now() - began) / 1000;
  process.stdout.write(`${took} ${Math.round((process.resourceUsage().maxRSS * 1024) / 1e6)}`);
}

/** The bench without types: to take them off costs a process some 45 MB. */
async function bundle(folder: string): Promise<string> {
  // Here, where the bundle does not come by: it stands where no packages are.
  const { buildSync } = await import('esbuild');
  const outfile = join(folder, 'bench.mjs');
  const require =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  buildSync({
    ...{ entryPoints: [import.meta.filename], outfile, bundle: true, platform: 'node', format: 'esm' },
    ...{ external: ['esbuild'], banner: { js: require } },
  });
  return outfile;
}

function compareProcesses(what: string, script: string, file: string, bytes: number): void {
  const times = new Map<string, number[]>();
  const most = new Map<string, number[]>();
  for (let round = 0; round < 5; round += 1) {
    for (const reading of Object.keys(readings)) {
      // The most that a process held counts in what it held before it became this one: the shell holds little.
      const args = ['-c', '"$0" "$@"; exit $?', process.execPath, '--no-warnings', script, reading, file];
      const [took, memory] = execFileSync('sh', args, { encoding: 'utf8' }).split(' ').map(Number);
      times.set(reading, [...(times.get(reading) ?? []), took ?? Number.NaN]);
      most.set(reading, [...(most.get(reading) ?? []), memory ?? Number.NaN]);
    }
    progress(`${what}: round ${round + 1} of 5`);
  }
  table(what, bytes, times, most);
}

function smallLogs(denied?: number): readonly Buffer[] {
  return Array.from({ length: 200 }, (_, seed) => gzipSync(realisticLog(140, seed, denied)));
}

/** One log of as many records as ten of them, written record by record. */
async function writeLargeLog(file: string): Promise<number> {
  let bytes = 0;
  function* text(): Generator<string, void> {
    for (let seed = 0; seed < 60; seed += 1) {
      const records = realisticLog(4000, seed).slice('{"Records":['.length, -2);
      yield `${seed === 0 ? '{"Records":[' : ','}${records}`;
    }
    yield ']}';
  }
  function* counted(): Generator<Buffer, void> {
    for (const part of text()) {
      const encoded = Buffer.from(part);
      bytes += encoded.length;
      yield encoded;
    }
  }
  await pipeline(Readable.from(counted()), createGzip(), createWriteStream(file));
  return bytes;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trail-log-bench-'));
  const naively = { [naiveWay]: (logs: readonly Uint8Array[]) => logs.map(naive) };
  const inMB = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  try {
    const log = gzipSync(realisticLog(24_000, 1));
    await compare(`one log of ${inMB(log.length)} gzip`, [log], { ...limits, ...ours, ...naively });
    const small = smallLogs();
    const each = small.reduce((sum, { length }) => sum + length, 0) / small.length;
    const title = `200 logs of ${Math.round(each / 1000)} KB gzip each`;
    await compare(title, small, { ...limits, ...ours, ...naively });
    // The CIS pack takes six records in a hundred of these, not one or two.
    await compare('200 such logs, access denied in 5 %', smallLogs(0.05), { ...limits, ...ours, ...naively });
    const file = join(folder, 'log.json.gz');
    progress('writing the large log');
    const bytes = await writeLargeLog(file);
    compareProcesses(`one log of ${inMB(statSync(file).size)} gzip`, await bundle(folder), file, bytes);
    const said = await fuzzPrefilter(documents, done => progress(`${done} of ${documents} documents`));
    process.stdout.write(`${said}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [reading, file] = process.argv.slice(2);
await (reading === undefined || file === undefined ? main() : measure(reading, file));
