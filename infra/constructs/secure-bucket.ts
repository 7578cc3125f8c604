import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
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
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A versioned bucket under a customer-managed key, closed to the public and to plain HTTP. Unless it is told
 * otherwise, a put must say `aws:kms` itself, and name the bucket's key: one that relies on the bucket's default is
 * refused.
 */
export class SecureBucket extends Construct {
  readonly bucket: Bucket;
  readonly encryptionKey: CustomerManagedKey;
  /** The bucket's ARN from its name alone, for policies that the bucket itself waits for. */
  readonly literalArn: string;
  private readonly literalName: string;
  private readonly logicalId: string;

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.logicalId = props.logicalId;
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
          expiration: expiry,
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
  notifyQueue(target: GuardedQueue): void {
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

  /** Lets a role look at named versions of objects; with the right to list, an absent key answers 404 instead of 403. */
  grantInspect(grantee: IGrantable & IConstruct): void {
    this.grantObjects(grantee, ['s3:GetObjectVersion'], ['kms:Decrypt']);
    this.grantAbsence(grantee);
  }

  /**
   * Lets a role read objects whose keys begin with the prefix, by version or as they are now; an absent key answers 404
   * as well.
   */
  grantRead(grantee: IGrantable & IConstruct, prefix = ''): void {
    this.grantObjects(grantee, ['s3:GetObject', 's3:GetObjectVersion'], ['kms:Decrypt'], prefix);
    this.grantAbsence(grantee);
  }

  /** Lets a role write objects whose keys begin with the prefix. */
  grantWrite(grantee: IGrantable & IConstruct, prefix = ''): void {
    this.grantObjects(grantee, ['s3:PutObject'], ['kms:GenerateDataKey', 'kms:Decrypt'], prefix);
  }

  /**
   * Lets a role copy versions of this bucket below a prefix of another, or of itself, and see what became of them there.
   * CopyObject takes an object's tags along, and is refused where a tagged object meets a role that may not (S3 API
   * Reference, CopyObject).
   */
  grantCopyTo(grantee: IGrantable & IConstruct, target: SecureBucket, prefix = ''): void {
    this.grantRead(grantee);
    this.grantObjects(grantee, ['s3:GetObjectVersionTagging'], []);
    target.grantWrite(grantee, prefix);
    target.grantObjects(grantee, ['s3:PutObjectTagging'], [], prefix);
    target.grantRead(grantee, prefix);
  }

  /**
   * Allows actions on objects below a prefix, and says to cdk-nag why they are not named one by one; `literal` where the
   * bucket itself waits for the policy.
   */
  allowObjects(
    grantee: IGrantable & IConstruct,
    actions: readonly `s3:${string}`[],
    reason: string,
    { prefix = '', literal = false }: { readonly prefix?: string; readonly literal?: boolean } = {},
  ): void {
    const arn = literal ? this.literalArn : this.arnFor(grantee);
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: [...actions], resources: [`${arn}/${prefix}*`] }),
    );
    const named =
      arn === this.literalArn
        ? arn.replace(Aws.PARTITION, '<AWS::Partition>').replace(Aws.ACCOUNT_ID, '<AWS::AccountId>')
        : `<${this.logicalId}.Arn>`;
    Validations.of(grantee).acknowledge({ id: `AwsSolutions-IAM5[Resource::${named}/${prefix}*]`, reason });
  }

  /** The bucket's name, for a construct of this stack or another. */
  nameFor(user: IConstruct): string {
    return this.isOfStackOf(user) ? this.bucket.bucketName : this.literalName;
  }

  /** The bucket's ARN, for a construct of this stack or another. */
  arnFor(user: IConstruct): string {
    return this.isOfStackOf(user) ? this.bucket.bucketArn : this.literalArn;
  }

  /** Stacks know each other's buckets by name: the key is what one takes from another (docs/decisions/0008). */
  private isOfStackOf(user: IConstruct): boolean {
    return Stack.of(user) === Stack.of(this);
  }

  private grantObjects(
    grantee: IGrantable & IConstruct,
    actions: readonly `s3:${string}`[],
    keyActions: readonly `kms:${string}`[],
    prefix = '',
  ): void {
    this.allowObjects(
      grantee,
      actions,
      'Writers choose the keys of their objects: any object of this one bucket, below this prefix, may be one of them.',
      { prefix },
    );
    if (keyActions.length > 0) this.encryptionKey.grantThrough(grantee, 's3', keyActions);
  }

  /** Without the right to list, S3 answers 403 for a key that is absent (S3 API Reference, HeadObject). */
  private grantAbsence(grantee: IGrantable & IConstruct): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.arnFor(grantee)] }),
    );
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
