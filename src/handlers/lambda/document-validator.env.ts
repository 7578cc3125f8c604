import * as z from 'zod';
import { bucketName, documentPolicy, tableName } from './environment-values.env.ts';

/** The environment of `POST /documents/upload`: a document of the documents bucket is validated. */
export const documentValidatorEnvironment = z.object({
  ...documentPolicy,
  DOCUMENTS_BUCKET_NAME: bucketName,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
});

export type DocumentValidatorEnvironment = z.infer<typeof documentValidatorEnvironment>;
