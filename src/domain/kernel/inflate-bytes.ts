import { constants, gunzip, gunzipSync, type ZlibOptions } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';
import { GzipError } from './gzip-error.ts';
import { inflateStream } from './inflate-stream.ts';
import { Inflater } from './inflater.ts';

/** So many compressed bytes are inflated in one go: most files are smaller, such as the logs that CloudTrail delivers. */
const wholeBytes = 1024 * 1024;
/** More than this does not come out of `wholeBytes` in one go: it is streamed. */
const maxWholeOutput = 32 * 1024 * 1024;
/** Fewer are inflated sooner than zlib's thread is told of them. */
const worthwhileAside = 4096;
/** RFC 1952, 2.3.1. */
const gzipMagic = [0x1f, 0x8b];
const smallestOutput = 16 * 1024;
/** Where damage stands is looked for in steps of so many bytes, then within one of them. */
const salvageStep = 1024;
const salvagePart = 64 * 1024;

/** How many files are being inflated at this time. */
let filesAtHand = 0;

/**
 * The bytes of a file, inflated if they are gzip, which the first two tell. What can be inflated before a fault comes
 * before the error; of more than 1 MiB of compressed bytes, what zlib inflated together with the damage does not.
 *
 * @param isReleasing Whether what was streamed is freed when more is asked for. @defaultValue false
 * @throws {GzipError} `damaged-gzip` or `truncated`; and what the source throws, as it is.
 */
export async function* inflateBytes(
  source: ByteSource,
  isReleasing: boolean = false,
): AsyncGenerator<Uint8Array, void> {
  const head = await source.read(gzipMagic.length);
  if (!gzipMagic.every((byte, place) => head[place] === byte)) {
    if (head.length > 0) yield head;
    yield* source;
    return;
  }
  filesAtHand += 1;
  try {
    yield* inflateGzip(head, source, isReleasing);
  } finally {
    filesAtHand -= 1;
  }
}

async function* inflateGzip(
  head: Buffer,
  source: ByteSource,
  isReleasing: boolean,
): AsyncGenerator<Uint8Array, void> {
  const more = await source.read(wholeBytes - head.length);
  const compressed = more.length === 0 ? head : Buffer.concat([head, more]);
  const whole = source.ended ? await inflateWhole(compressed) : 'too-large';
  if (whole === 'too-large') {
    yield* inflateStream(compressed, source, isReleasing);
  } else if (whole === 'damaged') {
    yield* salvage(compressed);
  } else {
    yield whole.bytes;
    if (whole.fault !== undefined) throw whole.fault;
  }
}

interface Inflated {
  readonly bytes: Uint8Array;
  readonly fault?: GzipError;
}

async function inflateWhole(bytes: Buffer): Promise<Inflated | 'too-large' | 'damaged'> {
  try {
    const { buffer, consumed } = await inflate(bytes, constants.Z_FINISH);
    if (bytes.subarray(consumed).every(byte => byte === 0)) return { bytes: buffer };
    const message = `Other bytes follow the compressed ones, at byte ${consumed}`;
    return { bytes: buffer, fault: new GzipError('damaged-gzip', message) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    if (code !== 'Z_BUF_ERROR') return 'damaged';
    const message = `The compressed bytes end too early, after ${bytes.length} of them`;
    const { buffer } = await inflate(bytes, constants.Z_SYNC_FLUSH);
    return {
      bytes: buffer,
      fault: new GzipError('truncated', message),
    };
  }
}

/** zlib drops what it inflated together with the damage, so the damage is approached until it is one byte ahead. */
async function* salvage(bytes: Buffer): AsyncGenerator<Uint8Array, void> {
  let sound = 0;
  for await (const { end } of soundSteps(bytes, 0, salvageStep)) sound = end;
  for await (const { end, output } of soundSteps(bytes, sound, 1)) {
    yield* output;
    sound = end;
  }
  throw new GzipError('damaged-gzip', `The compressed bytes are damaged at byte ${sound}`);
}

/** Inflates the first bytes at once, and from there step by step up to the damage. */
async function* soundSteps(
  bytes: Buffer,
  first: number,
  step: number,
): AsyncGenerator<{ readonly end: number; readonly output: readonly Uint8Array[] }, void> {
  const inflater = new Inflater(salvagePart);
  try {
    for (let at = 0, end = first; at < bytes.length; at = end, end += step) {
      const output: Uint8Array[] = [];
      for await (const part of inflater.inflate(bytes.subarray(at, end))) output.push(part);
      if (inflater.fault !== undefined) return;
      yield { end, output };
    }
  } finally {
    inflater.close();
  }
}

/**
 * Inflates on zlib's threads where other files are being read that can be used in the meantime; else here, which saves
 * the way there and back.
 *
 * @param flush How the end of the bytes is taken: `Z_FINISH` wants the file to end there, `Z_SYNC_FLUSH` does not.
 */
async function inflate(bytes: Buffer, flush: number): Promise<{ buffer: Buffer; consumed: number }> {
  const options = {
    chunkSize: likelyOutput(bytes),
    finishFlush: flush,
    maxOutputLength: maxWholeOutput,
    info: true,
  };
  const isAside = filesAtHand > 1 && bytes.length >= worthwhileAside;
  const inflated: unknown = isAside ? await gunzipAside(bytes, options) : gunzipSync(bytes, options);
  const { buffer, engine } = inflated as { buffer: Buffer; engine: { bytesWritten: number } };
  return { buffer, consumed: engine.bytesWritten };
}

function gunzipAside(bytes: Buffer, options: ZlibOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, options, (error, inflated) => (error === null ? resolve(inflated) : reject(error)));
  });
}

/** The size that the last four bytes give (RFC 1952, 2.3.1), within what is likely: they can lie. */
function likelyOutput(bytes: Buffer): number {
  const stated = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  // With one byte more, zlib need not be asked whether there is more.
  return Math.max(smallestOutput, Math.min(stated + 1, 16 * bytes.length));
}
