import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { inflateLog } from '../../../src/domain/trail/inflate-log.ts';
import { LogSource } from '../../../src/domain/trail/log-source.ts';
import { chunked } from './fixtures/read-log.ts';
import { SeededRandom } from './fixtures/seeded-random.ts';

interface Inflated {
  readonly text: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

async function inflated(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<Inflated> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of inflateLog(new LogSource(source))) chunks.push(chunk);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { text: Buffer.concat(chunks).toString('latin1'), code, message };
  }
  return { text: Buffer.concat(chunks).toString('latin1'), code: undefined, message: undefined };
}

function digits(length: number): string {
  const random = new SeededRandom(length);
  return Array.from({ length: length / 8 }, () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

const small = digits(40_000);
const large = digits(2_400_000);

/** A log that is inflated in one go, and one that is streamed. */
const logs = [
  { size: 'small', text: small, gzip: gzipSync(small), chunkSizes: [1, 1000, 100_000], padding: 40 },
  {
    size: 'large',
    text: large,
    gzip: gzipSync(large),
    chunkSizes: [10_000, 65_536, 10_000_000],
    padding: 70_000,
  },
];
/** zlib drops so much of its output with an error, where a log is streamed; it is what comes in one part. */
const lostWithDamage = 256 * 1024;

test('the large log is larger than what is inflated in one go', () => {
  expect(logs.map(({ gzip }) => gzip.length > 1024 * 1024)).toEqual([false, true]);
});

describe.each(logs)('a $size log', ({ text, gzip, chunkSizes, padding }) => {
  const zeros = Buffer.alloc(padding);
  const more = gzipSync('more');

  function changed(place: number, by: (byte: number) => number): Buffer {
    const bytes = Buffer.from(gzip);
    bytes[bytes.length + place] = by(bytes[bytes.length + place] ?? 0);
    return bytes;
  }

  test.each([
    ['one member', gzip, text],
    ['two members', Buffer.concat([gzip, more]), `${text}more`],
    ['an empty member among others', Buffer.concat([gzip, gzipSync(''), more]), `${text}more`],
    ['padding of zeros', Buffer.concat([gzip, zeros]), text],
    ['no compression at all', Buffer.from(text), text],
  ])('of %s', async (_form, bytes, expected) => {
    for (const size of chunkSizes) {
      const { text: read, code } = await inflated(chunked(bytes, size));
      expect([size, code, read === expected]).toEqual([size, undefined, true]);
    }
  });

  test.each([
    ['a wrong checksum', changed(-8, byte => byte ^ 1), 'damaged-gzip', 'are damaged'],
    ['a wrong length', changed(-1, () => 255), 'damaged-gzip', 'are damaged'],
    ['text behind it', Buffer.concat([gzip, Buffer.from('text')]), 'damaged-gzip', 'are damaged'],
    [
      'text behind zeros',
      Buffer.concat([gzip, zeros, Buffer.from('text')]),
      'damaged-gzip',
      'Other bytes follow',
    ],
    ['a member behind zeros', Buffer.concat([gzip, zeros, more]), 'damaged-gzip', 'Other bytes follow'],
    ['an end before the checksum', gzip.subarray(0, -8), 'truncated', `after ${gzip.length - 8} of them`],
    ['an end within the length', gzip.subarray(0, -1), 'truncated', `after ${gzip.length - 1} of them`],
    ['a second member cut short', Buffer.concat([gzip, more.subarray(0, 9)]), 'truncated', 'end too early'],
  ])('with %s', async (_fault, bytes, code, message) => {
    for (const size of chunkSizes) {
      const read = await inflated(chunked(bytes, size));
      expect([size, read.code, read.message]).toEqual([size, code, expect.stringContaining(message)]);
      // What zlib inflated together with damage is lost where the log is streamed.
      const least = text.length - (text === large && code === 'damaged-gzip' ? lostWithDamage : 0);
      expect([size, text.startsWith(read.text.slice(0, text.length))]).toEqual([size, true]);
      expect(read.text.length).toBeGreaterThanOrEqual(least);
    }
  });

  test('damaged within gives what stands before the damage', async () => {
    for (const place of [0.2, 0.5, 0.9].map(share => Math.floor(gzip.length * share))) {
      const bytes = Buffer.from(gzip).fill(0xff, place, place + 64);
      const before = gunzipSync(gzip.subarray(0, place), { finishFlush: constants.Z_SYNC_FLUSH }).length;
      for (const size of chunkSizes) {
        const read = await inflated(chunked(bytes, size));
        expect([place, size, read.code]).toEqual([place, size, 'damaged-gzip']);
        expect(read.text.slice(0, before) === text.slice(0, Math.min(before, read.text.length))).toBe(true);
        expect(read.text.length).toBeGreaterThanOrEqual(before - (text === large ? lostWithDamage : 0));
      }
    }
  });

  test('whose source fails gives what came before', async () => {
    const failure = new Error('lost');
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield* chunked(gzip.subarray(0, -8), chunkSizes[1] ?? 1);
      throw failure;
    }
    const chunks: Uint8Array[] = [];
    const reading = async () => {
      for await (const chunk of inflateLog(new LogSource(failing()))) chunks.push(chunk);
    };
    await expect(reading()).rejects.toBe(failure);
    expect(Buffer.concat(chunks).toString('latin1') === text).toBe(true);
  });
});

describe('memory', () => {
  test('what inflates to much more than it is, comes in small parts', async () => {
    const length = 64 * 1024 * 1024;
    const bomb = gzipSync(Buffer.alloc(length));
    expect(bomb.length).toBeLessThan(100_000);
    let total = 0;
    let largest = 0;
    for await (const chunk of inflateLog(new LogSource(bomb))) {
      total += chunk.length;
      largest = Math.max(largest, chunk.length);
    }
    expect([total, largest]).toEqual([length, lostWithDamage]);
  });

  test('a large log is pulled as it is used, one slice ahead', async () => {
    const bytes = logs[1]?.gzip ?? Buffer.alloc(0);
    const source = new LogSource(chunked(bytes, 1024));
    let read = 0;
    for await (const chunk of inflateLog(source)) {
      read += chunk.length;
      // The digits compress to a little more than half.
      const used = Math.max(1024 * 1024, (read / large.length) * bytes.length);
      expect(source.bytes - used).toBeLessThan(200 * 1024);
    }
    expect(read).toBe(large.length);
  });

  test('a large log that nobody reads on is let go of', async () => {
    let closed = false;
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of chunked(logs[1]?.gzip ?? Buffer.alloc(0), 65_536)) {
          pulled += chunk.length;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    }
    const log = new LogSource(source());
    for await (const chunk of inflateLog(log)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await log.close();
    expect(closed).toBe(true);
    expect(pulled).toBeLessThan(1.2 * 1024 * 1024);
  });
});
