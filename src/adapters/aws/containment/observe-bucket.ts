import {
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketState } from '../../../ports/containment.ts';
import { ask, reading, tagRecord } from './ask.ts';

/** Looks at a bucket of this account: one of that name that is another's is denied. */
export async function observeBucket(bucket: string, account: string, s3: S3Client): Promise<BucketState> {
  const input = { Bucket: bucket, ExpectedBucketOwner: account };
  const [tags, publicAccessBlock, policy] = await Promise.all([
    reading(async () => {
      const call = () => s3.send(new GetBucketTaggingCommand(input));
      const answer = await ask('s3:GetBucketTagging', call, ['NoSuchTagSet']);
      return tagRecord(answer?.TagSet);
    }),
    reading(async () => {
      const call = () => s3.send(new GetPublicAccessBlockCommand(input));
      const answer = await ask('s3:GetPublicAccessBlock', call, ['NoSuchPublicAccessBlockConfiguration']);
      const block = answer?.PublicAccessBlockConfiguration;
      if (block === undefined) return undefined;
      return {
        blockPublicAcls: block.BlockPublicAcls ?? false,
        ignorePublicAcls: block.IgnorePublicAcls ?? false,
        blockPublicPolicy: block.BlockPublicPolicy ?? false,
        restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
      };
    }),
    reading(async () => {
      const call = () => s3.send(new GetBucketPolicyCommand(input));
      const answer = await ask('s3:GetBucketPolicy', call, ['NoSuchBucketPolicy']);
      return answer?.Policy;
    }),
  ]);
  return { kind: 'bucket', tags, publicAccessBlock, policy };
}
