import { constants, crc32, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { GzipInflater } from '../../../../src/domain/kernel/gzip-inflate/gzip-inflater.ts';
import {
  type InflateKernel,
  InflateKernels,
} from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { SeededRandom } from '../../trail/fixtures/seeded-random.ts';
import { DeflateWriter } from './deflate-writer.ts';

const kernel = new InflateKernels().take() as InflateKernel;
const maxChunk = 10_000_000;

/** What comes out, and the fault. */
function inflated(bytes: Uint8Array, chunkSize = maxChunk) {
  const inflater = new GzipInflater(kernel);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const isLast = at + chunkSize >= bytes.length;
    for (const part of inflater.push(bytes.subarray(at, at + chunkSize), isLast))
      parts.push(Buffer.from(part));
  }
  const output = Buffer.concat(parts);
  return { output, code: inflater.fault?.code, message: inflater.fault?.message };
}

/** The same by zlib: of damaged bytes, only the fault. */
function byZlib(bytes: Uint8Array): { readonly output?: Buffer; readonly code?: string } {
  try {
    return { output: gunzipSync(bytes) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') return { code: 'damaged-gzip' };
    return { output: gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }), code: 'truncated' };
  }
}

/** Expects what zlib reads, or the fault that it finds. */
function expectAsZlib(bytes: Uint8Array, chunkSizes: readonly number[] = [maxChunk, 7, 1]): void {
  const expected = byZlib(bytes);
  for (const size of chunkSizes) {
    const { output, code } = inflated(bytes, size);
    const isSame = expected.output === undefined || output.equals(expected.output);
    expect([size, code, isSame]).toEqual([size, expected.code, true]);
  }
}

/** Lengths of codes, by symbol; 0 for the others. */
function lengths(of: Readonly<Record<number, number>>, count: number): readonly number[] {
  return Array.from({ length: count }, (_, symbol) => of[symbol] ?? 0);
}

