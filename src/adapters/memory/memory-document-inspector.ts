import type { DocumentFacts, DocumentInspector } from '../../ports/document-inspector.ts';
import { readPlainText } from './read-plain-text.ts';

/**
 * Knows the documents that it is told of. Anything else is plain text where it is UTF-8 without control
 * characters, and unrecognised where it is not.
 */
export class MemoryDocumentInspector implements DocumentInspector {
  readonly #known = new Map<string, DocumentFacts>();

  /** From now on, exactly these bytes have these facts. */
  know(bytes: Uint8Array, facts: DocumentFacts): void {
    this.#known.set(keyOf(bytes), facts);
  }

  async inspect(bytes: Uint8Array): Promise<DocumentFacts> {
    const known = this.#known.get(keyOf(bytes));
    if (known !== undefined) return structuredClone(known);
    if (bytes.length === 0) return unrecognised('the file is empty');
    if (readPlainText(bytes) === undefined)
      return unrecognised('not text, and of no type that is known here');
    return { structure: { state: 'sound', type: 'text/plain' }, features: [] };
  }
}

function unrecognised(explanation: string): DocumentFacts {
  return { structure: { state: 'unrecognised', explanation }, features: [] };
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
