import { type Bucket, isDeleteMarker, type ObjectVersion } from './bucket.ts';
import { listBuckets } from './list-buckets.ts';
import { isAtOrBefore, listPage } from './list-page.ts';
import { invalidArgument } from './object-attributes.ts';
import { postObject } from './post-object.ts';
import { readEntity } from './read-entity.ts';
import { S3Error } from './s3-error.ts';
import type { S3Response } from './s3-request.ts';
import type { S3Call, S3Operation } from './s3-state.ts';
import { element, elementsNamed, textOf, type Xml, xmlDocument } from './xml.ts';

const maximumDocumentBytes = 2 * 1024 * 1024;
const maximumPage = 1000;

/** The operations on buckets, lists, and many objects at once. */
export const bucketOperations: readonly S3Operation[] = [
  {
    name: 'ListBuckets',
    method: 'GET',
    level: 'service',
    action: 's3:ListAllMyBuckets',
    accepts: ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'],
    run: listBuckets,
  },
  { name: 'CreateBucket', method: 'PUT', level: 'bucket', action: 's3:CreateBucket', run: createBucket },
  { name: 'HeadBucket', method: 'HEAD', level: 'bucket', action: 's3:ListBucket', run: headBucket },
  {
    name: 'GetBucketLocation',
    method: 'GET',
    level: 'bucket',
    action: 's3:GetBucketLocation',
    requires: ['location'],
    run: getBucketLocation,
  },
  {
    name: 'GetBucketVersioning',
    method: 'GET',
    level: 'bucket',
    action: 's3:GetBucketVersioning',
    requires: ['versioning'],
    run: getBucketVersioning,
  },
  {
    name: 'PutBucketVersioning',
    method: 'PUT',
    level: 'bucket',
    action: 's3:PutBucketVersioning',
    requires: ['versioning'],
    run: putBucketVersioning,
  },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    level: 'bucket',
    action: 's3:ListBucket',
    requires: ['list-type'],
    accepts: [
      'prefix',
      'delimiter',
      'max-keys',
      'encoding-type',
      'continuation-token',
      'start-after',
      'fetch-owner',
    ],
    run: listObjects,
  },
  {
    name: 'ListObjectVersions',
    method: 'GET',
    level: 'bucket',
    action: 's3:ListBucketVersions',
    requires: ['versions'],
    accepts: ['prefix', 'delimiter', 'max-keys', 'encoding-type', 'key-marker', 'version-id-marker'],
    run: listObjectVersions,
  },
  {
    name: 'DeleteObjects',
    method: 'POST',
    level: 'bucket',
    // Judged for each key on its own.
    action: '',
    requires: ['delete'],
    run: deleteObjects,
  },
  {
    name: 'PostObject',
    method: 'POST',
    level: 'bucket',
    // Judged once the form has named the key.
    action: '',
    run: postObject,
  },
];

function createBucket({ state, bucketName }: S3Call): S3Response {
  state.create({ name: bucketName, versioned: false });
  return { status: 200, headers: { location: `/${bucketName}` } };
}

function headBucket({ state, bucketName }: S3Call): S3Response {
  return { status: 200, headers: { 'x-amz-bucket-region': state.bucket(bucketName).region } };
}

function getBucketLocation({ state, bucketName }: S3Call): S3Response {
  const { region } = state.bucket(bucketName);
  // The first region has no location constraint.
  const location = element('LocationConstraint', region === 'us-east-1' ? '' : region);
  return { status: 200, body: xmlDocument(location, true) };
}

function getBucketVersioning({ state, bucketName }: S3Call): S3Response {
  const status = state.bucket(bucketName).versioned ? [element('Status', 'Enabled')] : [];
  return { status: 200, body: xmlDocument(element('VersioningConfiguration', ...status), true) };
}

async function putBucketVersioning({ state, request, bucketName }: S3Call): Promise<S3Response> {
  const { bytes } = await readEntity(request, maximumDocumentBytes);
  if (textOf(bytes.toString('utf8'), 'Status') !== 'Enabled') {
    throw new S3Error('NotImplemented', 'The local S3 does not implement suspended versioning');
  }
  state.bucket(bucketName).versioned = true;
  return { status: 200 };
}

function listObjects({ state, request, bucketName }: S3Call): S3Response {
  const { query } = request;
  if (query.get('list-type') !== '2')
    throw invalidArgument('Unknown list type', 'list-type', query.get('list-type') ?? '');
  const bucket = state.bucket(bucketName);
  const list = listOptions(query);
  const startAfter = query.get('start-after') ?? '';
  const token = query.get('continuation-token');
  const position = token === null ? '' : Buffer.from(token, 'base64url').toString('utf8');
  const page = listPage(currentVersions(bucket), {
    ...list,
    isBefore: ({ key }, group) => isAtOrBefore(group ?? key, position) || isAtOrBefore(key, startAfter),
  });
  const next =
    page.next === undefined ? undefined : 'entry' in page.next ? page.next.entry.key : page.next.group;
  const result = element(
    'ListBucketResult',
    element('Name', bucketName),
    ...listHeader(list),
    ...optional('StartAfter', list.encode(startAfter)),
    ...optional('ContinuationToken', token ?? ''),
    ...optional(
      'NextContinuationToken',
      next === undefined ? '' : Buffer.from(next, 'utf8').toString('base64url'),
    ),
    element('KeyCount', page.entries.length + page.commonPrefixes.length),
    element('IsTruncated', next !== undefined),
    ...page.entries.map(version =>
      element('Contents', element('Key', list.encode(version.key)), ...facts(version)),
    ),
    ...commonPrefixes(page.commonPrefixes, list.encode),
  );
  return { status: 200, body: xmlDocument(result, true) };
}

