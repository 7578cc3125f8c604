import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/handlers/cli/cli.ts';
import { Collector, run } from './streams.ts';

const trailCommands = [
  'trail analyze',
  'trail rules check',
  'trail backfill',
  'trail redrive',
  'trail verify',
];

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
  test.each<[string[], string, string[]]>([
    [[], 'no command given', []],
    [['keys', 'check', 'a'], 'unknown command "keys"', []],
    [['frob', '--help'], 'unknown command "frob"', []],
    [['check', 'key'], 'unknown command "check"', []],
    [[''], 'unknown command ""', []],
    [['a\u202e\n'], 'unknown command "a\\u{202e}\\u{a}"', []],
    [['--frob'], 'unknown option "--frob"', []],
    [['--frob', 'key', 'check'], 'unknown option "--frob"', []],
    [['-\u001b[2J'], 'unknown option "-\\u{1b}[2J"', []],
    [['key'], '"key" is the beginning of', ['key check']],
    [['trail'], '"trail" is the beginning of', trailCommands],
    [['trail', '--json', 'analyze'], '"trail" is the beginning of', trailCommands],
    [['trail', 'walk', 'a'], 'unknown command "trail walk"; there is', trailCommands],
    [['trail', 'walk', '--help'], 'unknown command "trail walk"; there is', trailCommands],
  ])('%j', async (args, message, commands) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').map(line => line.replace(/^( {2}\w+(?: \w+){1,2}) {2,}.+/, '$1'))).toEqual([
      `sallyport: ${message}`,
      ...commands.map(command => `  ${command}`),
      "Try 'sallyport --help'.",
      '',
    ]);
  });

  test.each<[string[], string]>([
    [['key', 'check', '--frob', 'a'], 'unknown option "--frob"'],
    [['key', 'check', '--frob=a'], 'unknown option "--frob"'],
    [['key', 'check', '-xj'], 'unknown option "-x"'],
    [['key', 'check', '--constructor', 'a'], 'unknown option "--constructor"'],
    [['key', 'check', "--it's\u202e"], 'unknown option "--it\'s\\u{202e}"'],
    [['key', 'check', '--json=yes', 'a'], '--json takes no value'],
    [['key', 'check', 'a', '--policy'], '--policy needs a value'],
    [
      ['key', 'check', '--policy', '--json', 'a'],
      '--policy needs a value; one that begins with - is given as --policy=<value>',
    ],
    [['key', 'check', '--policy=lax', 'a'], '--policy is one of default, strict, wide'],
    [['key', 'check'], 'give keys, or - to read them from stdin'],
    [['trail', 'analyze'], 'give files or folders, or - to read stdin'],
    [['trail', 'redrive'], '--table names the table of dead letters'],
  ])('%j: in our words, with the way to the verb’s own help', async (args, message) => {
    const words = args.slice(0, 2).join(' ');
    expect(await run(args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `sallyport: ${words}: ${message}\nTry 'sallyport ${words} --help'.\n`,
    });
  });

  test.each([
    [['--policy=-x'], /is one of/],
    [['--policy', '-'], /is one of/],
  ])('%j: a value that begins with - is taken where it can only be one', async (args, message) => {
    expect((await run(['key', 'check', 'a', ...args])).stderr).toMatch(message);
  });
});

describe('streams that break', () => {
  async function* nothing(): AsyncGenerator<Uint8Array> {}

  const failing = (code: string) =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(`write ${code}`), { code }));
      },
    });

  test('a reader of stdout that has gone away: quietly, with what a shell says of SIGPIPE', async () => {
    const stderr = new Collector();
    const code = await runCli(['key', 'check', 'a'], { stdin: nothing(), stdout: failing('EPIPE'), stderr });
    expect([code, stderr.text]).toEqual([141, '']);
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
