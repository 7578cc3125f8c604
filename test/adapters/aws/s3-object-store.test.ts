import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { S3ObjectStore, type S3ObjectStoreOptions } from '../../../src/adapters/aws/s3-object-store.ts';
import {
  type ObjectStoreSubject,
  objectStoreContract,
} from '../../../src/adapters/contracts/object-store-contract.ts';
import { type FailureKind, isPortError } from '../../../src/ports/failure.ts';
import { useErrorsOfNode } from '../../emulators/errors-of-node.ts';
import { type S3Endpoint, s3Client, startS3 } from '../../emulators/local-s3.ts';

const dated = { 'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT' };

describe('S3ObjectStore keeps the contract of ObjectStore', () => {
  let s3: S3Endpoint;
  let client: S3Client;
  let subject: ObjectStoreSubject;

  beforeAll(async () => {
    s3 = await startS3();
    client = s3.client();
    let keys = 0;
    subject = {
      store: new S3ObjectStore({ client }),
      bucket: await s3.createBucket('contract'),
      otherBucket: await s3.createBucket('other'),
      absentBucket: 'sallyport-no-such-bucket',
      encryptionKeyId: 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555',
      uniqueKey: () => {
        keys += 1;
        return `key-${keys}`;
      },
      hide: async ({ bucket, key }) => {
        const { VersionId } = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
        return VersionId ?? '';
      },
      erase: async ({ bucket, key, versionId }) => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
      },
    };
  });

  afterAll(async () => {
    client.destroy();
    await s3.close();
  });

  for (const { name, run } of objectStoreContract.cases) test(name, () => run(subject));

  test('the contract of a bucket without versions: its one version is null, and can be read', async () => {
    const { store } = subject;
    const target = { bucket: await s3.createBucket('unversioned', { versioned: false }), key: 'a/b.gz' };
    await store.put(target, new TextEncoder().encode('old'));
    await store.put(target, new TextEncoder().encode('new'));

    const current = await store.current(target);

    expect(current?.ref).toEqual({ ...target, versionId: 'null' });
    const ref = current?.ref ?? { ...target, versionId: '' };
    expect(await store.head(ref)).toEqual(current);
    const content = await store.read(ref);
    expect(new TextDecoder().decode(await firstOf(content?.body ?? Readable.from([])))).toBe('new');
    expect(await store.current({ ...target, key: 'absent' })).toBeUndefined();
  });
});

