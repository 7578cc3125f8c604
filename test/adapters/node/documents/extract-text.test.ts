import { describe, expect, test } from '@jest/globals';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { extractText } from '../../../../src/adapters/node/documents/extract-text.ts';
import { defaultReadingBounds } from '../../../../src/adapters/node/documents/reading-bounds.ts';
import type { ExtractedText } from '../../../../src/ports/text-extractor.ts';
import { binaryWordOf, oleOf } from '../fixtures/binary-word.ts';
import { type OpenXmlOptions, openXmlOf, paragraph, wordPart } from '../fixtures/open-xml.ts';
import { deflated, objectStream, type PdfOptions, pdfOf } from '../fixtures/pdf.ts';

const extract = (bytes: Uint8Array, bounds = {}) =>
  extractText(bytes, { ...defaultReadingBounds, ...bounds });
const textOf = ({ segments }: ExtractedText, part?: string) =>
  segments
    .filter(segment => segment.part === part)
    .map(({ text }) => text)
    .join('');
const reasonsOf = ({ unscannable }: ExtractedText) => unscannable.map(({ reason }) => reason);
const picture =
  '/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray';

const descendant =
  '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) ' +
  '/Supplement 0 >> /DW 500 /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>';
const unmappedFont = `<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [${descendant}] >>`;
const longText = 'a line that is long enough to be more than the caption of a picture';
const pictureBeside = (text: string) =>
  pdfOf({
    content: deflated(`BT /F1 9 Tf 9 9 Td (${text}) Tj ET q 9 0 0 9 0 0 cm /X Do Q`),
    objects: [deflated('abcd', picture)],
  });

