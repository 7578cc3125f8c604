import { gzipSync } from 'node:zlib';
import { afterEach, expect, jest, test } from '@jest/globals';
import { ByteSource } from '../../../../src/domain/kernel/byte-source.ts';
import {
  type InflateKernel,
  InflateKernels,
} from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { inflateBytes } from '../../../../src/domain/kernel/inflate-bytes.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** WebAssembly whose memories cannot be made. */
function hostThatThrows(error: Error): object {
  class Memory {
    readonly buffer = new ArrayBuffer(0);
    constructor() {
      throw error;
    }
  }
  return { WebAssembly: { Module: Object, Instance: Object, Memory, validate: (): boolean => true } };
}

test('kernels that were given back are lent again, eight of them at most', () => {
  const kernels = new InflateKernels();
  const nine = () => Array.from({ length: 9 }, () => kernels.take() as InflateKernel);
  const taken = nine();
  expect(new Set(taken).size).toBe(9);
  for (const kernel of taken) kernels.giveBack(kernel);
  const again = nine();
  expect(again.map(kernel => taken.includes(kernel))).toEqual([...Array(8).fill(true), false]);
  expect(new Set(again).size).toBe(9);
});

test.each([
  ['there is no WebAssembly', {}],
  [
    'it has no vectors',
    { WebAssembly: { Module: Object, Instance: Object, validate: (): boolean => false } },
  ],
  ['there are no addresses left', hostThatThrows(new RangeError('Out of memory'))],
])('there is no kernel where %s', (_why, host) => {
  expect(new InflateKernels(host as ConstructorParameters<typeof InflateKernels>[0]).take()).toBeUndefined();
});

test('what else fails is thrown', () => {
  expect(() => new InflateKernels(hostThatThrows(new TypeError('no')) as object).take()).toThrow('no');
});

test('without a kernel, zlib inflates', async () => {
  jest.spyOn(InflateKernels.prototype, 'take').mockReturnValue(undefined);
  const giveBack = jest.spyOn(InflateKernels.prototype, 'giveBack');
  const parts: Uint8Array[] = [];
  for await (const part of inflateBytes(new ByteSource(gzipSync('text')))) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe('text');
  expect(giveBack).not.toHaveBeenCalled();
});
