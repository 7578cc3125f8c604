import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { FlowProps } from './flow-props.ts';

export interface ComplianceLogsProps extends Pick<FlowProps, 'configuration' | 'existingKey'> {
  /**
   * Whose logs they are, where each flow keeps its own, for example `records`: part of every name.
   * @default - those of all flows
   */
  readonly writer?: string;
  /**
   * Takes the logs, of this app or imported with its key: versioned, in the stack's account and region. Its policy,
   * lifecycle and locks stay its owner's.
   * @default - a bucket is made
   */
  readonly existingBucket?: IBucket;
}

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
  /** Absent where the bucket was there already. */
  readonly accessLogs: AccessLogBucket | undefined;
  readonly logs: DataBucket;

  constructor(scope: Construct, id: string, props: ComplianceLogsProps = {}) {
    super(scope, id);
    const { writer = '' } = props;
    const prefix = writer === '' ? '' : `${writer}-`;
    const idPrefix = `${writer.slice(0, 1).toUpperCase()}${writer.slice(1)}`;
    const parts = new ConfiguredParts(this, `${prefix}compliance-logs`, props);
    const { configuration } = parts;
    ({ bucket: this.logs, accessLogs: this.accessLogs } = parts.dataBucket('Logs', props, {
      purpose: `${prefix}compliance-logs`,
      logicalId: `${idPrefix}ComplianceLogBucket`,
      keyLogicalId: `${idPrefix}ComplianceLogsKey`,
      accessLogs: {
        purpose: `${prefix}compliance-access-logs`,
        logicalId: `${idPrefix}ComplianceAccessLogBucket`,
      },
      locked: configuration.complianceLogObjectLock,
      expiry: Duration.days(configuration.complianceLogExpiryDays),
    }));
  }

  /** What the logs are encrypted under. @throws Error where an existing bucket was imported without its key. */
  get key(): CustomerManagedKey {
    return this.logs.encryptionKey;
  }
}

/** The compliance logs that a flow was given; or its own, whose names begin with the flow's. */
export function complianceLogsOf(
  scope: Construct,
  flow: string,
  props: Pick<FlowProps, 'configuration' | 'existingKey'> & { readonly complianceLogs?: DataBucket },
): DataBucket {
  const { complianceLogs, configuration, existingKey } = props;
  if (complianceLogs !== undefined) return complianceLogs;
  return new ComplianceLogs(scope, 'ComplianceLogs', { configuration, existingKey, writer: flow }).logs;
}
