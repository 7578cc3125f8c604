import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from './sallyport-process.ts';

const signIn = '{"eventName":"ConsoleLogin","eventID":"e1"}\n';

describe('the process', () => {
  test.each<[number, string[], string]>([
    [0, ['key', 'check', 'a.pdf'], ''],
    [1, ['key', 'check', '-'], 'a\n../b'],
    [2, ['key'], ''],
    [0, ['trail', 'analyze', '-'], signIn],
    [2, ['trail', 'analyze', '-', 'gone.json'], signIn],
    [2, ['trail', 'analyze', '-'], ''],
    [2, ['trail', 'redrive'], ''],
  ])('ends with %i after %j', async (code, args, stdin) => {
    expect((await sallyport(args, { stdin })).code).toBe(code);
  });

  test('writes all it has to say', async () => {
    const { stdout, stderr } = await sallyport(['key', 'check', '--json', '-'], {
      stdin: 'a/b.pdf\n'.repeat(20_000),
    });
    expect(stdout).toBe('{"key":"a/b.pdf","verdict":"accepted","violations":[]}\n'.repeat(20_000));
    expect(stderr).toBe('');
  });

  test.each<[string[], string]>([
    [['key', 'check', '-'], 'a\n'],
    [['trail', 'analyze', '--json', '-'], signIn],
  ])('ends quietly after %j when nobody reads on', async (args, line) => {
    const { code, stderr } = await sallyport(args, { stdin: line.repeat(500_000), closeAfter: 1 });
    expect([code, stderr]).toEqual([141, '']);
  });

  test('goes on to the next log where the last one is no file', async () => {
    const folder = temporaryFolder('main');
    writeFileSync(join(folder, 'a.json'), signIn);
    mkdirSync(join(folder, 'b'));
    symlinkSync(join(folder, 'a.json'), join(folder, 'b', 'c.json'));
    symlinkSync(join(folder, 'gone'), join(folder, 'b', 'a.json'));
    const { code, stdout, stderr } = await sallyport(['trail', 'analyze', '--json', folder]);
    expect(code).toBe(2);
    expect(stdout.match(/"file":"[^"]+"/g)).toEqual([
      `"file":"${folder}/a.json"`,
      `"file":"${folder}/b/c.json"`,
    ]);
    expect(stderr).toMatch(/^sallyport: .+b\/a\.json: ENOENT.+\n3 files, 2 records, 2 matched, .+\n$/);
  });
});