describe('blocks', () => {
  const a = 97;
  const writer = () => new DeflateWriter();

  test.each([
    ['of no bytes', writer().block(1).fixed(256), ''],
    ['stored, of no bytes', writer().block(0).align().bits(0, 16).bits(0xffff, 16), ''],
    [
      'stored among others',
      writer()
        .block(1, false)
        .fixed(a, 256)
        .block(0, false)
        .align()
        .bits(1, 16)
        .bits(0xfffe, 16)
        .bits(a, 8)
        .block(1)
        .fixed(a, 256),
      'aaa',
    ],
    ['a match of the byte before', writer().block(1).fixed(a, 285).code(0, 5).fixed(256), 'a'.repeat(259)],
    ['a match of two bytes', writer().block(1).fixed(a, 98, 264).code(1, 5).fixed(256), 'ab'.repeat(6)],
    [
      'a length of 258 in two ways',
      writer().block(1).fixed(a, 284).bits(31, 5).code(0, 5).fixed(256),
      'a'.repeat(259),
    ],
    [
      'every literal',
      writer()
        .block(1)
        .fixed(...Array(256).keys(), 256),
      Buffer.from([...Array(256).keys()]),
    ],
    [
      'one distance, in one bit',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 2, 257: 2 }, 258), [1])
        .code(0, 1)
        .code(3, 2)
        .code(0, 1)
        .code(2, 2),
      'aaaa',
    ],
    [
      'no distances',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 1 }, 257), [0])
        .code(0, 1)
        .code(0, 1)
        .code(1, 1),
      'aa',
    ],
    [
      'nothing but the end, in one bit',
      writer()
        .block(2)
        .lengths(lengths({ 256: 1 }, 257), [0])
        .code(0, 1),
      '',
    ],
    [
      'of fixed codes before and after others',
      writer()
        .block(1, false)
        .fixed(a, 256)
        .block(2, false)
        .lengths(lengths({ 98: 1, 256: 1 }, 257), [0])
        .code(0, 1)
        .code(1, 1)
        .block(1)
        .fixed(a, 263)
        .code(1, 5)
        .fixed(256),
      'ab'.repeat(6),
    ],
    [
      'codes of fifteen bits',
      writer()
        .block(2)
        .lengths(
          lengths(
            {
              65: 1,
              66: 2,
              67: 3,
              68: 4,
              69: 5,
              70: 6,
              71: 7,
              72: 8,
              73: 9,
              74: 10,
              75: 11,
              76: 12,
              77: 13,
              78: 14,
              79: 15,
              256: 15,
            },
            257,
          ),
          [0],
        )
        .code(0x7ffe, 15)
        .code(0x3ffe, 14)
        .code(0, 1)
        .code(0x7ffe, 15)
        .code(0x7fff, 15),
      'ONAO',
    ],
  ])('%s', (_form, deflate, expected) => {
    const bytes = deflate.gzip(expected);
    expect(gunzipSync(bytes)).toEqual(Buffer.from(expected));
    for (const size of [maxChunk, 7, 1]) {
      expect(inflated(bytes, size)).toEqual({
        output: Buffer.from(expected),
        code: undefined,
        message: undefined,
      });
    }
  });

  test.each([
    ['of no type', writer().block(3)],
    ['a match of nothing', writer().block(1).fixed(257).code(0, 5).fixed(256)],
    ['a match before the beginning', writer().block(1).fixed(a, a, 257).code(2, 5).fixed(256)],
    ['a length that means nothing', writer().block(1).fixed(a, 286).code(0, 5).fixed(256)],
    ['another', writer().block(1).fixed(a, 287).code(0, 5).fixed(256)],
    ['a distance that means nothing', writer().block(1).fixed(a, 257).code(30, 5).fixed(256)],
    ['stored, with a wrong complement', writer().block(0).align().bits(1, 16).bits(0xfffd, 16).bits(a, 8)],
    [
      'a match with no distances',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 2, 257: 2 }, 258), [0])
        .code(0, 1)
        .code(3, 2)
        .code(0, 1),
    ],
    [
      'the other distance of one',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 2, 257: 2 }, 258), [1])
        .code(0, 1)
        .code(3, 2)
        .code(1, 1),
    ],
    [
      'the other code of the end alone',
      writer()
        .block(2)
        .lengths(lengths({ 256: 1 }, 257), [0])
        .code(1, 1),
    ],
    [
      'too many codes',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 98: 1, 256: 1 }, 257), [0])
        .code(0, 1),
    ],
    [
      'too few codes',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 2, 98: 2, 256: 2 }, 257), [0])
        .code(0, 2),
    ],
    [
      'too few distances',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 1 }, 257), [2, 2, 2])
        .code(0, 1),
    ],
    [
      'too many distances',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 256: 1 }, 257), [1, 1, 1])
        .code(0, 1),
    ],
    [
      'no end',
      writer()
        .block(2)
        .lengths(lengths({ [a]: 1, 98: 1 }, 257), [0])
        .code(0, 1),
    ],
    ['287 literals', writer().block(2).bits(30, 5).bits(0, 5).bits(15, 4)],
    ['31 distances', writer().block(2).bits(0, 5).bits(30, 5).bits(15, 4)],
    ['no codes of lengths', writer().block(2).bits(0, 14).bits(0, 12)],
    ['one code of lengths', writer().block(2).bits(0, 14).bits(1, 3).bits(0, 9)],
    // Of the order 16, 17, 18, 0: one bit for 16, and one for 0.
    ['a repetition of nothing', writer().block(2).bits(0, 14).bits(1, 3).bits(0, 6).bits(1, 3).code(1, 1)],
    [
      'a repetition too long',
      writer()
        .block(2)
        .bits(0, 14)
        .bits(0, 3)
        .bits(0, 3)
        .bits(1, 3)
        .bits(1, 3)
        .code(1, 1)
        .bits(127, 7)
        .code(1, 1)
        .bits(127, 7),
    ],
  ])('with %s are damaged', (_form, deflate) => {
    const bytes = Buffer.concat([deflate.deflated(), Buffer.alloc(40)]);
    const file = Buffer.concat([Buffer.from('1f8b08000000000000ff', 'hex'), bytes]);
    expect(byZlib(file).code).toBe('damaged-gzip');
    expectAsZlib(file);
  });

  // Eight blocks fill a part, so that the match comes first in the next one.
  test.each([
    [32_768, 8],
    [32_768, 9],
    [32_767, 9],
  ])('a match reaches %i bytes back, over parts and %i blocks', (distance, blocks) => {
    const random = new SeededRandom(1);
    const block = Buffer.from(Array.from({ length: 32_768 }, () => random.below(256)));
    const writer = new DeflateWriter();
    for (let count = 0; count < blocks; count += 1) {
      writer.block(0, false).align().bits(32_768, 16).bits(32_767, 16);
      for (const byte of block) writer.bits(byte, 8);
    }
    // Of 24,577 to 32,768, thirteen more bits.
    writer
      .block(1)
      .fixed(285)
      .code(29, 5)
      .bits(distance - 24_577, 13)
      .fixed(256);
    const from = 32_768 - distance;
    const output = Buffer.concat([...Array(blocks).fill(block), block.subarray(from, from + 258)]);
    expect(gunzipSync(writer.gzip(output)).equals(output)).toBe(true);
    for (const size of [maxChunk, 1000])
      expect(inflated(writer.gzip(output), size).output.equals(output)).toBe(true);
  });

  test('a match does not reach into another member', () => {
    const bytes = Buffer.concat([
      gzipSync('abc'),
      writer().block(1).fixed(257).code(2, 5).fixed(256).gzip('abc'),
    ]);
    expect(inflated(bytes)).toMatchObject({ output: Buffer.from('abc'), code: 'damaged-gzip' });
  });
});