describe('extractText from a PDF', () => {
  test('joins runs that stand together, and keeps apart what stands apart', async () => {
    const content = 'BT /F1 12 Tf 72 700 Td (41) Tj (11 ) Tj [(22) 0 (33)] TJ 0 -20 Td (next) Tj ET';
    const text = await extract(pdfOf({ content: { dictionary: '', data: Buffer.from(content) } }));
    expect(text).toEqual({
      type: 'application/pdf',
      segments: [{ text: '4111 2233\nnext\n', page: 1 }],
      unscannable: [],
    });
  });

  test('reads fields, properties, outline and notes, each once', async () => {
    const document = await PDFDocument.create();
    const page = document.addPage();
    page.drawText('body', { font: await document.embedFont(StandardFonts.Helvetica) });
    const field = document.getForm().createTextField('name of the field');
    field.setText('typed in');
    field.addToPage(page);
    document.setSubject('the subject');
    const text = await extract(await document.save());
    const all = text.segments.map(segment => segment.text).join('');
    expect(text.unscannable).toEqual([]);
    expect(textOf(text)).toBe('body\n');
    expect(textOf(text, 'annotations')).toBe('typed in\n');
    expect(textOf(text, 'properties')).toContain('the subject');
    expect(all.split('typed in')).toHaveLength(2);
    const note = '/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (a note) >>]';
    expect(textOf(await extract(pdfOf({ page: note })), 'annotations')).toBe('a note\n');
  });

  const stamped = (content: string, kind = 'Stamp', flags = 4) =>
    pdfOf({
      page: `/Annots [<< /Type /Annot /Subtype /${kind} /F ${flags} /Rect [9 9 99 99] /L [1 2 3 4] /QuadPoints [1 2 3 4 5 6 7 8] /InkList [[1 2]] /Vertices [1 2 3 4] /AP << /N 6 0 R >> >>]`,
      objects: [
        deflated(
          content,
          '/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /Font << /F1 4 0 R /F2 7 0 R >> >>',
        ),
        ...(content.includes('/F2') ? [unmappedFont] : []),
      ],
    });

  test.each<[string, string, number]>([
    ['Stamp', 'BT /F1 9 Tf 5 5 Td (41) Tj (11) Tj ET', 4],
    ['Watermark', 'BT /F1 9 Tf [(41) -40 (11)] TJ ET', 4],
    ['Square', 'BT /F1 9 Tf 1 0 0 1 5 5 Tm (41) Tj 1 0 0 1 15 5 Tm (11) Tj ET', 4],
    ['Line', 'BT /F1 9 Tf 0 1 -1 0 5 5 Tm (4111) Tj ET', 4],
    ['Ink', 'BT /F1 9 Tf (4111) Tj ET', 4],
    ['Highlight', 'BT /F1 9 Tf (4111) Tj ET', 4],
    ['Redact', 'BT /F1 9 Tf (4111) Tj ET', 4],
    ['Polygon', 'BT /F1 9 Tf (4111) Tj ET', 4],
    ['Caret', 'BT /F1 9 Tf (4111) Tj ET', 2],
  ])('reads what an annotation of kind %s draws', async (kind, content, flags) => {
    const text = await extract(stamped(content, kind, flags));
    expect(text.unscannable).toEqual([]);
    expect(textOf(text)).toBe('Hello from page one\n');
    expect(textOf(text, 'annotations')).toBe('4111\n');
  });

  test('parts what an annotation draws in words and lines', async () => {
    const content = 'BT /F1 9 Tf (a) Tj 20 0 Td (b) Tj 0 -9 Td (c) Tj T* (d) Tj ET';
    expect(textOf(await extract(stamped(content)), 'annotations')).toBe('a b\nc\nd\n');
  });

  test('names what an annotation draws in glyphs without characters', async () => {
    const text = await extract(stamped('BT /F2 12 Tf <00140015001600170018> Tj ET'));
    const named = expect.objectContaining({ reason: 'unsupported', page: 1, part: 'annotations' });
    expect(text.unscannable).toContainEqual(named);
  });

  test('reads text that is painted invisibly', async () => {
    const data = Buffer.from('BT /F1 12 Tf 3 Tr 72 700 Td (hidden) Tj ET');
    expect(textOf(await extract(pdfOf({ content: { dictionary: '', data } })))).toBe('hidden\n');
  });

  test.each<[string, string, Buffer, string[]]>([
    ['that is blank', '', pdfOf({ content: deflated('') }), []],
    ['that only clips', '', pdfOf({ content: deflated('0 0 9 9 re W n') }), []],
    [
      'of a picture',
      '',
      pdfOf({ content: deflated('q 9 0 0 9 0 0 cm /X Do Q'), objects: [deflated('abcd', picture)] }),
      ['image-only'],
    ],
    ['of lines', '', pdfOf({ content: deflated('0 0 m 9 9 l S') }), ['image-only']],
    ['of text and a picture', longText, pictureBeside(longText), []],
    ['of a picture and its number', 'page 1\n', pictureBeside('page 1'), ['image-only']],
    [
      'with a damaged content',
      'Hello',
      pdfOf({ objects: [{ dictionary: '/Filter /FlateDecode', data: Buffer.from('x\x9c') }] }),
      ['broken'],
    ],
  ])('names a page %s for what it is', async (_, start, bytes, reasons) => {
    const text = await extract(bytes);
    expect(reasonsOf(text)).toEqual(reasons);
    expect(textOf(text).startsWith(start)).toBe(true);
  });

  test('names glyphs without characters', async () => {
    const data = Buffer.from('BT /F2 12 Tf 72 700 Td <00140015001600170018> Tj ET');
    const bytes = pdfOf({ content: { dictionary: '', data }, objects: [unmappedFont] });
    const { unscannable } = await extract(bytes);
    expect(unscannable).toMatchObject([
      { reason: 'unsupported', page: 1 },
      { reason: 'unsupported', part: 'fonts' },
    ]);
  });

  test.each<[string, string[], string]>([
    ['codes of glyphs', ['<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H >>'], 'fonts'],
    [
      'names that are numbers',
      [
        '<< /Type /Font /Subtype /Type1 /BaseFont /X /Encoding 7 0 R >>',
        '<< /Type /Encoding /Differences [65 /g101 /g102] >>',
      ],
      'fonts',
    ],
    [
      'characters',
      ['<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 4 0 R >>'],
      '',
    ],
    [
      'names of characters',
      ['<< /Type /Font /Subtype /Type1 /BaseFont /X /Encoding << /Differences [65 /one /two] >> >>'],
      '',
    ],
  ])('asks whether a font tells %s', async (_, objects, part) => {
    const { unscannable } = await extract(pdfOf({ objects }));
    expect(unscannable.map(one => one.part).join()).toBe(part);
  });

  const xmp = (content: string) => ({
    catalog: '/Metadata 6 0 R',
    objects: [
      {
        dictionary: '/Type /Metadata /Subtype /XML',
        data: Buffer.from(
          `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${content}</rdf:RDF></x:xmpmeta>`,
        ),
      },
    ],
  });

  test.each<[string, string, PdfOptions]>([
    [
      'properties',
      '4111\n',
      xmp('<rdf:Description xmlns:pdf="http://ns.adobe.com/pdf/1.3/" pdf:Keywords="4111"/>'),
    ],
    [
      'properties',
      '4111\n',
      xmp(
        '<rdf:Description><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">4111</dc:title></rdf:Description>',
      ),
    ],
    ['alternatives', '4111\n', { objects: ['<< /S /Figure /Alt (41\\0611) >>'] }],
    [
      'alternatives',
      '4111\n',
      { objects: [objectStream({ 9: '<< /ActualText <FEFF0034003100310031> >>' })] },
    ],
    [
      'alternatives',
      '4111\n',
      { content: deflated('/Span << /ActualText (4111) >> BDC BT /F1 9 Tf (x) Tj ET EMC') },
    ],
  ])('reads %s (%#)', async (part, read, options) => {
    const text = await extract(pdfOf(options));
    expect(textOf(text, part)).toContain(read);
    expect(text.unscannable).toEqual([]);
  });

  test.each<[string, string, Buffer[], string[]]>([
    ['before its header', '4111\n', [Buffer.from('4111\n'), pdfOf()], []],
    ['after its end', '4111\n', [pdfOf(), Buffer.from('4111\n')], []],
    [
      'between two ends',
      '4111\n',
      [pdfOf(), Buffer.from(`4111\nstartxref\n${pdfOf().indexOf('xref')}\n%%EOF\n`)],
      [],
    ],
    ['after its end in no letters', '', [pdfOf(), Buffer.from([0, 1, 2, 3])], ['unsupported']],
    ['that is padding', '', [pdfOf(), Buffer.alloc(9)], []],
  ])('reads what stands %s', async (_, read, pieces, reasons) => {
    const text = await extract(Buffer.concat(pieces));
    expect(textOf(text, 'outside')).toBe(read);
    expect(reasonsOf(text)).toEqual(reasons);
  });

  test('names files that are attached to something else than the document', async () => {
    const objects = [
      '<< /Type /Filespec /F (a.txt) /EF << /F 7 0 R >> >>',
      deflated('x', '/Type /EmbeddedFile'),
    ];
    const page = '/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 6 0 R >>]';
    for (const options of [{ page }, { page: '/AF [6 0 R]' }]) {
      const { unscannable } = await extract(pdfOf({ ...options, objects }));
      expect(unscannable).toMatchObject([{ reason: 'unsupported', part: 'attachments' }]);
    }
  });

  test.each([
    ['a content that no page names', '/Contents', '/Xontents'],
    ['a content that is not there', '/Contents 5', '/Contents 9'],
    ['a font that does not load', '/Font << /F1 4', '/Fxnt << /F1 4'],
  ])('does not take a page for blank because of %s', async (_, good, bad) => {
    const bytes = Buffer.from(pdfOf().toString('latin1').replace(good, bad), 'latin1');
    const { segments, unscannable } = await extract(bytes);
    expect(segments.length + unscannable.length).toBeGreaterThan(0);
  });

  test('reads what a page draws beyond its edges', async () => {
    const content = 'BT /F1 9 Tf 9 9 Td (here) Tj -900 -900 Td (41) Tj (11) Tj ET';
    const text = await extract(pdfOf({ content: deflated(content) }));
    expect(textOf(text)).toBe('here\n');
    expect(textOf(text, 'drawn')).toContain('4111');
  });

  test('names pages to which the tree of pages does not lead', async () => {
    const text = await extract(pdfOf({ objects: ['<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>'] }));
    expect(text.unscannable).toMatchObject([{ reason: 'unsupported', part: 'pages' }]);
  });

  test.each([
    ['digits that are set wide', 'BT /F1 9 Tf 4 Tc 9 9 Td (4111111111111111) Tj ET', '4111111111111111\n'],
    [
      'texts painted over each other',
      'BT /F1 9 Tf 9 9 Td (4111) Tj ET BT /F1 9 Tf 9 9 Td (222) Tj ET',
      '4111\n222\n',
    ],
  ])('reads %s', async (_, content, read) => {
    expect(textOf(await extract(pdfOf({ content: deflated(content) })))).toBe(read);
  });

  test('names attached files, and reads their names', async () => {
    const document = await PDFDocument.create();
    document.addPage();
    await document.attach(Buffer.from('x'), 'list.txt');
    const text = await extract(await document.save());
    expect(text.unscannable).toMatchObject([{ reason: 'unsupported', part: 'attachment 1' }]);
    expect(textOf(text, 'attachments')).toContain('list.txt');
  });

  test('keeps what it read of a damaged file, and says that it may not be all', async () => {
    const whole = pdfOf();
    const text = await extract(whole.subarray(0, whole.lastIndexOf('startxref')));
    expect(textOf(text)).toBe('Hello from page one\n');
    expect(reasonsOf(text)).toEqual(['broken']);
  });

  test('stops at the bound of pages', async () => {
    expect((await extract(pdfOf(), { pages: 0 })).unscannable).toMatchObject([
      { reason: 'over-budget', budget: 'pages' },
    ]);
  });
});

