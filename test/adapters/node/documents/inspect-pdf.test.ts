import { describe, expect, test } from '@jest/globals';
import { extractText } from '../../../../src/adapters/node/documents/extract-text.ts';
import { inspectDocument } from '../../../../src/adapters/node/documents/inspect-document.ts';
import { defaultReadingBounds } from '../../../../src/adapters/node/documents/reading-bounds.ts';
import { deflated, objectStream, type PdfOptions, pdfOf } from '../fixtures/pdf.ts';

const inspect = (bytes: Buffer, bounds = {}) =>
  inspectDocument(bytes, { ...defaultReadingBounds, ...bounds });
const program = Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(100)]);

describe('inspectDocument on a PDF', () => {
  test('that is whole, it is sound with its pages', async () => {
    expect(await inspect(pdfOf())).toEqual({
      signature: 'application/pdf',
      structure: { state: 'sound', type: 'application/pdf', pages: 1 },
      features: [],
    });
  });

  test.each<[string, string, PdfOptions]>([
    ['a script when it opens', 'script', { catalog: '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>' }],
    ['a script under an escaped name', 'script', { catalog: '/OpenAction << /S /J#61vaScript /J#53 (1) >>' }],
    [
      'a script on a page',
      'script',
      { page: '/AA << /O << /S /JavaScript /JS 6 0 R >> >>', objects: [deflated('1')] },
    ],
    [
      'a script in a tree of names',
      'script',
      { catalog: '/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>' },
    ],
    [
      'a script in an object stream',
      'script',
      { objects: [objectStream({ 9: '<< /S /JavaScript /JS (1) >>' })] },
    ],
    [
      'a script behind a string that never ends',
      'script',
      { objects: [objectStream({ 8: '(', 9: '<< /S /JavaScript /JS (1) >>' })] },
    ],
    [
      'a script of a rendition',
      'script',
      { page: '/Annots [<< /Subtype /Screen /Rect [0 0 9 9] /A << /S /Rendition /JS (1) >> >>]' },
    ],
    ['an action of an indirect kind', 'embedded-executable', { objects: ['<< /S 7 0 R >>', '/Launch'] }],
    [
      'an action in an object stream without a type',
      'embedded-executable',
      { objects: [deflated('9 0 << /S /Launch >>', '/N 1 /First 4')] },
    ],
    [
      'an action in an object stream that calls itself a picture',
      'embedded-executable',
      { objects: [deflated('9 0 << /S /Launch >>', '/N 1 /First 4 /Subtype /Image')] },
    ],
    [
      'an action that launches',
      'embedded-executable',
      { page: '/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (calc) >> >>]' },
    ],
    [
      'a program by its first bytes',
      'embedded-executable',
      { objects: [deflated(program, '/Type /EmbeddedFile')] },
    ],
    [
      'a program by its name',
      'embedded-executable',
      {
        objects: [
          '<< /Type /Filespec /F (run.exe) /EF << /F 7 0 R >> >>',
          deflated('x', '/Type /EmbeddedFile'),
        ],
      },
    ],
    [
      'an attached file',
      'embedded-file',
      {
        catalog: '/Names << /EmbeddedFiles << /Names [(a.txt) 6 0 R] >> >>',
        objects: [
          '<< /Type /Filespec /F (a.txt) /EF << /F 7 0 R >> >>',
          deflated('x', '/Type /EmbeddedFile'),
        ],
      },
    ],
    [
      'a link',
      'hyperlink',
      {
        page: '/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.com) >> >>]',
      },
    ],
  ])('with %s, it has the feature', async (_, name, options) => {
    const { structure, features } = await inspect(pdfOf(options));
    expect(structure).toEqual({ state: 'sound', type: 'application/pdf', pages: 1 });
    expect(features.map(feature => feature.name)).toContain(name);
    expect(features.find(feature => feature.name === name)?.count).toBeGreaterThan(0);
  });

  test('that opens with a password only, it is encrypted, and so is its text', async () => {
    const secret = `<${'5a'.repeat(32)}>`;
    const encrypt = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${secret} /U ${secret} /P -1 >>`;
    const bytes = pdfOf({ trailer: `/ID [<00> <00>] ${encrypt}` });
    expect(await inspect(bytes)).toMatchObject({
      structure: { state: 'sound', type: 'application/pdf' },
      features: [{ name: 'encryption', count: 1 }],
    });
    const { segments, unscannable } = await extractText(bytes, defaultReadingBounds);
    expect(segments).toEqual([]);
    expect(unscannable).toMatchObject([{ reason: 'encrypted' }]);
  });

  test('words of its text are no features', async () => {
    const catalog = '/Info (see /S /JavaScript and /Launch) % /S /Launch';
    expect((await inspect(pdfOf({ catalog: `${catalog}\n` }))).features).toEqual([]);
  });

  test('with an archive after its end, the archive is named', async () => {
    const archive = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
    expect((await inspect(Buffer.concat([pdfOf(), archive]))).features).toMatchObject([
      { name: 'embedded-file' },
    ]);
  });

  test.each<[string, Buffer, string[]]>([
    ['a program', program, ['embedded-executable']],
    ['bytes', Buffer.from([1, 2, 3, 0xff]), ['embedded-file']],
    ['a text', Buffer.from('a note\n'), []],
    ['padding', Buffer.alloc(512), []],
  ])('with %s after its end, it is told', async (_, tail, names) => {
    const { features } = await inspect(Buffer.concat([pdfOf(), tail]));
    expect(features.map(({ name }) => name)).toEqual(names);
  });

  const whole = pdfOf();
  test.each<[string, Buffer, RegExp]>([
    ['is cut in the middle', whole.subarray(0, whole.length / 2), /can be read|cut off/],
    ['has no end', whole.subarray(0, whole.lastIndexOf('startxref')), /cut off/],
    ['goes on with half an object', Buffer.concat([whole, Buffer.from('9 0 obj\n<< /Type /Pa')]), /cut off/],
    [
      'has a cross-reference that leads elsewhere',
      Buffer.from(whole.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1'),
      /cross-reference/,
    ],
    ['is a header and nothing else', Buffer.from('%PDF-1.7\n%%EOF\n'), /can be read/],
    [
      'has a page that is none',
      Buffer.from(whole.toString('latin1').replace('Kids [3', 'Kids [9'), 'latin1'),
      /page|can be read/,
    ],
    [
      'hides objects in a damaged stream',
      pdfOf({
        objects: [{ dictionary: '/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', data: Buffer.from('x') }],
      }),
      /cannot be looked at/,
    ],
    [
      'hides objects behind a predictor',
      pdfOf({
        objects: [deflated('9 0 <</A 1>>', '/Type /ObjStm /N 1 /First 4 /DecodeParms << /Predictor 12 >>')],
      }),
      /cannot be looked at/,
    ],
  ])('that %s, it is broken and says why', async (_, bytes, explanation) => {
    expect((await inspect(bytes)).structure).toEqual({
      state: 'broken',
      type: 'application/pdf',
      explanation: expect.stringMatching(explanation),
    });
  });

  test.each<[string, PdfOptions, object]>([
    ['inflated-bytes', { objects: [deflated(Buffer.alloc(2_000))] }, { inflatedBytes: 1_000 }],
    [
      'inflated-bytes',
      {
        objects: [
          {
            dictionary: '/Filter [/FlateDecode /FlateDecode]',
            data: twice(Buffer.alloc(1_000_000)),
          },
        ],
      },
      { inflatedBytes: 900_000 },
    ],
    ['pages', {}, { pages: 0 }],
  ])('above the bound of %s, it is over budget', async (budget, options, bounds) => {
    expect((await inspect(pdfOf(options), bounds)).structure).toMatchObject({
      state: 'over-budget',
      type: 'application/pdf',
      budget,
    });
  });

  test.each([
    ['HTML', '<html>\n', undefined],
    ['an archive', 'PK\x03\x04', 'application/zip'],
    ['a program', 'MZ\x90\0\x03\0', 'application/x-msdownload'],
  ])('behind %s, its first bytes count', async (_, prefix, signature) => {
    const facts = await inspect(Buffer.concat([Buffer.from(prefix, 'latin1'), pdfOf()]));
    expect(facts.signature).toBe(signature);
  });
});

function twice(data: Buffer): Buffer {
  const once = deflated(data);
  const again = typeof once === 'string' ? once : deflated(once.data);
  return typeof again === 'string' ? Buffer.alloc(0) : again.data;
}
