import assert from 'node:assert/strict';
import type { ExtractedText, TextExtractor } from '../../ports/text-extractor.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';
import { sampleDocuments } from './sample-documents.ts';

export interface TextExtractorSubject {
  readonly extractor: TextExtractor;
  /** Tells an adapter that reads no bytes what text a document has; one that reads them leaves it out. */
  know?(bytes: Uint8Array, text: ExtractedText): void;
}

/** What every {@link TextExtractor} promises. */
export const textExtractorContract: Contract<TextExtractorSubject> = {
  port: 'TextExtractor',
  cases: [
    ...sampleDocuments.map(({ name, bytes, text }) => ({
      name: `the text of ${name}`,
      async run(subject: TextExtractorSubject) {
        subject.know?.(bytes, text);
        assertSameText(await subject.extractor.extract(bytes), text);
      },
    })),
    {
      name: 'documents read at once keep their own text',
      async run(subject) {
        for (const { bytes, text } of sampleDocuments) subject.know?.(bytes, text);
        const found = await Promise.all(sampleDocuments.map(({ bytes }) => subject.extractor.extract(bytes)));
        for (const [index, { text }] of sampleDocuments.entries()) assertSameText(found[index], text);
      },
    },
    {
      name: 'the bytes stay as they are, in memory that they share with others',
      async run(subject) {
        for (const { bytes, text } of sampleDocuments) {
          const shared = Uint8Array.from([1, ...bytes, 2]);
          const document = shared.subarray(1, shared.length - 1);
          subject.know?.(document, text);
          assertSameText(await subject.extractor.extract(document), text);
          assert.deepEqual([...shared], [1, ...bytes, 2]);
        }
      },
    },
  ],
};

/** Text is split into segments as the adapter likes, but never across pages or parts. */
function assertSameText(found: ExtractedText | undefined, expected: ExtractedText): void {
  assert.ok(found !== undefined);
  assert.equal(found.type, expected.type);
  assertSameJson(
    found.unscannable.map(({ reason }) => reason),
    expected.unscannable.map(({ reason }) => reason),
  );
  for (const { explanation } of found.unscannable) assert.match(explanation, /^[\x20-\x7e]{5,}$/);
  // What is left of a broken document is as it may be.
  if (expected.unscannable.length > 0) return;
  assertSameJson(textByPlace(found), textByPlace(expected));
}

function textByPlace({ segments }: ExtractedText): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { text, page, part } of segments) {
    const place = `${page ?? ''} ${part ?? ''}`;
    texts[place] = (texts[place] ?? '') + text;
  }
  return texts;
}