describe('extractText from Open XML', () => {
  const textBox = (text: string) => `<w:txbxContent>${paragraph(text)}</w:txbxContent>`;

  test.each<[string, string, string, string]>([
    ['runs of one paragraph', paragraph('41', '11'), '4111\n', ''],
    ['paragraphs', paragraph('a') + paragraph('b'), 'a\nb\n', ''],
    [
      'tabs and breaks',
      '<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>',
      'a\tb\nc\n',
      '',
    ],
    [
      'hyphens',
      '<w:p><w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t><w:softHyphen/><w:t>3</w:t></w:r></w:p>',
      '1-23\n',
      '',
    ],
    ['symbols', '<w:p><w:r><w:sym w:font="Symbol" w:char="F034"/><w:t>2</w:t></w:r></w:p>', '42\n', ''],
    [
      'cells',
      `<w:tbl><w:tr><w:tc>${paragraph('a')}</w:tc><w:tc>${paragraph('b')}</w:tc></w:tr></w:tbl>`,
      'a\n\tb\n\t\n',
      '',
    ],
    ['hidden text', '<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r></w:p>', 'a\n', ''],
    [
      'deleted text',
      '<w:p><w:r><w:t>1</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:r><w:t>2</w:t></w:r></w:p>',
      '12\n',
      '9\n',
    ],
    [
      'fields',
      '<w:p><w:r><w:t>1</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>2</w:t></w:r></w:p>',
      '12\n',
      'PAGE\n',
    ],
    [
      'a text box',
      `<w:p><w:r><w:t>1</w:t></w:r><w:r>${textBox('box')}</w:r><w:r><w:t>2</w:t></w:r></w:p>`,
      '12\n',
      'box\n',
    ],
    [
      'one text box in two vocabularies',
      `<w:p><mc:AlternateContent>${textBox('box')}${textBox('box')}</mc:AlternateContent></w:p>`,
      '',
      'box\n',
    ],
    [
      'the description of a picture',
      '<w:p><wp:docPr descr="a cat"/><wp:posOffset>123456</wp:posOffset></w:p>',
      '',
      'a cat\n',
    ],
  ])('reads %s', async (_, body, text, asides) => {
    const extracted = await extract(await openXmlOf({ body }));
    expect(extracted.unscannable).toEqual([]);
    expect(textOf(extracted)).toBe(text);
    expect(textOf(extracted, 'asides')).toBe(asides);
  });

  test('reads every part that holds text, and the targets of links', async () => {
    const extracted = await extract(
      await openXmlOf({
        arrows: [{ kind: 'hyperlink', target: 'https://example.com/4111', external: true }],
        parts: {
          'word/header1.xml': wordPart('hdr', paragraph('in the header')),
          'word/comments.xml': wordPart('comments', `<w:comment>${paragraph('in a comment')}</w:comment>`),
          'docProps/core.xml': '<core><title>in the title</title></core>',
          'word/charts/chart1.xml': '<c:chart xmlns:c="c"><c:v>12</c:v><c:v>34</c:v></c:chart>',
        },
      }),
    );
    expect(extracted.unscannable).toEqual([]);
    const places = ['header', 'comments', 'core', 'chart', 'links'];
    expect(places.map(place => textOf(extracted, place))).toEqual([
      'in the header\n',
      'in a comment\n',
      'in the title\n',
      '12\n34\n',
      'https://example.com/4111\n',
    ]);
  });

  test('names what it does not read', async () => {
    const parts = { 'word/embeddings/a.bin': 'x', 'word/media/image1.png': 'x' };
    const body = paragraph(longText);
    expect(reasonsOf(await extract(await openXmlOf({ body, parts })))).toEqual(['unsupported']);
  });

  test.each<[string, OpenXmlOptions]>([
    ['and nothing else', {}],
    ['with an author', { parts: { 'docProps/core.xml': `<core><creator>${longText}</creator></core>` } }],
    ['with a description', { body: `<w:p><wp:docPr descr="${longText}"/></w:p>` }],
    ['with a footer', { parts: { 'word/footer1.xml': wordPart('ftr', paragraph(longText)) } }],
    ['with a caption', { body: paragraph('Scan 1') }],
  ])('names a document of a picture %s', async (_, { body = '<w:p/>', parts }) => {
    const document = await openXmlOf({ body, parts: { ...parts, 'word/media/image1.png': 'x' } });
    expect(reasonsOf(await extract(document))).toEqual(['image-only']);
  });

  test('reads beside a picture, and in a text box, what is text', async () => {
    const parts = { 'word/media/image1.png': 'x' };
    for (const body of [paragraph(longText), `<w:p>${textBox(longText)}</w:p>`])
      expect(reasonsOf(await extract(await openXmlOf({ body, parts })))).toEqual([]);
  });

  test.each([
    ['aFChunk', 'a.png'],
    ['oleObject', 'printerSettings1.bin'],
    ['package', 'a.ttf'],
  ])('names what an arrow %s leads to, though it is called %s', async (kind, target) => {
    const document = await openXmlOf({ arrows: [{ kind, target }], parts: { [`word/${target}`]: '<html>' } });
    expect(reasonsOf(await extract(document))).toEqual(['unsupported']);
  });

  test.each(['word/styles.xml', 'word/theme/theme1.xml', 'word/_rels/a.rels'])(
    'reads the text of a header that is called %s',
    async name => {
      const document = await openXmlOf({ parts: { [name]: wordPart('hdr', paragraph('4111')) } });
      expect((await extract(document)).segments.map(({ text }) => text)).toContain('4111\n');
    },
  );

  test('reads values of lists, variables and form fields', async () => {
    const body = '<w:p><w:lvlText w:val="41"/><w:docVar w:val="42"/><w:default w:val="43"/></w:p>';
    expect(textOf(await extract(await openXmlOf({ body })), 'asides')).toBe('41\n42\n43\n');
  });
});

