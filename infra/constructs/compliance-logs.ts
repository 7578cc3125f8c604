import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { FlowProps } from './flow-props.ts';
import { SecureBucket } from './secure-bucket.ts';

export type ComplianceLogsProps = Omit<FlowProps, 'network' | 'bundles'>;

/** Where each writer of compliance logs has its place; its role may write there and nowhere else. */
export const complianceLogPrefixes = {
  /** What was judged of each document, by the document processor. */
  verdicts: 'verdicts/',
  /** Records that were not taken, by the record ingestor. */
  recordRejects: 'record-rejects/',
  /** What compliance scans found, and the state that the next one is compared with, by the scanner. */
  compliance: 'compliance/',
} as const;

/** What the pipeline leaves as evidence: verdicts and reports, kept for a year, and locked where that is asked for. */
export class ComplianceLogs extends Construct {
  readonly key: CustomerManagedKey;
  readonly accessLogs: AccessLogBucket;
  readonly logs: SecureBucket;

  constructor(scope: Construct, id: string, props: ComplianceLogsProps) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'compliance-logs', props);
    const { configuration, environmentName, removalPolicy } = parts;
    const expiry = Duration.days(configuration.complianceLogExpiryDays);
    this.key = parts.key('compliance-logs', 'ComplianceLogsKey');
    this.accessLogs = parts.accessLogs('compliance-access-logs', 'ComplianceAccessLogBucket', expiry);
    this.logs = new SecureBucket(this, 'Logs', {
      purpose: 'compliance-logs',
      environmentName,
      logicalId: 'ComplianceLogBucket',
      encryptionKey: this.key,
      accessLogs: this.accessLogs.bucket,
      locked: configuration.complianceLogObjectLock,
      expiry,
      removalPolicy,
    });
  }
}
