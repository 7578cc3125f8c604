import type { ExtractedText, TextExtractor } from '../../ports/text-extractor.ts';
import { readPlainText } from './read-plain-text.ts';

/**
 * Knows the documents that it is told of. Anything else is read as plain text where it is UTF-8 without control
 * characters, and unscannable where it is not.
 */
export class MemoryTextExtractor implements TextExtractor {
  readonly #known = new Map<string, ExtractedText>();

  /** From now on, exactly these bytes have this text. */
  know(bytes: Uint8Array, text: ExtractedText): void {
    this.#known.set(keyOf(bytes), text);
  }

  async extract(bytes: Uint8Array): Promise<ExtractedText> {
    const known = this.#known.get(keyOf(bytes));
    if (known !== undefined) return structuredClone(known);
    const text = readPlainText(bytes);
    if (text === undefined) {
      const explanation = 'the file is not text, and of no type that is known here';
      return { segments: [], unscannable: [{ reason: 'not-text', explanation }] };
    }
    return { type: 'text/plain', segments: text === '' ? [] : [{ text }], unscannable: [] };
  }
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
