import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DataBucket } from './data-bucket.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface AccountTrailProps {
  readonly environmentName: string;
  /** Takes the logs; encrypts by default, and without a bucket key. */
  readonly logs: DataBucket;
  /**
   * Create the trail. Without it, bucket and key let in every trail of this account, so that one that is there already
   * can be pointed here.
   * @default true
   */
  readonly createTrail?: boolean;
  /**
   * What stands before `AWSLogs/` in the keys, without a slash at either end: of the trail that is created, and of others.
   * @default - nothing
   */
  readonly prefix?: string;
  /**
   * What the trail records.
   * @default - management events, and no data events
   */
  readonly eventSelectors?: readonly CfnTrail.AdvancedEventSelectorProperty[];
}

const cloudTrail = 'cloudtrail.amazonaws.com';

/**
 * CloudTrail's way into the log bucket and, unless there is one, the trail: of all regions, with digests, encrypted
 * under the bucket's key. Policies name trails by ARNs made from literals: the trail itself waits for them.
 */
export class AccountTrail extends Construct {
  /** Absent where none is created. */
  readonly trail: CfnTrail | undefined;
  private readonly logs: DataBucket;

  constructor(scope: Construct, id: string, props: AccountTrailProps) {
    super(scope, id);
    this.logs = props.logs;
    const { createTrail = true, prefix = '' } = props;
    const trailName = `sallyport-${props.environmentName}`;
    // A trail that is there already may have its home in another region.
    const source = createTrail ? this.trailArn(Aws.REGION, trailName) : this.trailArn('*', '*');
    const comesFromTrail = { [createTrail ? 'StringEquals' : 'StringLike']: { 'aws:SourceArn': source } };
    this.allowKey(comesFromTrail);
    this.allowBucket(comesFromTrail, prefix);
    if (!createTrail) return;
    this.trail = new CfnTrail(this, 'Trail', {
      trailName,
      s3BucketName: this.logs.bucket.bucketName,
      ...(prefix === '' ? {} : { s3KeyPrefix: prefix }),
      kmsKeyId: this.logs.encryptionKey.key.keyArn,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      ...(props.eventSelectors === undefined ? {} : { advancedEventSelectors: [...props.eventSelectors] }),
    });
    pinLogicalId(this.trail, 'Trail');
    Validations.of(this.trail).acknowledge({
      id: 'PCI.DSS.321-CloudTrailCloudWatchLogsEnabled',
      reason:
        'What the rule asks for, alerts on what the trail records, comes from its log files: the analyzer reads each within minutes, and keeps what it could not read. A second copy of them would cost more and show no more.',
    });
    // CloudTrail tries bucket and key when the trail is made.
    this.trail.node.addDependency(this.logs.bucket.policy ?? this.logs.bucket, this.logs.encryptionKey.key);
  }

  private trailArn(region: string, name: string): string {
    return Stack.of(this).formatArn({
      service: 'cloudtrail',
      region,
      resource: 'trail',
      resourceName: name,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail". */
  private allowKey(comesFromTrail: Readonly<Record<string, Record<string, string>>>): void {
    const context = { 'kms:EncryptionContext:aws:cloudtrail:arn': this.trailArn('*', '*') };
    const { encryptionKey } = this.logs;
    encryptionKey.allowService({
      sid: 'TrailEncryptsItsLogs',
      service: cloudTrail,
      actions: ['kms:GenerateDataKey*'],
      conditions: { ...comesFromTrail, StringLike: { ...comesFromTrail['StringLike'], ...context } },
    });
    encryptionKey.allowService({
      sid: 'TrailDescribesItsKey',
      service: cloudTrail,
      actions: ['kms:DescribeKey'],
      conditions: comesFromTrail,
    });
  }

  /** CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail". */
  private allowBucket(
    comesFromTrail: Readonly<Record<string, Record<string, string>>>,
    prefix: string,
  ): void {
    const { bucket } = this.logs;
    const principals = [new ServicePrincipal(cloudTrail)];
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailLooksAtTheBucket',
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [bucket.bucketArn],
        conditions: comesFromTrail,
      }),
    );
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailDeliversItsLogs',
        principals,
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`${prefix === '' ? '' : `${prefix}/`}AWSLogs/${Aws.ACCOUNT_ID}/*`)],
        conditions: {
          ...comesFromTrail,
          StringEquals: {
            ...comesFromTrail['StringEquals'],
            's3:x-amz-acl': 'bucket-owner-full-control',
          },
        },
      }),
    );
  }
}
