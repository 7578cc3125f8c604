import * as z from 'zod';
import { bucketName, keyArn, positiveInteger, tableName, topicArn } from './environment-values.env.ts';

/** The environment of the ingestor Lambda: announced record files in; rows, reject reports and alerts out. */
export const recordIngestorEnvironment = z.object({
  /** Name of the table of records. */
  RECORDS_TABLE_NAME: tableName,
  /** Bytes that a file has at most, as it is stored, and once inflated. */
  MAXIMUM_RECORD_FILE_BYTES: positiveInteger,
  MAXIMUM_INFLATED_RECORD_BYTES: positiveInteger,
  /** Records that a file has at most: so many keys are remembered to find duplicates. */
  MAXIMUM_RECORDS: positiveInteger,
  /** Where reject reports go: compliance-logs. */
  REJECTS_BUCKET_NAME: bucketName,
  REJECTS_KEY_ARN: keyArn,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
  /** ARN of the topic that announces files with rejects. */
  ALERT_TOPIC_ARN: topicArn,
});

export type RecordIngestorEnvironment = z.infer<typeof recordIngestorEnvironment>;
