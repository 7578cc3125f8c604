import { constants, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { GzipInflater } from '../../../../src/domain/kernel/gzip-inflate/gzip-inflater.ts';
import {
  type InflateKernel,
  InflateKernels,
} from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { SeededRandom } from '../../trail/fixtures/seeded-random.ts';
import { DeflateWriter } from './deflate-writer.ts';
import { writeRandomBlock } from './random-deflate.ts';

const kernel = new InflateKernels().take() as InflateKernel;
const header = Buffer.from('1f8b08000000000000ff', 'hex');
const a = 97;
const random = new SeededRandom(21);

interface Inflated {
  readonly output: string;
  readonly fault: string | undefined;
}

/** @param nextSize How many bytes each chunk has. */
function inflated(bytes: Uint8Array, nextSize: () => number): Inflated {
  const inflater = new GzipInflater(kernel);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length && inflater.fault === undefined; ) {
    const end = Math.min(bytes.length, at + nextSize());
    for (const part of inflater.push(bytes.subarray(at, end), end === bytes.length)) {
      if (part.length === 0) throw new Error('A part is empty');
      parts.push(Buffer.from(part));
    }
    at = end;
  }
  return { output: Buffer.concat(parts).toString('latin1'), fault: inflater.fault?.message };
}

/** In one chunk, byte by byte, and in chunks that are cut anywhere. */
function ways(bytes: Uint8Array): readonly Inflated[] {
  const sizes = [() => bytes.length, () => 1, ...[4, 40, 400].map(most => () => 1 + random.below(most))];
  return sizes.map(nextSize => inflated(bytes, nextSize));
}

function randomBytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/** Lengths of codes: 0 for the letter, 10 for the end and 11 for a length of 3. */
const few = Array.from({ length: 258 }, (_, symbol) => {
  if (symbol === a) return 1;
  return symbol > 255 ? 2 : 0;
});
/** Letters, of which up to seven have nine bits instead of eight, so that what follows begins at each bit. */
const lettersOf = (count: number) =>
  Array.from({ length: count }, (_, place) => (place < count % 8 ? 200 : a));
const fixed = (letters: number, isLast = true) =>
  new DeflateWriter().block(1, isLast).fixed(...lettersOf(letters));
const dynamic = (letters: number, distances: readonly number[]) =>
  fixed(letters, false).fixed(256).block(2).lengths(few, distances);

describe('a fault is told at the byte with the last bit of what cannot be, however near the end:', () => {
  test.each<readonly [string, (letters: number) => DeflateWriter]>([
    ['a length that means nothing', letters => fixed(letters).fixed(286)],
    ['another', letters => fixed(letters).fixed(287)],
    ['a distance that means nothing', letters => fixed(letters).fixed(257).code(30, 5)],
    ['another one', letters => fixed(letters).fixed(257).code(31, 5)],
    ['a distance without a code', letters => dynamic(letters, [0]).code(3, 2).code(0, 1)],
    ['any distance without a code', letters => dynamic(letters, [0]).code(3, 2).code(1, 1)],
    ['the other distance of one', letters => dynamic(letters, [1]).code(3, 2).code(1, 1)],
    ['a match before the beginning', letters => fixed(letters).fixed(257).code(16, 5).bits(127, 7)],
    ['a block of no type', letters => fixed(letters, false).fixed(256).block(3)],
    ['a wrong complement', letters => fixed(letters, false).fixed(256).block(0).align().bits(5, 32)],
  ])('%s', (_fault, write) => {
    for (let letters = 1; letters < 18; letters += 1) {
      const deflated = write(letters).deflated();
      const place = header.length + deflated.length - 1;
      const output = Buffer.from(lettersOf(letters)).toString('latin1');
      for (let behind = 0; behind < 40; behind += 1) {
        const expected = { output, fault: `The compressed bytes are damaged at byte ${place}` };
        const all = ways(Buffer.concat([header, deflated, randomBytes(behind)]));
        expect([letters, behind, all]).toEqual([letters, behind, Array(all.length).fill(expected)]);
      }
    }
  });
});

