import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from './sallyport-process.ts';
import { run } from './streams.ts';

const card = '4111 1111 1111 1111';
const folder = temporaryFolder('scan-documents');
const file = (name: string) => join(folder, name);

beforeAll(() => {
  writeFileSync(file('clean.txt'), 'Dear Ann,\nall is well.\n');
  writeFileSync(file('card.txt'), `pay with ${card}, please`);
  writeFileSync(file('iban.txt'), 'IBAN GB29 NWBK 6016 1331 9268 19');
  writeFileSync(file('bytes.pdf'), Uint8Array.of(0, 1, 2, 3));
  writeFileSync(file('large.txt'), 'x'.repeat(1024 * 1024 + 1));
  mkdirSync(file('folder'));
});

const scan = (...args: string[]) => run(['document', 'scan', ...args]);
async function scanJson(...args: string[]) {
  const { code, stdout, stderr } = await scan('--json', ...args);
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  return { code, lines, stderr };
}

describe('sallyport document scan', () => {
  test('answers a line for each file, in their order', async () => {
    const { code, lines } = await scanJson(
      file('clean.txt'),
      file('card.txt'),
      file('iban.txt'),
      file('bytes.pdf'),
    );
    expect(lines).toEqual([
      { file: file('clean.txt'), verdict: 'compliant', type: 'text/plain', reasons: [], findings: [] },
      {
        file: file('card.txt'),
        verdict: 'non-compliant',
        type: 'text/plain',
        reasons: [{ code: 'payment-card', explanation: expect.any(String) }],
        findings: [
          {
            kind: 'payment-card',
            start: 9,
            end: 28,
            masked: '411111******1111',
            confidence: 'high',
            reason: expect.any(String),
          },
        ],
      },
      expect.objectContaining({
        verdict: 'compliant',
        findings: [expect.objectContaining({ kind: 'iban' })],
      }),
      {
        file: file('bytes.pdf'),
        verdict: 'indeterminate',
        type: null,
        reasons: [{ code: 'unscannable-not-text', explanation: expect.any(String) }],
        findings: [],
      },
    ]);
    expect(code).toBe(1);
  });

  test('ends well where all are compliant', async () => {
    expect(await scan(file('clean.txt'), file('iban.txt'))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^compliant {6}\S+clean\.txt\ncompliant {6}\S+iban\.txt\n/),
      stderr: '',
    });
  });

  test('shows people the place and the reason, and no number', async () => {
    const { stdout } = await scan(file('card.txt'));
    expect(stdout).toMatch(
      /^non-compliant {2}\S+card\.txt\n {15}payment-card: .*\n {15}payment-card 411111\*{6}1111 at 9 \(Visa/,
    );
    expect(stdout).not.toContain('1111 1111');
  });

  test.each([
    ['a file that is not there', 'none.txt', 'no such file'],
    ['a folder', 'folder', 'is a folder'],
  ])('answers %s too, and the others all the same', async (_, name, why) => {
    const { code, lines } = await scanJson(file(name), file('clean.txt'));
    expect(code).toBe(2);
    expect(lines).toMatchObject([
      {
        file: file(name),
        verdict: 'indeterminate',
        type: null,
        reasons: [{ code: 'unreadable', explanation: expect.stringContaining(why) }],
      },
      { verdict: 'compliant' },
    ]);
  });

  test('does not read what is larger than it may be', async () => {
    const { code, lines } = await scanJson('--max-megabytes', '1', file('large.txt'));
    expect([code, lines]).toMatchObject([
      1,
      [{ verdict: 'indeterminate', reasons: [{ code: 'unscannable-too-large' }] }],
    ]);
    const piped = await run(['document', 'scan', '--max-megabytes=1', '-'], ['x'.repeat(1024 * 1024), 'x']);
    expect(piped).toMatchObject({ code: 1, stdout: expect.stringContaining('unscannable-too-large') });
  });

  test('reads stdin', async () => {
    expect(await run(['document', 'scan', '-'], ['pay with 4111 1111', ' 1111 1111'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^non-compliant {2}-\n/),
    });
  });

  test('takes the blocking kinds that it is given', async () => {
    expect(await scanJson('--blocking', 'iban', file('iban.txt'), file('card.txt'))).toMatchObject({
      lines: [{ verdict: 'non-compliant' }, { verdict: 'compliant' }],
    });
  });

  test('leaves published test numbers out where it is told to', async () => {
    expect(await scan('--ignore-test-numbers', file('card.txt'))).toMatchObject({ code: 0 });
  });

  test.each([
    [[], 'give files'],
    [['-', '-'], 'once'],
    [['--blocking', 'iban,,us-ssn', 'x'], '--blocking: "" is none of'],
    [['--blocking', 'payment-cards', 'x'], '"payment-cards" is none of'],
    [['--max-megabytes', '0', 'x'], 'from 1 to 2000'],
    [['--max-megabytes', '1e3', 'x'], 'from 1 to 2000'],
    [['--unknown'], 'unknown option'],
  ])('refuses %j', async (args, why) => {
    expect(await scan(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
  });

  test('leaves nothing running: the process ends by itself', async () => {
    expect(await sallyport(['document', 'scan', file('clean.txt')])).toMatchObject({ code: 0, stderr: '' });
  });
});
