import * as z from 'zod';
import { bucketName, positiveInteger, tableName, topicArn, words } from './environment-values.env.ts';

/** The environment of the verifier Lambda: the digests and logs of the last hours in; alerts on what is not valid out. */
export const trailVerifierEnvironment = z.object({
  /** Name of the bucket that CloudTrail delivers to. */
  TRAIL_LOG_BUCKET_NAME: bucketName,
  /** What stands before `AWSLogs/` in the keys, without a slash at its end; absent or empty: nothing. */
  TRAIL_LOG_PREFIX: z
    .string()
    .regex(/^(?:[^/]+(?:\/[^/]+)*)?$/)
    .max(200)
    .default(''),
  /** How many hours before a run are verified; runs at longer intervals would leave hours out. */
  VERIFIED_HOURS: positiveInteger.max(24 * 31),
  /** Only these accounts, 12 digits each, separated by commas; without it, all that have logs or digests. */
  VERIFIED_ACCOUNTS: words.pipe(z.array(z.string().regex(/^\d{12}$/))).optional(),
  /** Only these regions, separated by commas; without it, all that have logs or digests. */
  VERIFIED_REGIONS: words.optional(),
  /** Files that are read at one time. */
  VERIFY_CONCURRENCY: positiveInteger.max(100).default(8),
  /** Name of the audit table, where each run is noted. */
  AUDIT_TABLE_NAME: tableName,
  /** ARN of the topic that announces what is not valid. */
  ALERT_TOPIC_ARN: topicArn,
});

export type TrailVerifierEnvironment = z.infer<typeof trailVerifierEnvironment>;
