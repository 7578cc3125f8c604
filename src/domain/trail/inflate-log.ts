import { constants, gunzipSync } from 'node:zlib';
import { inflateStream } from './inflate-stream.ts';
import type { LogSource } from './log-source.ts';
import { TrailLogError } from './trail-log-error.ts';

/** A log of so many compressed bytes is inflated in one go: most are, as CloudTrail delivers every five minutes. */
const wholeBytes = 1024 * 1024;
/** More than this does not come out of `wholeBytes` in one go: it is streamed. */
const maxWholeOutput = 32 * 1024 * 1024;
/** RFC 1952, 2.3.1. */
const gzipMagic = [0x1f, 0x8b];
const smallestOutput = 16 * 1024;

/**
 * The bytes of a log, inflated if they are gzip, which the first two tell. What can be inflated before a fault comes
 * before the error; of more than 1 MiB of compressed bytes, what zlib inflated together with the damage does not.
 *
 * @throws {TrailLogError} `damaged-gzip` or `truncated`; and what the source throws, as it is.
 */
export async function* inflateLog(source: LogSource): AsyncGenerator<Uint8Array, void> {
  const head = await source.read(gzipMagic.length);
  if (!gzipMagic.every((byte, place) => head[place] === byte)) {
    if (head.length > 0) yield head;
    yield* source;
    return;
  }
  const compressed = Buffer.concat([head, await source.read(wholeBytes - head.length)]);
  const whole = source.ended ? inflateWhole(compressed) : undefined;
  if (whole === undefined) {
    yield* inflateStream(compressed, source);
    return;
  }
  yield whole.bytes;
  if (whole.fault !== undefined) throw whole.fault;
}

interface Inflated {
  readonly bytes: Uint8Array;
  readonly fault?: TrailLogError;
}

/** `undefined` where more comes out than fits into one go. */
function inflateWhole(bytes: Buffer): Inflated | undefined {
  try {
    const { buffer, consumed } = inflatePrefix(bytes, bytes.length, constants.Z_FINISH);
    if (bytes.subarray(consumed).every(byte => byte === 0)) return { bytes: buffer };
    const fault = new TrailLogError(
      'damaged-gzip',
      `Other bytes follow the compressed ones, at byte ${consumed}`,
    );
    return { bytes: buffer, fault };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    return salvage(bytes, code === 'Z_BUF_ERROR');
  }
}

function salvage(bytes: Buffer, truncated: boolean): Inflated {
  if (truncated) {
    const { buffer } = inflatePrefix(bytes, bytes.length, constants.Z_SYNC_FLUSH);
    const fault = new TrailLogError(
      'truncated',
      `The compressed bytes end too early, after ${bytes.length} of them`,
    );
    return { bytes: buffer, fault };
  }
  // zlib drops what it inflated together with the damage, so the longest prefix without damage is looked for.
  let sound = 0;
  let damaged = bytes.length;
  while (damaged - sound > 1) {
    const middle = (sound + damaged) >>> 1;
    if (isSound(bytes, middle)) sound = middle;
    else damaged = middle;
  }
  const { buffer } = inflatePrefix(bytes, sound, constants.Z_SYNC_FLUSH);
  const fault = new TrailLogError('damaged-gzip', `The compressed bytes are damaged at byte ${sound}`);
  return { bytes: buffer, fault };
}

function isSound(bytes: Buffer, length: number): boolean {
  try {
    inflatePrefix(bytes, length, constants.Z_SYNC_FLUSH);
    return true;
  } catch {
    return false;
  }
}

/** @param flush How the end of the bytes is taken: `Z_FINISH` wants the log to end there, `Z_SYNC_FLUSH` does not. */
function inflatePrefix(bytes: Buffer, length: number, flush: number): { buffer: Buffer; consumed: number } {
  const { buffer, engine } = gunzipSync(bytes.subarray(0, length), {
    chunkSize: likelyOutput(bytes),
    finishFlush: flush,
    maxOutputLength: maxWholeOutput,
    info: true,
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  return { buffer, consumed: engine.bytesWritten };
}

/** The size that the last four bytes give (RFC 1952, 2.3.1), within what is likely: they can lie. */
function likelyOutput(bytes: Buffer): number {
  const stated = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return Math.max(smallestOutput, Math.min(stated, 16 * bytes.length));
}
