import { Token } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CustomerManagedKey } from './customer-managed-key.ts';
import { DataBucket } from './data-bucket.ts';
import type { GuardedQueue } from './guarded-queue.ts';
import { ObjectCreatedRule } from './object-created-rule.ts';
import { readableTokens } from './readable-tokens.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';

export interface ExistingBucketProps {
  /** Of this app or imported, with its key where it has one; in the stack's account and region, and versioned. */
  readonly existingBucket: IBucket;
  /** What the bucket holds, for example `uploads`: part of the name of the rule that announces its objects. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id that a bucket made here would have; its key's wrapper takes it. */
  readonly logicalId: string;
  /** Whether the bucket sends its events to EventBridge already. @default false */
  readonly eventBridgeEnabled?: boolean;
}

/**
 * A bucket that is somebody else's: its policy, lifecycle and encryption stay as they are. Roles are let in by their own
 * policies, and objects are announced by EventBridge.
 */
export class ExistingBucket extends DataBucket {
  readonly bucket: IBucket;
  readonly literalArn: string;
  protected readonly literalName: string;
  protected readonly ownKey: CustomerManagedKey | undefined;
  private readonly props: ExistingBucketProps;

  /** @throws Error where the bucket stands elsewhere or keeps no versions, as far as synthesis knows. */
  constructor(scope: Construct, id: string, props: ExistingBucketProps) {
    super(scope, id);
    this.props = props;
    const { existingBucket: bucket, environmentName, purpose, logicalId } = props;
    refuseElsewhere(this, 'existingBucket', bucket.bucketArn, bucket);
    this.refuseWithoutVersions(bucket);
    this.bucket = bucket;
    this.literalArn = bucket.bucketArn;
    this.literalName = bucket.bucketName;
    const { encryptionKey: existingKey } = bucket;
    this.ownKey =
      existingKey === undefined
        ? undefined
        : new CustomerManagedKey(this, 'Key', {
            existingKey,
            environmentName,
            purpose,
            logicalId: `${logicalId}Key`,
          });
  }

  override notifyQueue(target: GuardedQueue): void {
    const { purpose, environmentName, eventBridgeEnabled } = this.props;
    new ObjectCreatedRule(this, 'ObjectCreated', {
      bucket: this.bucket,
      target,
      ruleName: `sallyport-${purpose}-objects-${environmentName}`,
      ...(eventBridgeEnabled === undefined ? {} : { eventBridgeEnabled }),
    });
  }

  private refuseWithoutVersions(bucket: IBucket): void {
    const resource = bucket.node.defaultChild;
    if (!(resource instanceof CfnBucket)) return;
    const { versioningConfiguration: versioning } = resource;
    if (versioning !== undefined && (Token.isUnresolved(versioning) || !('status' in versioning))) return;
    if (versioning?.status === 'Enabled') return;
    throw new Error(
      `${this.node.path}: existingBucket ${readableTokens(this, bucket.bucketName)} keeps no versions, and what was judged must be what is read: set versioned: true.`,
    );
  }
}
