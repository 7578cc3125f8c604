import { expect, test } from '@jest/globals';
import { GzipInflater } from '../../../../src/domain/kernel/gzip-inflate/gzip-inflater.ts';
import {
  type InflateKernel,
  InflateKernels,
} from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { DeflateWriter } from './deflate-writer.ts';

const a = 97;
const oneDistance = (distance: number) => {
  const lengths = Array.from({ length: 258 }, (_, symbol) => {
    if (symbol === a) return 1;
    return symbol > 255 ? 2 : 0;
  });
  // The codes are 0 for the letter, 10 for the end and 11 for a length of 3.
  return new DeflateWriter().block(2).lengths(lengths, [distance]).code(0, 1).code(3, 2);
};

test.each([
  ['a distance without a code', oneDistance(0).code(0, 1)],
  ['the other distance of one', oneDistance(1).code(1, 1)],
  ['a match before the beginning', new DeflateWriter().block(1).fixed(a, 257).code(1, 5)],
  ['a length that means nothing', new DeflateWriter().block(1).fixed(a, 286).code(0, 5).fixed(a)],
  ['another', new DeflateWriter().block(1).fixed(a, 287).code(0, 5).fixed(a)],
  ['a distance that means nothing', new DeflateWriter().block(1).fixed(a, 257).code(31, 5)],
])('nothing comes of %s, be it near the end or not', (_fault, deflate) => {
  const kernel = new InflateKernels().take() as InflateKernel;
  for (const behind of [2, 100]) {
    const inflater = new GzipInflater(kernel);
    const bytes = Buffer.concat([
      Buffer.from('1f8b08000000000000ff', 'hex'),
      deflate.deflated(),
      Buffer.alloc(behind),
    ]);
    const output = Array.from(inflater.push(bytes, true), part => part.toString()).join('');
    expect([behind, output, inflater.fault?.code]).toEqual([behind, 'a', 'damaged-gzip']);
  }
});
