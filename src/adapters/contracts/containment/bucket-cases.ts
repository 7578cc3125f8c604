import assert from 'node:assert/strict';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  type ContainmentCases,
  type ContainmentSubject,
  read,
  Scene,
  whatIsRead,
} from './containment-subject.ts';

function bucketScene(subject: ContainmentSubject, bucket: string) {
  const { account, region } = subject;
  return new Scene(subject, { kind: 'bucket', account, region, bucket });
}

function policyOf(bucket: string, effect: 'Allow' | 'Deny'): string {
  const statement = {
    Sid: 'Contract <&> é',
    Effect: effect,
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** What is promised of buckets. */
export const bucketCases: ContainmentCases = [
  {
    name: 'a bucket is observed as it stands',
    async run(subject) {
      const tags = { 'team & <co>': 'Über "uns"' };
      const tagged = await subject.createBucket(tags);
      const nothing = { publicAccessBlock: { state: 'read' }, policy: { state: 'read' } };
      assertSameJson(await bucketScene(subject, tagged.bucket).observe(), {
        kind: 'bucket',
        tags: read(tags),
        ...nothing,
      });
      const bare = await subject.createBucket({});
      assertSameJson(await bucketScene(subject, bare.bucket).observe(), {
        kind: 'bucket',
        tags: read({}),
        ...nothing,
      });
    },
  },
  {
    name: 'the block of public access is put whole, what a call does not name being off, and deleted',
    async run(subject) {
      const { bucket } = await subject.createBucket({});
      const scene = bucketScene(subject, bucket);
      const put = (PublicAccessBlockConfiguration: Readonly<Record<string, boolean>>) =>
        scene.call('s3:PutPublicAccessBlock', { Bucket: bucket, PublicAccessBlockConfiguration });
      await put({
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      });
      const all = {
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: true,
        restrictPublicBuckets: true,
      };
      assertSameJson((await scene.observe()).publicAccessBlock, read(all));
      await put({ IgnorePublicAcls: true, RestrictPublicBuckets: false });
      assertSameJson(
        (await scene.observe()).publicAccessBlock,
        read({
          blockPublicAcls: false,
          ignorePublicAcls: true,
          blockPublicPolicy: false,
          restrictPublicBuckets: false,
        }),
      );
      for (let times = 0; times < 2; times += 1) {
        await scene.call('s3:DeletePublicAccessBlock', { Bucket: bucket });
        assert.equal(whatIsRead((await scene.observe()).publicAccessBlock), undefined);
      }
    },
  },
  {
    name: 'a policy is put, told as it was put, replaced and deleted',
    async run(subject) {
      const { bucket } = await subject.createBucket({});
      const scene = bucketScene(subject, bucket);
      for (const effect of ['Allow', 'Deny'] as const) {
        const Policy = policyOf(bucket, effect);
        await scene.call('s3:PutBucketPolicy', { Bucket: bucket, Policy });
        assertSameJson(JSON.parse(String(whatIsRead((await scene.observe()).policy))), JSON.parse(Policy));
      }
      await assertPortError(scene.call('s3:PutBucketPolicy', { Bucket: bucket, Policy: 'no policy' }), {
        kind: 'permanent',
        code: 'MalformedPolicy',
      });
      for (let times = 0; times < 2; times += 1) {
        await scene.call('s3:DeleteBucketPolicy', { Bucket: bucket });
        assert.equal(whatIsRead((await scene.observe()).policy), undefined);
      }
    },
  },
  {
    name: 'while public policies are blocked, one that lets in everybody is refused, and one that denies is not',
    async run(subject) {
      const { bucket } = await subject.createBucket({});
      const scene = bucketScene(subject, bucket);
      await scene.call('s3:PutPublicAccessBlock', {
        Bucket: bucket,
        PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
      });
      const put = (effect: 'Allow' | 'Deny') =>
        scene.call('s3:PutBucketPolicy', { Bucket: bucket, Policy: policyOf(bucket, effect) });
      await assertPortError(put('Allow'), { kind: 'denied', code: 'AccessDenied' });
      assert.equal(whatIsRead((await scene.observe()).policy), undefined);
      await put('Deny');
      const { policy } = await scene.observe();
      assertSameJson(JSON.parse(String(whatIsRead(policy))), JSON.parse(policyOf(bucket, 'Deny')));
    },
  },
  {
    name: 'a bucket that is not there is gone, and not found',
    async run(subject) {
      const bucket = `absent-${crypto.randomUUID()}`;
      const scene = bucketScene(subject, bucket);
      const gone = { state: 'unreadable', reason: 'gone', code: 'NoSuchBucket' };
      assertSameJson(await scene.observe(), {
        kind: 'bucket',
        tags: { ...gone, api: 's3:GetBucketTagging' },
        publicAccessBlock: { ...gone, api: 's3:GetPublicAccessBlock' },
        policy: { ...gone, api: 's3:GetBucketPolicy' },
      });
      const calls = [
        ['s3:PutPublicAccessBlock', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }],
        ['s3:DeletePublicAccessBlock', {}],
        ['s3:PutBucketPolicy', { Policy: policyOf(bucket, 'Deny') }],
        ['s3:DeleteBucketPolicy', {}],
      ] as const;
      for (const [api, input] of calls) {
        const expected = { kind: 'not-found', code: 'NoSuchBucket' } as const;
        await assertPortError(scene.call(api, { Bucket: bucket, ...input }), expected);
      }
    },
  },
];
