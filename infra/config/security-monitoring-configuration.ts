import * as z from 'zod';
import { flag, list, whole } from './configuration-values.ts';

const oneOf = (choices: readonly number[]) =>
  z.coerce.number().refine(value => choices.includes(value), `must be one of ${choices.join(', ')}`);

/** What of the account is recorded and watched for threats. */
export const securityMonitoringConfiguration = {
  /**
   * Let the trail record data events as well: of the objects in the buckets of documents, records and compliance logs,
   * of the pipeline's tables, and of its functions. CloudTrail bills each event.
   */
  trailDataEvents: flag.default(true),
  /**
   * Lock CloudTrail's logs and digests for as long as they are kept (Object Lock, governance mode). Once on, a bucket's
   * Object Lock cannot be switched off again.
   */
  trailLogObjectLock: flag.default(false),
  /**
   * Create AWS Config's recorder and delivery channel. An account has one of each in a region: where they are there
   * already, their creation fails, and so must this be off in all environments of an account but one. Config bills each
   * change that it records.
   */
  createConfigRecorder: flag.default(true),
  /**
   * Create the service-linked role that the recorder runs as. An account has one for all regions: where it is there
   * already, its creation fails, and this must be off. Without createConfigRecorder it means nothing.
   */
  createConfigRole: flag.default(true),
  /** Hours between two snapshots of all that Config has recorded. */
  configSnapshotHours: oneOf([1, 3, 6, 12, 24]).default(24),
  /** Days after which Config's history and snapshots, their non-current versions and their access logs expire. */
  configExpiryDays: whole(1, 3650).default(365),
  /**
   * Let Config judge the account by managed rules, and tell people what does not comply. It needs a recorder: the one
   * that createConfigRecorder makes, or one that is there already. Config bills each evaluation.
   */
  configRules: flag.default(true),
  /**
   * Create GuardDuty's detector. An account has one in a region: where it is there already, or an organization manages
   * it, its creation fails, and so must this be off in all environments of an account but one. GuardDuty bills what it
   * reads.
   */
  createThreatDetector: flag.default(true),
  /** Minutes until a finding that recurs is published anew; a new one is published within minutes. */
  findingPublishingMinutes: oneOf([15, 60, 360]).default(15),
  /**
   * What GuardDuty reads beside its foundation (CloudTrail, flow logs, DNS), each billed by what it reads. What is not
   * named stays as GuardDuty has it for a new detector.
   */
  threatDetectorFeatures: list(
    z.enum([
      'S3_DATA_EVENTS',
      'LAMBDA_NETWORK_LOGS',
      'EBS_MALWARE_PROTECTION',
      'RDS_LOGIN_EVENTS',
      'EKS_AUDIT_LOGS',
    ]),
  ).default(['S3_DATA_EVENTS']),
};
