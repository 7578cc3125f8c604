import * as z from 'zod';
import { accessConfiguration, accessFaults } from './access-configuration.ts';
import { backupConfiguration } from './backup-configuration.ts';
import { complianceConfiguration } from './compliance-configuration.ts';
import { accountId, flag, list, logRetention, regionName, whole } from './configuration-values.ts';
import { credentialsConfiguration } from './credentials-configuration.ts';
import { findingsConfiguration, findingsFaults } from './findings-configuration.ts';
import { networkConfiguration, networkFaults } from './network-configuration.ts';
import { observabilityConfiguration } from './observability-configuration.ts';
import { securityMonitoringConfiguration } from './security-monitoring-configuration.ts';
import { trailConfiguration, trailFaults } from './trail-configuration.ts';

/** Environments that live side by side in one account; the name is part of every physical name. */
export const environments = ['dev', 'prod'] as const;

export type EnvironmentName = (typeof environments)[number];

/** The media types that the deployed functions can judge. */
const documentTypes = [
  'application/pdf',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'text/plain',
] as const;

/** The kinds of sensitive data that the deployed functions find; a kind misspelt would let everything pass. */
const sensitiveKinds = ['payment-card', 'us-ssn', 'iban', 'aws-access-key'] as const;

/** What the context may say. Values come as text from `-c name=value`, or typed from a program. */
export const contextSchema = z.strictObject({
  /** Which environment to build. */
  env: z.enum(environments).default('dev'),
  /** The account, 12 digits. Without it the template takes the account it is deployed to. */
  account: accountId.optional(),
  /** The region. Without it the template takes the region it is deployed to. */
  region: regionName.optional(),
  /** Addresses that receive every alert; each confirms its subscription. */
  alertEmails: list(z.email()).default([]),
  /**
   * Keep buckets, tables, keys and queues when the stack goes, and protect stack and tables from deletion. By default
   * in prod only. Without it, a bucket that still holds objects keeps the stack from going all the same.
   */
  retainData: flag.optional(),
  /**
   * Refuse uploads that do not name the stack's own key. Without it an upload may leave the key open, and S3 then takes
   * its AWS-managed key `aws/s3`, whose policy is not ours. By default in prod only.
   */
  requireUploadsKey: flag.optional(),
  /** Days for which log groups keep their lines; one of the periods CloudWatch Logs offers. */
  logRetentionDays: logRetention.default(7),
  /** What the functions log: the Powertools logger's level. */
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
  /** Days after which objects, non-current versions and access logs expire. */
  objectExpiryDays: whole(1, 3650).default(90),
  /** Days between the request to delete a key and its end; KMS takes 7 to 30. */
  keyDeletionDays: whole(7, 30).default(10),
  /** Notifications in one invocation of the trigger; more than 10 would need a batching window. */
  intakeBatchSize: whole(1, 10).default(10),
  /** Invocations of the trigger at one time; SQS event sources take 2 to 1000. */
  intakeMaximumConcurrency: whole(2, 1000).default(10),
  /** Receives of one notification before it goes to the dead-letter queue. */
  intakeMaxReceiveCount: whole(1, 1000).default(5),
  /** Days for which the intake queue keeps a notification; the dead-letter queue's 14 must exceed it. */
  intakeRetentionDays: whole(4, 13).default(4),
  /** Seconds the trigger may take for one batch. */
  triggerTimeoutSeconds: whole(1, 900).default(30),
  /** Seconds the writer may take for one upload. */
  writerTimeoutSeconds: whole(1, 900).default(15),
  /** MiB of memory for each function of the intake, and for the one that keeps dead letters. */
  functionMemoryMegabytes: whole(128, 10_240).default(512),
  ...trailConfiguration,
  /** Media types that are let in. */
  allowedDocumentTypes: list(z.enum(documentTypes), 1).default([
    'application/pdf',
    'application/msword',
    'text/plain',
  ]),
  /** Bytes that a document has at most; it is read into the memory of the function that judges it. */
  maximumDocumentBytes: whole(1, 104_857_600).default(10_485_760),
  /** Kinds of sensitive data that keep a document from delivery. */
  blockingKinds: list(z.enum(sensitiveKinds), 1).default(['payment-card', 'us-ssn', 'aws-access-key']),
  /** Deliver documents whose text cannot be read in full. Without it they go to quarantine. */
  releaseIndeterminate: flag.default(false),
  /** Days after which documents in quarantine, and their non-current versions, expire. */
  quarantineExpiryDays: whole(1, 3650).default(365),
  /** Announced documents in one invocation of the processor. */
  processingBatchSize: whole(1, 10).default(2),
  /** Invocations of the processor at one time. */
  processingMaximumConcurrency: whole(2, 1000).default(10),
  /** Receives of one announcement before it goes to the dead-letter queue. */
  processingMaxReceiveCount: whole(1, 1000).default(5),
  /** Days for which the processing queue keeps an announcement; the dead-letter queue's 14 must exceed it. */
  processingRetentionDays: whole(4, 13).default(7),
  /** Seconds the processor may take for one batch. Reading one document may take 20, and it is read twice. */
  documentProcessorTimeoutSeconds: whole(60, 900).default(120),
  /**
   * MiB of memory for the processor, the worker that reads documents included: a document that takes 512 more than the
   * function itself is given up, and the function must live to say so.
   */
  documentProcessorMemoryMegabytes: whole(1024, 10_240).default(1536),
  /** Minutes that a document may wait for the processor before an alarm; see trailOldestMessageMinutes. */
  processingOldestMessageMinutes: whole(1, 1440).default(45),
  /** Documents found invalid in a period that raise the alarm. */
  invalidDocumentThreshold: whole(1, 1_000_000).default(1),
  /** Seconds that a replica may lag behind its source, in two periods of 15 minutes, before an alarm. */
  replicationLatencySeconds: whole(1, 86_400).default(900),
  /** Days after which verdicts and reports, their non-current versions and their access logs expire. */
  complianceLogExpiryDays: whole(1, 3650).default(365),
  /**
   * Lock verdicts and reports for as long as they are kept (Object Lock, governance mode). Once on, a bucket's Object
   * Lock cannot be switched off again.
   */
  complianceLogObjectLock: flag.default(false),
  /** Let callers in by API key alone. A key identifies, it does not authenticate: without it, IAM authorizes as well. */
  documentApiKeyOnly: flag.default(false),
  /** Requests a second that one API key, and each operation, may see. */
  documentApiRateLimit: whole(1, 10_000).default(100),
  /** Requests at once. */
  documentApiBurstLimit: whole(1, 5000).default(50),
  /** Requests of one API key in a day. */
  documentApiDailyQuota: whole(1, 2_147_483_647).default(10_000),
  /** Seconds each function of the document API may take. API Gateway waits for 29, and reading a document may take 8. */
  documentApiTimeoutSeconds: whole(12, 29).default(15),
  /** MiB of memory for the functions of the document API that read documents; see documentProcessorMemoryMegabytes. */
  documentApiReaderMemoryMegabytes: whole(1024, 10_240).default(1536),
  /** Seconds for which a permit to upload holds; it ends sooner where the credentials that sign it do. */
  uploadUrlExpirySeconds: whole(1, 3600).default(900),
  /**
   * Set the role under which API Gateway logs. The account has one for all its APIs in a region: without it, one must
   * stand already.
   */
  createApiGatewayLogRole: flag.default(true),
  /** Bytes that a file of records has at most, as it is stored; S3 takes 5 GiB in one put. */
  maximumRecordFileBytes: whole(1, 5_368_709_120).default(1_073_741_824),
  /** Bytes that it has at most once inflated. */
  maximumInflatedRecordBytes: whole(1, 53_687_091_200).default(2_147_483_648),
  /** Records that a file has at most: so many keys are remembered, in memory, to find duplicates. */
  maximumRecordsPerFile: whole(1, 5_000_000).default(500_000),
  /** Announced files in one invocation of the ingestor; they share its time. */
  recordBatchSize: whole(1, 10).default(1),
  /** Invocations of the ingestor at one time. */
  recordMaximumConcurrency: whole(2, 1000).default(5),
  /** Receives of one announcement before it goes to the dead-letter queue. */
  recordMaxReceiveCount: whole(1, 1000).default(5),
  /** Days for which the records queue keeps an announcement; the dead-letter queue's 14 must exceed it. */
  recordRetentionDays: whole(4, 13).default(7),
  /** Seconds the ingestor may take for one batch. */
  recordIngestorTimeoutSeconds: whole(1, 900).default(900),
  /** MiB of memory for the ingestor. */
  recordIngestorMemoryMegabytes: whole(512, 10_240).default(1024),
  /**
   * Minutes that a file of records may wait for the ingestor before an alarm; see trailOldestMessageMinutes: three
   * receives take 270 minutes at the default time-out.
   */
  recordOldestMessageMinutes: whole(1, 1440).default(300),
  ...networkConfiguration,
  ...accessConfiguration,
  ...credentialsConfiguration,
  ...complianceConfiguration,
  ...findingsConfiguration,
  ...securityMonitoringConfiguration,
  ...observabilityConfiguration,
  ...backupConfiguration,
  /** Minutes over which each alarm sums. */
  alarmPeriodMinutes: whole(1, 60).default(5),
  /** Failed invocations of one function in a period that raise its alarm. */
  functionErrorThreshold: whole(1, 1_000_000).default(1),
  /** Throttled invocations of one function in a period that raise its alarm. */
  functionThrottleThreshold: whole(1, 1_000_000).default(1),
  /** Answers of an API with a status of 500 or above in a period that raise its alarm. */
  serverErrorThreshold: whole(1, 1_000_000).default(1),
  /** Executions that end badly in a period that raise the alarm. */
  failedExecutionThreshold: whole(1, 1_000_000).default(1),
  /** Messages in a dead-letter queue that raise its alarm. */
  deadLetterThreshold: whole(1, 1_000_000).default(1),
});