function* currentVersions(bucket: Bucket): Generator<ObjectVersion> {
  for (const key of bucket.keys()) {
    const version = bucket.current(key);
    if (version !== undefined) yield version;
  }
}

function listObjectVersions({ state, request, bucketName }: S3Call): S3Response {
  const { query } = request;
  const bucket = state.bucket(bucketName);
  const list = listOptions(query);
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker') ?? '';
  const all = bucket
    .keys()
    .flatMap(key => bucket.versionsOf(key).map((version, index) => ({ key, version, index })));
  const markerIndex = all.find(
    ({ key, version }) => key === keyMarker && version.versionId === versionMarker,
  )?.index;
  const page = listPage(all, {
    ...list,
    isBefore: ({ key, index }, group) =>
      group === undefined && key === keyMarker && markerIndex !== undefined
        ? index <= markerIndex
        : isAtOrBefore(group ?? key, keyMarker),
  });
  const { next } = page;
  const nextKey = next === undefined ? '' : 'entry' in next ? next.entry.key : next.group;
  const result = element(
    'ListVersionsResult',
    element('Name', bucketName),
    ...listHeader(list),
    element('KeyMarker', list.encode(keyMarker)),
    element('VersionIdMarker', versionMarker),
    ...optional('NextKeyMarker', list.encode(nextKey)),
    ...optional(
      'NextVersionIdMarker',
      next !== undefined && 'entry' in next ? next.entry.version.versionId : '',
    ),
    element('IsTruncated', next !== undefined),
    ...page.entries.map(({ key, version, index }) =>
      element(
        isDeleteMarker(version) ? 'DeleteMarker' : 'Version',
        element('Key', list.encode(key)),
        element('VersionId', version.versionId),
        element('IsLatest', index === 0),
        ...(isDeleteMarker(version)
          ? [element('LastModified', version.lastModified.toISOString())]
          : facts(version)),
      ),
    ),
    ...commonPrefixes(page.commonPrefixes, list.encode),
  );
  return { status: 200, body: xmlDocument(result, true) };
}

async function deleteObjects(call: S3Call): Promise<S3Response> {
  const { bytes } = await readEntity(call.request, maximumDocumentBytes);
  const document = bytes.toString('utf8');
  const objects = elementsNamed(document, 'Object');
  if (objects.length === 0 || objects.length > maximumPage) {
    throw new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate');
  }
  const quiet = textOf(document, 'Quiet') === 'true';
  const results: Xml[] = [];
  for (const object of objects) {
    const result = await deleteListed(call, textOf(object, 'Key') ?? '', textOf(object, 'VersionId'), quiet);
    if (result !== undefined) results.push(result);
  }
  return { status: 200, body: xmlDocument(element('DeleteResult', ...results), true) };
}

async function deleteListed(
  { state, request, bucketName }: S3Call,
  key: string,
  versionId: string | undefined,
  quiet: boolean,
): Promise<Xml | undefined> {
  const named = [element('Key', key), ...(versionId === undefined ? [] : [element('VersionId', versionId)])];
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  try {
    const query = new URLSearchParams(versionId === undefined ? {} : { versionId });
    await state.requirePermission(action, bucketName, key, { ...request, query });
    const removed = state.remove(bucketName, key, versionId);
    if (quiet) return undefined;
    if (removed === undefined || !isDeleteMarker(removed)) return element('Deleted', ...named);
    const marker = [element('DeleteMarker', true), element('DeleteMarkerVersionId', removed.versionId)];
    return element('Deleted', ...named, ...marker);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return element('Error', ...named, element('Code', error.code), element('Message', error.message));
  }
}

interface ListOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maximum: number;
  readonly encodingType: string;
  encode(text: string): string;
}

function listOptions(query: URLSearchParams): ListOptions {
  const encodingType = query.get('encoding-type') ?? '';
  if (encodingType !== '' && encodingType !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType);
  }
  const maximum = query.get('max-keys') ?? String(maximumPage);
  if (!/^\d{1,9}$/.test(maximum))
    throw invalidArgument('Provided max-keys not an integer', 'max-keys', maximum);
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maximum: Math.min(Number(maximum), maximumPage),
    encodingType,
    encode: text => (encodingType === '' ? text : encodeURIComponent(text).replaceAll('%2F', '/')),
  };
}

function listHeader({ prefix, delimiter, maximum, encodingType, encode }: ListOptions): Xml[] {
  return [
    element('Prefix', encode(prefix)),
    ...optional('Delimiter', encode(delimiter)),
    element('MaxKeys', maximum),
    ...optional('EncodingType', encodingType),
  ];
}

function commonPrefixes(prefixes: readonly string[], encode: (text: string) => string): Xml[] {
  return prefixes.map(prefix => element('CommonPrefixes', element('Prefix', encode(prefix))));
}

function facts(version: ObjectVersion): Xml[] {
  return [
    element('LastModified', version.lastModified.toISOString()),
    element('ETag', `"${version.etag}"`),
    element('Size', version.bytes.length),
    element('StorageClass', 'STANDARD'),
  ];
}

function optional(name: string, text: string): Xml[] {
  return text === '' ? [] : [element(name, text)];
}
