import { inflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { GzipInflater } from '../../../../src/domain/kernel/gzip-inflate/gzip-inflater.ts';
import {
  type InflateKernel,
  InflateKernels,
} from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { SeededRandom } from '../../trail/fixtures/seeded-random.ts';
import { DeflateWriter } from './deflate-writer.ts';
import { codesOf, writeRandomBlock } from './random-deflate.ts';

const kernel = new InflateKernels().take() as InflateKernel;

/** Expects what zlib inflates, in chunks of each size. */
function expectInflated(writer: DeflateWriter, chunkSizes: readonly number[]): void {
  const expected = inflateRawSync(writer.deflated());
  const bytes = writer.gzip(expected);
  for (const size of chunkSizes) {
    const inflater = new GzipInflater(kernel);
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size)
      for (const part of inflater.push(bytes.subarray(at, at + size), at + size >= bytes.length))
        parts.push(Buffer.from(part));
    expect([size, inflater.fault?.message, Buffer.concat(parts).equals(expected)]).toEqual([
      size,
      undefined,
      true,
    ]);
  }
}

test('100 files of blocks with random codes, up to fifteen bits long', () => {
  const random = new SeededRandom(11);
  for (let count = 0; count < 100; count += 1) {
    const writer = new DeflateWriter();
    let length = 0;
    for (let left = random.below(4); left >= 0; left -= 1) {
      const symbols = random.below(left === 0 ? 3000 : 300);
      length = writeRandomBlock(writer, random, { length, symbols, isLast: left === 0 });
    }
    expectInflated(writer, [10_000_000, 1 + random.below(3000)]);
  }
});

test('nearly as many codes as there can be that are longer than the tables and begin differently', () => {
  // Two codes for each beginning of ten bits, or eight; one beginning with the longest; and few that are short.
  const literals = [11, 12, 13, 14, 15, 15, 1, 2, 4, 5, 6, 8, 9, 10, ...Array(272).fill(11)];
  const distances = [9, 10, 11, 12, 13, 14, 15, 15, 1, 2, 3, 4, 6, 7, 8, 8, ...Array(14).fill(9)];
  const literalCodes = codesOf(literals);
  const distanceCodes = codesOf(distances);
  const random = new SeededRandom(12);
  const writer = new DeflateWriter().block(0, false).align().bits(32_768, 16).bits(32_767, 16);
  for (let left = 32_768; left > 0; left -= 1) writer.bits(random.below(256), 8);
  writer.block(2, false).lengths(literals, distances);
  const write = (symbol: number) => writer.code(literalCodes[symbol] ?? 0, literals[symbol]);
  for (let byte = 0; byte < 256; byte += 1) write(byte);
  for (const [distance, length] of distances.entries()) {
    write(257);
    writer.code(distanceCodes[distance] ?? 0, length).bits(0, distance < 4 ? 0 : (distance >> 1) - 1);
  }
  write(256);
  // The fixed codes have tables of their own.
  writer.block(1).fixed(97, 98, 200, 285).code(1, 5).fixed(256);
  expectInflated(writer, [10_000_000, 5]);
});

test('more codes of one length than a byte counts leave nothing to the next code', () => {
  const lengths = Array.from({ length: 263 }, (_, symbol) => {
    if (symbol < 7) return symbol + 1;
    return 15;
  });
  const codes = codesOf(lengths);
  const writer = new DeflateWriter().block(2).lengths(lengths, [1, 1]);
  // Of seven to fifteen bits, and the end.
  for (const symbol of [...Array(255).keys(), 256]) writer.code(codes[symbol] ?? 0, lengths[symbol] ?? 0);
  expectInflated(writer, [10_000_000, 5]);
});