type Context = z.output<typeof contextSchema>;

/**
 * A message that always fails must be given up before its queue forgets it: what retention takes, no dead-letter queue
 * sees. Between two receives lies the visibility time-out, six times the consumer's own.
 */
function retentionFaults(context: Context): string[] {
  const queues = [
    ['intakeMaxReceiveCount', 'triggerTimeoutSeconds', 'intakeRetentionDays'],
    ['trailMaxReceiveCount', 'trailAnalyzerTimeoutSeconds', 'trailRetentionDays'],
    ['processingMaxReceiveCount', 'documentProcessorTimeoutSeconds', 'processingRetentionDays'],
    ['recordMaxReceiveCount', 'recordIngestorTimeoutSeconds', 'recordRetentionDays'],
    ['findingMaxReceiveCount', 'remediatorTimeoutSeconds', 'findingRetentionDays'],
  ] as const;
  return queues.flatMap(([receives, timeout, retention]) => {
    const days = (context[receives] * 6 * context[timeout]) / 86_400;
    if (days < context[retention]) return [];
    return [
      `${receives}: ${context[receives]} receives, ${6 * context[timeout]} s apart (6 × ${timeout}), take ${days.toFixed(1)} days; ${retention} is ${context[retention]}, and a message would be dropped before it is dead-lettered`,
    ];
  });
}