describe('extractText from an OLE container', () => {
  test.each([true, false])('reads the text of Word (as UTF-16: %s)', async wide => {
    const body = 'caf\xe9 41\x1e11\x1f2\r\x13 HYPERLINK "x" \x14shown\x15\ra\x07b\x07\r';
    const text = await extract(binaryWordOf({ body, headers: 'header\r', wide }));
    expect(text.unscannable).toEqual([]);
    expect(text.type).toBe('application/msword');
    expect(textOf(text)).toBe('café 41-112\nshown\na\tb\t\n');
    expect(textOf(text, 'headers')).toBe('header\n');
    expect(textOf(text, 'fields')).toContain('HYPERLINK "x"');
  });

  test.each<[string, Buffer, string[]]>([
    ['encrypted', binaryWordOf({ encrypted: true }), ['encrypted']],
    ['around encrypted Open XML', oleOf({ EncryptedPackage: Buffer.from('x') }), ['encrypted']],
    ['of an old Word', binaryWordOf({ version: 0x65 }), ['unsupported']],
    ['of something else', oleOf({ Workbook: Buffer.from('x') }), ['unsupported']],
    ['with an object', binaryWordOf({ streams: { 'ObjectPool/_1/a': Buffer.from('x') } }), ['unsupported']],
    ['of pictures', binaryWordOf({ body: '\x01\r', streams: { Data: Buffer.from('x') } }), ['image-only']],
    [
      'of pictures with a header',
      binaryWordOf({ body: '\x01\r', headers: longText, streams: { Data: Buffer.from('x') } }),
      ['image-only'],
    ],
    [
      'of pictures and text',
      binaryWordOf({ body: `${longText}\r`, streams: { Data: Buffer.from('x') } }),
      [],
    ],
  ])('%s, it says what is not read', async (_, bytes, reasons) => {
    expect(reasonsOf(await extract(bytes))).toEqual(reasons);
  });
});

