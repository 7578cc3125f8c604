import assert from 'node:assert/strict';
import type { DocumentFacts, DocumentInspector } from '../../ports/document-inspector.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';
import { sampleDocuments } from './sample-documents.ts';

export interface DocumentInspectorSubject {
  readonly inspector: DocumentInspector;
  /** Tells an adapter that reads no bytes what is true of a document; one that reads them leaves it out. */
  know?(bytes: Uint8Array, facts: DocumentFacts): void;
}

/** What every {@link DocumentInspector} promises. */
export const documentInspectorContract: Contract<DocumentInspectorSubject> = {
  port: 'DocumentInspector',
  cases: [
    ...sampleDocuments.map(({ name, bytes, facts }) => ({
      name: `the facts of ${name}`,
      async run(subject: DocumentInspectorSubject) {
        subject.know?.(bytes, facts);
        assertSameFacts(await subject.inspector.inspect(bytes), facts);
      },
    })),
    {
      name: 'documents inspected at once keep their own facts',
      async run(subject) {
        for (const { bytes, facts } of sampleDocuments) subject.know?.(bytes, facts);
        const found = await Promise.all(sampleDocuments.map(({ bytes }) => subject.inspector.inspect(bytes)));
        for (const [index, { facts }] of sampleDocuments.entries()) assertSameFacts(found[index], facts);
      },
    },
    {
      name: 'the bytes stay as they are, in memory that they share with others',
      async run(subject) {
        for (const { bytes, facts } of sampleDocuments) {
          const shared = Uint8Array.from([1, ...bytes, 2]);
          const document = shared.subarray(1, shared.length - 1);
          subject.know?.(document, facts);
          assertSameFacts(await subject.inspector.inspect(document), facts);
          assert.deepEqual([...shared], [1, ...bytes, 2]);
        }
      },
    },
    {
      name: 'no explanation quotes the document',
      async run(subject) {
        const secret = '4111111111111111';
        const document = new TextEncoder().encode(`%PDF-1.7 ${secret}\n1 0 obj << /${secret} (${secret}) >>`);
        const found = await subject.inspector.inspect(document);
        assert.ok(!JSON.stringify(found).includes(secret));
      },
    },
  ],
};

/** Explanations are for people: they are there, on one line, in words of the adapter's own. */
function assertSameFacts(found: DocumentFacts | undefined, expected: DocumentFacts): void {
  assert.ok(found !== undefined);
  const { structure } = found;
  if ('explanation' in structure) assert.match(structure.explanation, /^[\x20-\x7e]{5,}$/);
  assertSameJson(withoutWords(found), withoutWords(expected));
}

function withoutWords(facts: DocumentFacts): unknown {
  return { ...facts, structure: { ...facts.structure, explanation: undefined } };
}