/** Roles of other accounts trust the scanner by its account, which a template without one cannot name. */
function scanFaults({ account, scanAccounts }: Context): string[] {
  if (account !== undefined || scanAccounts.length === 0) return [];
  return ['scanAccounts: name the account that the scanner runs in too, as account'];
}

/** Every choice a deployment has, each with a default. See the schema for units. */
export interface Configuration
  extends Omit<Context, 'env' | 'retainData' | 'requireUploadsKey' | 'createNetwork' | 'backupPlan'> {
  readonly environment: EnvironmentName;
  readonly retainData: boolean;
  readonly requireUploadsKey: boolean;
  readonly createNetwork: boolean;
  readonly backupPlan: boolean;
}

/** The context does not describe a deployment; `faults` holds one line each. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map(fault => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}

/**
 * The configuration whose choices are given, and whose others are the defaults.
 *
 * @throws ConfigurationError naming all faults at once.
 */
export function completeConfiguration(choices: Partial<Configuration> = {}): Configuration {
  const { environment, ...rest } = choices;
  const context = { ...rest, env: environment };
  return readConfiguration(
    Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)),
  );
}

/** Context that belongs to CDK itself: feature flags, look-ups and bundling switches carry `:` or `@`. */
const belongsToCdk = (name: string) => /[:@]/.test(name) || name === 'acknowledged-issue-numbers';

/**
 * Reads the configuration from CDK context (`-c env=prod -c alertEmails=a@example.com,b@example.com`).
 *
 * @throws ConfigurationError naming all faults at once, unknown names included.
 */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const own = Object.fromEntries(Object.entries(context).filter(([name]) => !belongsToCdk(name)));
  const parsed = contextSchema.safeParse(own);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map(issue =>
        issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
      ),
    );
  }
  const faults = [
    ...retentionFaults(parsed.data),
    ...scanFaults(parsed.data),
    ...accessFaults(parsed.data),
    ...networkFaults(parsed.data),
    ...findingsFaults(parsed.data),
    ...trailFaults(parsed.data),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults);
  const { env, ...rest } = parsed.data;
  const isProduction = env === 'prod';
  const {
    retainData = isProduction,
    requireUploadsKey = isProduction,
    createNetwork = isProduction,
    backupPlan = isProduction,
  } = rest;
  return { ...rest, environment: env, retainData, requireUploadsKey, createNetwork, backupPlan };
}
