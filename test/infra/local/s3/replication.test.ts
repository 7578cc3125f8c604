import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';
import type { ObjectEvent } from '../../../../infra/local/s3/object-events.ts';
import type { ReplicationRule } from '../../../../infra/local/s3/replication-rule.ts';
import type { BucketOptions } from '../../../../infra/local/s3/s3-state.ts';
import { s3Client } from '../../../emulators/local-s3.ts';

const sourceKey = 'arn:aws:kms:us-east-1:111122223333:key/source';
const replicaKey = 'arn:aws:kms:us-east-1:111122223333:key/replica';

const rule = (more: Partial<ReplicationRule> = {}): ReplicationRule => ({
  id: 'all',
  priority: 0,
  prefix: '',
  tags: [],
  deleteMarkers: true,
  kmsEncryptedObjects: true,
  destination: 'target',
  replicaKmsKeyId: replicaKey,
  ...more,
});

describe('replication', () => {
  let work: (() => Promise<void>)[];
  let faults: string[];
  let events: ObjectEvent[];
  let time: Date;
  let s3: LocalS3;
  let client: S3Client;
  let close: () => Promise<void>;

  beforeEach(async () => {
    work = [];
    faults = [];
    events = [];
    time = new Date('2026-11-21T08:00:00.000Z');
    s3 = new LocalS3({
      region: 'us-east-1',
      accountId: '111122223333',
      clock: () => time,
      onObjectEvent: event => events.push(event),
      runLater: piece => work.push(piece),
      onFault: text => faults.push(text),
    });
    const { endpoint, close: end } = await s3.listen();
    client = s3Client(endpoint);
    close = end;
  });

  afterEach(async () => {
    client.destroy();
    await close();
  });

  /** Lets the store do what it has put off, and what comes of that. */
  const replicate = async (): Promise<void> => {
    for (let piece = work.shift(); piece !== undefined; piece = work.shift()) await piece();
  };

  const buckets = (rules: readonly ReplicationRule[], ...others: BucketOptions[]): void => {
    const encryption = { algorithm: 'aws:kms', kmsKeyId: sourceKey } as const;
    s3.createBucket({ name: 'source', versioned: true, encryption, replicationRules: rules });
    for (const other of others) s3.createBucket(other);
  };
  const target: BucketOptions = { name: 'target', versioned: true };

  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'source', Key, Body: 'content', ...more }));
  const head = (Bucket: string, Key: string) => client.send(new HeadObjectCommand({ Bucket, Key }));
  const versions = (Bucket: string) => client.send(new ListObjectVersionsCommand({ Bucket }));
  const keysOf = async (Bucket: string) => (await versions(Bucket)).Versions?.map(({ Key }) => Key) ?? [];

  test('copies a version with its id, time, metadata and tags under the key of the rule', async () => {
    buckets([rule()], target);
    const { VersionId } = await put('a', {
      ContentType: 'application/pdf',
      Metadata: { owner: 'me' },
      Tagging: 'x=1',
    });
    expect((await head('source', 'a')).ReplicationStatus).toBe('PENDING');
    await expect(head('target', 'a')).rejects.toMatchObject({ name: 'NotFound' });
    time = new Date('2026-11-21T09:00:00.000Z');
    await replicate();
    expect((await head('source', 'a')).ReplicationStatus).toBe('COMPLETED');
    const replica = await client.send(new GetObjectCommand({ Bucket: 'target', Key: 'a' }));
    expect(replica).toMatchObject({
      VersionId,
      ContentType: 'application/pdf',
      Metadata: { owner: 'me' },
      LastModified: new Date('2026-11-21T08:00:00.000Z'),
      ReplicationStatus: 'REPLICA',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: replicaKey,
    });
    expect(await replica.Body?.transformToString()).toBe('content');
    const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: 'target', Key: 'a' }));
    expect(TagSet).toEqual([{ Key: 'x', Value: '1' }]);
    expect(faults).toEqual([]);
  });

  test('announces a replica as a put, by S3 itself, at the time at which it came', async () => {
    buckets([rule()], target);
    await put('a');
    time = new Date('2026-11-21T09:00:00.000Z');
    await replicate();
    expect(events).toMatchObject([
      { bucket: 'source', name: 'ObjectCreated:Put', accessKeyId: 'test' },
      {
        bucket: 'target',
        name: 'ObjectCreated:Put',
        accessKeyId: 's3.amazonaws.com',
        versionId: events[0]?.versionId,
        time,
      },
    ]);
  });

  test('keeps the order of versions and their markers', async () => {
    // The first version takes longer: it goes to two buckets, of which one has a policy to be judged.
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:Put*', Resource: 'arn:aws:s3:::third/*' }],
    };
    const slow = rule({ id: 'slow', destination: 'third', tags: [['x', '1']] });
    buckets([slow, rule()], target, { name: 'third', versioned: true, policy });
    await put('a', { Body: 'first', Tagging: 'x=1' });
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a' }));
    await put('a', { Body: 'third' });
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a' }));
    // Begun all at once, as on a busy machine.
    await Promise.all(work.splice(0).map(piece => piece()));
    const facts = async (Bucket: string) => {
      const { Versions = [], DeleteMarkers = [] } = await versions(Bucket);
      return [...Versions, ...DeleteMarkers].map(({ VersionId, IsLatest }) => [VersionId, IsLatest]);
    };
    expect(await facts('target')).toHaveLength(4);
    expect(await facts('target')).toEqual(await facts('source'));
  });

  test('leaves deletions for good, and what is replicated once, where they are', async () => {
    buckets(
      [rule()],
      { ...target, replicationRules: [rule({ destination: 'third' })] },
      {
        name: 'third',
        versioned: true,
      },
    );
    const { VersionId } = await put('a');
    await replicate();
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a', VersionId }));
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a' }));
    await replicate();
    expect(await keysOf('target')).toEqual(['a']);
    expect((await versions('target')).DeleteMarkers).toHaveLength(1);
    expect(await versions('third')).not.toHaveProperty('Versions');
    expect(await versions('third')).not.toHaveProperty('DeleteMarkers');
  });

  test('passes over a version that is gone before its turn', async () => {
    buckets([rule()], target);
    const { VersionId } = await put('a');
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a', VersionId }));
    await replicate();
    expect(await keysOf('target')).toEqual([]);
    expect(faults).toEqual([]);
  });

  test.each<[string, Partial<ReplicationRule>, Partial<PutObjectCommandInput>, boolean]>([
    ['a key below the prefix', { prefix: 'in/' }, {}, true],
    ['a key elsewhere', { prefix: 'out/' }, {}, false],
    ['all tags', { tags: [['x', '1']] }, { Tagging: 'x=1&y=2' }, true],
    ['another tag', { tags: [['x', '1']] }, { Tagging: 'x=2' }, false],
    ['a KMS key', { kmsEncryptedObjects: false }, {}, false],
    ['no KMS key', { kmsEncryptedObjects: false }, { ServerSideEncryption: 'AES256' }, true],
  ])('takes or leaves an object by its rule: %s', async (_, more, input, taken) => {
    buckets([rule(more)], target);
    await put('in/a', input);
    await replicate();
    expect(await keysOf('target')).toEqual(taken ? ['in/a'] : []);
    expect((await head('source', 'in/a')).ReplicationStatus).toBe(taken ? 'COMPLETED' : undefined);
  });

  test.each<[string, Partial<ReplicationRule>, number]>([
    ['with markers', {}, 1],
    ['without markers', { deleteMarkers: false }, 0],
    ['by tags', { tags: [['x', '1']] }, 0],
  ])('a rule %s', async (_, more, markers) => {
    buckets([rule(more)], target);
    await put('a');
    await client.send(new DeleteObjectCommand({ Bucket: 'source', Key: 'a' }));
    await replicate();
    expect((await versions('target')).DeleteMarkers ?? []).toHaveLength(markers);
  });

  test('without a key in the rule, a replica is encrypted as its source is', async () => {
    const { replicaKmsKeyId: _, ...without } = rule();
    buckets([without], target);
    await put('a', { ServerSideEncryption: 'AES256' });
    await replicate();
    expect((await head('target', 'a')).ServerSideEncryption).toBe('AES256');
  });

  test('of several rules, the highest priority counts for each destination', async () => {
    const rules = [
      rule({ id: 'low', priority: 1, replicaKmsKeyId: sourceKey }),
      rule({ id: 'high', priority: 2 }),
      rule({ id: 'lowest', priority: 0, replicaKmsKeyId: sourceKey }),
      rule({ id: 'other', priority: 0, destination: 'third' }),
    ];
    buckets(rules, target, { name: 'third', versioned: true });
    await put('a');
    await replicate();
    expect((await head('target', 'a')).SSEKMSKeyId).toBe(replicaKey);
    expect(await keysOf('third')).toEqual(['a']);
    expect(events).toHaveLength(3);
  });

  test.each<[string, BucketOptions[], string]>([
    ['is not there', [], 'NoSuchBucket'],
    ['keeps no versions', [{ name: 'target', versioned: false }], 'not versioned'],
    [
      'denies it',
      [
        {
          ...target,
          policy: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource: 'arn:aws:s3:::target/*' },
            ],
          },
        },
      ],
      'denies s3:ReplicateObject',
    ],
  ])('says so where the destination %s', async (_, others, why) => {
    const third = { name: 'third', versioned: true };
    buckets([rule(), rule({ id: 'second', destination: 'third' })], ...others, third);
    await put('a');
    await replicate();
    expect((await head('source', 'a')).ReplicationStatus).toBe('FAILED');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(why === 'NoSuchBucket' ? 'does not exist' : why);
    expect(await keysOf('third')).toEqual(['a']);
  });

  test('is not met by a denial of plain writes', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: 'arn:aws:s3:::target/*',
          Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } },
        },
      ],
    };
    buckets([rule()], { ...target, policy });
    await put('a');
    await replicate();
    expect(await keysOf('target')).toEqual(['a']);
  });

  test('needs versions at the source', () => {
    expect(() => s3.createBucket({ name: 'source', versioned: false, replicationRules: [rule()] })).toThrow(
      'Versioning must be on for bucket source',
    );
  });
});
