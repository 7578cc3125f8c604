import * as z from 'zod';
import { bucketName, positiveInteger, tableName, words } from './environment-values.env.ts';

/** The environment of `POST /documents/scan`: a document of the documents bucket is searched for sensitive data. */
export const documentScannerEnvironment = z.object({
  DOCUMENTS_BUCKET_NAME: bucketName,
  /** Kinds of sensitive data that make a document non-compliant, separated by commas. */
  BLOCKING_KINDS: words,
  /** Bytes that a document has at most. */
  MAXIMUM_DOCUMENT_BYTES: positiveInteger,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
});

export type DocumentScannerEnvironment = z.infer<typeof documentScannerEnvironment>;
