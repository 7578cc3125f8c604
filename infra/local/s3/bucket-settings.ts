import type { Encryption } from './bucket.ts';
import type { BucketPolicy } from './bucket-policy.ts';

/** The four switches that keep a bucket, or an account's buckets, from the public. */
export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** What an ACL grants to one of the groups that stand for the public. */
export interface PublicGrant {
  readonly group: 'AllUsers' | 'AuthenticatedUsers';
  readonly permission: 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP' | 'FULL_CONTROL';
}

/** What is set on a bucket, and not on its objects. */
export interface BucketSettings {
  /** As it was put: without a key's name where none was given. */
  encryption: Encryption;
  /** Absent once it was deleted. */
  publicAccessBlock: PublicAccessBlock | undefined;
  policy: BucketPolicy | undefined;
  tags: ReadonlyMap<string, string>;
  readonly publicGrants: readonly PublicGrant[];
}

/**
 * What every new bucket has since April 2023
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html).
 */
export const blockedEntirely: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
