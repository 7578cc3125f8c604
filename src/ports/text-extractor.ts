import type { ReadingBudget } from './document-inspector.ts';

/**
 * A run of text of a document. Segments follow each other in reading order; the extracted text is their
 * concatenation, and every offset into it counts UTF-16 units from its start.
 */
export interface TextSegment {
  readonly text: string;
  /** Page, from 1, where the format has pages. */
  readonly page?: number;
  /** Part of the document, for example `header` or `comments`, where it is not the body. */
  readonly part?: string;
}

/** A part of a document, or the whole of it, whose text could not be read. */
export interface UnscannablePart {
  readonly reason: 'encrypted' | 'broken' | 'image-only' | 'over-budget' | 'not-text' | 'unsupported';
  readonly budget?: ReadingBudget;
  readonly page?: number;
  readonly part?: string;
  /** One sentence, printable, without content. */
  readonly explanation: string;
}

/** The text of a document; whole only where `unscannable` is empty. */
export interface ExtractedText {
  /** Media type as which it was read; absent where it is of no known type. */
  readonly type?: string;
  readonly segments: readonly TextSegment[];
  readonly unscannable: readonly UnscannablePart[];
}

/** Reads the text of documents: PDF, Word (binary and Open XML), plain text in UTF-8, UTF-16 or Latin-1. */
export interface TextExtractor {
  /**
   * The text of one document, told by its bytes alone. What cannot be read (encrypted, broken, an image,
   * over a bound of time, memory, pages or characters) is named in `unscannable`, never passed over.
   * Only the machinery's own failure is an error: `PortError` (`retryable`).
   */
  extract(bytes: Uint8Array): Promise<ExtractedText>;
}
