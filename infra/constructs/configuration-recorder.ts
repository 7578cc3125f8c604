import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnConfigurationRecorder, CfnDeliveryChannel } from 'aws-cdk-lib/aws-config';
import { CfnServiceLinkedRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { pinLogicalId } from './pin-logical-id.ts';
import { SecureBucket } from './secure-bucket.ts';

export interface ConfigurationRecorderProps {
  readonly environmentName: string;
  /** Key of the bucket. */
  readonly encryptionKey: CustomerManagedKey;
  /** Where the bucket's server access logs go. */
  readonly accessLogs: IBucket;
  /**
   * Create the service-linked role. Without it, the role must be there already.
   * @default true
   */
  readonly createRole?: boolean;
  /** Hours between two snapshots. @default 24 */
  readonly snapshotHours?: number;
  /** Age at which history and snapshots expire. @default Duration.days(365) */
  readonly expiry?: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

const config = 'config.amazonaws.com';

/** AWS Config's names for them (API Reference, ConfigSnapshotDeliveryProperties). */
const frequencies = new Map([
  [1, 'One_Hour'],
  [3, 'Three_Hours'],
  [6, 'Six_Hours'],
  [12, 'Twelve_Hours'],
  [24, 'TwentyFour_Hours'],
]);

/**
 * AWS Config's recorder, of which an account has one in a region: every change of every resource that Config knows, global
 * ones included, into a bucket. It runs as Config's service-linked role, which reads configurations and no data, and
 * which nobody can widen (Security Hub asks for it: Config.1). That role cannot reach bucket or key, so Config delivers
 * under its own name (AWS Config Developer Guide, "Permissions for the KMS key for the AWS Config delivery channel").
 */
export class ConfigurationRecorder extends Construct {
  readonly bucket: SecureBucket;
  readonly recorder: CfnConfigurationRecorder;
  readonly deliveryChannel: CfnDeliveryChannel;

  constructor(scope: Construct, id: string, props: ConfigurationRecorderProps) {
    super(scope, id);
    const { encryptionKey, environmentName, snapshotHours = 24 } = props;
    const deliveryFrequency = frequencies.get(snapshotHours);
    if (deliveryFrequency === undefined) {
      throw new Error(
        `${this.node.path}: snapshotHours is ${snapshotHours}; AWS Config takes ${[...frequencies.keys()].join(', ')}.`,
      );
    }
    // Never locked: Config does not deliver to a bucket under Object Lock (AWS::Config::DeliveryChannel).
    this.bucket = new SecureBucket(this, 'Bucket', {
      purpose: 'config',
      environmentName,
      logicalId: 'ConfigBucket',
      encryptionKey,
      accessLogs: props.accessLogs,
      encryption: 'by-default',
      expiry: props.expiry ?? Duration.days(365),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.allowDelivery();
    const name = `sallyport-${environmentName}`;
    this.recorder = new CfnConfigurationRecorder(this, 'Recorder', {
      name,
      roleArn: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/${config}/AWSServiceRoleForConfig`,
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
    });
    if (props.createRole ?? true) {
      this.recorder.node.addDependency(new CfnServiceLinkedRole(this, 'Role', { awsServiceName: config }));
    }
    // Neither waits for the other: the channel needs a recorder, and the recorder stands once it has started, for which
    // it needs the channel.
    this.deliveryChannel = new CfnDeliveryChannel(this, 'DeliveryChannel', {
      name,
      s3BucketName: this.bucket.bucket.bucketName,
      s3KmsKeyArn: encryptionKey.key.keyArn,
      configSnapshotDeliveryProperties: { deliveryFrequency },
    });
    pinLogicalId(this.recorder, 'ConfigRecorder');
    pinLogicalId(this.deliveryChannel, 'ConfigDeliveryChannel');
    // Config tries bucket and key when the channel is made.
    this.deliveryChannel.node.addDependency(
      this.bucket.bucket.policy ?? this.bucket.bucket,
      encryptionKey.key,
    );
  }

  /** AWS Config Developer Guide, "Permissions for the Amazon S3 bucket for the AWS Config delivery channel". */
  private allowDelivery(): void {
    const { bucket, encryptionKey } = this.bucket;
    const ofThisAccount = { 'aws:SourceAccount': Aws.ACCOUNT_ID };
    const allow = (sid: string, action: string, resource: string, more: Record<string, string> = {}) =>
      bucket.addToResourcePolicy(
        new PolicyStatement({
          sid,
          principals: [new ServicePrincipal(config)],
          actions: [action],
          resources: [resource],
          conditions: { StringEquals: { ...ofThisAccount, ...more } },
        }),
      );
    allow('ConfigLooksAtTheBucket', 's3:GetBucketAcl', bucket.bucketArn);
    allow('ConfigFindsTheBucket', 's3:ListBucket', bucket.bucketArn);
    allow('ConfigDelivers', 's3:PutObject', bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/Config/*`), {
      's3:x-amz-acl': 'bucket-owner-full-control',
    });
    encryptionKey.allowService({
      sid: 'ConfigDelivers',
      service: config,
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      conditions: { StringEquals: ofThisAccount },
    });
  }
}