describe('extractText from text', () => {
  test.each<[string, Buffer, string | undefined, string, string[]]>([
    ['Windows-1252', Buffer.from('5 \x80', 'latin1'), 'text/plain', '5 €', []],
    ['UTF-16 without a mark', Buffer.from('abc 123', 'utf16le'), 'text/plain', 'abc 123', []],
    ['the letters of a signature', Buffer.from('BM is a bitmap'), 'text/plain', 'BM is a bitmap', []],
    ['HTML', Buffer.from('<!-- a --> <html>&#52;'), 'text/html', '<!-- a --> <html>&#52;', ['unsupported']],
    ['RTF', Buffer.from('{\\rtf1 a}'), 'application/rtf', '{\\rtf1 a}', ['unsupported']],
    [
      'PostScript',
      Buffer.from('%!PS-Adobe-3.0\n'),
      'application/postscript',
      '%!PS-Adobe-3.0\n',
      ['unsupported'],
    ],
    ['EBCDIC', Buffer.from('c3c1d9c440f4f1f1f1', 'hex'), undefined, '', ['not-text']],
    ['a control character', Buffer.from('a\x01'), undefined, '', ['not-text']],
    ['half a surrogate', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), undefined, '', ['not-text']],
  ])('%s', async (_, bytes, type, read, reasons) => {
    const text = await extract(bytes);
    expect(text.type).toBe(type);
    expect(textOf(text)).toBe(read);
    expect(reasonsOf(text)).toEqual(reasons);
  });

  test.each([
    '<p>41<b>11</b></p>',
    '\ufeff \n<!-- a --><div>4111</div>',
    '<table><tr><td>4111</td></tr></table>',
    '<meta charset=utf8>4111',
    '<span>4111</span>',
    '<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">4111</html>',
    '<?xml version="1.0"?><html>4111</html>',
  ])('%j is HTML, of which the markup may hide digits', async text => {
    const extracted = await extract(Buffer.from(text));
    expect(extracted.type).toBe('text/html');
    expect(textOf(extracted)).toContain(text.replace('\ufeff', ''));
    expect(reasonsOf(extracted)).toEqual(['unsupported']);
  });

  test.each<[string, string, string[]]>([
    ['<p>41<b>11</b> &#52;</p>', '4111 &#52;\n', ['unsupported']],
    ['<p><b>41</b><i>11</i></p><p>22</p>', '4111\n', ['unsupported']],
    ['<?xml version="1.0"?><a><n>41</n><n>11</n></a>', '', []],
    ['<?xml version="1.0"?><a>\n <n>41</n>\n <n>11</n>\n</a>', '', []],
    ['<?xml version="1.0"?><a>41<b>11</b></a>', '4111\n', ['unsupported']],
    ['<?xml version="1.0"?><a>41<!-- x -->11</a>', '4111\n', ['unsupported']],
    ['<?xml version="1.0"?><a>41<![CDATA[11]]></a>', '4111\n', ['unsupported']],
    ['<?xml version="1.0"?><a><![CDATA[4111]]></a>', '', []],
    ['<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a>&e;</a>', '', ['unsupported']],
    ['<?xml version="1.0"?><?mso-application progid="Word.Document"?><a/>', '', ['unsupported']],
    ['a note with 41<b>11</b> in it', 'a note with 4111 in it\n', []],
    ['1 < 2 and 3 > 2', '', []],
  ])('of %j it reads what markup cuts in two', async (text, joined, reasons) => {
    const extracted = await extract(Buffer.from(text));
    expect(textOf(extracted, 'markup')).toBe(joined);
    expect(reasonsOf(extracted)).toEqual(reasons);
  });
});