describe('a fault of a header is told at the byte with which it is known:', () => {
  const all = Buffer.concat([Buffer.from('1f8b081f0000000000ff0401', 'hex'), Buffer.alloc(260, 'x')]);
  const named = Buffer.concat([all, Buffer.from('name\0comment\0\x01')]);

  test.each([
    ['another magic', Buffer.from([0x1f, 0x8c]), 1],
    ['another method', Buffer.from([0x1f, 0x8b, 7, 0]), 2],
    ['unknown flags', Buffer.from([0x1f, 0x8b, 8, 0x20, 0]), 3],
    ['a wrong checksum', Buffer.concat([named, Buffer.from([1])]), named.length],
  ])('%s', (_fault, bytes, place) => {
    for (const before of [Buffer.alloc(0), gzipSync('before')]) {
      const fault = `The compressed bytes are damaged at byte ${before.length + place}`;
      const expected = { output: before.length > 0 ? 'before' : '', fault };
      const read = ways(Buffer.concat([before, bytes, Buffer.alloc(20)]));
      expect(read).toEqual(Array(read.length).fill(expected));
    }
  });
});

test('a file that is cut ends there, though the kernel still holds the rest of it', () => {
  const writer = new DeflateWriter().block(0, false).align().bits(0, 16).bits(0xffff, 16);
  writeRandomBlock(writer, random, { length: 0, symbols: 40, isLast: false });
  writer.block(0, false).align().bits(2, 16).bits(0xfffd, 16).bits(0, 16);
  writer.block(1).fixed(a, 285).code(0, 5).fixed(256);
  const whole = writer.gzip(inflateRawSync(writer.deflated()));
  for (let cut = 1; cut < whole.length; cut += 1) {
    expect(inflated(whole, () => whole.length).fault).toBeUndefined();
    const bytes = whole.subarray(0, cut);
    const output = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
    const fault = `The compressed bytes end too early, after ${cut} of them`;
    expect([cut, inflated(bytes, () => cut)]).toEqual([cut, { output, fault }]);
  }
});

test('a member ends at each bit of those that were read ahead', () => {
  const behind = gzipSync(randomBytes(1100));
  const output = inflated(behind, () => 10_000).output;
  // A block's header waits for 1,024 bytes; the letters, of one bit, go on behind them.
  for (let letters = 8500; letters < 8564; letters += 1) {
    const text = 'a'.repeat(letters);
    const writer = new DeflateWriter().block(2).lengths(few, [1]).code(0, letters).code(2, 2);
    const bytes = Buffer.concat([writer.gzip(text), behind]);
    expect([letters, inflated(bytes, () => 1)]).toEqual([
      letters,
      { output: text + output, fault: undefined },
    ]);
  }
});

test('the last bytes, of two bits for each match, fill no part further than the longest match', () => {
  const lengths = Array.from({ length: 286 }, (_, symbol) => {
    if (symbol === 285) return 1;
    return symbol === a || symbol === 256 ? 2 : 0;
  });
  const matches = 1056;
  const writer = new DeflateWriter()
    .block(2)
    .lengths(lengths, [1])
    .code(2, 2)
    .code(0, 2 * matches)
    .code(3, 2);
  const inflater = new GzipInflater(kernel);
  const bytes = writer.gzip('a'.repeat(1 + 258 * matches));
  const sizes = Array.from(inflater.push(bytes, true), part => part.length);
  expect([inflater.fault, sizes.length]).toEqual([undefined, 2]);
  expect(sizes[0]).toBeLessThan(256 * 1024 + 258);
});

test.each([
  [287, 1],
  [288, 1],
  [257, 31],
  [257, 32],
])('%i literals and %i distances are damaged, though they would be codes', (literals, distances) => {
  const own = Array.from({ length: literals }, (_, symbol) => (symbol === a || symbol === 256 ? 1 : 0));
  const none = Array.from({ length: distances }, () => 0);
  const deflated = new DeflateWriter().block(2).lengths(own, none).code(0, 1).code(1, 1).deflated();
  const bytes = Buffer.concat([header, deflated, Buffer.alloc(40)]);
  expect(() => gunzipSync(bytes)).toThrow('too many');
  // What says how many there are ends with the seventeenth bit.
  expect(ways(bytes)[0]).toEqual({ output: '', fault: 'The compressed bytes are damaged at byte 12' });
});

