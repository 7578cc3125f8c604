import { documentTypeOf, documentTypes } from './document-types.ts';

/** What a document must be to pass. */
export interface DocumentPolicy {
  /** Media types that are let in; each one of {@link documentTypes}. */
  readonly allowedTypes: readonly string[];
  /** Bytes that a document has at most. */
  readonly maximumBytes: number;
}

/** PDF, Word (binary) and plain text up to 10 MB (10 × 1024 × 1024 bytes). Open XML is one entry away. */
export const defaultDocumentPolicy: DocumentPolicy = {
  allowedTypes: ['application/pdf', 'application/msword', 'text/plain'],
  maximumBytes: 10 * 1024 * 1024,
};

/** A policy allows what cannot be judged. */
export class DocumentPolicyError extends Error {
  constructor(mediaType: string) {
    const known = documentTypes.map(type => type.mediaType).join(', ');
    super(`${JSON.stringify(mediaType)} cannot be judged and so not be allowed: known are ${known}`);
    this.name = 'DocumentPolicyError';
  }
}

/** @throws {DocumentPolicyError} where a type of the policy is none that can be judged. */
export function assertDocumentPolicy({ allowedTypes }: DocumentPolicy): void {
  const unknown = allowedTypes.find(mediaType => documentTypeOf(mediaType) === undefined);
  if (unknown !== undefined) throw new DocumentPolicyError(unknown);
}
