import * as z from 'zod';
import { positiveInteger, tableName, topicArn } from './environment-values.env.ts';

const account = z.string().regex(/^\d{12}$/);

/** Words separated by commas; none where it is empty. */
const anyWords = z.string().transform(text =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== ''),
);

/** The environment of the remediator Lambda: GuardDuty findings in; plans, containments and rollbacks out. */
export const findingRemediatorEnvironment = z.object({
  /** `plan` announces what would be done, `contain` does it. */
  REMEDIATION_MODE: z.enum(['plan', 'contain']),
  /** Findings below it are left alone. */
  MINIMUM_SEVERITY: z.coerce.number().min(1).max(10),
  /** The account that the function runs in; findings of others are only told of. */
  OWN_ACCOUNT: account,
  /** ARN of the function's own role. */
  REMEDIATION_ROLE_ARN: z.string().regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/),
  /** ARNs of principals that keep access to a contained bucket, separated by commas; `*` stands for any run of characters. */
  RESPONDER_ARNS: anyWords,
  /** Names of roles that are never contained; `*` stands for any run of characters. The pipeline's own are among them. */
  PROTECTED_ROLES: anyWords,
  /** `key=value`: what bears the tag is exempt. */
  EXEMPT_TAG: z.string().regex(/^[^=]+=.*$/),
  /** Ids of instances, users, roles, buckets that are exempt, separated by commas. */
  EXEMPT_IDS: anyWords,
  /** Accounts that are exempt, separated by commas. */
  EXEMPT_ACCOUNTS: anyWords.pipe(z.array(account)),
  /** Name of the table of remediations. */
  LEDGER_TABLE_NAME: tableName,
  /** Days for which a remediation, and with it the way back, is kept. */
  REMEDIATION_RETENTION_DAYS: positiveInteger,
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: tableName,
  /** ARN of the topic that announces outcomes. */
  ALERT_TOPIC_ARN: topicArn,
  /** Set by Lambda: alerts name the function as the way back. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_REGION: z.string().optional(),
});

export type FindingRemediatorEnvironment = z.infer<typeof findingRemediatorEnvironment>;
