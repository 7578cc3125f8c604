import * as z from 'zod';
import type { ReplicationRule } from '../s3/replication-rule.ts';
import type { BucketOptions } from '../s3/s3-state.ts';
import { numeric } from './resource.ts';

const status = z.strictObject({ Status: z.enum(['Enabled', 'Disabled']) });
const tag = z.strictObject({ Key: z.string(), Value: z.string() });

/** Strict: a filter or a criterion that is not emulated would change what is replicated. */
const ruleSchema = z
  .strictObject({
    Id: z.string().optional(),
    Priority: numeric.default(0),
    Status: z.enum(['Enabled', 'Disabled']),
    /** The form before filters. */
    Prefix: z.string().optional(),
    Filter: z
      .strictObject({
        Prefix: z.string().optional(),
        TagFilter: tag.optional(),
        And: z
          .strictObject({ Prefix: z.string().optional(), TagFilters: z.array(tag).optional() })
          .optional(),
      })
      .optional(),
    DeleteMarkerReplication: status.optional(),
    SourceSelectionCriteria: z
      .strictObject({
        SseKmsEncryptedObjects: status.optional(),
        ReplicaModifications: z.strictObject({ Status: z.literal('Disabled') }).optional(),
      })
      .optional(),
    Destination: z.strictObject({
      Bucket: z.string().startsWith('arn:aws:s3:::'),
      EncryptionConfiguration: z.strictObject({ ReplicaKmsKeyID: z.string() }).optional(),
      // What changes neither which objects arrive nor what can be read of them here.
      Account: z.string().optional(),
      AccessControlTranslation: z.unknown().optional(),
      Metrics: z.unknown().optional(),
      ReplicationTime: z.unknown().optional(),
      StorageClass: z.string().optional(),
    }),
  })
  .refine(
    ({ SourceSelectionCriteria: criteria, Destination }) =>
      criteria?.SseKmsEncryptedObjects?.Status !== 'Enabled' ||
      Destination.EncryptionConfiguration !== undefined,
    'SseKmsEncryptedObjects needs an EncryptionConfiguration',
  );

/** `ReplicationConfiguration` of an `AWS::S3::Bucket`. */
export const replicationConfiguration = z.strictObject({
  Role: z.string(),
  Rules: z.array(ruleSchema).min(1),
});

/** The rules that are in force. */
export function replicationRulesOf(
  given: z.infer<typeof replicationConfiguration> | undefined,
): readonly ReplicationRule[] {
  return (given?.Rules ?? []).filter(rule => rule.Status === 'Enabled').map(asRule);
}

/** Throws where a rule leads to a bucket that is not there or keeps no versions, as S3 does when it is set up. */
export function requireReplicationTargets(buckets: ReadonlyMap<string, BucketOptions>): void {
  for (const { name, replicationRules = [] } of buckets.values()) {
    for (const { id, destination } of replicationRules) {
      if (buckets.get(destination)?.versioned === true) continue;
      throw new Error(
        `Bucket ${name}: rule ${id} replicates to ${destination}, which is no versioned bucket of these stacks.`,
      );
    }
  }
}

function asRule(rule: z.infer<typeof ruleSchema>, index: number): ReplicationRule {
  const { Filter: filter, Destination: destination } = rule;
  const tags = [filter?.TagFilter ?? [], filter?.And?.TagFilters ?? []].flat();
  const replicaKmsKeyId = destination.EncryptionConfiguration?.ReplicaKmsKeyID;
  return {
    id: rule.Id ?? String(index),
    priority: rule.Priority,
    prefix: filter?.And?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? '',
    tags: tags.map(({ Key, Value }) => [Key, Value] as const),
    // Rules without a filter, the earlier form, always replicate markers.
    deleteMarkers: filter === undefined || rule.DeleteMarkerReplication?.Status === 'Enabled',
    kmsEncryptedObjects: rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled',
    destination: destination.Bucket.slice('arn:aws:s3:::'.length),
    ...(replicaKmsKeyId === undefined ? {} : { replicaKmsKeyId }),
  };
}
