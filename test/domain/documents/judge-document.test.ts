import { describe, expect, test } from '@jest/globals';
import {
  assertDocumentPolicy,
  DocumentPolicyError,
  defaultDocumentPolicy,
} from '../../../src/domain/documents/document-policy.ts';
import { extensionOf } from '../../../src/domain/documents/document-types.ts';
import {
  type DeclaredDocument,
  judgeDeclaration,
  judgeDocument,
} from '../../../src/domain/documents/judge-document.ts';
import type { DocumentFacts, DocumentFeatureName } from '../../../src/ports/document-inspector.ts';

const openXml = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const withOpenXml = {
  ...defaultDocumentPolicy,
  allowedTypes: [...defaultDocumentPolicy.allowedTypes, openXml],
};
const pdf: DeclaredDocument = { key: 'in/offer.pdf', contentType: 'application/pdf', size: 900 };
const doc: DeclaredDocument = { key: 'offer.doc', contentType: 'application/msword', size: 900 };
const docx: DeclaredDocument = { key: 'offer.docx', contentType: openXml, size: 900 };
const txt: DeclaredDocument = { key: 'notes.txt', contentType: 'text/plain', size: 900 };
const sound = (type: string, signature?: string): DocumentFacts => ({
  ...(signature === undefined ? {} : { signature }),
  structure: { state: 'sound', type },
  features: [],
});
const soundPdf = sound('application/pdf', 'application/pdf');
const plain = sound('text/plain');
const codes = (document: DeclaredDocument, facts: DocumentFacts, policy = defaultDocumentPolicy) =>
  judgeDocument(document, facts, policy).reasons.map(({ code }) => code);

describe('a document passes', () => {
  test.each([
    ['a PDF', pdf, soundPdf],
    ['a binary Word file', doc, sound('application/msword', 'application/x-cfb')],
    ['plain text', txt, plain],
    ['plain text that names its charset', { ...txt, contentType: 'Text/Plain; charset=utf-8' }, plain],
    ['an extension in capitals', { ...pdf, key: 'OFFER.PDF' }, soundPdf],
    ['exactly the largest size', { ...pdf, size: defaultDocumentPolicy.maximumBytes }, soundPdf],
  ])('%s', (_, document, facts) => expect(codes(document, facts)).toEqual([]));

  test('Open XML, where the policy allows it, told by its type or as an archive', () => {
    for (const signature of [openXml, 'application/zip']) {
      expect(codes(docx, sound(openXml, signature), withOpenXml)).toEqual([]);
      expect(codes(docx, sound(openXml, signature))).toEqual(['type-not-allowed']);
    }
  });
});

