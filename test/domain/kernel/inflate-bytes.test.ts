import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ByteSource } from '../../../src/domain/kernel/byte-source.ts';
import { inflateKernels } from '../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { inflateBytes } from '../../../src/domain/kernel/inflate-bytes.ts';
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
      expect([size, read.text.slice(0, text.length) === text]).toEqual([size, true]);
    }
  });

  test('damaged within gives what stands before the damage', async () => {
    for (const place of [0.2, 0.5, 0.9].map(share => Math.floor(gzip.length * share))) {
      const bytes = Buffer.from(gzip).fill(0xff, place, place + 64);
      const before = gunzipSync(gzip.subarray(0, place), { finishFlush: constants.Z_SYNC_FLUSH }).length;
      for (const size of chunkSizes) {
        const read = await inflated(chunked(bytes, size));
        expect([place, size, read.code]).toEqual([place, size, 'damaged-gzip']);
        expect(read.text.slice(0, before) === text.slice(0, before)).toBe(true);
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
    expect(total).toBe(length);
    // A match that begins before the end of a part goes on behind it.
    expect(largest).toBeLessThan(256 * 1024 + 300);
  });

  test('a large file is pulled as it is used, one chunk ahead', async () => {
    const bytes = gzipSync(large);
    const source = new ByteSource(chunked(bytes, 1024));
    let read = 0;
    for await (const chunk of inflateBytes(source)) {
      read += chunk.length;
      // The digits compress to a little more than half.
      expect(source.bytes - (read / large.length) * bytes.length).toBeLessThan(2048);
    }
    expect(read).toBe(large.length);
  });

  test('a large file that nobody reads on is let go of', async () => {
    let closed = false;
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of chunked(gzipSync(large), 65_536)) {
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
    expect(pulled).toBeLessThan(300_000);
  });

  test('what is borrowed is the same memory, part after part; else each part is its own', async () => {
    const memories = new Set<unknown>();
    for await (const { buffer } of inflateBytes(new ByteSource(gzipSync(large)), true)) memories.add(buffer);
    expect(memories.size).toBe(1);
    for await (const { buffer } of inflateBytes(new ByteSource(gzipSync(large)))) memories.add(buffer);
    expect(memories.size).toBe(1 + Math.ceil(large.length / (256 * 1024)));
  });
});

/** Bytes that do not compress, so that each byte of deflate makes one. */
const stored = gzipSync(small, { level: 0 });

test.each([
  // A gzip header of ten bytes; then five of a stored block, of which the last two repeat the two before.
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [10, 10],
  [14, 14],
])('damage at byte %i gives nothing, and is told', async (place, sound) => {
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

test.each([1, 2, 5, 8])('damage %i bytes before the end gives all of it', async back => {
  const bytes = gzipSync(small);
  const place = bytes.length - back;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  const { text, code, message } = await inflated(bytes);
  // The checksum and the length, of four bytes each, are judged with their last byte.
  const judged = bytes.length - (back > 4 ? 5 : 1);
  expect([code, message]).toEqual(['damaged-gzip', `The compressed bytes are damaged at byte ${judged}`]);
  expect(text === small).toBe(true);
});

test('a file is read one chunk further than its damage, to know whether there is another', async () => {
  const damaged = Buffer.concat([gzipSync(small), Buffer.alloc(100, 'text'), gzipSync(large)]);
  let pulled = 0;
  async function* source(): AsyncGenerator<Uint8Array, void> {
    yield damaged;
    while (pulled < 10) {
      pulled += 1;
      yield Buffer.alloc(100);
    }
  }
  expect((await inflated(source())).code).toBe('damaged-gzip');
  expect(pulled).toBe(1);
});

test.each([
  [2, 0, undefined],
  [2, 1, 'damaged-gzip'],
  [100_000, 0, undefined],
  [100_000, 1, 'damaged-gzip'],
])('%i zeros may follow, and no %i in a chunk of its own', async (zeros, last, code) => {
  async function* source(): AsyncGenerator<Uint8Array, void> {
    yield gzipSync(small);
    yield Buffer.alloc(zeros);
    yield Buffer.from([last, 0, 0, 0]);
  }
  expect((await inflated(source())).code).toBe(code);
});

test('what came before the source failed is inflated to its last whole code', async () => {
  const gzip = gzipSync(large);
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

test('bytes that are not compressed are handed over as they came', async () => {
  const bytes = Buffer.from(digits(8000));
  const parts: Uint8Array[] = [];
  for await (const part of inflateBytes(new ByteSource(bytes), true)) parts.push(part);
  expect(parts.map(({ buffer }) => buffer === bytes.buffer)).toEqual([true]);
});

test('files that are inflated at the same time are inflated as one alone', async () => {
  const damaged = Buffer.from(gzipSync(small)).fill(0xff, 15_000, 15_100);
  const sources = [gzipSync(small), damaged, gzipSync(small).subarray(0, -8), gzipSync(''), gzipSync(large)];
  const alone: Inflated[] = [];
  for (const source of sources) alone.push(await inflated(source));
  expect(await Promise.all(sources.map(each => inflated(chunked(each, 1000))))).toEqual(alone);
});

test.each(['the end', 'a break', 'an error'])('a kernel is given back after %s', async form => {
  const kernel = inflateKernels().take();
  if (kernel === undefined) throw new Error('There is no kernel');
  inflateKernels().giveBack(kernel);
  const reading = async () => {
    for await (const chunk of inflateBytes(new ByteSource(gzipSync(large)))) {
      expect(chunk.length).toBeGreaterThan(0);
      if (form === 'a break') break;
      if (form === 'an error') throw new Error('enough');
    }
  };
  await reading().catch(({ message }: Error) => expect(message).toBe('enough'));
  expect(inflateKernels().take()).toBe(kernel);
  inflateKernels().giveBack(kernel);
});
