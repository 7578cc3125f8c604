import { invalidArgument } from './object-attributes.ts';
import type { S3Response } from './s3-request.ts';
import type { S3Call } from './s3-state.ts';
import { element, xmlDocument } from './xml.ts';

const maximumPage = 10_000;

/**
 * All buckets, or one page of them. Where a page is asked for, each bucket's region is told
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html).
 */
export function listBuckets({ state, request }: S3Call): S3Response {
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const region = query.get('bucket-region');
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString('utf8');
  const isPaged = ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'].some(name =>
    query.has(name),
  );
  const maximum = maximumOf(query.get('max-buckets'));
  const matching = state
    .buckets()
    .filter(bucket => bucket.name.startsWith(prefix) && (region === null || bucket.region === region));
  const rest = matching.filter(bucket => bucket.name > after);
  const page = isPaged ? rest.slice(0, maximum) : rest;
  const last = page.at(-1);
  const result = element(
    'ListAllMyBucketsResult',
    element('Owner', element('ID', state.accountId), element('DisplayName', 'local')),
    element(
      'Buckets',
      ...page.map(bucket =>
        element(
          'Bucket',
          element('Name', bucket.name),
          element('CreationDate', bucket.createdAt.toISOString()),
          isPaged ? element('BucketRegion', bucket.region) : undefined,
        ),
      ),
    ),
    page.length < rest.length && last !== undefined
      ? element('ContinuationToken', Buffer.from(last.name).toString('base64url'))
      : undefined,
    prefix === '' ? undefined : element('Prefix', prefix),
  );
  return { status: 200, body: xmlDocument(result, true) };
}

function maximumOf(asked: string | null): number {
  if (asked === null) return maximumPage;
  const maximum = /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
  if (maximum >= 1 && maximum <= maximumPage) return maximum;
  throw invalidArgument('max-buckets is a whole number from 1 to 10000', 'max-buckets', asked);
}
