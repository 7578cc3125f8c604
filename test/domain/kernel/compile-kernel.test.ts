import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compileKernel, type Kernel, kernels, targetOf } from './compile-kernel.ts';

test.each(kernels)('$target is what the compiler makes of its source, byte for byte', async kernel => {
  const written = readFileSync(targetOf(kernel), 'utf8');
  expect(written).toBe(await compileKernel(kernel));
  expect(written.length).toBeLessThan(8192);
});

test('a source that cannot be compiled says why', async () => {
  const source = 'export function inflate(): i32 { return missing; }';
  await expect(compileKernel(kernels[0] as Kernel, () => source)).rejects.toThrow('missing');
});
