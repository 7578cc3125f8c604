import * as z from 'zod';

/** Names and ARNs as they stand in the environments of functions. */
export const tableName = z.string().min(3);
export const bucketName = z.string().min(3).max(63);
export const topicArn = z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/);
export const keyArn = z.string().regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/);

/** Words separated by commas, at least one. */
export const words = z
  .string()
  .transform(text => text.split(',').map(word => word.trim()))
  .pipe(z.array(z.string().min(1)).min(1));

/** `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform(text => text === 'true');

export const positiveInteger = z.coerce.number().int().min(1);

/** What a document must be to pass: shared by all functions that judge documents. */
export const documentPolicy = {
  /** Media types that are let in, separated by commas. */
  ALLOWED_DOCUMENT_TYPES: words,
  /** Bytes that a document has at most. */
  MAXIMUM_DOCUMENT_BYTES: positiveInteger,
} as const;
