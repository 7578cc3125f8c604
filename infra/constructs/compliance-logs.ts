import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import { CustomerManagedKey } from './customer-managed-key.ts';
import { SecureBucket } from './secure-bucket.ts';

export interface ComplianceLogsProps {
  readonly configuration: Configuration;
}

/** Where each writer of compliance logs has its place; its role may write there and nowhere else. */
export const complianceLogPrefixes = {
  /** What was judged of each document, by the document processor. */
  verdicts: 'verdicts/',
  /** Records that were not taken, by the record ingestor. */
  recordRejects: 'record-rejects/',
} as const;

/** What the pipeline leaves as evidence: verdicts and reports, kept for a year, and locked where that is asked for. */
export class ComplianceLogs extends Construct {
  readonly key: CustomerManagedKey;
  readonly accessLogs: AccessLogBucket;
  readonly logs: SecureBucket;

  constructor(scope: Construct, id: string, props: ComplianceLogsProps) {
    super(scope, id);
    const { configuration } = props;
    const environmentName = configuration.environment;
    const removalPolicy = configuration.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const expiry = Duration.days(configuration.complianceLogExpiryDays);
    this.key = new CustomerManagedKey(this, 'ComplianceLogsKey', {
      purpose: 'compliance-logs',
      environmentName,
      logicalId: 'ComplianceLogsKey',
      removalPolicy,
      pendingWindow: Duration.days(configuration.keyDeletionDays),
    });
    this.accessLogs = new AccessLogBucket(this, 'AccessLogs', {
      purpose: 'compliance-access-logs',
      environmentName,
      logicalId: 'ComplianceAccessLogBucket',
      expiry,
      removalPolicy,
    });
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
