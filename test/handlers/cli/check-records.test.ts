import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checkRecordsBy } from '../../../src/handlers/cli/check-records.ts';
import { recordText } from '../../domain/records/record-fixtures.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from './sallyport-process.ts';
import { Collector, chunksOf, run } from './streams.ts';

const folder = temporaryFolder('check-records');
const file = (name: string) => join(folder, name);
const [one, two] = [recordText(1), recordText(2)];
const secret = '{"device_id":"secret","timestamp":"secret","value":"4111111111111111"}';

beforeAll(() => {
  writeFileSync(file('good.json'), `[${one},${two},${one}]`);
  writeFileSync(file('good.json.gz'), gzipSync(`${one}\n${two}\n`));
  writeFileSync(file('bad.jsonl'), `${one}\n${secret}\nnope\n${two}`);
});

const check = (...args: string[]) => run(['records', 'check', ...args]);
async function checkJson(...args: string[]) {
  const { code, stdout } = await check('--json', ...args);
  return {
    code,
    lines: stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
  };
}

describe('sallyport records check', () => {
  test('counts the records of good files', async () => {
    expect(await checkJson(file('good.json'), file('good.json.gz'))).toEqual({
      code: 0,
      lines: [
        {
          ...{ file: file('good.json'), verdict: 'valid' },
          ...{ bytes: 2 * one.length + two.length + 4, inflatedBytes: 2 * one.length + two.length + 4 },
          ...{ records: 3, valid: 2, duplicates: 1, rejected: 0 },
        },
        {
          ...{ file: file('good.json.gz'), verdict: 'valid' },
          ...{ bytes: gzipSync(`${one}\n${two}\n`).length, inflatedBytes: one.length + two.length + 2 },
          ...{ records: 2, valid: 2, duplicates: 0, rejected: 0 },
        },
      ],
    });
  });

  test('says where each bad record stands and what is wrong with it', async () => {
    const { code, lines } = await checkJson(file('bad.jsonl'), file('good.json'));
    expect(code).toBe(1);
    expect(lines).toMatchObject([
      {
        file: file('bad.jsonl'),
        position: { index: 1, byte: one.length + 1 },
        reasons: [
          { code: 'timestamp-format', field: 'timestamp' },
          { code: 'not-a-number', field: 'value' },
        ],
      },
      { position: { index: 2 }, reasons: [{ code: 'not-json', explanation: 'is no JSON' }] },
      { file: file('bad.jsonl'), verdict: 'rejects', records: 4, valid: 2, rejected: 2 },
      { file: file('good.json'), verdict: 'valid' },
    ]);
  });

  test('writes lines for people, without a word of the records', async () => {
    const { code, stdout } = await check(file('bad.jsonl'), file('good.json'));
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /bad\.jsonl: record 1, at byte \d+: timestamp-format \(.*\); not-a-number \(.*\)$/,
      ),
      expect.stringMatching(/bad\.jsonl: record 2, at byte \d+: not-json \(is no JSON\)$/),
      `${file('bad.jsonl')}: 2 valid, 2 rejected`,
      `${file('good.json')}: 2 valid, 1 repeated, 0 rejected`,
      '',
    ]);
    expect(stdout).not.toMatch(/secret|4111|nope/);
  });

  test('reads stdin', async () => {
    const { code, stdout } = await run(
      ['records', 'check', '-'],
      [one.slice(0, 20), `${one.slice(20)}\n${two}`],
    );
    expect([code, stdout]).toEqual([0, '-: 2 valid, 0 rejected\n']);
  });

  test('answers for a file that cannot be read after all the others', async () => {
    const { code, lines } = await checkJson(file('none.json'), folder, file('good.json'));
    expect(code).toBe(2);
    expect(lines).toMatchObject([
      { file: file('none.json'), verdict: 'unreadable', reason: 'ENOENT: no such file or directory' },
      { file: folder, verdict: 'unreadable', reason: expect.stringContaining('EISDIR') },
      { file: file('good.json'), verdict: 'valid' },
    ]);
  });

  test('calls a file of more records too large', async () => {
    const { code, lines } = await checkJson('--max-records', '2', file('good.json'));
    expect(code).toBe(1);
    expect(lines).toMatchObject([
      { position: { index: 2 }, reasons: [{ code: 'too-many-records' }] },
      { verdict: 'too-large', records: 2 },
    ]);
    const { stdout } = await check('--max-records', '2', file('good.json'));
    expect(stdout).toContain('2 valid, 1 rejected, too large: not read to its end');
  });

  test.each([
    [[], 'give files'],
    [['-', '-'], '- can be given once'],
    [['--max-records', '0', 'a'], '--max-records takes a whole number from 1'],
    [['--max-records', '1e3', 'a'], '--max-records takes a whole number from 1'],
    [['--nope', 'a'], 'unknown option "--nope"'],
  ])('does not understand %j', async (args, message) => {
    const { code, stdout, stderr } = await check(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain("Try 'sallyport records check --help'.");
  });

  test('explains itself', async () => {
    const { code, stdout } = await check('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: sallyport records check');
  });

  test('tells how far it has come', async () => {
    let tell = () => undefined as unknown;
    const timer = {
      now: () => 0,
      every: (_: number, tick: () => void) => {
        tell = tick;
        return () => undefined;
      },
    };
    async function* stdin() {
      yield* chunksOf([`${one}\n`]);
      tell();
      yield* chunksOf([two]);
    }
    const [stdout, stderr] = [new Collector(), new Collector()];
    expect(await checkRecordsBy(timer).run(['-'], { stdin: stdin(), stdout, stderr })).toBe(0);
    expect(stderr.text).toMatch(/^-: 0\.0 MB, \d records, 0 rejected\n$/);
  });

  test('ends where nobody reads its output any more', async () => {
    const lines = Array.from({ length: 20_000 }, () => 'nope').join('\n');
    const { code } = await sallyport(['records', 'check', '-'], { stdin: lines, closeAfter: 1 });
    expect(code).toBe(141);
  });
});