describe('S3ObjectStore translates', () => {
  useErrorsOfNode();

  const ref = { bucket: 'uploads', key: 'a/b.txt', versionId: 'v1' };
  const hello = new TextEncoder().encode('hello');

  type Call = (store: S3ObjectStore) => Promise<unknown>;
  const head: Call = store => store.head(ref);
  const current: Call = store => store.current(ref);
  const read: Call = store => store.read(ref);
  const put: Call = store => store.put(ref, hello);
  const putIfAbsent: Call = store => store.put(ref, hello, { ifAbsent: true });
  const copy: Call = store => store.copy(ref, { bucket: 'quarantine', key: 'b' });

  const fault = (status: number, code: string, message = '', more = ''): Answer => ({
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
  });
  const bare = (status: number): Answer => ({ status, body: '' });

  test.each<[string, Call, FailureKind, string, ...Answer[]]>([
    ['a head without a time', head, 'retryable', 'IncompleteAnswer', bare(200)],
    ['a denied head', head, 'denied', 'AccessDenied', bare(403), fault(403, 'AccessDenied')],
    ['a head with an expired token', head, 'denied', 'ExpiredToken', bare(400), fault(400, 'ExpiredToken')],
    ['a head in an absent bucket', head, 'not-found', 'NoSuchBucket', bare(404), fault(404, 'NoSuchBucket')],
    [
      'a head in another region',
      head,
      'permanent',
      'PermanentRedirect',
      bare(301),
      fault(301, 'PermanentRedirect'),
    ],
    ['a head under load', head, 'retryable', 'ServiceUnavailable', bare(503)],
    ['a head of a failing service', head, 'retryable', 'InternalError', bare(500)],
    [
      'a head whose second look is throttled',
      head,
      'throttled',
      'SlowDown',
      bare(404),
      fault(503, 'SlowDown'),
    ],
    ['a current version without a time', current, 'retryable', 'IncompleteAnswer', bare(200)],
    [
      'a denied look for the current version',
      current,
      'denied',
      'AccessDenied',
      bare(403),
      fault(403, 'AccessDenied'),
    ],
    ['a denied read', read, 'denied', 'AccessDenied', fault(403, 'AccessDenied')],
    ['a read in an absent bucket', read, 'not-found', 'NoSuchBucket', fault(404, 'NoSuchBucket')],
    ['a throttled read', read, 'throttled', 'SlowDown', fault(503, 'SlowDown')],
    ['a read of a failing service', read, 'retryable', 'InternalError', fault(500, 'InternalError')],
    [
      'a read of an archived object',
      read,
      'conflict',
      'InvalidObjectState',
      fault(403, 'InvalidObjectState'),
    ],
    [
      'a read under a disabled key',
      read,
      'conflict',
      'KMS.DisabledException',
      fault(400, 'KMS.DisabledException'),
    ],
    ['a denied write', put, 'denied', 'AccessDenied', fault(403, 'AccessDenied')],
    ['a write damaged on its way', put, 'retryable', 'BadDigest', fault(400, 'BadDigest')],
    ['a write that timed out', put, 'retryable', 'RequestTimeout', fault(400, 'RequestTimeout')],
    [
      'a write under an absent key',
      put,
      'not-found',
      'KMS.NotFoundException',
      fault(400, 'KMS.NotFoundException'),
    ],
    ['a write that is refused as such', put, 'permanent', 'InvalidRequest', fault(400, 'InvalidRequest')],
    [
      'two conditional writes at once',
      putIfAbsent,
      'retryable',
      'ConditionalRequestConflict',
      fault(409, 'ConditionalRequestConflict'),
    ],
    ['a copy that fails after its 200', copy, 'retryable', 'InternalError', fault(200, 'InternalError')],
    ['a copy that is throttled after its 200', copy, 'throttled', 'SlowDown', fault(200, 'SlowDown')],
    ['a copy into an absent bucket', copy, 'not-found', 'NoSuchBucket', fault(404, 'NoSuchBucket')],
    [
      'a copy above 5 GiB',
      copy,
      'permanent',
      'EntityTooLarge',
      fault(
        400,
        'InvalidRequest',
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
      ),
    ],
  ])('%s', async (_, call, kind, code, ...answers) => {
    const asked = await withServer(answering(answers), async store => {
      const error = await failureOf(() => call(store));
      expect(isPortError(error) && { kind: error.kind, code: error.code }).toEqual({ kind, code });
    });
    expect(asked).toHaveLength(answers.length);
  });

  test.each<[string, Call, unknown, ...Answer[]]>([
    ['a deleted version to undefined, on head', head, undefined, bare(405)],
    ['an absent key to undefined, on head', head, undefined, bare(404), fault(404, 'NoSuchKey')],
    ['an absent version to undefined, on head', head, undefined, bare(404), fault(404, 'NoSuchVersion')],
    [
      'a malformed version to undefined, on head',
      head,
      undefined,
      bare(400),
      fault(400, 'InvalidArgument', 'Invalid version id specified', '<ArgumentName>versionId</ArgumentName>'),
    ],
    ['an absent key to undefined, on current', current, undefined, bare(404), fault(404, 'NoSuchKey')],
    ['a deleted version to undefined, on read', read, undefined, fault(405, 'MethodNotAllowed')],
    ['a version without an object to undefined, on read', read, undefined, fault(404, 'NoSuchVersion')],
    [
      'a failed condition to already-exists',
      putIfAbsent,
      { outcome: 'already-exists' },
      fault(412, 'PreconditionFailed'),
    ],
    ['an absent source to source-missing', copy, { outcome: 'source-missing' }, fault(404, 'NoSuchKey')],
    [
      'a deleted source to source-missing',
      copy,
      { outcome: 'source-missing' },
      fault(
        400,
        'InvalidRequest',
        'The source of a copy request may not specifically refer to a delete marker by version id.',
      ),
    ],
  ])('%s', async (_, call, expected, ...answers) => {
    const asked = await withServer(answering(answers), async store =>
      expect(await call(store)).toEqual(expected),
    );
    expect(asked).toHaveLength(answers.length);
  });

  test('a failed condition that was not asked for as a conflict', async () => {
    await withServer(answering([fault(412, 'PreconditionFailed')]), async store => {
      const error = await failureOf(() => put(store));
      expect(isPortError(error) && error.kind).toBe('conflict');
    });
  });

  test('what is found at the second look', async () => {
    const found = {
      status: 200,
      body: 'hello',
      headers: { 'content-length': '5', etag: '"e"', 'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT' },
    };
    await withServer(answering([bare(404), found]), async store => {
      expect(await store.head(ref)).toEqual({
        ref,
        size: 5,
        etag: 'e',
        lastModified: '2026-11-21T08:00:00.000Z',
        metadata: {},
      });
    });
  });

  test.each<[string, Call]>([
    ['head', head],
    ['current', current],
    ['read', read],
    ['put', put],
    ['copy', copy],
  ])('a refused and a lost connection to retryable, on %s', async (_, call) => {
    let closed: S3ObjectStore | undefined;
    await withServer(
      (_request, response) => response.socket?.destroy(),
      async store => {
        closed = store;
        const error = await failureOf(() => call(store));
        expect(isPortError(error) && error.kind).toBe('retryable');
      },
    );
    const error = await failureOf(() => call(closed as S3ObjectStore));
    expect(isPortError(error) && error.kind).toBe('retryable');
  });

  test('a connection that is lost, or bytes that are damaged, within the body', async () => {
    const cut: RequestListener = (_request, response) => {
      response.writeHead(200, { ...dated, 'content-length': '100' });
      response.write('0123456789', () => response.destroy());
    };
    const damaged: RequestListener = (_request, response) => {
      response.writeHead(200, { ...dated, 'content-length': '5', 'x-amz-checksum-crc32': 'AAAAAA==' });
      response.end('hello');
    };
    for (const listener of [cut, damaged]) {
      await withServer(listener, async store => {
        const content = await store.read(ref);
        const error = await failureOf(async () => {
          for await (const chunk of content?.body ?? []) expect(chunk.length).toBeGreaterThan(0);
        });
        expect(isPortError(error) && { kind: error.kind, code: error.code }).toEqual({
          kind: 'retryable',
          code: 'BodyInterrupted',
        });
      });
    }
  });

  test('a body that stalls, however soon its head came', async () => {
    const stalled: RequestListener = (_request, response) => {
      response.writeHead(200, { ...dated, 'content-length': '100' });
      response.write('0123456789');
    };
    const read: number[] = [];
    await withServer(
      stalled,
      async store => {
        const content = await store.read(ref);
        const error = await failureOf(async () => {
          for await (const { length } of content?.body ?? []) read.push(length);
        });
        expect(error).toMatchObject({ kind: 'retryable', code: 'BodyInterrupted' });
      },
      { idleTimeoutMs: 100 },
    );
    expect(read).toEqual([10]);
  });

  test('a body larger than S3 takes, without a call', async () => {
    const asked = await withServer(answering([]), async store => {
      const stream = (async function* () {
        yield hello;
      })();
      const error = await failureOf(() => store.put(ref, { stream, size: 5 * 1024 ** 3 + 1 }));
      expect(isPortError(error) && { kind: error.kind, code: error.code }).toEqual({
        kind: 'permanent',
        code: 'EntityTooLarge',
      });
    });
    expect(asked).toEqual([]);
  });

  test('a version of a bucket that keeps none to the version null', async () => {
    await withServer(answering([{ status: 200, body: '', headers: { etag: '"e"' } }]), async store => {
      expect(await put(store)).toEqual({ outcome: 'stored', ref: { ...ref, versionId: 'null' }, etag: 'e' });
    });
  });
});

