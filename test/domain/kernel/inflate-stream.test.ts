import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { inflateStream } from '../../../src/domain/kernel/inflate-stream.ts';
import { ZlibInflater } from '../../../src/domain/kernel/zlib-inflater.ts';
import { chunked } from '../trail/fixtures/read-log.ts';
import { SeededRandom } from '../trail/fixtures/seeded-random.ts';

const random = new SeededRandom(5);
const text = Array.from({ length: 100_000 }, () => random.below(2 ** 32).toString(16)).join('');
const gzip = gzipSync(text);
/** What zlib inflates in one go is lost with damage in it. */
const partBytes = 64 * 1024;

async function inflated(bytes: Uint8Array, size: number) {
  const chunks: Uint8Array[] = [];
  const read = () => Buffer.concat(chunks).toString('latin1');
  try {
    for await (const chunk of inflateStream(bytes.subarray(0, 2), chunked(bytes.subarray(2), size)))
      chunks.push(chunk);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { text: read(), code, message };
  }
  return { text: read() };
}

afterEach(() => {
  jest.restoreAllMocks();
});

test.each([
  ['one member', gzip, text],
  ['several members', Buffer.concat([gzip, gzipSync(''), gzipSync('more')]), `${text}more`],
  ['padding of zeros', Buffer.concat([gzip, Buffer.alloc(40)]), text],
])('inflates %s', async (_form, bytes, expected) => {
  for (const size of [1000, 10_000_000]) {
    const read = await inflated(bytes, size);
    expect([size, read.code, read.text === expected]).toEqual([size, undefined, true]);
  }
});

test.each([
  ['text behind it', Buffer.concat([gzip, Buffer.from('text')]), 'damaged-gzip', 'are damaged before byte'],
  ['text behind zeros', Buffer.concat([gzip, Buffer.from('\0\0text')]), 'damaged-gzip', 'Other bytes follow'],
  ['an end before the checksum', gzip.subarray(0, -8), 'truncated', `after ${gzip.length - 8} of them`],
])('tells of %s, behind what came before', async (_fault, bytes, code, message) => {
  for (const size of [1000, 10_000_000]) {
    const read = await inflated(bytes, size);
    expect([size, read.code, read.message]).toEqual([size, code, expect.stringContaining(message)]);
    expect(read.text === text.slice(0, read.text.length)).toBe(true);
    expect(read.text.length).toBeGreaterThanOrEqual(text.length - (code === 'truncated' ? 0 : partBytes));
  }
});

test('gives what stands before damage, but for the part with it', async () => {
  const place = Math.floor(gzip.length / 2);
  const bytes = Buffer.from(gzip).fill(0xff, place, place + 64);
  const before = gunzipSync(gzip.subarray(0, place), { finishFlush: constants.Z_SYNC_FLUSH }).length;
  const read = await inflated(bytes, 1000);
  expect(read.code).toBe('damaged-gzip');
  expect(read.text.length).toBeGreaterThanOrEqual(before - partBytes);
  expect(read.text.slice(0, before - partBytes) === text.slice(0, before - partBytes)).toBe(true);
});

test('what inflates to much more than it is, comes in small parts', async () => {
  let total = 0;
  let largest = 0;
  for await (const { length } of inflateStream(
    gzipSync(Buffer.alloc(2 ** 24)),
    chunked(Buffer.alloc(0), 1),
  )) {
    total += length;
    largest = Math.max(largest, length);
  }
  expect([total, largest]).toEqual([2 ** 24, partBytes]);
});

describe('lets go of zlib', () => {
  test.each(['a break', 'an error'])('after %s', async form => {
    const close = jest.spyOn(ZlibInflater.prototype, 'close');
    const reading = async () => {
      for await (const chunk of inflateStream(gzip, chunked(Buffer.alloc(0), 1))) {
        expect(chunk.length).toBeGreaterThan(0);
        if (form === 'a break') break;
        throw new Error('enough');
      }
    };
    await reading().catch(({ message }: Error) => expect(message).toBe('enough'));
    expect(close).toHaveBeenCalledTimes(1);
  });
});
