import type { Bucket, ObjectAttributes, ObjectVersion } from './bucket.ts';
import { isNotModified, preconditionFailed, requireWriteConditions } from './conditions.ts';
import {
  describedBy,
  encryptionHeaders,
  etagOf,
  invalidArgument,
  parseTagging,
  requestedEncryption,
  requireNoAcl,
  requireSupportedHeaders,
  versionHeaders,
} from './object-attributes.ts';
import { requireWrite } from './require-write.ts';
import { S3Error } from './s3-error.ts';
import { decodeOnce, type S3Response } from './s3-request.ts';
import type { S3Call, S3State } from './s3-state.ts';
import { element, xmlDocument } from './xml.ts';

/** Copies one version within the store; the bytes are shared, not copied. */
export async function copyObject(call: S3Call): Promise<S3Response> {
  const { state, request, bucketName, key } = call;
  const { headers } = request;
  const source = await copySource(call);
  const bucket = state.bucket(bucketName);
  const attributes = copiedAttributes(source, bucket, key, headers, state);
  const { version: from, versionId } = source;
  if (from.tags.size > 0 && attributes.tags === from.tags) {
    // Tags are carried over only to a caller who may read them.
    const action = versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
    await state.requirePermission(action, source.bucket.name, from.key, request);
  }
  await requireWrite(state, attributes, bucketName, key, request);
  requireWriteConditions(bucket, key, headers);
  const { bytes, checksums } = source.version;
  const version = bucket.add(
    key,
    { ...attributes, bytes, checksums, etag: etagOf(bytes, attributes.encryption) },
    state.now(),
  );
  state.announce('ObjectCreated:Copy', bucketName, version, request);
  const result = element(
    'CopyObjectResult',
    element('LastModified', version.lastModified.toISOString()),
    element('ETag', `"${version.etag}"`),
  );
  return {
    status: 200,
    headers: {
      ...versionHeaders(bucket, version),
      ...(source.bucket.versioned ? { 'x-amz-copy-source-version-id': source.version.versionId } : {}),
      ...encryptionHeaders(version.encryption),
    },
    body: xmlDocument(result, true),
  };
}

interface CopySource {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  readonly versionId?: string;
}

/** Finds the version that `x-amz-copy-source` names and holds its conditions against it. */
export async function copySource({ state, request }: S3Call): Promise<CopySource> {
  const [path = '', query = ''] = (request.headers['x-amz-copy-source'] ?? '').split('?', 2);
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeOnce(path)) ?? [];
  if (bucketName === undefined || key === undefined) {
    throw invalidArgument('Copy Source must mention the source bucket and key', 'x-amz-copy-source', path);
  }
  const versionId = new URLSearchParams(query).get('versionId') ?? undefined;
  const bucket = state.bucket(bucketName);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const named = new URLSearchParams(versionId === undefined ? {} : { versionId });
  await state.requirePermission(action, bucketName, key, { ...request, query: named });
  const version = await sourceVersion(state, request, bucketName, key, versionId);
  await state.requireKey(['kms:Decrypt'], version.encryption, bucketName, key, request);
  if (isNotModified(version, request.headers, 'x-amz-copy-source-')) {
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  }
  return { bucket, version, ...(versionId === undefined ? {} : { versionId }) };
}

async function sourceVersion(
  state: S3State,
  request: S3Call['request'],
  bucketName: string,
  key: string,
  versionId: string | undefined,
): Promise<ObjectVersion> {
  try {
    return await state.versionFor(request, bucketName, key, versionId);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'MethodNotAllowed') throw error;
    throw new S3Error(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
}

function copiedAttributes(
  source: CopySource,
  bucket: Bucket,
  key: string,
  headers: Readonly<Record<string, string>>,
  state: S3State,
): ObjectAttributes {
  requireSupportedHeaders(headers);
  requireNoAcl(headers);
  const replaced = directive(headers, 'x-amz-metadata-directive');
  const retagged = directive(headers, 'x-amz-tagging-directive');
  const encryption = requestedEncryption(headers, state);
  const ontoItself = source.bucket === bucket && source.version.key === key && source.versionId === undefined;
  if (ontoItself && !replaced && encryption === undefined) {
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  return {
    ...(replaced ? describedBy(headers) : keptDescription(source.version)),
    // The encryption of the source is not kept: a copy is a new object of the target bucket.
    encryption: encryption ?? bucket.defaultEncryption,
    tags: retagged ? parseTagging(headers['x-amz-tagging'] ?? '') : source.version.tags,
  };
}

function keptDescription({
  systemHeaders,
  metadata,
}: ObjectVersion): Pick<ObjectAttributes, 'systemHeaders' | 'metadata'> {
  return { systemHeaders, metadata };
}

function directive(headers: Readonly<Record<string, string>>, name: string): boolean {
  const value = headers[name] ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument('Unknown directive.', name, value);
  return value === 'REPLACE';
}