test('a repetition that is too long by one is damaged, though the rest would be a code', () => {
  const tooLong = () =>
    new DeflateWriter()
      .block(2)
      .bits(0, 5)
      .bits(10, 5)
      .bits(14, 4)
      // Of one bit each: the length of 1, and many zeros.
      .bits(1 << 6, 9)
      .bits(0, 42)
      .bits(1, 3)
      .code(1, 1)
      .bits(127, 7)
      .code(1, 1)
      .bits(107, 7)
      .code(0, 1)
      .code(1, 1)
      .bits(1, 7);
  const place = header.length + tooLong().deflated().length - 1;
  const bytes = Buffer.concat([header, tooLong().code(0, 1).deflated(), Buffer.alloc(40)]);
  expect(() => gunzipSync(bytes)).toThrow('invalid bit length repeat');
  expect(ways(bytes)[0]).toEqual({
    output: '',
    fault: `The compressed bytes are damaged at byte ${place}`,
  });
});

test('lengths that have one code are damaged, though what they would say of the others is a code', () => {
  const begun = () => new DeflateWriter().block(2).bits(0, 10).bits(14, 4).bits(0, 51).bits(1, 3);
  const place = header.length + begun().deflated().length - 1;
  const writer = begun();
  // Of one bit each: for the letter and the end, the length of 1, and for the others what has no code.
  for (let symbol = 0; symbol < 258; symbol += 1) writer.bits(symbol === a || symbol === 256 ? 0 : 1, 1);
  const bytes = Buffer.concat([header, writer.code(0, 1).code(1, 1).deflated(), Buffer.alloc(40)]);
  expect(() => gunzipSync(bytes)).toThrow('invalid code lengths set');
  const [read] = ways(bytes);
  expect(read?.fault).toBe(`The compressed bytes are damaged at byte ${place}`);
});

test.each([
  ['a code that is too full by the least', [1, 1, 15]],
  ['a code that is too empty by the least', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
])('%s is damaged', (_form, own) => {
  const lengths = Array.from({ length: 257 }, (_, symbol) => own[symbol - 257 + own.length] ?? 0);
  const deflated = new DeflateWriter().block(2).lengths(lengths, [1]).deflated();
  const [read] = ways(Buffer.concat([header, deflated, Buffer.alloc(40)]));
  expect(read?.fault).toBe(`The compressed bytes are damaged at byte ${header.length + deflated.length - 1}`);
});

describe('whole, byte by byte and in chunks that are cut anywhere come the same bytes, verdict and place:', () => {
  const text = () =>
    Buffer.from(
      Array.from({ length: random.below(300) }, () =>
        `${random.below(500)}`.repeat(1 + random.below(9)),
      ).join(),
    );
  const sources: readonly (() => Buffer)[] = [
    () => gzipSync(text(), { level: random.below(10), strategy: random.below(5) }),
    () => gzipSync(randomBytes(random.below(300)), { strategy: random.below(5) }),
    () => Buffer.concat([gzipSync(text()), gzipSync(randomBytes(20))]),
    () => {
      const writer = new DeflateWriter();
      writeRandomBlock(writer, random, { length: 0, symbols: random.below(100), isLast: true });
      return Buffer.concat([header, writer.deflated(), randomBytes(8)]);
    },
  ];

  test.each(sources.map((source, index) => [index, source] as const))(
    'source %i, damaged or cut',
    (_index, source) => {
      const verdicts = new Set<string | undefined>();
      for (let count = 0; count < 150; count += 1) {
        const sound = source();
        // Near the end, where the last bytes are read in a way of their own, more often than elsewhere.
        const from = Math.max(3, sound.length - random.pick([20, 40, 80, 10_000]));
        const bytes = sound.subarray(
          0,
          random.chance(0.3) ? from + random.below(sound.length - from) : sound.length,
        );
        for (let left = random.below(4); left > 0; left -= 1) {
          const place = Math.min(bytes.length - 1, from + random.below(sound.length - from));
          bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
        }
        const [whole, ...others] = ways(bytes);
        expect([count, others]).toEqual([count, Array(others.length).fill(whole)]);
        verdicts.add(whole?.fault?.replace(/\d+/, ''));
      }
      expect(verdicts.size).toBeGreaterThan(1);
    },
  );
});
