import { Stack, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import type { GuardedQueue } from './guarded-queue.ts';
import { principalConstruct } from './principal-construct.ts';
import { readableTokens } from './readable-tokens.ts';

/** A bucket that a flow reads or writes: made by the flow (`SecureBucket`), or there already (`ExistingBucket`). */
export abstract class DataBucket extends Construct {
  abstract readonly bucket: IBucket;
  /** The bucket's ARN from its name alone, for policies that the bucket itself waits for. */
  abstract readonly literalArn: string;
  protected abstract readonly literalName: string;
  protected abstract readonly ownKey: CustomerManagedKey | undefined;

  /** Sends a message for each object created. */
  abstract notifyQueue(target: GuardedQueue): void;

  /**
   * What objects are encrypted under.
   *
   * @throws Error where an existing bucket has no key, or was imported without it.
   */
  get encryptionKey(): CustomerManagedKey {
    if (this.ownKey !== undefined) return this.ownKey;
    throw new Error(
      `${this.node.path}: the existing bucket ${readableTokens(this, this.bucket.bucketArn)} names no key: give it an encryptionKey, or import it with Bucket.fromBucketAttributes({ bucketArn, encryptionKey }).`,
    );
  }

  /** Lets a role look at named versions of objects; with the right to list, an absent key answers 404 instead of 403. */
  grantInspect(grantee: IGrantable): Grant {
    return this.grantObjects(grantee, ['s3:GetObjectVersion'], ['kms:Decrypt']).combine(
      this.grantAbsence(grantee),
    );
  }

  /**
   * Lets a role read objects whose keys begin with the prefix, by version or as they are now; an absent key answers 404
   * as well.
   */
  grantRead(grantee: IGrantable, prefix = ''): Grant {
    return this.grantObjects(
      grantee,
      ['s3:GetObject', 's3:GetObjectVersion'],
      ['kms:Decrypt'],
      prefix,
    ).combine(this.grantAbsence(grantee));
  }

  /** Lets a role write objects whose keys begin with the prefix. */
  grantWrite(grantee: IGrantable, prefix = ''): Grant {
    return this.grantObjects(grantee, ['s3:PutObject'], ['kms:GenerateDataKey', 'kms:Decrypt'], prefix);
  }

  /**
   * Lets a role from outside the flow put objects: in parts as well, as clients do with large files, and take back what it
   * has begun. Parts stay until their upload is completed or aborted (S3 User Guide, "Multipart upload API and permissions").
   */
  grantUpload(grantee: IGrantable): Grant {
    return this.grantWrite(grantee).combine(
      this.grantObjects(grantee, ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], []),
    );
  }

  /**
   * Lets a role copy versions of this bucket below a prefix of another, or of itself, and see what became of them there.
   * CopyObject takes an object's tags along, and is refused where a tagged object meets a role that may not (S3 API
   * Reference, CopyObject).
   */
  grantCopyTo(grantee: IGrantable, target: DataBucket, prefix = ''): Grant {
    return this.grantRead(grantee)
      .combine(this.grantObjects(grantee, ['s3:GetObjectVersionTagging'], []))
      .combine(target.grantWrite(grantee, prefix))
      .combine(target.grantObjects(grantee, ['s3:PutObjectTagging'], [], prefix))
      .combine(target.grantRead(grantee, prefix));
  }

  /**
   * Allows actions on objects below a prefix, and says to cdk-nag why they are not named one by one; `literal` where the
   * bucket itself waits for the policy.
   */
  allowObjects(
    grantee: IGrantable,
    actions: readonly `s3:${string}`[],
    reason: string,
    { prefix = '', literal = false }: { readonly prefix?: string; readonly literal?: boolean } = {},
  ): Grant {
    const user = principalConstruct(grantee);
    const objects = `${literal ? this.literalArn : this.arnFor(user)}/${prefix}*`;
    if (user !== undefined) {
      const named = readableTokens(this, objects);
      Validations.of(user).acknowledge({ id: `AwsSolutions-IAM5[Resource::${named}]`, reason });
    }
    return grantToPrincipal(this, { grantee, actions, resourceArns: [objects] });
  }

  /** The bucket's name, for a construct of this stack or another. */
  nameFor(user: IConstruct): string {
    return this.isOfStackOf(user) ? this.bucket.bucketName : this.literalName;
  }

  /** The bucket's ARN, for a construct of this stack or another; for none, as for one of this stack. */
  arnFor(user: IConstruct | undefined): string {
    return user === undefined || this.isOfStackOf(user) ? this.bucket.bucketArn : this.literalArn;
  }

  /** Stacks know each other's buckets by name: the key is what one takes from another (docs/decisions/0008). */
  private isOfStackOf(user: IConstruct): boolean {
    return Stack.of(user) === Stack.of(this);
  }

  private grantObjects(
    grantee: IGrantable,
    actions: readonly `s3:${string}`[],
    keyActions: readonly `kms:${string}`[],
    prefix = '',
  ): Grant {
    const objects = this.allowObjects(
      grantee,
      actions,
      'Writers choose the keys of their objects: any object of this one bucket, below this prefix, may be one of them.',
      { prefix },
    );
    if (this.ownKey === undefined || keyActions.length === 0) return objects;
    return objects.combine(this.ownKey.grantThrough(grantee, 's3', keyActions));
  }

  /** Without the right to list, S3 answers 403 for a key that is absent (S3 API Reference, HeadObject). */
  private grantAbsence(grantee: IGrantable): Grant {
    return grantToPrincipal(this, {
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.arnFor(principalConstruct(grantee))],
    });
  }
}
