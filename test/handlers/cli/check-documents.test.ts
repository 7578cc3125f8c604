import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PDFDocument } from 'pdf-lib';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { run } from './streams.ts';

const folder = temporaryFolder('check-documents');
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  const pdf = await PDFDocument.create();
  pdf.addPage();
  pdf.addPage();
  const bytes = await pdf.save();
  writeFileSync(file('two-pages.pdf'), bytes);
  writeFileSync(file('cut.pdf'), bytes.subarray(0, bytes.length / 2));
  writeFileSync(file('named.txt'), bytes);
  writeFileSync(file('invalid.pdf'), 'this is not a valid PDF');
  writeFileSync(file('clean.txt'), 'Dear Ann');
  writeFileSync(file('empty.txt'), '');
  writeFileSync(file('page.html'), '<!DOCTYPE html><p>');
  writeFileSync(file('large.txt'), 'x'.repeat(1024 * 1024 + 1));
});

const check = (...args: string[]) => run(['document', 'check', ...args]);
async function checkJson(...args: string[]) {
  const { code, stdout } = await check('--json', ...args);
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { reasons: { code: string }[] });
  return { code, lines, codes: lines.map(({ reasons }) => reasons.map(({ code }) => code)) };
}

describe('sallyport document check', () => {
  test('lets in what is what it says', async () => {
    const { code, lines } = await checkJson(file('two-pages.pdf'), file('clean.txt'));
    expect(code).toBe(0);
    expect(lines).toEqual([
      {
        file: file('two-pages.pdf'),
        verdict: 'valid',
        type: 'application/pdf',
        size: expect.any(Number),
        pages: 2,
        reasons: [],
        notes: [],
      },
      { file: file('clean.txt'), verdict: 'valid', type: 'text/plain', size: 8, reasons: [], notes: [] },
    ]);
  });

  test('lists all that speaks against each of the others', async () => {
    const { code, codes } = await checkJson(
      ...['cut.pdf', 'named.txt', 'invalid.pdf', 'empty.txt', 'page.html'].map(file),
    );
    expect(code).toBe(1);
    expect(codes).toEqual([
      ['broken'],
      ['signature-mismatch', 'structure-mismatch'],
      ['signature-mismatch', 'structure-mismatch'],
      ['empty'],
      ['type-not-allowed'],
    ]);
  });

  test('says it to people, a reason a line', async () => {
    const { stdout } = await check(file('invalid.pdf'));
    expect(stdout.split('\n')).toEqual([
      `invalid  ${file('invalid.pdf')}`,
      '         signature-mismatch: not a valid PDF: the first bytes are of no known type',
      '         structure-mismatch: not a valid PDF: its structure is that of text/plain',
      '',
    ]);
  });

  test('takes the declared type that it is given', async () => {
    const { codes } = await checkJson('--type', 'application/pdf', file('named.txt'));
    expect(codes).toEqual([['extension-mismatch']]);
  });

  test('does not read what is larger than it may be, nor what it cannot', async () => {
    const { code, lines, codes } = await checkJson('--max-megabytes=1', file('large.txt'), file('none.txt'));
    expect(code).toBe(2);
    expect(codes).toEqual([['too-large'], ['unreadable']]);
    expect(lines).toMatchObject([{ size: 1024 * 1024 + 1 }, { size: null }]);
  });

  test('lets Open XML in where it is told to', async () => {
    writeFileSync(file('a.docx'), 'no archive');
    expect((await checkJson(file('a.docx'))).codes[0]).toContain('type-not-allowed');
    expect((await checkJson('--docx', file('a.docx'))).codes[0]).not.toContain('type-not-allowed');
  });

  test.each([
    [[], 'give files'],
    [['--type', 'pdf', 'x'], '--type is a media type'],
  ])('refuses %j', async (args, why) => {
    expect(await check(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
  });
});
