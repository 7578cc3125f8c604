import * as z from 'zod';
import { accountId, flag, list, regionName, whole } from './configuration-values.ts';

/** How an account is scanned for compliance. */
export const complianceConfiguration = {
  /** Hours from the begin of one scan to that of the next; a scan that takes longer is given up. */
  complianceScanHours: whole(1, 144).default(24),
  /**
   * Hours that a scan may be overdue before an alarm. CloudWatch looks back 7 days at most: with complianceScanHours
   * that makes 168.
   */
  complianceScanGraceHours: whole(1, 24).default(6),
  /**
   * Accounts that are scanned, 12 digits each; by default the one that the scanner runs in, and that one alone. With
   * others, `account` says which one it runs in, and each of them needs the role of the stack ComplianceReaderStack. The
   * scanner's policy has room for 90.
   */
  scanAccounts: list(accountId, 0, 90).default([]),
  /** Regions that are scanned; by default the one that the scanner runs in. */
  scanRegions: list(regionName).default([]),
  /** Name of the role that the scanner assumes in other accounts. Two environments that scan one account take two names. */
  scanRoleName: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of a role')
    .default('sallyport-compliance-reader'),
  /** Resources that are looked at, at one time. */
  scanConcurrency: whole(1, 200).default(20),
  /** Import results into AWS Security Hub, which must be switched on in each account, in the scanner's region. */
  securityHub: flag.default(false),
  /** What is enough: `default`, or the path of a policy file. */
  compliancePolicy: z.string().min(1).default('default'),
  /** Seconds the scanner may take for one segment of a scan. */
  scannerTimeoutSeconds: whole(60, 900).default(900),
  /** MiB of memory for the scanner. */
  scannerMemoryMegabytes: whole(512, 10_240).default(1024),
};
