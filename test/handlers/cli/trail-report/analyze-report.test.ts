import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { ReportData } from '../../../../src/handlers/cli/trail-report/report-data.ts';
import { temporaryFolder } from '../../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from '../sallyport-process.ts';
import { run } from '../streams.ts';
import { record } from './report-fixtures.ts';

const log = JSON.stringify({
  Records: [record('StopLogging'), record('DescribeInstances'), record('CreateUser', { eventID: 'e2' })],
});

/** A folder of its own with one log, and the command on it. */
function prepare() {
  const folder = temporaryFolder('analyze-report');
  writeFileSync(join(folder, 'a.json'), log);
  const out = join(folder, 'out.html');
  const analyze = (...args: string[]) => run(['trail', 'analyze', ...args]);
  return { folder, out, analyze };
}

function dataIn(file: string): ReportData {
  const found = /id="report-data">(.*?)<\/script>/s.exec(readFileSync(file, 'utf8'));
  return JSON.parse(found?.[1] ?? '') as ReportData;
}

describe('--report', () => {
  test('writes a page of what was found; the rest of the output stays as it is', async () => {
    const { folder, out, analyze } = prepare();
    const plain = await analyze('--json', folder);
    const { code, stdout, stderr } = await analyze('--json', folder, '--report', out);
    expect([code, stdout]).toEqual([0, plain.stdout]);
    const untimed = (text: string) => text.replace(/\(.*?\)/, '');
    expect(untimed(stderr)).toBe(untimed(plain.stderr));
    const { counts, matches, texts } = dataIn(out);
    expect(counts).toEqual({ files: 1, records: 3, matched: 2, skipped: 0, failed: 0 });
    expect(matches.map(([, , index]) => index)).toEqual([0, 2]);
    expect(texts).toContain(join(folder, 'a.json'));
    expect(readdirSync(folder)).toEqual(['a.json', 'out.html']);
  });

  test('holds what came before a fault, and names the files that failed', async () => {
    const { folder, out, analyze } = prepare();
    writeFileSync(join(folder, 'b.json'), log.slice(0, -20));
    const { code } = await analyze(folder, join(folder, 'gone'), '--report', out);
    expect(code).toBe(2);
    const { counts, failures } = dataIn(out);
    expect(counts).toMatchObject({ files: 3, matched: 3, failed: 2 });
    expect(failures).toEqual([
      { file: join(folder, 'b.json'), reason: expect.stringMatching(/^truncated: /) },
      { file: join(folder, 'gone'), reason: expect.stringMatching(/^ENOENT: /) },
    ]);
  });

  test('of nothing is a page as well', async () => {
    const { folder, out, analyze } = prepare();
    mkdirSync(join(folder, 'empty'));
    expect((await analyze(join(folder, 'empty'), '--report', out)).code).toBe(0);
    expect(dataIn(out).counts.files).toBe(0);
  });

  test.each<[string, (folder: string) => string, string]>([
    ['in a folder that is not there', folder => join(folder, 'gone/out.html'), 'ENOENT'],
    ['in the place of a folder', folder => folder, 'it is a folder'],
  ])('%s ends the command before a log is read', async (_, place, reason) => {
    const { folder, analyze } = prepare();
    const { code, stdout, stderr } = await analyze(folder, '--report', place(folder));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`sallyport: the report ${place(folder)} cannot be written: ${reason}\n`);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('is not written where the rules are none, or the file has no name', async () => {
    const { folder, out, analyze } = prepare();
    writeFileSync(out, 'before');
    expect((await analyze(folder, '--report', out, '--rules', join(folder, 'a.json'))).code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('before');
    const { code, stderr } = await analyze(folder, '--report', '');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--report names a file')]);
  });

  test('is not written where whoever read the output went away: it would not be whole', async () => {
    const { folder, out } = prepare();
    const records = Array.from({ length: 5000 }, () => record('StopLogging'));
    writeFileSync(join(folder, 'b.json'), JSON.stringify({ Records: records }));
    const { code } = await sallyport(['trail', 'analyze', folder, '--report', out], { closeAfter: 1 });
    expect([code, readdirSync(folder)]).toEqual([141, ['a.json', 'b.json']]);
  });

  test('is written by the built command, with a script that is JavaScript', async () => {
    const { folder, out } = prepare();
    const main = fileURLToPath(new URL('../../../../dist/handlers/cli/main.js', import.meta.url));
    expect(await sallyport(['trail', 'analyze', folder, '--report', out], { main })).toMatchObject({
      code: 0,
    });
    expect(dataIn(out).counts.matched).toBe(2);
    const script = /<script>(.*?)<\/script>/s.exec(readFileSync(out, 'utf8'))?.[1] ?? '';
    expect(() => new Script(script)).not.toThrow();
    expect(script).toContain('class ReportPage');
    expect(script).not.toMatch(/^\s*(?:import|export)\b/m);
  });
});
