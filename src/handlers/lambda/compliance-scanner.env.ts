import * as z from 'zod';
import {
  bucketName,
  flag,
  keyArn,
  positiveInteger,
  tableName,
  topicArn,
  words,
} from './environment-values.env.ts';

/** The environment of the scanner Lambda: where a scan has come to in, where it has come to out. */
export const complianceScannerEnvironment = z.object({
  /** Accounts that are looked at, 12 digits each, separated by commas. */
  SCAN_ACCOUNTS: words.pipe(z.array(z.string().regex(/^\d{12}$/))),
  /** The account that the function runs in: no role is assumed there. */
  OWN_ACCOUNT: z.string().regex(/^\d{12}$/),
  /** The region that the function runs in; Lambda sets it. */
  AWS_REGION: z.string().min(1),
  /** Regions that are looked at, separated by commas. */
  SCAN_REGIONS: words,
  /** Name of the role that is assumed in every other account. */
  SCAN_ROLE_NAME: z.string().min(1),
  /** What is enough: `default`, or a policy file in the function's folder, `./policy.json`. */
  COMPLIANCE_POLICY: z.string().min(1),
  /** Resources that are looked at, at one time. */
  SCAN_CONCURRENCY: positiveInteger,
  /** Whether results are imported into Security Hub. */
  SECURITY_HUB: flag,
  /** Where results, reports and the state that the next scan is compared with go: compliance-logs. */
  RESULTS_BUCKET_NAME: bucketName,
  RESULTS_KEY_ARN: keyArn,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
  /** ARN of the topic that announces changes. */
  ALERT_TOPIC_ARN: topicArn,
});

export type ComplianceScannerEnvironment = z.infer<typeof complianceScannerEnvironment>;