describe('S3ObjectStore', () => {
  const ref = { bucket: 'uploads', key: 'k', versionId: 'v 1+2' };

  test('names the source of a copy by an encoded key and version', async () => {
    let source: string | undefined;
    await withServer(
      (request, response) => {
        source = request.headers['x-amz-copy-source'] as string;
        response.end('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>');
      },
      store => store.copy({ ...ref, key: "../ü+%20?(a)*'!/b" }, { bucket: 'b', key: 'k' }),
    );
    expect(source).toBe('uploads/../%C3%BC%2B%2520%3F%28a%29%2A%27%21/b?versionId=v%201%2B2');
  });

  test.each<[string, (body: AsyncIterable<Uint8Array>) => Promise<unknown>]>([
    ['after a chunk', body => firstOf(body)],
    ['before the first chunk', async body => body[Symbol.asyncIterator]().return?.()],
  ])('closes the connection of a reader that leaves %s', async (_, leave) => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    await withServer(
      (_request, response) => {
        response.on('close', resolve);
        response.writeHead(200, { ...dated, 'content-length': String(1e9) });
        response.write(Buffer.alloc(64 * 1024));
      },
      async store => {
        const content = await store.read(ref);
        await leave(content?.body ?? Readable.from([]));
        await closed;
      },
    );
  });

  test('leaves the loop of a source whose upload is refused', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const source = async function* () {
      try {
        for (;;) yield new Uint8Array(64 * 1024);
      } finally {
        resolve();
      }
    };
    await withServer(
      answering([{ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }]),
      async store => {
        const error = await failureOf(() => store.put(ref, { stream: source(), size: 1024 ** 3 }));
        expect(isPortError(error) && error.kind).toBe('denied');
        await left;
      },
    );
  });

  test('stops the request of a source that fails', async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<boolean>();
    const source = async function* () {
      yield new Uint8Array(1000);
      await arrived.promise;
      throw new Error('the source failed');
    };
    await withServer(
      request => {
        request.on('error', () => undefined).on('close', () => closed.resolve(request.complete));
        request.once('data', () => arrived.resolve());
      },
      async store => {
        await expect(store.put(ref, { stream: source(), size: 2000 })).rejects.toThrow('the source failed');
        expect(await closed.promise).toBe(false);
      },
    );
  });
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request after the other. */
function answering(answers: readonly Answer[]): RequestListener {
  let next = 0;
  return (_request, response) => {
    const answer = answers[next] ?? { status: 501, body: '' };
    next += 1;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  };
}

/** Runs against a server of its own and gives the methods it was asked. */
async function withServer(
  listener: RequestListener,
  use: (store: S3ObjectStore) => Promise<unknown>,
  options: Omit<S3ObjectStoreOptions, 'client'> = {},
): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.method ?? '');
    listener(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const client = s3Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await use(new S3ObjectStore({ client, ...options }));
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    client.destroy();
  }
  return asked;
}

async function firstOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  for await (const chunk of body) return chunk;
  return undefined;
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
}
