import * as z from 'zod';
import { bucketName, keyArn, tableName } from './environment-values.env.ts';

/** The environment of `POST /documents/encrypt`: a document of the documents bucket is copied under the key. */
export const documentEncryptorEnvironment = z.object({
  DOCUMENTS_BUCKET_NAME: bucketName,
  /** The key that the copy is encrypted under. */
  DOCUMENTS_KEY_ARN: keyArn,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
});

export type DocumentEncryptorEnvironment = z.infer<typeof documentEncryptorEnvironment>;
