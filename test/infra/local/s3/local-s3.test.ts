import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';
import { elementsNamed } from '../../../../infra/local/s3/xml.ts';
import { codeOf, type RawAnswer, sendRaw } from './send-raw.ts';

const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/k-1';

describe('LocalS3 on the wire', () => {
  let time = new Date('2026-11-21T08:00:00.999Z');
  const s3 = new LocalS3({
    region: 'eu-central-1',
    accountId: '111122223333',
    clock: () => time,
    maximumObjectBytes: 1024 * 1024,
  });
  let endpoint: string;
  let close: () => Promise<void>;

  const send = (
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body: string | Uint8Array = '',
  ): Promise<RawAnswer> => sendRaw(endpoint, method, target, headers, body);

  beforeAll(async () => {
    s3.createBucket({ name: 'uploads', versioned: true });
    s3.createBucket({ name: 'plain', versioned: false });
    s3.createBucket({
      name: 'sealed',
      versioned: true,
      encryption: { algorithm: 'aws:kms', kmsKeyId: 'k-1' },
    });
    ({ endpoint, close } = await s3.listen());
  });

  afterAll(() => close());

  test.each([
    ['/uploads/asked', true, 200],
    ['/no-such-bucket/a', false, 404],
  ])('asks a client that waits for the body of %s: %p', async (path, asked, status) => {
    const sending = request(`${endpoint}${path}`, {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-length': 5 },
    });
    let continued = false;
    sending.on('continue', () => {
      continued = true;
      sending.end('hello');
    });
    sending.flushHeaders();
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    expect({ continued, status: answer.statusCode }).toEqual({ continued: asked, status });
    answer.resume();
    sending.destroy();
  });

  test.each([
    ['../../etc/passwd', '/uploads/../../etc/passwd'],
    ['../../etc/passwd', '/uploads/%2e%2e/%2E%2E/etc%2fpasswd'],
    ['a/./b//c', '/uploads/a/./b//c'],
    ['/leading', '/uploads//leading'],
    ['a+b c', '/uploads/a+b%20c'],
    ['%2e%2e', '/uploads/%252e%252e'],
    ['ü', '/uploads/%C3%BC'],
    ['\ufeffbom', '/uploads/%EF%BB%BFbom'],
    ['nul\0l', '/uploads/nul%00l'],
  ])('stores the key %j of the target %s, decoded once', async (key, target) => {
    expect((await send('PUT', target, {}, key)).status).toBe(200);
    expect((await send('GET', target)).text).toBe(key);
    const list = await send(
      'GET',
      `/uploads?list-type=2&encoding-type=url&prefix=${encodeURIComponent(key)}`,
    );
    expect(list.text).toContain(`<Key>${encodeURIComponent(key).replaceAll('%2F', '/')}</Key>`);
  });

  test.each([
    ['400', 'InvalidURI', '/uploads/%zz'],
    ['400', 'InvalidURI', '/uploads/a%2'],
    ['400', 'InvalidURI', '/uploads/overlong%C0%AE'],
    ['400', 'KeyTooLongError', `/uploads/${'%C3%BC'.repeat(513)}`],
    ['404', 'NoSuchBucket', '/absent/key'],
    ['404', 'NoSuchKey', '/uploads/absent'],
    ['404', 'NoSuchVersion', `/uploads/absent?versionId=${'0'.repeat(32)}`],
    ['400', 'InvalidArgument', '/uploads/absent?versionId=x'],
    ['501', 'NotImplemented', '/uploads/key?acl'],
    ['501', 'NotImplemented', '/uploads?prefix=a'],
    ['501', 'NotImplemented', '/uploads?website'],
  ])('answers %s %s to GET %s, with request id and resource', async (status, code, target) => {
    const answer = await send('GET', target);
    expect([String(answer.status), codeOf(answer)]).toEqual([status, code]);
    const requestId = answer.headers['x-amz-request-id'];
    expect(requestId).toMatch(/^[0-9A-F]{16}$/);
    expect(answer.text).toContain(`<RequestId>${requestId}</RequestId>`);
    expect(answer.text).toContain(`<Resource>${target.split('?')[0]}</Resource>`);
    expect(answer.headers['content-type']).toBe('application/xml');
  });

  test('names the operation that it does not implement', async () => {
    expect((await send('GET', '/uploads/key?acl')).text).toContain('GET object with ?acl');
    expect((await send('DELETE', '/uploads')).text).toContain('DELETE bucket');
  });

  test('keeps versions, delete markers and whole seconds', async () => {
    const first = await send(
      'PUT',
      '/uploads/versions',
      { 'content-type': 'text/plain', 'x-amz-meta-a': 'b' },
      'one',
    );
    time = new Date('2026-11-21T08:00:02.001Z');
    const second = await send('PUT', '/uploads/versions', {}, 'two');
    const [id1, id2] = [first, second].map(answer => answer.headers['x-amz-version-id']);
    expect(id1).not.toBe(id2);
    const old = await send('GET', `/uploads/versions?versionId=${id1}`);
    expect(old.text).toBe('one');
    expect(old.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-amz-meta-a': 'b',
      'x-amz-version-id': id1,
      'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT',
      etag: `"${createHash('md5').update('one').digest('hex')}"`,
    });
    const deleted = await send('DELETE', '/uploads/versions');
    expect(deleted.status).toBe(204);
    expect(deleted.headers['x-amz-delete-marker']).toBe('true');
    const marker = deleted.headers['x-amz-version-id'];
    const current = await send('GET', '/uploads/versions');
    expect([current.status, codeOf(current), current.headers['x-amz-delete-marker']]).toEqual([
      404,
      'NoSuchKey',
      'true',
    ]);
    const pinned = await send('GET', `/uploads/versions?versionId=${marker}`);
    expect([pinned.status, codeOf(pinned), pinned.headers['allow']]).toEqual([
      405,
      'MethodNotAllowed',
      'DELETE',
    ]);
    const list = await send('GET', '/uploads?versions&prefix=versions');
    expect([...list.text.matchAll(/<VersionId>(\w+)</g)].map(match => match[1])).toEqual([marker, id2, id1]);
    const dates = [...list.text.matchAll(/<LastModified>([^<]+)</g)].map(match => match[1]);
    expect(dates).toEqual([
      '2026-11-21T08:00:02.000Z',
      '2026-11-21T08:00:02.000Z',
      '2026-11-21T08:00:00.000Z',
    ]);
    await send('DELETE', `/uploads/versions?versionId=${marker}`);
    expect((await send('GET', '/uploads/versions')).text).toBe('two');
    await send('DELETE', `/uploads/versions?versionId=${id2}`);
    expect((await send('GET', '/uploads/versions')).text).toBe('one');
  });

  test('keeps one version, without a name, where the bucket is not versioned', async () => {
    expect((await send('PUT', '/plain/key', {}, 'one')).headers).not.toHaveProperty('x-amz-version-id');
    await send('PUT', '/plain/key', {}, 'two');
    expect((await send('GET', '/plain/key?versionId=null')).text).toBe('two');
    await send('DELETE', '/plain/key');
    expect((await send('GET', '/plain/key')).status).toBe(404);
    expect((await send('GET', '/plain?versions')).text).not.toContain('<Key>');
  });

  test('answers HEAD without a body, also for an error', async () => {
    await send('PUT', '/uploads/head', {}, 'hello');
    const head = await send('HEAD', '/uploads/head');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '5', '']);
    const absent = await send('HEAD', '/uploads/absent');
    expect([absent.status, absent.text]).toEqual([404, '']);
    expect((await send('HEAD', '/uploads')).headers['x-amz-bucket-region']).toBe('eu-central-1');
  });

  test.each([
    ['bytes=1-3', 206, 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=-9', 206, 'hello', 'bytes 0-4/5'],
    ['bytes=4-99', 206, 'o', 'bytes 4-4/5'],
    ['bytes=3-2', 200, 'hello', undefined],
    ['bytes=0-1,3-4', 200, 'hello', undefined],
    ['lines=1-2', 200, 'hello', undefined],
  ])('answers the range %s by %i', async (range, status, text, contentRange) => {
    await send('PUT', '/uploads/range', {}, 'hello');
    const answer = await send('GET', '/uploads/range', { range });
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test.each(['bytes=5-', 'bytes=9-10', 'bytes=-0'])('refuses the range %s', async range => {
    await send('PUT', '/uploads/range', {}, 'hello');
    const answer = await send('GET', '/uploads/range', { range });
    expect([answer.status, codeOf(answer)]).toEqual([416, 'InvalidRange']);
    expect(answer.text).toContain('<ActualObjectSize>5</ActualObjectSize>');
  });

  test('writes on conditions', async () => {
    const put = async (headers: Record<string, string>) => {
      const answer = await send('PUT', '/uploads/condition', headers, 'x');
      return answer.status === 200 ? 200 : `${answer.status} ${codeOf(answer)}`;
    };
    const etag = createHash('md5').update('x').digest('hex');
    expect(await put({ 'if-match': '"x"' })).toBe('404 NoSuchKey');
    expect(await put({ 'if-none-match': '*' })).toBe(200);
    expect(await put({ 'if-none-match': '*' })).toBe('412 PreconditionFailed');
    expect(await put({ 'if-none-match': '"x"' })).toBe('501 NotImplemented');
    expect(await put({ 'if-match': '"x"' })).toBe('412 PreconditionFailed');
    expect(await put({ 'if-match': `"${etag}"` })).toBe(200);
    await send('DELETE', '/uploads/condition');
    expect(await put({ 'if-none-match': '*' })).toBe(200);
  });

  test('reads on conditions', async () => {
    time = new Date('2026-11-21T09:00:00.000Z');
    const { headers } = await send('PUT', '/uploads/reading', {}, 'x');
    const etag = String(headers['etag']);
    const get = async (conditions: Record<string, string>) =>
      (await send('GET', '/uploads/reading', conditions)).status;
    expect(await get({ 'if-none-match': etag })).toBe(304);
    expect(await get({ 'if-none-match': '"other"' })).toBe(200);
    expect(await get({ 'if-match': '"other"' })).toBe(412);
    expect(await get({ 'if-match': `"other", ${etag}` })).toBe(200);
    expect(await get({ 'if-modified-since': 'Sat, 21 Nov 2026 09:00:00 GMT' })).toBe(304);
    expect(await get({ 'if-modified-since': 'Sat, 21 Nov 2026 08:59:59 GMT' })).toBe(200);
    expect(await get({ 'if-unmodified-since': 'Sat, 21 Nov 2026 08:59:59 GMT' })).toBe(412);
    expect(await get({ 'if-unmodified-since': 'Sat, 21 Nov 2026 09:00:00 GMT' })).toBe(200);
  });

  test.each<[string, Record<string, string>, string, string, string | undefined]>([
    ['the default of all buckets', {}, 'uploads', 'AES256', undefined],
    ['the default of the bucket', {}, 'sealed', 'aws:kms', keyArn],
    ['what is asked', { 'x-amz-server-side-encryption': 'AES256' }, 'sealed', 'AES256', undefined],
    [
      'the key that is asked',
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': keyArn },
      'uploads',
      'aws:kms',
      keyArn,
    ],
    [
      'the account’s own key',
      { 'x-amz-server-side-encryption': 'aws:kms' },
      'sealed',
      'aws:kms',
      'arn:aws:kms:eu-central-1:111122223333:alias/aws/s3',
    ],
  ])('encrypts by %s', async (_, headers, bucket, algorithm, kmsKeyId) => {
    await send('PUT', `/${bucket}/encrypted`, headers, 'x');
    const answer = await send('HEAD', `/${bucket}/encrypted`);
    expect(answer.headers['x-amz-server-side-encryption']).toBe(algorithm);
    expect(answer.headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe(kmsKeyId);
    const isMd5 = answer.headers['etag'] === `"${createHash('md5').update('x').digest('hex')}"`;
    expect(isMd5).toBe(algorithm === 'AES256');
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['a key without aws:kms', { 'x-amz-server-side-encryption-aws-kms-key-id': 'k' }, 400, 'InvalidArgument'],
    ['an unknown algorithm', { 'x-amz-server-side-encryption': 'rot13' }, 400, 'InvalidArgument'],
    ['SSE-C', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, 501, 'NotImplemented'],
    ['object lock', { 'x-amz-object-lock-mode': 'GOVERNANCE' }, 501, 'NotImplemented'],
    [
      'an encryption context',
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-context': 'e30=' },
      501,
      'NotImplemented',
    ],
    [
      'a bucket key of its own',
      { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' },
      501,
      'NotImplemented',
    ],
    ['an ACL', { 'x-amz-acl': 'public-read' }, 400, 'AccessControlListNotSupported'],
    ['the ACL of old', { 'x-amz-acl': 'private' }, 400, 'AccessControlListNotSupported'],
    ['a grant', { 'x-amz-grant-read': 'id="1"' }, 400, 'AccessControlListNotSupported'],
    ['a grant of all', { 'x-amz-grant-full-control': 'id="1"' }, 400, 'AccessControlListNotSupported'],
    [
      'a wrong Content-MD5',
      { 'content-md5': createHash('md5').update('y').digest('base64') },
      400,
      'BadDigest',
    ],
    ['no Content-MD5', { 'content-md5': 'AAAA' }, 400, 'InvalidDigest'],
    [
      'a wrong checksum',
      { 'x-amz-checksum-sha256': createHash('sha256').digest('base64') },
      400,
      'BadDigest',
    ],
    ['no length', { 'transfer-encoding': 'chunked' }, 411, 'MissingContentLength'],
    ['too much metadata', { 'x-amz-meta-a': 'x'.repeat(2048) }, 400, 'MetadataTooLarge'],
    ['a tag twice', { 'x-amz-tagging': 'a=1&a=2' }, 400, 'InvalidTag'],
  ])('refuses a write with %s', async (_, headers, status, code) => {
    const answer = await send('PUT', '/uploads/refused', headers, 'x');
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect((await send('GET', '/uploads/refused')).status).toBe(404);
  });

  test.each<[string, string, string, Record<string, string>]>([
    ['a copy', 'PUT', '/uploads/refused', { 'x-amz-copy-source': '/uploads/shared' }],
    ['an upload in parts', 'POST', '/uploads/refused?uploads', {}],
    ['a put', 'PUT', '/uploads/refused', {}],
  ])('refuses %s with an ACL, and takes the one that changes nothing', async (_, method, path, headers) => {
    await send('PUT', '/uploads/shared', {}, 'x');
    const answer = await send(method, path, { ...headers, 'x-amz-acl': 'public-read' });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'AccessControlListNotSupported']);
    const owners = 'bucket-owner-full-control';
    const taken = path.replace('public-read', owners).replace('refused', 'taken');
    expect((await send(method, taken, { ...headers, 'x-amz-acl': owners })).status).toBe(200);
  });

  test.each([
    ['crc32', 'y/Q5Jg=='],
    ['crc32c', '4waSgw=='],
    ['crc64nvme', 'rosUhgp5mIg='],
    ['sha1', createHash('sha1').update('123456789').digest('base64')],
    ['sha256', createHash('sha256').update('123456789').digest('base64')],
  ])('verifies, keeps and gives back the checksum %s', async (name, digest) => {
    const header = `x-amz-checksum-${name}`;
    const put = await send('PUT', '/uploads/sum', { [header]: digest }, '123456789');
    expect([put.status, put.headers[header]]).toEqual([200, digest]);
    expect((await send('PUT', '/uploads/sum', { [header]: digest }, '123456780')).status).toBe(400);
    const got = await send('GET', '/uploads/sum', { 'x-amz-checksum-mode': 'ENABLED' });
    expect(got.headers[header]).toBe(digest);
    expect((await send('GET', '/uploads/sum')).headers).not.toHaveProperty(header);
  });

  test('refuses an object above its limit', async () => {
    const answer = await send('PUT', '/uploads/large', {}, new Uint8Array(1024 * 1024 + 1));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'EntityTooLarge']);
    expect((await send('PUT', '/uploads/large', {}, new Uint8Array(1024 * 1024))).status).toBe(200);
  });

  describe('undoes aws-chunked', () => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32('hello world'));
    const trailer = `x-amz-checksum-crc32:${sum.toString('base64')}\r\n`;
    const signature = `;chunk-signature=${'0'.repeat(64)}`;
    const unsigned = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

    test.each([
      [unsigned, `5\r\nhello\r\n6\r\n world\r\n0\r\n${trailer}\r\n`],
      ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', `b${signature}\r\nhello world\r\n0${signature}\r\n\r\n`],
      [
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
        `B${signature}\r\nhello world\r\n0${signature}\r\n${trailer}x-amz-trailer-signature:00\r\n\r\n`,
      ],
    ])('%s', async (kind, body) => {
      const headers = {
        'x-amz-content-sha256': kind,
        'x-amz-decoded-content-length': '11',
        'content-encoding': 'gzip, aws-chunked',
      };
      expect((await send('PUT', '/uploads/chunked', headers, body)).status).toBe(200);
      const answer = await send('GET', '/uploads/chunked');
      expect([answer.text, answer.headers['content-encoding']]).toEqual(['hello world', 'gzip']);
    });

    test.each([
      ['a wrong trailer', '11', 'b\r\nhello w0rld\r\n0\r\n', 'BadDigest'],
      ['another length than said', '12', 'b\r\nhello world\r\n0\r\n', 'IncompleteBody'],
      ['no last chunk', '11', 'b\r\nhello world\r\n', 'IncompleteBody'],
      ['a chunk that is cut', '11', 'c\r\nhello world', 'IncompleteBody'],
      ['a chunk that is longer than said', '11', '5\r\nhello!\r\n6\r\n world\r\n0\r\n', 'IncompleteBody'],
      ['a size that is none', '11', 'zz\r\nhello world\r\n0\r\n', 'IncompleteBody'],
    ])('refuses %s', async (_, length, body, code) => {
      const headers = { 'x-amz-content-sha256': unsigned, 'x-amz-decoded-content-length': length };
      const answer = await send(
        'PUT',
        '/uploads/broken',
        headers,
        `${body}${body.endsWith('0\r\n') ? `${trailer}\r\n` : ''}`,
      );
      expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    });
  });

  test.each([
    ['a line break', 'x-amz-meta-a=b%0d%0ax-injected:1'],
    ['a line feed', 'x-amz-meta-a=b%0ac'],
    ['a control character', 'x-amz-meta-a=%01'],
    ['a character beyond Latin-1', 'x-amz-meta-a=%E6%BC%A2'],
    ['a name that is none', 'x-amz-meta-a%20b=c'],
    ['a line break in a key id', 'x-amz-server-side-encryption-aws-kms-key-id=a%0d%0ab'],
  ])('refuses to store %s that no header could give back', async (_name, query) => {
    const headers = { 'x-amz-server-side-encryption': 'aws:kms' };
    const put = await send('PUT', `/uploads/unsayable?${query}`, headers, 'x');
    expect([put.status, codeOf(put)]).toEqual([400, 'InvalidArgument']);
    expect((await send('HEAD', '/uploads/unsayable')).status).toBe(404);
  });

  test('answers a large document of start tags alone, as malformed', async () => {
    const body = '<Object>'.repeat(200_000);
    const answer = await send('POST', '/uploads?delete', {}, body);
    expect(codeOf(answer)).toBe('MalformedXML');
    // Milliseconds in linear time, minutes in quadratic.
  }, 20_000);

  test('takes the x-amz headers of a presigned URL', async () => {
    const signed =
      'X-Amz-Credential=AKID%2F20261121%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Signature=0&x-id=PutObject';
    await send('PUT', `/uploads/presigned?${signed}&x-amz-meta-a=b`, {}, 'x');
    expect((await send('HEAD', '/uploads/presigned')).headers['x-amz-meta-a']).toBe('b');
    const named = await send('GET', '/uploads/presigned?response-content-disposition=attachment');
    expect(named.headers['content-disposition']).toBe('attachment');
    const split = await send('GET', '/uploads/presigned?response-content-disposition=a%0d%0ax-injected:1');
    expect([split.status, codeOf(split)]).toEqual([400, 'InvalidArgument']);
    expect(split.headers).not.toHaveProperty('x-injected');
  });

  test('outlives a client that goes away within its body', async () => {
    const { port } = new URL(endpoint);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('PUT /uploads/abandoned HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    socket.destroy();
    await once(socket, 'close');
    expect((await send('GET', '/uploads/abandoned')).status).toBe(404);
  });

  test('answers about its buckets', async () => {
    expect((await send('PUT', '/created')).headers['location']).toBe('/created');
    expect(codeOf(await send('PUT', '/created'))).toBe('BucketAlreadyOwnedByYou');
    expect(codeOf(await send('PUT', '/No_Bucket'))).toBe('InvalidBucketName');
    expect((await send('GET', '/')).text).toMatch(
      /<Name>created<.*<Name>plain<.*<Name>sealed<.*<Name>uploads</,
    );
    expect((await send('GET', '/created?location')).text).toContain('>eu-central-1</LocationConstraint>');
    expect((await send('GET', '/created?versioning')).text).not.toContain('<Status>');
    const enabled = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    expect((await send('PUT', '/created?versioning', {}, enabled)).status).toBe(200);
    expect((await send('GET', '/created?versioning')).text).toContain('<Status>Enabled</Status>');
    const suspended = enabled.replace('Enabled', 'Suspended');
    expect(codeOf(await send('PUT', '/created?versioning', {}, suspended))).toBe('NotImplemented');
  });
});

test.each<[string, string[]]>([
  ['<Key>a</Key>', ['a']],
  ['<Key>a</Key><Other/><Key>b</Key >', ['a', 'b']],
  ['<Key a="b">c</Key>', ['c']],
  ['<Key/><Key /><Key>d</Key>', ['', '', 'd']],
  ['<Keys>a</Keys>', []],
  ['<Key>a', []],
  ['<Key ><Key>a</Key>', ['<Key>a']],
  ['<Key <Key>a</Key>', ['a']],
])('the elements of %j', (markup, expected) => {
  expect(elementsNamed(markup, 'Key')).toEqual(expected);
});
