import type { BucketState, ContainmentTarget } from '../../../ports/containment.ts';
import type { Unreadable } from '../../../ports/reading.ts';
import type { MemoryAccount, MemoryBucket } from './memory-account.ts';
import { gone, type Reader } from './reader.ts';

/** What stands of a bucket. */
export function observeBucket(
  { bucket: name }: Extract<ContainmentTarget, { readonly kind: 'bucket' }>,
  { buckets }: MemoryAccount,
  read: Reader,
): BucketState {
  const bucket = buckets.find(candidate => candidate.name === name);
  const of = <Value>(api: string, value: (bucket: MemoryBucket) => Value) =>
    read<Value>([api], (): Value | Unreadable =>
      bucket === undefined ? gone(api, 'NoSuchBucket') : value(bucket),
    );
  return {
    kind: 'bucket',
    tags: of('s3:GetBucketTagging', ({ tags }) => tags ?? {}),
    publicAccessBlock: of('s3:GetPublicAccessBlock', ({ publicAccessBlock }) => publicAccessBlock),
    policy: of('s3:GetBucketPolicy', ({ policy }) => policy),
  };
}