describe('headers', () => {
  const body = gzipSync('text').subarray(10);
  const header = (flags: number, ...rest: readonly Uint8Array[]) =>
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255]), ...rest]);
  const summed = (bytes: Buffer, change = 0) => {
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE((crc32(bytes) & 0xffff) ^ change);
    return Buffer.concat([bytes, sum]);
  };
  const extra = Buffer.concat([Buffer.from([1, 1]), Buffer.alloc(257, 5)]);
  const name = Buffer.from('name\0');

  test.each([
    ['a text flag', header(1)],
    ['extra bytes', header(4, extra)],
    ['no extra bytes', header(4, Buffer.from([0, 0]))],
    ['a long name', header(8, Buffer.alloc(100_000, 'n'), name)],
    ['a comment', header(16, name)],
    ['a checksum', summed(header(2))],
    ['all of it', summed(header(31, extra, name, name))],
    ['a wrong checksum', summed(header(31, extra, name, name), 1)],
    ['another wrong checksum', summed(header(2), 0x100)],
    ['unknown flags', header(32)],
    ['other unknown flags', header(128)],
    ['another method', Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 255])],
  ])('with %s', (_form, head) => {
    expectAsZlib(Buffer.concat([head, body]));
    expectAsZlib(Buffer.concat([gzipSync('one'), head, body]));
    expectAsZlib(head.subarray(0, -1), [maxChunk]);
  });
});

test('the checksum is that of all parts, whatever their sizes', () => {
  const random = new SeededRandom(2);
  // What is folded, what is not, and what is left of words of sixteen bytes.
  for (const length of [
    16_383, 16_384, 16_385, 16_399, 16_400, 40_000, 262_144, 262_145, 278_527, 278_528, 600_001,
  ]) {
    const bytes = gzipSync(Buffer.from(Array.from({ length }, () => random.below(256))), { level: 1 });
    expect([length, inflated(bytes).code]).toEqual([length, undefined]);
    const place = bytes.length - 8 + random.below(4);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
    expect([length, inflated(bytes).code]).toEqual([length, 'damaged-gzip']);
  }
});

describe('as zlib does it', () => {
  const random = new SeededRandom(3);
  const sources: readonly (() => Buffer)[] = [
    () => Buffer.from(Array.from({ length: random.below(3000) }, () => random.below(256))),
    () => Buffer.alloc(random.below(300_000), random.below(256)),
    () => {
      const letters = 1 + random.below(20);
      return Buffer.from(Array.from({ length: random.below(20_000) }, () => 97 + random.below(letters)));
    },
    () =>
      Buffer.from(
        Array.from({ length: random.below(400) }, () =>
          `${random.below(1000)}`.repeat(1 + random.below(40)),
        ).join(),
      ),
    () => Buffer.alloc(0),
  ];
  const changes: readonly ((bytes: Buffer) => Buffer)[] = [
    bytes => bytes,
    bytes => bytes.subarray(0, 3 + random.below(bytes.length - 2)),
    bytes => {
      for (let left = 1 + random.below(3); left > 0; left -= 1) {
        const place = 3 + random.below(bytes.length - 3);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
      }
      return bytes;
    },
    bytes => {
      const place = 3 + random.below(bytes.length - 3);
      for (let at = place; at < Math.min(bytes.length, place + 30); at += 1) bytes[at] = random.below(256);
      return bytes;
    },
  ];
  const one = <T>(of: readonly T[]) => of[random.below(of.length)] as T;
  const gzipped = (data: Buffer) =>
    gzipSync(data, {
      level: random.below(10),
      strategy: random.below(5),
      memLevel: 1 + random.below(9),
      windowBits: 9 + random.below(7),
    });

  test('1,000 files, sound and broken, in chunks of any size', () => {
    const codes = new Map<string | undefined, number>();
    for (let count = 0; count < 1000; count += 1) {
      const data = one(sources)();
      const more = random.below(4) === 0 ? [gzipped(data.subarray(0, 100))] : [];
      const bytes = one(changes)(Buffer.concat([gzipped(data), ...more]));
      expectAsZlib(bytes, [one([maxChunk, 5000, 100, ...(bytes.length < 5000 ? [7, 1] : [])])]);
      const { code } = byZlib(bytes);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].toSorted()).toEqual(['damaged-gzip', 'truncated', undefined]);
    expect(Math.min(...codes.values())).toBeGreaterThan(150);
  });
});
