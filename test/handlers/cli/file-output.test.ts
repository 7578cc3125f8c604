import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { FileOutput, isFileOutput } from '../../../src/handlers/cli/file-output.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';

const main = fileURLToPath(new URL('../../../src/handlers/cli/main.ts', import.meta.url));
/** What is said of them is written in one go. */
const keys = 'a/b.pdf\n'.repeat(500);

interface Run {
  readonly code: number | null;
  readonly stderr: string;
  readonly file: string;
}

/** Checks keys into a file that may not grow beyond so many blocks (of 512 or 1024 bytes, as the shell has it). */
function checkKeysInto(blocks: number | 'unlimited', redirectStderr: boolean): Run {
  const path = join(temporaryFolder('file-output'), 'out');
  const fd = openSync(path, 'w');
  const limited = `ulimit -f ${blocks}; exec "$0" --no-warnings "$@"`;
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', limited, process.execPath, main, 'key', 'check', '--json', '-'],
    { input: keys, stdio: ['pipe', fd, redirectStderr ? fd : 'pipe'], encoding: 'utf8' },
  );
  closeSync(fd);
  return { code: status, stderr: stderr ?? '', file: readFileSync(path, 'utf8') };
}

describe('a command whose output is a file', () => {
  test.each([1, 7, 25])('says that only a part of it could be written (%i blocks)', blocks => {
    const { code, stderr, file } = checkKeysInto(blocks, false);
    expect(file.length).toBeGreaterThan(0);
    expect([code, stderr]).toEqual([2, 'sallyport: EFBIG: file too large, write\n']);
  });

  test('fails as well where it cannot say so', () => {
    expect(checkKeysInto(1, true)).toMatchObject({ code: 2 });
  });

  test('writes all of it where it can', () => {
    const { code, stderr, file } = checkKeysInto('unlimited', false);
    expect([code, stderr]).toEqual([0, '']);
    expect(file).toBe('{"key":"a/b.pdf","verdict":"accepted","violations":[]}\n'.repeat(500));
  });
});

describe('FileOutput', () => {
  test('fails with what the system says', async () => {
    const path = join(temporaryFolder('file-output'), 'out');
    const fd = openSync(path, 'w');
    closeSync(fd);
    const output = new FileOutput(openSync(path, 'r'));
    const { promise, resolve } = Promise.withResolvers<unknown>();
    output.on('error', resolve);
    output.write('text');
    expect(await promise).toMatchObject({ code: 'EBADF' });
  });

  test('is for files, and for devices that are written like files', () => {
    const file = openSync(join(temporaryFolder('file-output'), 'out'), 'w');
    const device = openSync('/dev/null', 'w');
    expect([isFileOutput(file), isFileOutput(device)]).toEqual([true, true]);
    closeSync(file);
    closeSync(device);
  });

  test('is for no pipe', () => {
    const script = `
      const { isFileOutput } = await import(${JSON.stringify(main.replace('main.ts', 'file-output.ts'))});
      console.log(isFileOutput(1));`;
    const { stdout } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('false\n');
  });
});
