import * as z from 'zod';
import { bucketName, positiveInteger, tableName } from './environment-values.env.ts';
import { sensitivePolicy } from './sensitive-policy.env.ts';

/** The environment of `POST /documents/scan`: a document of the documents bucket is searched for sensitive data. */
export const documentScannerEnvironment = z.object({
  DOCUMENTS_BUCKET_NAME: bucketName,
  ...sensitivePolicy,
  /** Bytes that a document has at most. */
  MAXIMUM_DOCUMENT_BYTES: positiveInteger,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
});

export type DocumentScannerEnvironment = z.infer<typeof documentScannerEnvironment>;
