import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { fileChunks } from '../../../src/handlers/cli/file-chunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-chunks-'));
const file = join(folder, 'file');
const chunkBytes = 256 * 1024;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function bytesOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, place) => (place * 31 + (place >> 8)) & 0xff));
}

test.each([0, 1, 30_000, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 5])(
  'a file of %i bytes, each chunk after the one behind it has come',
  async length => {
    const bytes = bytesOf(length);
    writeFileSync(file, bytes);
    const read: Buffer[] = [];
    let before: Uint8Array | undefined;
    for await (const chunk of fileChunks(file)) {
      if (before !== undefined) read.push(Buffer.from(before));
      before = chunk;
      expect(chunk.length).toBeLessThanOrEqual(chunkBytes);
    }
    if (before !== undefined) read.push(Buffer.from(before));
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
  },
);

test('a large file takes the memory of two chunks', async () => {
  writeFileSync(file, bytesOf(5 * chunkBytes));
  const memories = new Set<unknown>();
  for await (const { buffer } of fileChunks(file)) memories.add(buffer);
  expect(memories.size).toBe(2);
});

test('timers have their turn between chunks', async () => {
  writeFileSync(file, bytesOf(3 * chunkBytes));
  let chunks = 0;
  const seen: number[] = [];
  setImmediate(() => seen.push(chunks));
  for await (const _ of fileChunks(file)) chunks += 1;
  expect([chunks, seen]).toEqual([3, [1]]);
});

test.each(['the end', 'a break'])('the file is closed after %s', async form => {
  writeFileSync(file, bytesOf(3 * chunkBytes));
  // The lowest number that is free is given to the next file that is opened.
  const free = openSync(file, 'r');
  closeSync(free);
  for await (const _ of fileChunks(file)) if (form === 'a break') break;
  const next = openSync(file, 'r');
  closeSync(next);
  expect(next).toBe(free);
});

test('a file that is missing says so', async () => {
  const reading = async () => {
    for await (const _ of fileChunks(join(folder, 'missing')));
  };
  await expect(reading()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a pipe is waited for without keeping from its work who writes into it', () => {
  const module = new URL('../../../src/handlers/cli/file-chunks.ts', import.meta.url).href;
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const script = `const { fileChunks } = await import(${JSON.stringify(module)});
    const { writeFile } = await import('node:fs/promises');
    setImmediate(() => writeFile(${JSON.stringify(pipe)}, 'text'));
    for await (const chunk of fileChunks(${JSON.stringify(pipe)})) process.stdout.write(chunk);`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  expect(execFileSync(process.execPath, args, { timeout: 20_000 }).toString()).toBe('text');
});
