import { type Bucket, isDeleteMarker, type ObjectVersion, type StoredVersion } from './bucket.ts';
import { isNotModified, requireWriteConditions } from './conditions.ts';
import { copyObject } from './copy-object.ts';
import {
  attributesOf,
  checkedTags,
  describingHeaders,
  encryptionHeaders,
  etagOf,
  requireSupportedHeaders,
  versionHeaders,
} from './object-attributes.ts';
import { readEntity } from './read-entity.ts';
import { requireWrite } from './require-write.ts';
import { S3Error } from './s3-error.ts';
import type { S3Response } from './s3-request.ts';
import type { S3Call, S3Operation } from './s3-state.ts';
import { element, elementsNamed, textOf, xmlDocument } from './xml.ts';

const overridable = [
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];

/** The operations on one object but for multipart uploads. */
export const objectOperations: readonly S3Operation[] = [
  {
    name: 'GetObject',
    method: 'GET',
    level: 'object',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    accepts: ['versionId', ...overridable],
    run: getObject,
  },
  {
    name: 'HeadObject',
    method: 'HEAD',
    level: 'object',
    action: 's3:GetObject',
    versionAction: 's3:GetObjectVersion',
    accepts: ['versionId', ...overridable],
    run: getObject,
  },
  { name: 'PutObject', method: 'PUT', level: 'object', action: 's3:PutObject', run: putObject },
  {
    name: 'CopyObject',
    method: 'PUT',
    level: 'object',
    action: 's3:PutObject',
    requiresHeader: 'x-amz-copy-source',
    run: copyObject,
  },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    level: 'object',
    action: 's3:DeleteObject',
    versionAction: 's3:DeleteObjectVersion',
    accepts: ['versionId'],
    run: deleteObject,
  },
  {
    name: 'GetObjectTagging',
    method: 'GET',
    level: 'object',
    action: 's3:GetObjectTagging',
    versionAction: 's3:GetObjectVersionTagging',
    requires: ['tagging'],
    accepts: ['versionId'],
    run: getObjectTagging,
  },
  {
    name: 'PutObjectTagging',
    method: 'PUT',
    level: 'object',
    action: 's3:PutObjectTagging',
    versionAction: 's3:PutObjectVersionTagging',
    requires: ['tagging'],
    accepts: ['versionId'],
    run: putObjectTagging,
  },
  {
    name: 'DeleteObjectTagging',
    method: 'DELETE',
    level: 'object',
    action: 's3:DeleteObjectTagging',
    versionAction: 's3:DeleteObjectVersionTagging',
    requires: ['tagging'],
    accepts: ['versionId'],
    run: deleteObjectTagging,
  },
];

async function getObject({ state, request, bucketName, key }: S3Call): Promise<S3Response> {
  const bucket = state.bucket(bucketName);
  requireSupportedHeaders(request.headers);
  const versionId = request.query.get('versionId') ?? undefined;
  const version = await state.versionFor(request, bucketName, key, versionId);
  const withChecksums = request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  if (request.method === 'GET' || withChecksums) {
    await state.requireKey(['kms:Decrypt'], version.encryption, bucketName, key, request);
  }
  const headers = describingHeaders(bucket, version);
  if (isNotModified(version, request.headers)) return { status: 304, headers };
  for (const name of overridable) {
    const value = request.query.get(name);
    if (value !== null) headers[name.slice('response-'.length)] = value;
  }
  const range = rangeOf(request.headers['range'], version.bytes.length);
  if (range !== undefined) {
    headers['content-range'] = `bytes ${range.first}-${range.last}/${version.bytes.length}`;
    return { status: 206, headers, body: version.bytes.subarray(range.first, range.last + 1) };
  }
  if (withChecksums) Object.assign(headers, version.checksums);
  return { status: 200, headers, body: version.bytes };
}

async function putObject({ state, request, bucketName, key }: S3Call): Promise<S3Response> {
  const bucket = state.bucket(bucketName);
  const attributes = attributesOf(request.headers, bucket, state);
  await requireWrite(state, attributes, bucketName, key, request);
  const { bytes, checksums } = await readEntity(request, state.maximumObjectBytes);
  requireWriteConditions(bucket, key, request.headers);
  const version = bucket.add(
    key,
    { ...attributes, bytes, checksums, etag: etagOf(bytes, attributes.encryption) },
    state.now(),
  );
  state.announce('ObjectCreated:Put', bucketName, version, request);
  return {
    status: 200,
    headers: {
      etag: `"${version.etag}"`,
      ...versionHeaders(bucket, version),
      ...encryptionHeaders(version.encryption),
      ...checksums,
    },
  };
}

function deleteObject({ state, request, bucketName, key }: S3Call): S3Response {
  const bucket = state.bucket(bucketName);
  const removed = state.remove(bucketName, key, request.query.get('versionId') ?? undefined);
  return { status: 204, headers: removedHeaders(bucket, removed) };
}

function removedHeaders(bucket: Bucket, removed: StoredVersion | undefined): Record<string, string> {
  if (removed === undefined) return {};
  return {
    ...versionHeaders(bucket, removed),
    ...(isDeleteMarker(removed) ? { 'x-amz-delete-marker': 'true' } : {}),
  };
}

function getObjectTagging({ state, request, bucketName, key }: S3Call): S3Response {
  const bucket = state.bucket(bucketName);
  const version = requestedVersion(bucket, key, request.query);
  const tags = [...version.tags].map(([name, value]) =>
    element('Tag', element('Key', name), element('Value', value)),
  );
  return {
    status: 200,
    headers: versionHeaders(bucket, version),
    body: xmlDocument(element('Tagging', element('TagSet', ...tags)), true),
  };
}

async function putObjectTagging({ state, request, bucketName, key }: S3Call): Promise<S3Response> {
  const bucket = state.bucket(bucketName);
  const { bytes } = await readEntity(request, state.maximumObjectBytes);
  const tags = elementsNamed(bytes.toString('utf8'), 'Tag').map(
    tag => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const,
  );
  const version = requestedVersion(bucket, key, request.query);
  bucket.amend(version, { tags: checkedTags(tags) });
  return { status: 200, headers: versionHeaders(bucket, version) };
}

function deleteObjectTagging({ state, request, bucketName, key }: S3Call): S3Response {
  const bucket = state.bucket(bucketName);
  const version = requestedVersion(bucket, key, request.query);
  bucket.amend(version, { tags: new Map() });
  return { status: 204, headers: versionHeaders(bucket, version) };
}

function requestedVersion(bucket: Bucket, key: string, query: URLSearchParams): ObjectVersion {
  return bucket.find(key, query.get('versionId') ?? undefined);
}

/** One range of bytes as in RFC 9110, 14.1.2. What is no such range is ignored, as S3 does with several of them. */
function rangeOf(header: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first < size && first <= last) return { first, last };
  throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
    fields: { RangeRequested: header ?? '', ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });
}
