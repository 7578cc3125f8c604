import * as z from 'zod';
import { bucketName, documentPolicy, flag, keyArn, tableName, topicArn } from './environment-values.env.ts';
import { sensitivePolicy } from './sensitive-policy.env.ts';

/** The environment of the processor Lambda: replicated uploads in; delivered or quarantined documents out. */
export const documentProcessorEnvironment = z.object({
  ...documentPolicy,
  ...sensitivePolicy,
  /** Whether a document whose text cannot be read in full is delivered. */
  RELEASE_INDETERMINATE: flag,
  /** Where clean documents go, and the key they are encrypted under. */
  PROCESSED_BUCKET_NAME: bucketName,
  PROCESSED_KEY_ARN: keyArn,
  /** Where all others go. */
  QUARANTINE_BUCKET_NAME: bucketName,
  QUARANTINE_KEY_ARN: keyArn,
  /** Where verdicts go: compliance-logs. */
  VERDICTS_BUCKET_NAME: bucketName,
  VERDICTS_KEY_ARN: keyArn,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
  /** ARN of the topic that announces what was not delivered. */
  ALERT_TOPIC_ARN: topicArn,
});

export type DocumentProcessorEnvironment = z.infer<typeof documentProcessorEnvironment>;
