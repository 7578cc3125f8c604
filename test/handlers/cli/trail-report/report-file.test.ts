import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ReportFile } from '../../../../src/handlers/cli/trail-report/report-file.ts';
import { temporaryFolder } from '../../../infra/local/fixtures/temporary-folder.ts';

describe('a report file', () => {
  test('is written whole, and nothing is left beside it', async () => {
    const folder = temporaryFolder('report');
    const file = new ReportFile(join(folder, 'out.html'));
    await file.assertWritable();
    expect(readdirSync(folder)).toEqual([]);
    await file.write(['a', 'ü', 'b']);
    expect(readdirSync(folder)).toEqual(['out.html']);
    expect(readFileSync(join(folder, 'out.html'), 'utf8')).toBe('aüb');
  });

  test('stays as it was until all is written, and where that fails', async () => {
    const folder = temporaryFolder('report');
    const path = join(folder, 'out.html');
    writeFileSync(path, 'before');
    const file = new ReportFile(path);
    await file.assertWritable();
    const pieces = function* () {
      yield 'a';
      expect(readFileSync(path, 'utf8')).toBe('before');
      throw new Error('no more');
    };
    await expect(file.write(pieces())).rejects.toThrow(`the report ${path} cannot be written: no more`);
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['out.html'], 'before']);
    await file.write(['after']);
    expect(readFileSync(path, 'utf8')).toBe('after');
  });

  test('behind a link is replaced where it stands', async () => {
    const folder = temporaryFolder('report');
    mkdirSync(join(folder, 'far'));
    writeFileSync(join(folder, 'far/real.html'), 'before');
    symlinkSync('far/real.html', join(folder, 'link.html'));
    await new ReportFile(join(folder, 'link.html')).write(['after']);
    expect(lstatSync(join(folder, 'link.html')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'far/real.html'), 'utf8')).toBe('after');
    expect(readdirSync(join(folder, 'far'))).toEqual(['real.html']);
  });

  test.each<[string, string]>([
    ['gone/out.html', 'ENOENT'],
    ['.', 'it is a folder'],
    ['new/', 'it is no folder that is there'],
    ['file/out.html', 'ENOTDIR'],
    ['/dev/null', 'it is no file'],
    ['(a name of 300 letters)', 'ENAMETOOLONG'],
  ])('%s cannot be written: that is told before, and nothing changes', async (name, reason) => {
    const folder = temporaryFolder('report');
    writeFileSync(join(folder, 'file'), '');
    const path = name.startsWith('/') ? name : `${folder}/${name.replace(/^\(.*/, 'x'.repeat(300))}`;
    await expect(new ReportFile(path).assertWritable()).rejects.toThrow(`cannot be written: ${reason}`);
    await expect(new ReportFile(path).write(['x'])).rejects.toThrow(`cannot be written: ${reason}`);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
