import { flag, whole } from './configuration-values.ts';

/** From which figures on people are told, and what they can look at. */
export const observabilityConfiguration = {
  /**
   * Seconds that the invocations of one function may take on average, in two alarm periods in a row, before an alarm. A
   * function with a shorter time-out is held to 80 % of that.
   */
  functionDurationSeconds: whole(1, 900).default(60),
  /**
   * The same of the compliance scanner, which uses half of its time by design: 720 suits an account whose scan takes
   * longer than one invocation.
   */
  scannerDurationSeconds: whole(1, 900).default(60),
  /**
   * Have S3 publish request metrics of the buckets that hold documents and records, and raise alarms on them. CloudWatch
   * bills them as custom metrics.
   */
  bucketRequestMetrics: flag.default(true),
  /** Requests to one bucket that S3 answers with a status of 4xx in a period: more raise the alarm. */
  bucketClientErrorThreshold: whole(0, 1_000_000).default(10),
  /** Requests to one bucket that S3 answers with a status of 5xx in a period: more raise the alarm. */
  bucketServerErrorThreshold: whole(0, 1_000_000).default(1),
  /** Minutes that an upload may wait for the trigger before an alarm; see trailOldestMessageMinutes. */
  intakeOldestMessageMinutes: whole(1, 1440).default(15),
  /** Percent of the uploads announced in a period that are refused for their keys, from which on there is an alarm. */
  refusedUploadsPercent: whole(1, 100).default(50),
  /** Uploads that are announced in a period at least before their share of refused ones counts. */
  refusedUploadsMinimum: whole(1, 1_000_000).default(10),
  /** Documents whose text could not be read in full, in a period, that raise the alarm. */
  indeterminateDocumentThreshold: whole(1, 1_000_000).default(1),
  /** Resources that one compliance scan could not judge that raise the alarm. */
  notJudgedThreshold: whole(1, 1_000_000).default(1),
  /** Make a dashboard of the whole pipeline. */
  createDashboard: flag.default(true),
};
