import * as z from 'zod';
import { bucketName, documentPolicy, keyArn, tableName } from './environment-values.env.ts';

/** The environment of `POST /documents/upload-url`: permits to upload into the documents bucket. */
export const uploadUrlIssuerEnvironment = z.object({
  ...documentPolicy,
  DOCUMENTS_BUCKET_NAME: bucketName,
  /** The key that uploads are encrypted under. */
  DOCUMENTS_KEY_ARN: keyArn,
  /** Seconds for which a permit holds. */
  UPLOAD_URL_EXPIRY_SECONDS: z.coerce.number().int().min(1).max(604_800),
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
});

export type UploadUrlIssuerEnvironment = z.infer<typeof uploadUrlIssuerEnvironment>;
