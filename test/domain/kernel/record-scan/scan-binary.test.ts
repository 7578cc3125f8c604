import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compileScan } from './compile-scan.ts';

const binary = new URL('../../../../src/domain/kernel/record-scan/scan-binary.ts', import.meta.url);

test('the binary is what the compiler makes of its source, byte for byte', async () => {
  const written = readFileSync(binary, 'utf8');
  expect(written).toBe(await compileScan());
  expect(written.length).toBeLessThan(8192);
});

test('a source that cannot be compiled says why', async () => {
  await expect(compileScan('export function scan(): i32 { return missing; }')).rejects.toThrow('missing');
});
