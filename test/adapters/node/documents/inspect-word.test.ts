import { describe, expect, test } from '@jest/globals';
import { inspectDocument } from '../../../../src/adapters/node/documents/inspect-document.ts';
import { defaultReadingBounds } from '../../../../src/adapters/node/documents/reading-bounds.ts';
import { type BinaryWordOptions, binaryWordOf, oleOf, olePackageOf } from '../fixtures/binary-word.ts';
import { type OpenXmlOptions, openXmlOf, paragraph, wordPart } from '../fixtures/open-xml.ts';
import { zipOf } from '../fixtures/zip.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const program = Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(100)]);
const inspect = (bytes: Buffer, bounds = {}) =>
  inspectDocument(bytes, { ...defaultReadingBounds, ...bounds });
const field = (...pieces: string[]) =>
  `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>${pieces
    .map(piece => `<w:r><w:instrText>${piece}</w:instrText></w:r>`)
    .join('')}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;

describe('inspectDocument on Open XML', () => {
  test('of Word, it is sound', async () => {
    expect(await inspect(await openXmlOf())).toEqual({
      signature: docx,
      structure: { state: 'sound', type: docx },
      features: [],
    });
  });

  test.each<[string, string, OpenXmlOptions]>([
    ['a VBA project', 'macros', { parts: { 'word/vbaProject.bin': 'x' } }],
    [
      'a type that allows macros',
      'macros',
      { mainType: 'application/vnd.ms-word.document.macroEnabled.main+xml' },
    ],
    ['a field that starts a program', 'macros', { body: field(' DDEAUTO c:\\\\cmd.exe') }],
    ['such a field in pieces', 'macros', { body: field(' DD', 'E cmd') }],
    ['such a field in short form', 'macros', { body: '<w:fldSimple w:instr="DDE cmd"/>' }],
    ['a field that spells the program', 'macros', { body: field(' QUOTE 68 68 69 65 85 84 79 ', 'cmd') }],
    ['a field that stores the program', 'macros', { body: field(' SET c &quot;DDEAUTO&quot; ') }],
    [
      'a field that includes a text from elsewhere',
      'external-template',
      { body: field(' INCLUDETEXT &quot;http://example.com/a.docx&quot; ') },
    ],
    [
      'a field that links to a share',
      'external-template',
      { body: field(' LINK Excel.Sheet.8 &quot;\\\\host\\a.xls&quot; ') },
    ],
    [
      'a template from elsewhere',
      'external-template',
      { arrows: [{ kind: 'attachedTemplate', target: 'https://example.com/a.dotm', external: true }] },
    ],
    [
      'a frame from elsewhere',
      'external-template',
      { arrows: [{ kind: 'frame', target: '//host/a', external: true }] },
    ],
    [
      'a link',
      'hyperlink',
      { arrows: [{ kind: 'hyperlink', target: 'https://example.com', external: true }] },
    ],
    [
      'an embedded workbook',
      'embedded-file',
      {
        arrows: [{ kind: 'package', target: 'embeddings/a.xlsx' }],
        parts: { 'word/embeddings/a.xlsx': 'PK' },
      },
    ],
    [
      'a packed program',
      'embedded-executable',
      {
        arrows: [{ kind: 'oleObject', target: 'embeddings/a.bin' }],
        parts: { 'word/embeddings/a.bin': oleOf({ '\x01Ole10Native': olePackageOf('a.txt', program) }) },
      },
    ],
    [
      'a packed script by its name',
      'embedded-executable',
      {
        arrows: [{ kind: 'oleObject', target: '/word/embeddings/a.bin' }],
        parts: {
          'word/embeddings/a.bin': oleOf({ '\x01Ole10Native': olePackageOf('a.vbs', Buffer.from('x')) }),
        },
      },
    ],
  ])('with %s, it has the feature', async (_, name, options) => {
    const { structure, features } = await inspect(await openXmlOf(options));
    expect(structure.state).toBe('sound');
    expect(features).toMatchObject([{ name, count: 1 }]);
  });

  test.each<[string, OpenXmlOptions]>([
    [
      'declares a document type',
      { parts: { 'word/document.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' } },
    ],
    [
      'has a part that is not well-formed',
      { parts: { 'word/footnotes.xml': wordPart('footnotes', '<w:p>') } },
    ],
    ['has no main part', { parts: { 'word/document.xml': undefined } }],
    ['names no main part', { parts: { '_rels/.rels': '<Relationships/>' } }],
    [
      'is written in an old encoding',
      { parts: { 'word/document.xml': '<?xml version="1.0" encoding="ibm037"?><a/>' } },
    ],
    ['has two parts of one name', { parts: { 'word/DOCUMENT.xml': '<a/>' } }],
  ])('that %s, it is broken', async (_, options) => {
    expect((await inspect(await openXmlOf(options))).structure.state).toBe('broken');
  });

  test('that is another archive, it is unrecognised', async () => {
    expect((await inspect(await zipOf({ 'a.txt': 'a' }))).structure.state).toBe('unrecognised');
    const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
    expect((await inspect(await openXmlOf({ mainType: sheet }))).structure.state).toBe('unrecognised');
  });

  test.each<[string, OpenXmlOptions, object]>([
    ['entries', {}, { entries: 3 }],
    ['inflated-bytes', { body: paragraph('x'.repeat(100_000)) }, { inflatedBytes: 100_000 }],
  ])('above the bound of %s, it is over budget', async (budget, options, bounds) => {
    expect((await inspect(await openXmlOf(options), bounds)).structure).toMatchObject({
      state: 'over-budget',
      budget,
    });
  });

  test('whose directory understates a size, it is broken', async () => {
    const bytes = await openXmlOf({ body: paragraph('x'.repeat(100_000)) });
    const entry = bytes.lastIndexOf('word/document.xml') - 46;
    bytes.writeUInt32LE(100, entry + 24);
    expect((await inspect(bytes)).structure.state).toBe('broken');
  });
});

describe('inspectDocument on an OLE container', () => {
  test('of Word, it is sound', async () => {
    expect(await inspect(binaryWordOf())).toEqual({
      signature: 'application/x-cfb',
      structure: { state: 'sound', type: 'application/msword' },
      features: [],
    });
  });

  test.each<[string, string, BinaryWordOptions]>([
    ['encrypted', 'encryption', { encrypted: true }],
    ['with a VBA project', 'macros', { streams: { 'Macros/VBA/dir': Buffer.from('x') } }],
    ['with a field that starts a program', 'macros', { body: 'a\x13 DDEAUTO cmd \x14b\x15\r' }],
    ['with a template from elsewhere', 'external-template', { template: 'https://example.com/a.dotm' }],
    ['with a template on a share', 'external-template', { template: '\\\\host\\a.dot' }],
    ['with a link', 'hyperlink', { body: '\x13 HYPERLINK "https://example.com" \x14b\x15\r' }],
    ['with an object', 'embedded-file', { streams: { 'ObjectPool/_1/Contents': Buffer.from('x') } }],
    [
      'with a packed program',
      'embedded-executable',
      { streams: { 'ObjectPool/_1/\x01Ole10Native': olePackageOf('a.txt', program) } },
    ],
  ])('%s, it has the feature', async (_, name, options) => {
    const { structure, features } = await inspect(binaryWordOf(options));
    expect(structure).toEqual({ state: 'sound', type: 'application/msword' });
    expect(features).toMatchObject([{ name, count: 1 }]);
  });

  test('with a template on this machine, it has no feature', async () => {
    expect((await inspect(binaryWordOf({ template: 'C:\\Normal.dot' }))).features).toEqual([]);
  });

  test('around encrypted Open XML, it is named so', async () => {
    const facts = await inspect(
      oleOf({ EncryptedPackage: Buffer.from('x'), EncryptionInfo: Buffer.from('y') }),
    );
    expect(facts).toMatchObject({ structure: { state: 'unrecognised' }, features: [{ name: 'encryption' }] });
  });

  test('of something else or of an old Word, it is unrecognised', async () => {
    expect((await inspect(oleOf({ Workbook: Buffer.from('x') }))).structure.state).toBe('unrecognised');
    expect((await inspect(binaryWordOf({ version: 0x65 }))).structure.state).toBe('unrecognised');
  });

  const whole = binaryWordOf();
  test.each<[string, Buffer]>([
    ['cut', whole.subarray(0, whole.length / 2)],
    [
      'without its magic number',
      patched(whole, buffer => buffer.writeUInt16LE(0, buffer.indexOf('eca5', 'hex'))),
    ],
    ['with a chain that runs in a circle', patched(whole, circle)],
  ])('%s, it is broken', async (_, bytes) => {
    expect((await inspect(bytes)).structure.state).toBe('broken');
  });

  test('above the bound of entries, it is over budget', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, Buffer.from('x')]));
    expect((await inspect(binaryWordOf({ streams: many }), { entries: 8 })).structure).toMatchObject({
      state: 'over-budget',
      budget: 'entries',
    });
  });
});

function patched(bytes: Buffer, patch: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  patch(copy);
  return copy;
}

/** Every entry of the first sector of the allocation table that leads to the next sector leads to itself. */
function circle(bytes: Buffer): void {
  const table = (bytes.readUInt32LE(76) + 1) * 512;
  for (let index = 0; index < 128; index += 1) {
    if (bytes.readUInt32LE(table + index * 4) === index + 1) bytes.writeUInt32LE(index, table + index * 4);
  }
}
