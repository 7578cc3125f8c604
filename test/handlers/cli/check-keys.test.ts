import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/handlers/cli/cli.ts';
import { run } from './streams.ts';

const check = (args: readonly string[], stdin?: Iterable<Uint8Array | string>) =>
  run(['key', 'check', ...args], stdin);

/** Key and verdict of each line of `--json`. */
async function verdicts(args: readonly string[], stdin?: Iterable<Uint8Array | string>) {
  const { stdout } = await check(['--json', ...args], stdin);
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map(line => {
    const { key, verdict } = JSON.parse(line) as { key: string; verdict: string };
    return [key, verdict];
  });
}

describe('exit codes', () => {
  test.each<[number, string[], string]>([
    [0, ['a.pdf', 'b/c.pdf'], ''],
    [1, ['a.pdf', '../b'], ''],
    [0, ['-'], 'a\nb\n'],
    [1, ['-'], 'a\n../b'],
    [0, ['-'], ''],
    [1, ['-'], '\n'],
    [0, ['--', '-'], ''],
    [0, ['--', '-rf', '--json'], ''],
    [1, ['--policy', 'strict', 'a b'], ''],
    [0, ['--policy=wide', 'a\\b/'], ''],
    [2, [], ''],
    [2, ['--json'], ''],
    [2, ['-rf'], ''],
    [2, ['--frob', 'a'], ''],
    [2, ['--json=yes', 'a'], ''],
    [2, ['--policy', 'lax', 'a'], ''],
    [2, ['a', '-'], ''],
    [2, ['-', '-'], 'a'],
  ])('%i for %j', async (expected, args, stdin) => {
    const { code, stdout, stderr } = await check(args, [stdin]);
    expect(code).toBe(expected);
    expect(stdout === '' || stderr === '').toBe(true);
    if (expected === 2) expect(stdout).toBe('');
    expect(stderr === '').toBe(expected !== 2);
  });
});

describe('--json', () => {
  test('says what, where and why', async () => {
    const { stdout } = await check(['--json', 'a.pdf', 'é/../b']);
    expect(
      stdout
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
    ).toEqual([
      { key: 'a.pdf', verdict: 'accepted', violations: [] },
      {
        key: 'é/../b',
        verdict: 'refused',
        violations: [
          {
            code: 'dot-segment',
            position: 2,
            explanation: 'a segment holds nothing but dots and what readers drop',
          },
        ],
      },
    ]);
  });

  test('keeps the key to the letter and hides nothing from the eye', async () => {
    const key = 'a\u202eb\x1b[2J\u2028\u{e0041}\ud800\x7f"\\';
    const { stdout } = await check(['--json', key]);
    expect((JSON.parse(stdout) as { key: string }).key).toBe(key);
    expect(stdout.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
  });
});

test('what stands after -- is a key, whatever it is', async () => {
  expect(await verdicts(['--', '-', '--json', 'a'], ['../not read\n'])).toEqual([
    ['-', 'accepted'],
    ['--json', 'accepted'],
    ['a', 'accepted'],
  ]);
});

describe('lines on stdin', () => {
  test.each<[string, (string | Uint8Array)[], [string, string][]]>([
    [
      'end at LF',
      ['a\nb\n'],
      [
        ['a', 'accepted'],
        ['b', 'accepted'],
      ],
    ],
    [
      'may lack the last LF',
      ['a\nb'],
      [
        ['a', 'accepted'],
        ['b', 'accepted'],
      ],
    ],
    [
      'may be empty',
      ['a\n\nb\n'],
      [
        ['a', 'accepted'],
        ['', 'refused'],
        ['b', 'accepted'],
      ],
    ],
    [
      'keep their CR',
      ['a\r\nb\rc\n'],
      [
        ['a\r', 'refused'],
        ['b\rc', 'refused'],
      ],
    ],
    ['do not end at other breaks', ['a\u2028b\vc\n'], [['a\u2028b\vc', 'refused']]],
    [
      'may span chunks',
      ['ab', 'cd', '\nx', 'y'],
      [
        ['abcd', 'accepted'],
        ['xy', 'accepted'],
      ],
    ],
    ['may be cut inside a character', [Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a)], [['é', 'accepted']]],
    [
      'may not be UTF-8',
      [Uint8Array.of(0x2e, 0x2e, 0xc0, 0xaf, 0x0a, 0x61)],
      [
        ['..\ufffd\ufffd', 'refused'],
        ['a', 'accepted'],
      ],
    ],
    ['keep a byte order mark', ['\ufeffa\n'], [['\ufeffa', 'refused']]],
    ['may be -', ['-\n'], [['-', 'accepted']]],
  ])('%s', async (_, stdin, expected) => {
    expect(await verdicts(['-'], stdin)).toEqual(expected);
  });

  test.each([
    [2, 2_000_000],
    [17, 16_777_216],
  ])('of %i MB come back with %i bytes', async (chunks, expected) => {
    const chunk = new Uint8Array(1_000_000).fill(0x61);
    const [[key, verdict] = [], after] = await verdicts(['-'], [...Array(chunks).fill(chunk), '\nb']);
    expect([key?.length, verdict]).toEqual([expected, 'refused']);
    expect(after).toEqual(['b', 'accepted']);
  });

  test('are answered as they arrive', async () => {
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        resolve();
        done();
      },
    });
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('a\n');
      await answered;
      yield new TextEncoder().encode('b\n');
    }
    expect(await runCli(['key', 'check', '-'], { stdin: stdin(), stdout, stderr: stdout })).toBe(0);
  });

  test('are read no faster than their answers are taken', async () => {
    let unanswered = 0;
    let most = 0;
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        setImmediate(() => {
          unanswered--;
          done();
        });
      },
    });
    async function* stdin(): AsyncGenerator<Uint8Array> {
      for (let chunk = 0; chunk < 50; chunk++) {
        most = Math.max(most, ++unanswered);
        yield new TextEncoder().encode('a\n'.repeat(100));
      }
    }
    expect(await runCli(['key', 'check', '-'], { stdin: stdin(), stdout, stderr: stdout })).toBe(0);
    expect(most).toBe(1);
  });
});

describe('for people', () => {
  test('a line a key, and the reasons under it', async () => {
    const { stdout } = await check(['a.pdf', 'b/../c']);
    expect(stdout).toBe(
      'accepted  a.pdf\n' +
        'refused   b/../c\n' +
        '            dot-segment at 2: a segment holds nothing but dots and what readers drop\n',
    );
  });

  test('a hostile key cannot write on the terminal', async () => {
    const { stdout } = await check(['x\naccepted  y\x1b[2K\u202e\u200b', 'z'.repeat(100_000)]);
    expect(stdout).not.toMatch(/^accepted/m);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout.length).toBeLessThan(2000);
  });
});
