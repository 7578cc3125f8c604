import type { DocumentFacts } from '../../ports/document-inspector.ts';
import type { ExtractedText } from '../../ports/text-extractor.ts';

/** A document with what is true of it, for an adapter that has to be told. */
export interface SampleDocument {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly facts: DocumentFacts;
  readonly text: ExtractedText;
}

const sentence = 'Grüße aus 東京: 4 × 5 = 20 €.';
const latinSentence = 'Grüße aus Köln: 4 × 5 = 20.';

const onePagePdf = pdfOf(['Hello from page one']);

/** Documents that every inspector and every extractor must agree on. */
export const sampleDocuments: readonly SampleDocument[] = [
  plainText('UTF-8', new TextEncoder().encode(sentence), sentence),
  plainText(
    'UTF-8 with a mark',
    joined(mark(0xef, 0xbb, 0xbf), new TextEncoder().encode(sentence)),
    sentence,
  ),
  plainText('UTF-16, little end first', joined(mark(0xff, 0xfe), utf16(sentence, true)), sentence),
  plainText('UTF-16, big end first', joined(mark(0xfe, 0xff), utf16(sentence, false)), sentence),
  plainText(
    'Latin-1',
    Uint8Array.from(latinSentence, char => char.charCodeAt(0)),
    latinSentence,
  ),
  pdfSample('a PDF of one page', ['Hello from page one']),
  pdfSample('a PDF of two pages', ['First page', 'Second page']),
  {
    name: 'a PDF that is cut off',
    bytes: onePagePdf.slice(0, Math.floor(onePagePdf.length / 2)),
    facts: {
      signature: 'application/pdf',
      structure: { state: 'broken', type: 'application/pdf', explanation: 'the file is cut off' },
      features: [],
    },
    text: {
      type: 'application/pdf',
      segments: [],
      unscannable: [{ reason: 'broken', explanation: 'the file is cut off' }],
    },
  },
  {
    name: 'bytes of no meaning',
    bytes: Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 29),
    facts: { structure: { state: 'unrecognised', explanation: 'of no known type' }, features: [] },
    text: { segments: [], unscannable: [{ reason: 'not-text', explanation: 'of no known type' }] },
  },
  {
    name: 'an empty file',
    bytes: new Uint8Array(),
    facts: { structure: { state: 'unrecognised', explanation: 'the file is empty' }, features: [] },
    text: { type: 'text/plain', segments: [], unscannable: [] },
  },
];

function plainText(encoding: string, bytes: Uint8Array, text: string): SampleDocument {
  return {
    name: `plain text in ${encoding}`,
    bytes,
    facts: { structure: { state: 'sound', type: 'text/plain' }, features: [] },
    text: { type: 'text/plain', segments: [{ text }], unscannable: [] },
  };
}

function pdfSample(name: string, pages: readonly string[]): SampleDocument {
  const type = 'application/pdf';
  return {
    name,
    bytes: pdfOf(pages),
    facts: { signature: type, structure: { state: 'sound', type, pages: pages.length }, features: [] },
    text: {
      type,
      segments: pages.map((text, index) => ({ text: `${text}\n`, page: index + 1 })),
      unscannable: [],
    },
  };
}

/** A PDF of one line a page, of as few objects as there can be (ISO 32000-2, annex H.3). */
function pdfOf(pages: readonly string[]): Uint8Array {
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((line, index) => {
      const content = `BT /F1 12 Tf 72 700 Td (${line}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + index * 2} 0 R ` +
          '/Resources << /Font << /F1 3 0 R >> >> >>',
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const rows = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\n`;
  return new TextEncoder().encode(`${file}startxref\n${start}\n%%EOF\n`);
}

function mark(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

function utf16(text: string, littleEndFirst: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index += 1)
    view.setUint16(index * 2, text.charCodeAt(index), littleEndFirst);
  return new Uint8Array(view.buffer);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  return Uint8Array.from([...first, ...second]);
}
