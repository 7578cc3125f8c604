import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import type { NotificationConfiguration } from '../s3/object-events.ts';
import { isBucketName } from '../s3/s3-state.ts';
import { replicationConfiguration, replicationRulesOf } from './bucket-replication.ts';
import { type Deploy, flag, physicalName, placeOf, readProperties, tags } from './resource.ts';

const notificationRule = z.looseObject({
  Event: z.string(),
  Filter: z
    .looseObject({
      S3Key: z.looseObject({ Rules: z.array(z.looseObject({ Name: z.string(), Value: z.string() })) }),
    })
    .optional(),
});

const bucketProperties = z.looseObject({
  BucketName: z.string().optional(),
  VersioningConfiguration: z.looseObject({ Status: z.string() }).optional(),
  BucketEncryption: z
    .looseObject({
      ServerSideEncryptionConfiguration: z.array(
        z.looseObject({
          BucketKeyEnabled: flag.default(false),
          ServerSideEncryptionByDefault: z
            .looseObject({
              SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
              KMSMasterKeyID: z.string().optional(),
            })
            .optional(),
        }),
      ),
    })
    .optional(),
  /** What is not named is off. */
  PublicAccessBlockConfiguration: z
    .looseObject({
      BlockPublicAcls: flag.default(false),
      IgnorePublicAcls: flag.default(false),
      BlockPublicPolicy: flag.default(false),
      RestrictPublicBuckets: flag.default(false),
    })
    .optional(),
  Tags: tags,
  NotificationConfiguration: z
    .looseObject({
      QueueConfigurations: z.array(notificationRule.extend({ Queue: z.string() })).default([]),
      TopicConfigurations: z.array(notificationRule.extend({ Topic: z.string() })).default([]),
      LambdaConfigurations: z.array(notificationRule.extend({ Function: z.string() })).default([]),
      EventBridgeConfiguration: z.looseObject({ EventBridgeEnabled: flag.default(true) }).optional(),
    })
    .optional(),
  ReplicationConfiguration: replicationConfiguration.optional(),
});

const policyProperties = z.looseObject({ Bucket: z.string(), PolicyDocument: z.looseObject({}) });

/** The longest name of a bucket. */
const longestName = 63;

/** `AWS::S3::Bucket`: planned here, and opened when all that it tells of new objects stands. */
export const deployBucket: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, bucketProperties);
  const name = given.BucketName ?? physicalName(resource, undefined, longestName).toLowerCase();
  if (!isBucketName(name)) throw new Error(`${placeOf(resource)}: "${name}" is no valid BucketName.`);
  if (platform.buckets.has(name)) {
    throw new Error(`${placeOf(resource)}: its BucketName "${name}" is that of another bucket.`);
  }
  const [rule] = given.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  const byDefault = rule?.ServerSideEncryptionByDefault;
  platform.buckets.set(name, {
    name,
    versioned: given.VersioningConfiguration?.Status === 'Enabled',
    encryption: byDefault && { algorithm: byDefault.SSEAlgorithm, kmsKeyId: byDefault.KMSMasterKeyID },
    publicAccessBlock: given.PublicAccessBlockConfiguration,
    tags: Object.fromEntries(given.Tags.map(({ Key, Value }) => [Key, Value])),
    notificationConfiguration: asApiConfiguration(given.NotificationConfiguration),
    replicationRules: replicationRulesOf(given.ReplicationConfiguration),
    replicationAccessKeyId:
      given.ReplicationConfiguration &&
      platform.permissions.callers.accessKeyIdOf(
        's3.amazonaws.com',
        `arn:aws:s3:::${name}`,
        given.ReplicationConfiguration.Role,
      ),
    bucketKey: rule?.BucketKeyEnabled ?? false,
  });
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${platform.region}.amazonaws.com`,
    },
  };
};

/** `AWS::S3::BucketPolicy`. */
export const deployBucketPolicy: Deploy<LocalPlatform> = async (resource, platform) => {
  const { Bucket, PolicyDocument } = readProperties(resource, policyProperties);
  const planned = platform.buckets.get(Bucket);
  if (planned === undefined) throw new Error(`${placeOf(resource)}: there is no bucket ${Bucket}.`);
  platform.buckets.set(Bucket, { ...planned, policy: PolicyDocument });
  return { ref: Bucket, attributes: {} };
};

/** CloudFormation names the same things otherwise than the S3 API. */
function asApiConfiguration(
  given: z.infer<typeof bucketProperties>['NotificationConfiguration'],
): NotificationConfiguration | undefined {
  if (given === undefined) return undefined;
  return {
    QueueConfigurations: given.QueueConfigurations.map(rule => ({
      ...asApiRule(rule),
      QueueArn: rule.Queue,
    })),
    TopicConfigurations: given.TopicConfigurations.map(rule => ({
      ...asApiRule(rule),
      TopicArn: rule.Topic,
    })),
    LambdaFunctionConfigurations: given.LambdaConfigurations.map(rule => ({
      ...asApiRule(rule),
      LambdaFunctionArn: rule.Function,
    })),
    ...(given.EventBridgeConfiguration?.EventBridgeEnabled ? { EventBridgeConfiguration: {} } : {}),
  };
}

function asApiRule({ Event, Filter }: z.infer<typeof notificationRule>) {
  return { Events: [Event], ...(Filter && { Filter: { Key: { FilterRules: Filter.S3Key.Rules } } }) };
}
