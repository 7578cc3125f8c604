import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/handlers/cli/cli.ts';
import { Collector, run } from './streams.ts';

describe('help and version', () => {
  test.each([[['--help']], [['-h']], [['key', '--help']], [['key', '-h']], [['trail', '--help']]])(
    '%j lists the commands',
    async args => {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: sallyport <command>/);
      expect(stdout).toContain('key check');
      expect(stdout).toContain('trail analyze');
      expect(stdout).toContain('trail redrive');
    },
  );

  test.each<[string[], string]>([
    [['key', 'check', '--help'], 'key check'],
    [['key', 'check', '../x', '-h'], 'key check'],
    [['trail', 'analyze', 'gone.json', '--help'], 'trail analyze'],
    [['trail', 'redrive', '--table', 'letters', '-h'], 'trail redrive'],
  ])('%j explains the verb and does nothing', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: sallyport ${words} `));
    expect(stdout).toContain('Exit codes:');
    expect(stdout.split('\n').filter(line => line.length > 120)).toEqual([]);
  });

  test('--version', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});

describe('wrong usage answers 2, on stderr only', () => {
  test.each([
    [[]],
    [['key']],
    [['keys', 'check', 'a']],
    [['frob', '--help']],
    [['--frob']],
    [['check', 'key']],
    [['trail']],
    [['trail', 'walk', '--help']],
  ])('%j', async args => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^sallyport: .+\nTry 'sallyport --help'\.\n$/);
  });
});

describe('streams that break answer 2', () => {
  async function* nothing(): AsyncGenerator<Uint8Array> {}

  const failing = (code: string) =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(`write ${code}`), { code }));
      },
    });

  test('a reader of stdout that has gone away: quietly', async () => {
    const stderr = new Collector();
    const code = await runCli(['key', 'check', 'a'], { stdin: nothing(), stdout: failing('EPIPE'), stderr });
    expect([code, stderr.text]).toEqual([2, '']);
  });

  test('a full disk: with a message', async () => {
    const stderr = new Collector();
    const code = await runCli(['key', 'check', 'a'], { stdin: nothing(), stdout: failing('ENOSPC'), stderr });
    expect([code, stderr.text]).toEqual([2, 'sallyport: write ENOSPC\n']);
  });

  test('stdin: with a message', async () => {
    const stdout = new Collector();
    const stderr = new Collector();
    const stdin: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('read EIO')) }),
    };
    expect(await runCli(['key', 'check', '-'], { stdin, stdout, stderr })).toBe(2);
    expect([stdout.text, stderr.text]).toEqual(['', 'sallyport: read EIO\n']);
  });

  test('stdout and stderr both: still an answer', async () => {
    const streams = { stdin: nothing(), stdout: failing('EIO'), stderr: failing('EIO') };
    expect(await runCli(['key', 'check', 'a'], streams)).toBe(2);
  });
});
