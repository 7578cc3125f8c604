import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { pinLogicalId } from './pin-logical-id.ts';

export interface AccessLogBucketProps {
  /** Part of the name. @default 'access-logs' */
  readonly purpose?: string;
  readonly environmentName: string;
  /** @default 'AccessLogBucket' */
  readonly logicalId?: string;
  /** Age at which a log object expires. @default Duration.days(90) */
  readonly expiry?: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Takes the server access logs of the other buckets. Under SSE-S3, because log delivery cannot write to a bucket
 * whose key does not name it; let in by bucket policy, one statement for each bucket that logs here.
 */
export class AccessLogBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id);
    const expiry = props.expiry ?? Duration.days(90);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: `sallyport-${props.purpose ?? 'access-logs'}-${props.environmentName}-${Aws.ACCOUNT_ID}`,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          id: 'expire',
          expiration: expiry,
          noncurrentVersionExpiration: expiry,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
        { id: 'clear-delete-markers', expiredObjectDeleteMarker: true },
      ],
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    pinLogicalId(this.bucket, props.logicalId ?? 'AccessLogBucket');
    Validations.of(this.bucket).acknowledge(
      {
        id: 'AwsSolutions-S1',
        reason: 'This bucket is where access logs go; logging it into itself would log every log forever.',
      },
      {
        id: 'PCI.DSS.321-S3BucketLoggingEnabled',
        reason: 'This bucket is where access logs go; logging it into itself would log every log forever.',
      },
      {
        id: 'PCI.DSS.321-S3DefaultEncryptionKMS',
        reason:
          'Server access logs are delivered under SSE-S3 (S3 User Guide, "Enabling Amazon S3 server access logging"); object keys and addresses are what they hold.',
      },
      {
        id: 'PCI.DSS.321-S3BucketReplicationEnabled',
        reason: 'Access logs are a second account beside CloudTrail, whose log files are the evidence.',
      },
    );
  }
}