describe('a document does not pass', () => {
  test.each<[string, DeclaredDocument, DocumentFacts, string[]]>([
    [
      'text named as a PDF',
      { ...pdf, key: 'invalid.pdf' },
      plain,
      ['signature-mismatch', 'structure-mismatch'],
    ],
    [
      'a PDF declared as text',
      { ...txt, key: 'a.pdf' },
      soundPdf,
      ['extension-mismatch', 'signature-mismatch', 'structure-mismatch'],
    ],
    ['a PDF named as text', { ...pdf, key: 'a.txt' }, soundPdf, ['extension-mismatch']],
    ['without an extension', { ...pdf, key: 'in.d/offer' }, soundPdf, ['extension-mismatch']],
    ['with a name that is all extension', { ...pdf, key: 'in/.pdf' }, soundPdf, ['extension-mismatch']],
    ['without a declared type', { key: 'a.pdf', size: 9 }, soundPdf, ['type-not-allowed']],
    ['declared as bytes', { ...pdf, contentType: 'binary/octet-stream' }, soundPdf, ['type-not-allowed']],
    [
      'declared as an image',
      { key: 'a.png', contentType: 'image/png', size: 9 },
      { signature: 'image/png', structure: { state: 'unrecognised', explanation: 'an image' }, features: [] },
      ['type-not-allowed', 'structure-mismatch'],
    ],
    [
      'empty',
      { ...pdf, size: 0 },
      { structure: { state: 'unrecognised', explanation: 'empty' }, features: [] },
      ['empty'],
    ],
    ['too large', { ...pdf, size: defaultDocumentPolicy.maximumBytes + 1 }, soundPdf, ['too-large']],
    [
      'a broken PDF',
      pdf,
      {
        signature: 'application/pdf',
        structure: { state: 'broken', type: 'application/pdf', explanation: 'no page opens' },
        features: [],
      },
      ['broken'],
    ],
    [
      'a broken PDF named as text',
      txt,
      {
        signature: 'application/pdf',
        structure: { state: 'broken', type: 'application/pdf', explanation: 'no page opens' },
        features: [],
      },
      ['signature-mismatch', 'broken', 'structure-mismatch'],
    ],
    [
      'a bomb',
      pdf,
      {
        signature: 'application/pdf',
        structure: { state: 'over-budget', budget: 'inflated-bytes', explanation: 'more than 100 MB' },
        features: [],
      },
      ['over-budget'],
    ],
    [
      'all at once',
      { key: 'a.exe', contentType: 'application/x-msdownload', size: 99_000_000 },
      {
        signature: 'application/x-msdownload',
        structure: { state: 'unrecognised', explanation: 'a program' },
        features: [],
      },
      ['too-large', 'type-not-allowed', 'structure-mismatch'],
    ],
  ])('%s', (_, document, facts, expected) => expect(codes(document, facts)).toEqual(expected));

  test.each<[DocumentFeatureName, string]>([
    ['encryption', 'encrypted'],
    ['macros', 'macros'],
    ['script', 'script'],
    ['embedded-executable', 'embedded-executable'],
    ['external-template', 'external-template'],
  ])('with %s', (name, code) => {
    const facts = { ...soundPdf, features: [{ name, count: 2, where: 'object 7' }] };
    expect(judgeDocument(pdf, facts, defaultDocumentPolicy)).toEqual({
      reasons: [{ code, explanation: expect.stringContaining('(2, first at object 7)') }],
      notes: [],
    });
  });

  test('named as the PDF that it is not, it is said to be none', () => {
    const { reasons } = judgeDocument({ ...pdf, key: 'invalid.pdf' }, plain, defaultDocumentPolicy);
    expect(reasons.map(({ explanation }) => explanation)).toEqual([
      'not a valid PDF: the first bytes are of no known type',
      'not a valid PDF: its structure is that of text/plain',
    ]);
  });
});

test.each<DocumentFeatureName>(['hyperlink', 'embedded-file'])('%s is noted', name => {
  const facts = { ...soundPdf, features: [{ name, count: 1 }] };
  expect(judgeDocument(pdf, facts, defaultDocumentPolicy)).toMatchObject({
    reasons: [],
    notes: [{ code: name }],
  });
});

test('what an explanation takes from outside is printable', () => {
  const hostile = { key: 'a.x\u202Ey', contentType: 'text/\u0007bell', size: 1 };
  for (const { explanation } of judgeDeclaration(hostile, defaultDocumentPolicy)) {
    expect(explanation).toMatch(/^[\x20-\x7e]+$/);
  }
});

test.each([
  ['a.pdf', 'pdf'],
  ['a.tar.GZ', 'gz'],
  ['in.d/a', undefined],
  ['.profile', undefined],
  ['in/.profile', undefined],
  ['a.', undefined],
])('the extension of %s is %s', (key, extension) => expect(extensionOf(key)).toBe(extension));

test('a policy that allows what cannot be judged is refused', () => {
  expect(() => assertDocumentPolicy({ allowedTypes: ['image/png'], maximumBytes: 1 })).toThrow(
    DocumentPolicyError,
  );
  expect(() => assertDocumentPolicy(withOpenXml)).not.toThrow();
});
