import {
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type Grant,
  ListBucketsCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { AspectValues, StatedEncryption } from '../../../ports/resource-inventory.ts';
import { partitionOf } from '../partition-of.ts';
import { type InventorySource, pageOf, pageSize, tagRecord } from './inventory-source.ts';
import { noPublicAccessBlock, publicAccessBlockOf } from './public-access-block-of.ts';
import { readingOf, required, UnexpectedAnswerError } from './reading-of.ts';

/** The groups that stand for everyone (https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html). */
const publicGroups = new Set([
  'http://acs.amazonaws.com/groups/global/AllUsers',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
]);

const versioningStates: Readonly<Record<string, AspectValues['versioning']>> = {
  Enabled: 'enabled',
  Suspended: 'suspended',
};

/** General purpose buckets, of all regions. */
export const bucketSource: InventorySource = {
  list: ({ s3 }, { account, region }, cursor) =>
    readingOf('s3:ListBuckets', async () => {
      const { Buckets = [], ContinuationToken } = await s3.send(
        // Only a paged list tells each bucket's region (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html).
        new ListBucketsCommand({ MaxBuckets: pageSize, ContinuationToken: cursor }),
      );
      const resources = Buckets.map(bucket => {
        const name = required(bucket.Name, 'Name');
        return {
          type: 's3-bucket' as const,
          account,
          region: bucket.BucketRegion ?? region,
          arn: `arn:${partitionOf(region)}:s3:::${name}`,
          name,
        };
      });
      return pageOf(resources, ContinuationToken);
    }),

  readers: ({ s3 }, resource) => {
    // A bucket that was deleted may be another account's by now.
    const bucket = { Bucket: resource.name, ExpectedBucketOwner: resource.account };
    return {
      encryption: () =>
        readingOf<StatedEncryption>(
          's3:GetBucketEncryption',
          async () => {
            const answer = await s3.send(new GetBucketEncryptionCommand(bucket));
            return encryptionOf(required(answer.ServerSideEncryptionConfiguration?.Rules, 'Rules'));
          },
          // AWS has not answered so since January 2023; endpoints like it do, where nothing is encrypted by default.
          { ServerSideEncryptionConfigurationNotFoundError: { by: 'none' } },
        ),
      'public-access-block': () =>
        readingOf(
          's3:GetPublicAccessBlock',
          async () => {
            const answer = await s3.send(new GetPublicAccessBlockCommand(bucket));
            return publicAccessBlockOf(answer.PublicAccessBlockConfiguration);
          },
          { NoSuchPublicAccessBlockConfiguration: noPublicAccessBlock },
        ),
      policy: () =>
        readingOf<AspectValues['policy']>(
          's3:GetBucketPolicy',
          async () => {
            const { Policy } = await s3.send(new GetBucketPolicyCommand(bucket));
            return { document: required(Policy, 'Policy') };
          },
          { NoSuchBucketPolicy: {} },
        ),
      'policy-status': () =>
        readingOf(
          's3:GetBucketPolicyStatus',
          async () => {
            const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand(bucket));
            return { isPublic: required(PolicyStatus?.IsPublic, 'PolicyStatus.IsPublic') };
          },
          { NoSuchBucketPolicy: { isPublic: false } },
        ),
      acl: () =>
        readingOf('s3:GetBucketAcl', async () => {
          const { Grants } = await s3.send(new GetBucketAclCommand(bucket));
          return { publicGrants: publicGrantsOf(required(Grants, 'Grants')) };
        }),
      versioning: () =>
        readingOf('s3:GetBucketVersioning', async () => {
          const { Status } = await s3.send(new GetBucketVersioningCommand(bucket));
          // A bucket that never had versions has no status.
          return Status === undefined ? 'off' : required(versioningStates[Status], 'Status that is known');
        }),
      tags: () =>
        readingOf<AspectValues['tags']>(
          's3:GetBucketTagging',
          async () => tagRecord((await s3.send(new GetBucketTaggingCommand(bucket))).TagSet),
          { NoSuchTagSet: {} },
        ),
    };
  },
};

/** S3 takes one rule; without a default of its own it is that of every bucket, SSE-S3. */
function encryptionOf(rules: readonly ServerSideEncryptionRule[]): StatedEncryption {
  const [byDefault] = rules.flatMap(rule => rule.ApplyServerSideEncryptionByDefault ?? []);
  switch (byDefault?.SSEAlgorithm) {
    case undefined:
    case 'AES256':
      return { by: 's3' };
    case 'aws:kms':
    case 'aws:kms:dsse':
      return byDefault?.KMSMasterKeyID
        ? { by: 'kms', keyId: byDefault.KMSMasterKeyID }
        : { by: 'aws-managed' };
    default:
      throw new UnexpectedAnswerError(`The algorithm ${byDefault?.SSEAlgorithm} is not known`);
  }
}

function publicGrantsOf(grants: readonly Grant[]): string[] {
  const permissions = grants.flatMap(({ Grantee, Permission }) =>
    publicGroups.has(Grantee?.URI ?? '') ? required(Permission, 'Permission') : [],
  );
  return [...new Set(permissions)];
}
