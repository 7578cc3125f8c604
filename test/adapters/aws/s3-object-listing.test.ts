import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { S3ObjectListing } from '../../../src/adapters/aws/s3-object-listing.ts';
import { S3ObjectStore } from '../../../src/adapters/aws/s3-object-store.ts';
import {
  type ObjectListingSubject,
  objectListingContract,
} from '../../../src/adapters/contracts/object-listing-contract.ts';
import type { ListedObject, ListedPlace } from '../../../src/ports/object-listing.ts';
import { type S3Endpoint, s3Client, startS3 } from '../../emulators/local-s3.ts';

describe.each([
  ['pages of one key', 1],
  ['pages of three keys', 3],
  ['pages as long as S3 makes them', undefined],
])('S3ObjectListing with %s keeps the contract of ObjectListing', (_, pageSize) => {
  let s3: S3Endpoint;
  let client: S3Client;
  let subject: ObjectListingSubject;

  beforeAll(async () => {
    s3 = await startS3();
    client = s3.client();
    let prefixes = 0;
    subject = {
      store: new S3ObjectStore({ client }),
      listing: new S3ObjectListing({ client, ...(pageSize === undefined ? {} : { pageSize }) }),
      bucket: await s3.createBucket('contract'),
      absentBucket: 'sallyport-no-such-bucket',
      uniquePrefix: () => {
        prefixes += 1;
        return `below-${prefixes}/`;
      },
      hide: async ({ bucket, key }) => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      },
    };
  });

  afterAll(async () => {
    client.destroy();
    await s3.close();
  });

  test.each(objectListingContract.cases)('$name', ({ run }) => run(subject));
});

const place: ListedPlace = { bucket: 'logs', prefix: 'AWSLogs/' };

/** What a list of {@link place} gives where S3 answers so, in turn; and the queries that were asked. */
async function listAgainst(...answers: readonly { readonly status: number; readonly body: string }[]) {
  const queries: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const answer = answers[queries.length];
    queries.push(new URL(request.url ?? '', 'http://s3').searchParams);
    response.writeHead(answer?.status ?? 500, { 'content-type': 'application/xml' }).end(answer?.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const client = s3Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    const keys: ListedObject[] = [];
    const listing = new S3ObjectListing({ client });
    for await (const object of listing.list(place, { startAfter: 'AWSLogs/1' })) keys.push(object);
    return { listed: keys, queries };
  } finally {
    client.destroy();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}

const page = (inner: string) => ({
  status: 200,
  body: `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`,
});
const entry = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-21T08:00:00.123Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size></Contents>`;

test('a plus stands for a space, as in forms, and times are cut to whole seconds', async () => {
  const { listed } = await listAgainst(page(entry('a+b%2Bc%E2%82%AC')));

  expect(listed).toEqual([
    { bucket: 'logs', key: 'a b+c€', size: 7, etag: 'e', lastModified: '2026-11-21T08:00:00.000Z' },
  ]);
});

test('each page is asked for with the token of the one before', async () => {
  const { listed, queries } = await listAgainst(
    page(`<IsTruncated>true</IsTruncated><NextContinuationToken>t 1</NextContinuationToken>${entry('a')}`),
    page(`<IsTruncated>false</IsTruncated>${entry('b')}`),
  );

  expect(listed.map(({ key }) => key)).toEqual(['a', 'b']);
  expect(queries.map(query => query.get('continuation-token'))).toEqual([null, 't 1']);
  for (const query of queries) {
    expect(query.get('prefix')).toBe('AWSLogs/');
    expect(query.get('start-after')).toBe('AWSLogs/1');
    expect(query.get('encoding-type')).toBe('url');
  }
});

test.each([
  ['says that there is more, but not where', page('<IsTruncated>true</IsTruncated>')],
  ['holds a key that cannot be decoded', page(entry('%E2%82'))],
  ['lacks a fact of an object', page('<Contents><Key>a</Key></Contents>')],
])('an answer that %s is retryable, never a shorter list', async (_, answer) => {
  await expect(listAgainst(answer)).rejects.toMatchObject({ kind: 'retryable', code: 'IncompleteAnswer' });
});

test.each([
  ['AccessDenied', 403, 'denied'],
  ['SlowDown', 503, 'throttled'],
  ['InternalError', 500, 'retryable'],
])('%s is %s', async (code, status, kind) => {
  const refused = { status, body: `<Error><Code>${code}</Code><Message>x</Message></Error>` };

  await expect(listAgainst(refused)).rejects.toMatchObject({ kind, code, operation: 'ObjectListing.list' });
});
