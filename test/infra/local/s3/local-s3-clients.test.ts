import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';
import type { NotificationDestination, ObjectEvent } from '../../../../infra/local/s3/object-events.ts';
import { s3Client } from '../../../emulators/local-s3.ts';

const queue = 'arn:aws:sqs:us-east-1:111122223333:intake';

/** The policy of row A5: uploads must ask for `aws:kms`, and come over TLS. */
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::guarded/*',
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
    },
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: ['arn:aws:s3:::guarded', 'arn:aws:s3:::guarded/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    { Effect: 'Deny', Principal: '*', Action: 's3:GetObject*', Resource: 'arn:aws:s3:::guarded/secret/*' },
    { Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::guarded/kept' },
  ],
};

describe('LocalS3 with the AWS SDK', () => {
  const events: { readonly event: ObjectEvent; readonly destinations: readonly NotificationDestination[] }[] =
    [];
  const s3 = new LocalS3({
    region: 'us-east-1',
    accountId: '111122223333',
    onObjectEvent: (event, destinations) => events.push({ event, destinations }),
  });
  let close: () => Promise<void>;
  let client: S3Client;

  const put = async (Bucket: string, Key: string, Body = 'x') =>
    (await client.send(new PutObjectCommand({ Bucket, Key, Body, ServerSideEncryption: 'aws:kms' })))
      .VersionId;
  const text = async (Bucket: string, Key: string) =>
    (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

  beforeAll(async () => {
    s3.createBucket({
      name: 'uploads',
      versioned: true,
      notificationConfiguration: {
        QueueConfigurations: [
          {
            Id: 'intake',
            QueueArn: queue,
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.pdf' }] } },
          },
        ],
        EventBridgeConfiguration: {},
      },
    });
    s3.createBucket({ name: 'lists', versioned: true });
    s3.createBucket({ name: 'guarded', versioned: true, policy });
    const listening = await s3.listen();
    close = listening.close;
    client = s3Client(listening.endpoint);
  });

  afterAll(async () => {
    client.destroy();
    await close();
  });

  test('lists by prefix and delimiter, page by page, in the order of bytes', async () => {
    const keys = ['a', 'b/1', 'b/2', 'b0', 'c/1/x', 'z&<y>', '\ud83d\udcc1', '\uff21'];
    for (const Key of keys) await put('lists', Key);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: 'lists', Delimiter: '/', MaxKeys: 2, ContinuationToken }),
      );
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(
        ...(page.Contents ?? []).map(item => item.Key),
        ...(page.CommonPrefixes ?? []).map(item => item.Prefix),
      );
      ContinuationToken = page.NextContinuationToken;
      pages += 1;
    } while (ContinuationToken !== undefined);
    expect([...seen].sort()).toEqual(['a', 'b/', 'b0', 'c/', 'z&<y>', '\ud83d\udcc1', '\uff21'].sort());
    expect(pages).toBe(4);
    const all = await client.send(new ListObjectsV2Command({ Bucket: 'lists', StartAfter: 'b/1' }));
    // U+FF21 comes before U+1F4C1, whose surrogates would sort first.
    expect(all.Contents?.map(item => item.Key)).toEqual([
      'b/2',
      'b0',
      'c/1/x',
      'z&<y>',
      '\uff21',
      '\ud83d\udcc1',
    ]);
    const prefixed = await client.send(new ListObjectsV2Command({ Bucket: 'lists', Prefix: 'b/' }));
    expect(prefixed.Contents?.map(item => item.Key)).toEqual(['b/1', 'b/2']);
  });

  test('lists versions page by page, newest first', async () => {
    const ids = [
      await put('lists', 'v/1', 'one'),
      await put('lists', 'v/1', 'two'),
      await put('lists', 'v/2'),
    ];
    const seen: (string | undefined)[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const page = await client.send(
        new ListObjectVersionsCommand({
          Bucket: 'lists',
          Prefix: 'v/',
          MaxKeys: 1,
          KeyMarker,
          VersionIdMarker,
        }),
      );
      seen.push(...(page.Versions ?? []).map(item => `${item.VersionId} ${item.IsLatest}`));
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
    } while (KeyMarker !== undefined);
    expect(seen).toEqual([`${ids[1]} true`, `${ids[0]} false`, `${ids[2]} true`]);
  });

  test('copies a version, with or without its metadata and tags', async () => {
    const source = await client.send(
      new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'copy me+ü',
        Body: 'old',
        ContentType: 'text/csv',
        Metadata: { a: 'b' },
        Tagging: 'kind=old&empty=',
      }),
    );
    await put('uploads', 'copy me+ü', 'new');
    const CopySource = `uploads/${encodeURIComponent('copy me+ü')}?versionId=${source.VersionId}`;
    const copied = await client.send(new CopyObjectCommand({ Bucket: 'lists', Key: 'copied', CopySource }));
    expect(copied.CopySourceVersionId).toBe(source.VersionId);
    expect(await text('lists', 'copied')).toBe('old');
    const head = await client.send(
      new HeadObjectCommand({ Bucket: 'lists', Key: 'copied', VersionId: copied.VersionId }),
    );
    expect([head.ContentType, head.Metadata, head.ServerSideEncryption]).toEqual([
      'text/csv',
      { a: 'b' },
      'AES256',
    ]);
    const tagging = await client.send(new GetObjectTaggingCommand({ Bucket: 'lists', Key: 'copied' }));
    expect(tagging.TagSet).toEqual([
      { Key: 'kind', Value: 'old' },
      { Key: 'empty', Value: '' },
    ]);
    await client.send(
      new CopyObjectCommand({
        Bucket: 'lists',
        Key: 'copied',
        CopySource: 'lists/copied',
        MetadataDirective: 'REPLACE',
        Metadata: { c: 'd' },
        TaggingDirective: 'REPLACE',
      }),
    );
    const replaced = await client.send(new HeadObjectCommand({ Bucket: 'lists', Key: 'copied' }));
    expect([replaced.ContentType, replaced.Metadata]).toEqual(['binary/octet-stream', { c: 'd' }]);
    const unchanged = new CopyObjectCommand({ Bucket: 'lists', Key: 'copied', CopySource: 'lists/copied' });
    await expect(client.send(unchanged)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('tags an object in place', async () => {
    const versionId = await put('uploads', 'tagged');
    const at = { Bucket: 'uploads', Key: 'tagged' };
    const TagSet = [{ Key: 'a&b', Value: '<c>' }];
    await client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }));
    expect((await client.send(new GetObjectTaggingCommand(at))).TagSet).toEqual(TagSet);
    expect(await text('uploads', 'tagged')).toBe('x');
    expect((await client.send(new HeadObjectCommand(at))).VersionId).toBe(versionId);
    await client.send(new DeleteObjectTaggingCommand(at));
    expect((await client.send(new GetObjectTaggingCommand(at))).TagSet).toEqual([]);
  });

  test('puts an object together from parts, sent and copied', async () => {
    const at = { Bucket: 'uploads', Key: 'parts.pdf' };
    const part = Buffer.alloc(5 * 1024 * 1024, 'p');
    await client.send(new PutObjectCommand({ Bucket: 'lists', Key: 'part', Body: 'tail and more' }));
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, Metadata: { a: 'b' } }));
    const sent = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: part }));
    const copied = await client.send(
      new UploadPartCopyCommand({
        ...at,
        UploadId,
        PartNumber: 7,
        CopySource: 'lists/part',
        CopySourceRange: 'bytes=0-3',
      }),
    );
    const listed = await client.send(new ListPartsCommand({ ...at, UploadId }));
    expect(listed.Parts?.map(item => [item.PartNumber, item.Size])).toEqual([
      [1, part.length],
      [7, 4],
    ]);
    const Parts = [
      { PartNumber: 1, ETag: sent.ETag },
      { PartNumber: 7, ETag: copied.CopyPartResult?.ETag },
    ];
    const complete = (parts: typeof Parts) =>
      client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }));
    await expect(complete([...Parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([{ PartNumber: 2, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    const done = await complete(Parts);
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const head = await client.send(new HeadObjectCommand({ ...at, VersionId: done.VersionId }));
    expect([head.ContentLength, head.Metadata]).toEqual([part.length + 4, { a: 'b' }]);
    const tail = await client.send(new GetObjectCommand({ ...at, Range: `bytes=${part.length - 1}-` }));
    expect(await tail.Body?.transformToString()).toBe('ptail');
    expect(events.at(-1)?.event.name).toBe('ObjectCreated:CompleteMultipartUpload');
    await expect(complete(Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('refuses small parts, and forgets an aborted upload', async () => {
    const at = { Bucket: 'uploads', Key: 'aborted' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await client.send(
        new UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'small' }),
      );
      Parts.push({ PartNumber, ETag });
    }
    const complete = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } });
    await expect(client.send(complete)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    await expect(client.send(complete)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('announces created objects, in order, to the destinations that ask for them', async () => {
    events.length = 0;
    const versionId = await put('uploads', 'a b+c.pdf', 'hello');
    await put('uploads', 'a b+c.pdf');
    await client.send(
      new CopyObjectCommand({ Bucket: 'uploads', Key: 'd.txt', CopySource: 'uploads/a%20b%2Bc.pdf' }),
    );
    await put('lists', 'unheard.pdf');
    expect(events.map(({ event }) => [event.name, event.bucket, event.key])).toEqual([
      ['ObjectCreated:Put', 'uploads', 'a b+c.pdf'],
      ['ObjectCreated:Put', 'uploads', 'a b+c.pdf'],
      ['ObjectCreated:Copy', 'uploads', 'd.txt'],
      ['ObjectCreated:Put', 'lists', 'unheard.pdf'],
    ]);
    const [first, second, copy, unheard] = events;
    expect(first?.event).toMatchObject({
      versionId,
      size: 5,
      accessKeyId: 'test',
      sourceIpAddress: '127.0.0.1',
    });
    expect((first?.event.sequencer ?? '') < (second?.event.sequencer ?? '')).toBe(true);
    const bridge = { kind: 'eventbridge' };
    expect(first?.destinations).toEqual([{ kind: 'queue', arn: queue, configurationId: 'intake' }, bridge]);
    expect(copy?.destinations).toEqual([bridge]);
    expect(unheard?.destinations).toEqual([]);
  });

  test('announces nothing that was not stored', async () => {
    events.length = 0;
    await expect(
      client.send(new PutObjectCommand({ Bucket: 'guarded', Key: 'a', Body: 'x' })),
    ).rejects.toThrow();
    await put('uploads', 'once');
    const again = new PutObjectCommand({ Bucket: 'uploads', Key: 'once', Body: 'x', IfNoneMatch: '*' });
    await expect(client.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(events).toHaveLength(1);
  });

  describe('enforces the denials of a bucket policy', () => {
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    const at = { Bucket: 'guarded', Key: 'a*b' };

    test.each([
      ['a write without encryption', new PutObjectCommand({ ...at, Body: 'x' })],
      [
        'a write with another encryption',
        new PutObjectCommand({ ...at, Body: 'x', ServerSideEncryption: 'AES256' }),
      ],
      ['a large write without encryption', new PutObjectCommand({ ...at, Body: Buffer.alloc(3_000_000) })],
      ['a copy without encryption', new CopyObjectCommand({ ...at, CopySource: 'uploads/once' })],
      ['an upload in parts without encryption', new CreateMultipartUploadCommand(at)],
      ['a read below a prefix', new GetObjectCommand({ Bucket: 'guarded', Key: 'secret/a' })],
      [
        'a copy out of a prefix',
        new CopyObjectCommand({ Bucket: 'lists', Key: 'x', CopySource: 'guarded/secret/a' }),
      ],
    ])('%s', async (_, command) => {
      await expect(client.send(command as PutObjectCommand)).rejects.toMatchObject(denied);
    });

    test('and nothing else', async () => {
      await put('guarded', 'a*b', 'kept');
      expect(await text('guarded', 'a*b')).toBe('kept');
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ ...at, ServerSideEncryption: 'aws:kms' }),
      );
      const { ETag } = await client.send(
        new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'part' }),
      );
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
      expect(await text('guarded', 'a*b')).toBe('part');
    });

    test('for each of many objects that are deleted', async () => {
      await put('guarded', 'kept');
      await put('guarded', 'left');
      const Objects = [{ Key: 'kept' }, { Key: 'left' }];
      const result = await client.send(new DeleteObjectsCommand({ Bucket: 'guarded', Delete: { Objects } }));
      expect(result.Deleted?.map(item => [item.Key, item.DeleteMarker])).toEqual([['left', true]]);
      expect(result.Errors?.map(item => [item.Key, item.Code])).toEqual([['kept', 'AccessDenied']]);
      expect(await text('guarded', 'kept')).toBe('x');
    });

    test('on keys as they are, also where one looks like a pattern', async () => {
      const on = { Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::patterns/secret/*' };
      const Statement = [
        { Effect: 'Allow', ...on },
        { Effect: 'Deny', ...on },
      ];
      s3.createBucket({ name: 'patterns', versioned: true, policy: { Version: '2012-10-17', Statement } });
      await put('patterns', 'se*');
      expect(await text('patterns', 'se*')).toBe('x');
      await put('patterns', 'secret/*');
      await expect(text('patterns', 'secret/*')).rejects.toMatchObject(denied);
    });

    test('and fails where the policy is none', async () => {
      s3.createBucket({
        name: 'broken',
        versioned: true,
        policy: { Version: '2012-10-17', Statement: [{}] },
      });
      await expect(put('broken', 'a')).rejects.toMatchObject({ name: 'InternalError' });
    });
  });

  test('refuses notifications that it would never send', () => {
    const rule = { QueueArn: queue, Events: ['s3:ObjectRemoved:*'] };
    const notificationConfiguration = { QueueConfigurations: [rule] };
    expect(() => s3.createBucket({ name: 'removals', versioned: true, notificationConfiguration })).toThrow(
      's3:ObjectRemoved:*',
    );
  });
});
