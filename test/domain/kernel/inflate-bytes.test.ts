import { setImmediate } from 'node:timers/promises';
import { constants, Gunzip, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ByteSource } from '../../../src/domain/kernel/byte-source.ts';
import { inflateBytes } from '../../../src/domain/kernel/inflate-bytes.ts';
import { Inflater } from '../../../src/domain/kernel/inflater.ts';
import { chunked } from '../trail/fixtures/read-log.ts';
import { SeededRandom } from '../trail/fixtures/seeded-random.ts';

interface Inflated {
  readonly text: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

async function inflated(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<Inflated> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of inflateBytes(new ByteSource(source))) chunks.push(chunk);
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

/** A file that is inflated in one go, and one that is streamed. */
const files = [
  { size: 'small', text: small, gzip: gzipSync(small), chunkSizes: [1, 1000, 100_000], padding: 40 },
  {
    size: 'large',
    text: large,
    gzip: gzipSync(large),
    chunkSizes: [10_000, 65_536, 10_000_000],
    padding: 70_000,
  },
];
/** zlib drops so much of its output with an error, where a file is streamed; it is what comes in one part. */
const lostWithDamage = 512 * 1024;

test('the large file is larger than what is inflated in one go', () => {
  expect(files.map(({ gzip }) => gzip.length > 1024 * 1024)).toEqual([false, true]);
});

describe.each(files)('a $size file', ({ text, gzip, chunkSizes, padding }) => {
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
      // What zlib inflated together with damage is lost where the file is streamed.
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
      for await (const chunk of inflateBytes(new ByteSource(failing()))) chunks.push(chunk);
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
    for await (const chunk of inflateBytes(new ByteSource(bomb))) {
      total += chunk.length;
      largest = Math.max(largest, chunk.length);
    }
    expect([total, largest]).toEqual([length, lostWithDamage]);
  });

  test('a large file is pulled as it is used, one slice ahead', async () => {
    const bytes = files[1]?.gzip ?? Buffer.alloc(0);
    const source = new ByteSource(chunked(bytes, 1024));
    let read = 0;
    for await (const chunk of inflateBytes(source)) {
      read += chunk.length;
      // The digits compress to a little more than half.
      const used = Math.max(1024 * 1024, (read / large.length) * bytes.length);
      expect(source.bytes - used).toBeLessThan(200 * 1024);
    }
    expect(read).toBe(large.length);
  });

  test('a large file that nobody reads on is let go of', async () => {
    let closed = false;
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of chunked(files[1]?.gzip ?? Buffer.alloc(0), 65_536)) {
          pulled += chunk.length;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    }
    const file = new ByteSource(source());
    for await (const chunk of inflateBytes(file)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await file.close();
    expect(closed).toBe(true);
    expect(pulled).toBeLessThan(1.2 * 1024 * 1024);
  });
});

describe('a file that is inflated in one go', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Bytes that do not compress, so that each byte of deflate makes one. */
  const stored = gzipSync(small, { level: 0 });

  test.each([
    // A gzip header of ten bytes; then five of a stored block, of which the last two repeat the two before.
    [0, 0],
    [1, 1],
    [3, 3],
    [10, 10],
    [14, 14],
  ])('with damage at byte %i gives nothing', async (place, sound) => {
    const bytes = Buffer.from(stored);
    bytes[place] = 0xff;
    const { text, code, message } = await inflated(bytes);
    if (place < 2) expect([code, text]).toEqual([undefined, bytes.toString('latin1')]);
    else
      expect([text, code, message]).toEqual([
        '',
        'damaged-gzip',
        `The compressed bytes are damaged at byte ${sound}`,
      ]);
  });

  test.each([1, 2, 5, 8])('with damage %i bytes before its end gives all of it', async back => {
    const place = gzip.length - back;
    const bytes = Buffer.from(gzip);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    const { text, code, message } = await inflated(bytes);
    // The checksum and the length, of four bytes each, are judged with their last byte.
    const judged = gzip.length - (back > 4 ? 5 : 1);
    expect([code, message]).toEqual(['damaged-gzip', `The compressed bytes are damaged at byte ${judged}`]);
    expect(text === small).toBe(true);
  });

  test('with damage is inflated a few times, not more', async () => {
    const inflate = jest.spyOn(Inflater.prototype, 'inflate');
    const bytes = Buffer.from(gzip);
    bytes.fill(0xff, 15_000, 15_100);
    expect((await inflated(bytes)).code).toBe('damaged-gzip');
    const fed = inflate.mock.calls.reduce((sum, [slice]) => sum + slice.length, 0);
    expect(fed).toBeLessThanOrEqual(2 * gzip.length);
    expect(inflate.mock.calls.length).toBeLessThan(1024 + 20);
  });

  test('takes no more room than it is likely to fill, whatever it says of its length', async () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    const lies = Buffer.concat([gzip.subarray(0, -4), Buffer.from([0xff, 0xff, 0xff, 0x7f])]);
    expect((await inflated(lies)).code).toBe('damaged-gzip');
    const sizes = allocate.mock.calls.map(([size]) => size);
    expect(sizes).toContain(16 * lies.length);
    expect(Math.max(...sizes)).toBe(16 * lies.length);
  });

  test('takes as much room as it says', async () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    expect((await inflated(gzip)).code).toBeUndefined();
    expect(allocate.mock.calls.map(([size]) => size)).toContain(small.length + 1);
  });

  const gzip = gzipSync(small);
});

