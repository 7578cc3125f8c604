import { createHmac } from 'node:crypto';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';
import type { ObjectEvent } from '../../../../infra/local/s3/object-events.ts';
import { s3Client } from '../../../emulators/local-s3.ts';
import { codeOf, sendRaw } from './send-raw.ts';

const bucket = 'documents';
const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/k-1';
const encrypted = {
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
};
const filenameMark = '$' + '{filename}';

describe('POST Object', () => {
  const events: ObjectEvent[] = [];
  let time: Date;
  const s3 = new LocalS3({
    region: 'us-east-1',
    accountId: '111122223333',
    secretAccessKey: 'test',
    maximumObjectBytes: 100_000,
    clock: () => time,
    onObjectEvent: event => events.push(event),
  });
  let endpoint: string;
  let close: () => Promise<void>;
  let client: S3Client;

  beforeAll(async () => {
    s3.createBucket({
      name: bucket,
      versioned: true,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:PutObject',
            Resource: `arn:aws:s3:::${bucket}/*`,
            Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
          },
        ],
      },
    });
    s3.createBucket({ name: 'open', versioned: false });
    ({ endpoint, close } = await s3.listen());
    client = s3Client(endpoint);
  });

  beforeEach(() => {
    time = new Date();
    events.length = 0;
  });

  afterAll(async () => {
    client.destroy();
    await close();
  });

  type Fields = Record<string, string>;

  const permit = (options: Partial<PresignedPostOptions> = {}) =>
    createPresignedPost(client, {
      Bucket: bucket,
      Key: 'in/offer.pdf',
      Expires: 60,
      ...options,
      Fields: { ...encrypted, 'Content-Type': 'application/pdf', ...options.Fields },
    });

  const post = async (
    { url, fields }: { url: string; fields: Fields },
    file: string | Uint8Array = 'content',
    name = 'mine.pdf',
  ) => {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([new Uint8Array(Buffer.from(file))], { type: 'text/plain' }), name);
    form.append('submit', 'ignored, for it stands behind the file');
    const answer = await fetch(url, { method: 'POST', body: form });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  const keys = async (Bucket = bucket): Promise<(string | undefined)[]> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key);
  };

  test('stores the file with type, metadata, tags and encryption of the form, and announces it', async () => {
    const granted = await permit({
      Key: 'granted',
      Fields: {
        'x-amz-meta-owner': 'me',
        tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b&amp;c</Value></Tag></TagSet></Tagging>',
      },
    });
    const answer = await post(granted, Buffer.from([0, 13, 10, 45, 45, 255]));
    expect(answer.status).toBe(204);
    const at = { Bucket: bucket, Key: 'granted' };
    const stored = await client.send(new GetObjectCommand(at));
    expect(stored).toMatchObject({
      ContentType: 'application/pdf',
      Metadata: { owner: 'me' },
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keyArn,
      VersionId: answer.headers.get('x-amz-version-id'),
    });
    expect([...((await stored.Body?.transformToByteArray()) ?? [])]).toEqual([0, 13, 10, 45, 45, 255]);
    const { TagSet } = await client.send(new GetObjectTaggingCommand(at));
    expect(TagSet).toEqual([{ Key: 'a', Value: 'b&c' }]);
    expect(events).toMatchObject([
      {
        name: 'ObjectCreated:Post',
        key: 'granted',
        size: 6,
        accessKeyId: 'test',
        versionId: stored.VersionId,
      },
    ]);
  });

  test.each([
    [undefined, 204],
    ['200', 200],
    ['201', 201],
    ['202', 204],
  ])('answers success_action_status %s with %d', async (asked, status) => {
    const granted = await permit({ Fields: asked === undefined ? {} : { success_action_status: asked } });
    const answer = await post(granted);
    expect(answer.status).toBe(status);
    expect(/<Key>(.*)<\/Key>/.exec(answer.text)?.[1]).toBe(status === 201 ? 'in/offer.pdf' : undefined);
  });

  test.each([
    ['mine.pdf', 'home/mine.pdf'],
    ['C:\\Users\\me\\mine "1".pdf', 'home/mine "1".pdf'],
    ['/tmp/$&.pdf', 'home/$&.pdf'],
  ])('puts the name of the file %j into the key', async (name, key) => {
    const granted = await permit({ Key: `home/${filenameMark}` });
    expect(await post(granted, 'x', name)).toMatchObject({ status: 204 });
    expect(await keys()).toContain(key);
  });

  test('takes field names in any case', async () => {
    const granted = await permit({ Key: 'case' });
    const fields = Object.fromEntries(
      Object.entries(granted.fields).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await post({ ...granted, fields })).toMatchObject({ status: 204 });
  });

  describe('holds the form against the policy', () => {
    test.each<[string, Fields, string]>([
      ['another key', { key: 'in/other.pdf' }, 'Policy Condition failed: ["eq", "$key", "in/offer.pdf"]'],
      [
        'another type',
        { 'Content-Type': 'text/html' },
        'Policy Condition failed: ["eq", "$Content-Type", "application/pdf"]',
      ],
      [
        'another encryption',
        { 'x-amz-server-side-encryption': 'AES256' },
        'Policy Condition failed: ["eq", "$x-amz-server-side-encryption", "aws:kms"]',
      ],
      ['a field that no condition covers', { 'x-amz-meta-more': '1' }, 'Extra input fields: x-amz-meta-more'],
    ])('%s', async (_, change, message) => {
      const granted = await permit();
      const answer = await post({ ...granted, fields: { ...granted.fields, ...change } });
      expect(codeOf({ ...answer, body: Buffer.alloc(0), headers: {} })).toBe('AccessDenied');
      expect(answer.text.replaceAll('&quot;', '"')).toContain(`Invalid according to Policy: ${message}`);
      expect(answer.status).toBe(403);
      expect(events).toEqual([]);
    });

    test('a field that is missing', async () => {
      const granted = await permit();
      const { 'Content-Type': _, ...fields } = granted.fields;
      expect(await post({ ...granted, fields })).toMatchObject({
        status: 403,
        text: expect.stringContaining('Policy Condition failed'),
      });
    });

    test('a field that it may ignore', async () => {
      const granted = await permit({ Key: 'ignoring' });
      const fields = { ...granted.fields, 'x-ignore-token': 'any' };
      expect(await post({ ...granted, fields })).toMatchObject({ status: 204 });
    });

    test.each<[string, number, number, string | undefined]>([
      ['at the least', 2, 204, undefined],
      ['at the most', 5, 204, undefined],
      ['below the least', 1, 400, 'EntityTooSmall'],
      ['above the most', 6, 400, 'EntityTooLarge'],
      ['above what the server takes', 100_001, 400, 'EntityTooLarge'],
      ['above what the server reads', 300_000, 400, 'EntityTooLarge'],
    ])('a length %s', async (_, bytes, status, code) => {
      const granted = await permit({ Conditions: [['content-length-range', 2, 5]] });
      const answer = await post(granted, Buffer.alloc(bytes, 'x'));
      expect([answer.status, /<Code>(\w+)</.exec(answer.text)?.[1]]).toEqual([status, code]);
    });

    test('its time', async () => {
      const granted = await permit();
      time = new Date(Date.now() + 61_000);
      expect(await post(granted)).toMatchObject({
        status: 403,
        text: expect.stringContaining('Invalid according to Policy: Policy expired.'),
      });
    });

    test('a policy that was changed, or signed by someone else', async () => {
      const granted = await permit();
      const { Policy: policy = '' } = granted.fields;
      const changed = Buffer.from(policy, 'base64').toString('utf8').replace('in/offer.pdf', 'in/other.pdf');
      const forms: Fields[] = [
        { Policy: Buffer.from(changed).toString('base64'), key: 'in/other.pdf' },
        { 'X-Amz-Signature': '0'.repeat(64) },
      ];
      for (const change of forms) {
        expect(await post({ ...granted, fields: { ...granted.fields, ...change } })).toMatchObject({
          status: 403,
          text: expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
        });
      }
    });

    test.each([
      ['Policy', 403, 'AccessDenied'],
      ['X-Amz-Signature', 400, 'InvalidArgument'],
      ['X-Amz-Credential', 400, 'InvalidArgument'],
      ['X-Amz-Algorithm', 400, 'InvalidArgument'],
      ['X-Amz-Date', 400, 'InvalidArgument'],
      ['key', 400, 'InvalidArgument'],
    ])('a form without %s', async (name, status, code) => {
      const granted = await permit();
      const fields = Object.fromEntries(Object.entries(granted.fields).filter(([field]) => field !== name));
      const answer = await post({ ...granted, fields });
      expect([answer.status, /<Code>(\w+)</.exec(answer.text)?.[1]]).toEqual([status, code]);
    });

    const own = (policy: unknown, fields: Fields) => {
      const encoded = Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)).toString(
        'base64',
      );
      const signingKey = ['20261121', 'us-east-1', 's3', 'aws4_request'].reduce<string | Buffer>(
        (key, text) => createHmac('sha256', key).update(text).digest(),
        'AWS4test',
      );
      return {
        url: `${endpoint}/open`,
        fields: {
          ...fields,
          policy: encoded,
          'x-amz-algorithm': 'AWS4-HMAC-SHA256',
          'x-amz-credential': 'test/20261121/us-east-1/s3/aws4_request',
          'x-amz-date': '20261121T000000Z',
          'x-amz-signature': createHmac('sha256', signingKey).update(encoded).digest('hex'),
        },
      };
    };
    const signing = [
      { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
      { 'x-amz-credential': 'test/20261121/us-east-1/s3/aws4_request' },
      { 'x-amz-date': '20261121T000000Z' },
    ];
    const expiration = '2099-01-01T00:00:00.000Z';
    const any = ['starts-with', '$key', ''];

    test.each<[string, unknown[], Fields, boolean]>([
      ['any key', [any], { key: 'k' }, true],
      ['a key that begins otherwise', [['starts-with', '$key', 'b']], { key: 'k' }, false],
      ['a bucket by its URL', [any, { bucket: 'open' }], { key: 'k' }, true],
      ['another bucket', [any, { bucket: 'documents' }], { key: 'k', bucket: 'documents' }, false],
      [
        'each of a list of types',
        [any, ['starts-with', '$Content-Type', 'image/']],
        { key: 'k', 'content-type': 'image/a, image/b' },
        true,
      ],
      [
        'one of a list of types',
        [any, ['starts-with', '$Content-Type', 'image/']],
        { key: 'k', 'content-type': 'image/a, text/b' },
        false,
      ],
      ['two conditions on one field', [any, { key: 'j' }], { key: 'k' }, false],
      [
        'a beginning where only the whole fits',
        [any, ['starts-with', '$x-amz-storage-class', 'S']],
        { key: 'k', 'x-amz-storage-class': 'STANDARD' },
        false,
      ],
      ['an operator that does not exist', [['contains', '$key', 'k']], { key: 'k' }, false],
      ['a field without its dollar', [['eq', 'key', 'k']], { key: 'k' }, false],
      ['a range of texts', [any, ['content-length-range', 'a', 'b']], { key: 'k' }, false],
    ])('%s', async (_, conditions, fields, stored) => {
      const answer = await post(own({ expiration, conditions: [...conditions, ...signing] }, fields));
      expect(answer.status).toBe(stored ? 204 : 403);
    });

    test.each<[string, unknown]>([
      ['no JSON', '{'],
      ['no expiration', { conditions: [] }],
      ['no conditions', { expiration }],
      ['an expiration that is no time', { expiration: 'tomorrow', conditions: [] }],
      ['two properties in one condition', { expiration, conditions: [{ key: 'k', acl: 'private' }] }],
    ])('a policy with %s', async (_, policy) => {
      const answer = await post(own(policy, { key: 'k' }));
      expect([answer.status, /<Code>(\w+)</.exec(answer.text)?.[1]]).toEqual([400, 'InvalidPolicyDocument']);
    });
  });

  test('obeys the denials of the bucket policy, by the fields of the form', async () => {
    const granted = await createPresignedPost(client, { Bucket: bucket, Key: 'plain' });
    expect(await post(granted)).toMatchObject({
      status: 403,
      text: expect.stringContaining('<Code>AccessDenied</Code>'),
    });
    await expect(client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'plain' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test.each([
    ['public-read', 400],
    ['bucket-owner-full-control', 204],
  ])('takes no ACL but the one that changes nothing: %s', async (acl, status) => {
    const answer = await post(await permit({ Fields: { acl } }));
    expect(answer.status).toBe(status);
    expect(answer.text.includes('<Code>AccessControlListNotSupported</Code>')).toBe(status === 400);
  });

  test('refuses a redirect, which it does not implement', async () => {
    const granted = await permit({ Fields: { success_action_redirect: 'https://example.com/' } });
    expect(await post(granted)).toMatchObject({ status: 501 });
  });

  describe('refuses a body that is no such form', () => {
    const type = 'multipart/form-data; boundary=b';
    const part = (name: string, value: string, more = '') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
    const file = part('file', 'x', '; filename="f"');

    test.each([
      ['of another type', 'text/plain', `${file}--b--`, 'PreconditionFailed'],
      ['without a delimiter', type, 'nothing', 'MalformedPOSTRequest'],
      ['that breaks off within a part', type, part('key', 'k').slice(0, -2), 'MalformedPOSTRequest'],
      [
        'that breaks off within its headers',
        type,
        '--b\r\nContent-Disposition: form-data',
        'MalformedPOSTRequest',
      ],
      ['with a part without a name', type, `--b\r\nA: b\r\n\r\nx\r\n${file}--b--`, 'MalformedPOSTRequest'],
      ['with text behind a delimiter', type, `--bb\r\n\r\nx\r\n--b--`, 'MalformedPOSTRequest'],
      [
        'with one field twice',
        type,
        `${part('key', 'k')}${part('Key', 'l')}${file}--b--`,
        'MalformedPOSTRequest',
      ],
      ['without a file', type, `${part('key', 'k')}--b--`, 'IncorrectNumberOfFilesInPostRequest'],
      [
        'with too long fields',
        type,
        `${part('key', 'k'.repeat(20_480))}${file}--b--`,
        'MaxPostPreDataLengthExceeded',
      ],
    ])('%s', async (_, contentType, body, code) => {
      const answer = await sendRaw(
        endpoint,
        'POST',
        '/open',
        { 'content-type': contentType, 'content-length': body.length },
        body,
      );
      expect(codeOf(answer)).toBe(code);
      expect(await keys('open')).not.toContain('l');
    });

    test('and takes one with a preamble, padding and an unquoted name', async () => {
      const granted = await createPresignedPost(client, { Bucket: 'open', Key: 'framed' });
      const fields = Object.entries(granted.fields).map(([name, value]) => part(name, value));
      const body = `preamble\r\n${fields.join('')}--b \t\r\ncontent-type: x\r\ncontent-disposition: form-data; name=file\r\n\r\nx\r\n--b--`;
      const headers = { 'content-type': type, 'content-length': body.length };
      expect(await sendRaw(endpoint, 'POST', '/open/', headers, body)).toMatchObject({ status: 204 });
      expect(await keys('open')).toContain('framed');
    });
  });
});
