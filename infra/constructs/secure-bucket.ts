import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { DataBucket } from './data-bucket.ts';
import type { GuardedQueue } from './guarded-queue.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface SecureBucketProps {
  /** What the bucket holds, for example `uploads`: part of the name and the prefix of its access logs. */
  readonly purpose: string;
  readonly environmentName: string;
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** Where its server access logs go. */
  readonly accessLogs: IBucket;
  /**
   * Refuse puts that do not name the bucket's own key. A put that says `aws:kms` and no key falls under the AWS-managed
   * key `aws/s3` (S3 API Reference, PutObject, `SSEKMSKeyId`), not under the bucket's default.
   * @default true
   */
  readonly requireOwnKey?: boolean;
  /**
   * Who sees to it that objects are encrypted under the bucket's key: `by-request` refuses puts that do not ask for
   * it; `by-default` takes every put, and S3 encrypts those that ask for nothing. The second is for writers whose
   * requests are not ours to shape.
   * @default 'by-request'
   */
  readonly encryption?: 'by-request' | 'by-default';
  /**
   * Fewer calls to KMS, made in the name of the bucket. Not for writers that the key policy holds to an encryption
   * context of their own.
   * @default true
   */
  readonly bucketKey?: boolean;
  /**
   * Lock each version for as long as objects are kept (Object Lock, governance mode): who may not bypass it cannot
   * delete or replace a version. Once on, it cannot be switched off.
   * @default false
   */
  readonly locked?: boolean;
  /** Age at which objects, and versions no longer current, expire. @default Duration.days(90) */
  readonly expiry?: Duration;
  /** Let objects stay until somebody deletes them; versions no longer current expire. @default false */
  readonly keepsCurrent?: boolean;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A versioned bucket under a customer-managed key, closed to the public and to plain HTTP. Unless it is told
 * otherwise, a put must say `aws:kms` itself, and name the bucket's key: one that relies on the bucket's default is
 * refused.
 */
export class SecureBucket extends DataBucket {
  readonly bucket: Bucket;
  readonly literalArn: string;
  protected readonly literalName: string;
  protected readonly ownKey: CustomerManagedKey;

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    this.ownKey = props.encryptionKey;
    this.literalName = `sallyport-${props.purpose}-${props.environmentName}-${Aws.ACCOUNT_ID}`;
    const expiry = props.expiry ?? Duration.days(90);
    this.literalArn = `arn:${Aws.PARTITION}:s3:::${this.literalName}`;
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: this.literalName,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey.key,
      bucketKeyEnabled: props.bucketKey ?? true,
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `${props.purpose}/`,
      lifecycleRules: [
        {
          id: 'expire',
          ...(props.keepsCurrent === true ? {} : { expiration: expiry }),
          noncurrentVersionExpiration: expiry,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
        // S3 forbids this beside an expiry in days; it clears delete markers that hide nothing any more.
        { id: 'clear-delete-markers', expiredObjectDeleteMarker: true },
      ],
      ...(props.locked === true
        ? { objectLockEnabled: true, objectLockDefaultRetention: ObjectLockRetention.governance(expiry) }
        : {}),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    pinLogicalId(this.bucket, props.logicalId);
    Validations.of(this.bucket).acknowledge({
      id: 'PCI.DSS.321-S3BucketReplicationEnabled',
      reason:
        'Replication is a way of the pipeline here, from uploads and from processed-output. What must outlive a mistake is versioned, may be locked, and is in the backup plan.',
    });
    if ((props.encryption ?? 'by-request') === 'by-request') {
      this.denyOtherEncryption(props.requireOwnKey ?? true);
    }
  }

  /**
   * Sends a message for each object created. The native property, with every name that the queue's side needs made
   * from literals, so that bucket, queue and key can stand in one stack (docs/decisions/0003).
   */
  override notifyQueue(target: GuardedQueue): void {
    const source = {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnEquals: { 'aws:SourceArn': this.literalArn },
    };
    const sender = new PolicyStatement({
      sid: 'NotificationsOfThisBucket',
      actions: ['sqs:SendMessage'],
      resources: [target.queue.queueArn],
      conditions: source,
    });
    sender.addServicePrincipal('s3.amazonaws.com');
    const { policyDependable } = target.queue.addToResourcePolicy(sender);
    target.encryptionKey.allowService({
      sid: 'NotificationsOfThisBucket',
      service: 's3.amazonaws.com',
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      conditions: source,
    });
    const resource = this.bucket.node.defaultChild;
    if (!(resource instanceof CfnBucket) || policyDependable === undefined) {
      throw new Error(`${this.node.path}: notifications need a bucket and a queue of this app.`);
    }
    resource.notificationConfiguration = {
      queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: target.queue.queueArn }],
    };
    // S3 sends a test message when the notification is set: the policies must stand by then.
    resource.node.addDependency(policyDependable, target.encryptionKey.key);
  }

  private denyOtherEncryption(requireOwnKey: boolean): void {
    const denyPut = (sid: string, conditions: Record<string, Record<string, string>>) =>
      this.bucket.addToResourcePolicy(
        new PolicyStatement({
          sid,
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['s3:PutObject'],
          resources: [this.bucket.arnForObjects('*')],
          conditions,
        }),
      );
    // A negated operator matches an absent header too.
    denyPut('DenyPutWithoutKms', { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } });
    const keyHeader = 's3:x-amz-server-side-encryption-aws-kms-key-id';
    denyPut('DenyPutUnderAnotherKey', {
      ...(requireOwnKey ? {} : { Null: { [keyHeader]: 'false' } }),
      StringNotEquals: { [keyHeader]: this.encryptionKey.key.keyArn },
    });
  }
}
