import { Duration } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { DataBucket } from './data-bucket.ts';
import { pipelineResources } from './pipeline-resources.ts';

/** Key of the rules file that people put. */
const rulesKey = 'rules.json';

/** Where the analyzer keeps the last file that it has found good. */
const acceptedPrefix = 'accepted/';

export interface TrailRulesBucketProps {
  readonly parts: ConfiguredParts;
  /** Takes its access logs. @default - a bucket of its own is made for them */
  readonly accessLogs: AccessLogBucket | undefined;
}

/** The bucket from which rules are read while the analyzer runs. Versioned: the file before is one restore away. */
export class TrailRulesBucket {
  readonly bucket: DataBucket;

  constructor({ parts, accessLogs }: TrailRulesBucketProps) {
    this.bucket = parts.dataBucket(
      'Rules',
      {},
      {
        purpose: pipelineResources.rulesBucket,
        logicalId: 'TrailRulesBucket',
        keyLogicalId: 'TrailRulesKey',
        accessLogs: accessLogs ?? { purpose: 'trail-access-logs', logicalId: 'TrailAccessLogBucket' },
        // People put files by hand: S3 encrypts them under the bucket's key.
        encryption: 'by-default',
        keepsCurrent: true,
        expiry: Duration.days(parts.configuration.trailLogExpiryDays),
      },
    ).bucket;
  }

  /** `s3://<bucket>/<key>` of the rules file. */
  get objectUrl(): string {
    return `s3://${this.bucket.bucket.bucketName}/${rulesKey}`;
  }

  /** Lets a role read the rules, and keep those that it has found good; it cannot change what people put. */
  grantUse(grantee: IGrantable): Grant {
    return this.bucket.grantRead(grantee).combine(this.bucket.grantWrite(grantee, acceptedPrefix));
  }

  /** Lets a role of people put rules. */
  grantPutRules(grantee: IGrantable): Grant {
    return this.bucket.grantRead(grantee).combine(this.bucket.grantWrite(grantee, rulesKey));
  }
}
