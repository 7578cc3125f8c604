import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../../../src/handlers/cli/main.ts', import.meta.url));

/** Runs the real process; closes its stdout after so many bytes where a limit is given. */
async function sallyport(args: readonly string[], stdin: string, closeAfter = Number.POSITIVE_INFINITY) {
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.length >= closeAfter) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // A child that has ended early no longer reads.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { code: await promise, stdout, stderr };
}

describe('the process', () => {
  test.each<[number, string[], string]>([
    [0, ['key', 'check', 'a.pdf'], ''],
    [1, ['key', 'check', '-'], 'a\n../b'],
    [2, ['key'], ''],
  ])('ends with %i after %j', async (code, args, stdin) => {
    expect((await sallyport(args, stdin)).code).toBe(code);
  });

  test('writes all it has to say', async () => {
    const { stdout, stderr } = await sallyport(['key', 'check', '--json', '-'], 'a/b.pdf\n'.repeat(20_000));
    expect(stdout).toBe('{"key":"a/b.pdf","verdict":"accepted","violations":[]}\n'.repeat(20_000));
    expect(stderr).toBe('');
  });

  test('ends quietly when nobody reads on', async () => {
    const { code, stderr } = await sallyport(['key', 'check', '-'], 'a\n'.repeat(500_000), 1);
    expect([code, stderr]).toEqual([2, '']);
  });
});
