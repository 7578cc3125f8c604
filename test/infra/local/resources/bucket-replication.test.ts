import { describe, expect, test } from '@jest/globals';
import {
  replicationConfiguration,
  replicationRulesOf,
  requireReplicationTargets,
} from '../../../../infra/local/resources/bucket-replication.ts';

const destination = { Bucket: 'arn:aws:s3:::target' };
const key = { EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:us-east-1:111122223333:key/k' } };
const read = (...rules: object[]) =>
  replicationConfiguration.safeParse({ Role: 'arn:aws:iam::111122223333:role/r', Rules: rules });
const rulesOf = (...rules: object[]) => replicationRulesOf(read(...rules).data);

describe('ReplicationConfiguration', () => {
  test('is read as the template gives it', () => {
    expect(
      rulesOf({
        Id: 'ReplicateAll',
        Priority: '3',
        Status: 'Enabled',
        Filter: { Prefix: 'in/' },
        DeleteMarkerReplication: { Status: 'Enabled' },
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        Destination: { ...destination, ...key, Metrics: { Status: 'Enabled' } },
      }),
    ).toEqual([
      {
        id: 'ReplicateAll',
        priority: 3,
        prefix: 'in/',
        tags: [],
        deleteMarkers: true,
        kmsEncryptedObjects: true,
        destination: 'target',
        replicaKmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/k',
      },
    ]);
  });

  test.each([
    [{ Prefix: 'old/' }, { prefix: 'old/', deleteMarkers: true }],
    [{ Filter: {} }, { prefix: '', deleteMarkers: false, kmsEncryptedObjects: false, id: '0', priority: 0 }],
    [{ Filter: { TagFilter: { Key: 'a', Value: 'b' } } }, { tags: [['a', 'b']] }],
    [
      { Filter: { And: { Prefix: 'in/', TagFilters: [{ Key: 'a', Value: 'b' }] } } },
      { prefix: 'in/', tags: [['a', 'b']] },
    ],
  ])('%j', (given, expected) => {
    expect(rulesOf({ Status: 'Enabled', Destination: destination, ...given })).toMatchObject([expected]);
  });

  test('leaves out a rule that is switched off', () => {
    expect(rulesOf({ Status: 'Disabled', Destination: destination })).toEqual([]);
    expect(replicationRulesOf(undefined)).toEqual([]);
  });

  test.each([
    ['an unknown filter', { Filter: { Size: 1 } }, 'Size'],
    [
      'changes to replicas',
      { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } } },
      'Disabled',
    ],
    [
      'encrypted objects without a key',
      { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } },
      'EncryptionConfiguration',
    ],
    ['a destination that is no bucket', { Destination: { Bucket: 'target' } }, 'arn:aws:s3:::'],
  ])('refuses %s', (_, more, why) => {
    const { error } = read({ Status: 'Enabled', Destination: destination, ...more });
    expect(error?.message).toContain(why);
  });

  test.each([
    ['is not there', undefined],
    ['keeps no versions', { name: 'target', versioned: false }],
  ])('stops the start where the destination %s', (_, target) => {
    const replicationRules = rulesOf({ Id: 'all', Status: 'Enabled', Destination: destination });
    const buckets = new Map([['source', { name: 'source', versioned: true, replicationRules }]]);
    if (target !== undefined) buckets.set('target', { ...target, replicationRules: [] });
    expect(() => requireReplicationTargets(buckets)).toThrow('Bucket source: rule all replicates to target');
    buckets.set('target', { name: 'target', versioned: true, replicationRules: [] });
    expect(() => requireReplicationTargets(buckets)).not.toThrow();
  });
});
