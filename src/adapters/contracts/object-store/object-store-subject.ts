import type { ObjectRef, ObjectStore, ObjectTarget } from '../../../ports/object-store.ts';
import type { ContractCase } from '../contract.ts';

/** A store under test, with two empty or shared buckets. */
export interface ObjectStoreSubject {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly otherBucket: string;
  /** A bucket name that is valid, and free. */
  readonly absentBucket: string;
  /** A key that may encrypt, in the form in which the store reports it; for S3 the key's ARN. */
  readonly encryptionKeyId: string;
  /** A key that no other case uses. */
  uniqueKey(): string;
  /** Lays a delete marker over the key, as a lifecycle rule does, and gives the marker's version id. */
  hide(target: ObjectTarget): Promise<string>;
  /** Deletes one version for good. */
  erase(ref: ObjectRef): Promise<void>;
}

export type ObjectStoreCase = ContractCase<ObjectStoreSubject>;