describe('what has been used', () => {
  test('of a large file is freed when more is asked for, where that is wanted', async () => {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of inflateBytes(new ByteSource(gzipSync(large)), true)) {
      expect(part.length).toBeGreaterThan(0);
      length += part.length;
      parts.push(part);
    }
    expect(length).toBe(large.length);
    // The last part does not fill its buffer, and is left to the garbage collector.
    expect(parts.filter(part => part.length > 0).length).toBe(1);
  });

  test('is never freed of a file that is not compressed', async () => {
    const bytes = Buffer.from(digits(8000));
    for await (const part of inflateBytes(new ByteSource(bytes), true))
      expect(part.length).toBeGreaterThan(0);
    expect(bytes.length).toBe(8000);
  });
});

test('files that are inflated at the same time are inflated as one alone', async () => {
  const damaged = Buffer.from(gzipSync(small)).fill(0xff, 15_000, 15_100);
  const sources = [gzipSync(small), damaged, gzipSync(small).subarray(0, -8), gzipSync(''), gzipSync(large)];
  const alone: Inflated[] = [];
  for (const source of sources) alone.push(await inflated(source));
  const aside = jest.spyOn(Gunzip.prototype, 'push');
  expect(await Promise.all(sources.map(each => inflated(each)))).toEqual(alone);
  expect(aside.mock.calls.length).toBeGreaterThan(sources.length);
});

describe('a file that is streamed', () => {
  const gzip = files[1]?.gzip ?? Buffer.alloc(0);

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('may be followed by zeros, and by no other byte in a chunk of its own', async () => {
    for (const [zeros, last, code] of [
      [2, 0, undefined],
      [2, 1, 'damaged-gzip'],
      [100_000, 0, undefined],
      [100_000, 1, 'damaged-gzip'],
    ] as const) {
      async function* source(): AsyncGenerator<Uint8Array, void> {
        yield gzip;
        yield Buffer.alloc(zeros);
        yield Buffer.from([last, 0, 0, 0]);
      }
      expect([zeros, last, (await inflated(source())).code]).toEqual([zeros, last, code]);
    }
  });

  test('is read no further than its damage', async () => {
    const damaged = Buffer.from(gzip).fill(0xff, 1_080_000, 1_080_100);
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      yield damaged;
      while (pulled < 10) {
        pulled += 1;
        yield Buffer.alloc(100);
      }
    }
    expect((await inflated(source())).code).toBe('damaged-gzip');
    expect(pulled).toBe(0);
  });

  test('is inflated a few parts ahead of who uses them, however much they are of what went in', async () => {
    const push = jest.spyOn(Gunzip.prototype, 'push');
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    let used = 0;
    let furthest = 0;
    for await (const chunk of inflateBytes(new ByteSource(bomb))) {
      // zlib goes on in the meantime, if it may.
      for (let turn = 0; used === 0 && turn < 3000; turn += 1) await setImmediate();
      furthest = Math.max(furthest, push.mock.calls.length - used);
      used += 1;
      expect(chunk.length).toBeLessThanOrEqual(lostWithDamage);
    }
    expect(used).toBe(128);
    expect(furthest).toBeLessThanOrEqual(5);
  });

  test('keeps what small chunks held before the source failed', async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield gzip.subarray(0, 1_050_000);
      yield gzip.subarray(1_050_000, 1_100_000);
      throw new Error('lost');
    }
    const expected = gunzipSync(gzip.subarray(0, 1_100_000), { finishFlush: constants.Z_SYNC_FLUSH }).length;
    let length = 0;
    const reading = async () => {
      for await (const chunk of inflateBytes(new ByteSource(failing()))) length += chunk.length;
    };
    await expect(reading()).rejects.toThrow('lost');
    expect(length).toBe(expected);
  });

  test.each(['a break', 'an error'])('lets go of zlib after %s', async form => {
    const close = jest.spyOn(Inflater.prototype, 'close');
    const reading = async () => {
      for await (const chunk of inflateBytes(new ByteSource(gzip))) {
        expect(chunk.length).toBeGreaterThan(0);
        if (form === 'a break') break;
        throw new Error('enough');
      }
    };
    await reading().catch(({ message }: Error) => expect(message).toBe('enough'));
    expect(close).toHaveBeenCalledTimes(1);
  });
});
