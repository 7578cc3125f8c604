import { createHash, randomBytes } from 'node:crypto';
import type { Bucket, MultipartUpload } from './bucket.ts';
import { verifyChecksums } from './checksums.ts';
import { requireWriteConditions } from './conditions.ts';
import { copySource } from './copy-object.ts';
import {
  attributesOf,
  encryptionHeaders,
  etagOf,
  invalidArgument,
  versionHeaders,
} from './object-attributes.ts';
import { readEntity } from './read-entity.ts';
import { requireWrite } from './require-write.ts';
import { S3Error } from './s3-error.ts';
import type { S3Response } from './s3-request.ts';
import type { S3Call, S3Operation } from './s3-state.ts';
import { element, elementsNamed, textOf, xmlDocument } from './xml.ts';

/** "Amazon S3 multipart upload limits", S3 User Guide. */
const minimumPartBytes = 5 * 1024 * 1024;
const maximumParts = 10_000;

/** Uploads in parts, as the AWS CLI sends files above 8 MB. */
export const multipartOperations: readonly S3Operation[] = [
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    level: 'object',
    action: 's3:PutObject',
    requires: ['uploads'],
    run: createMultipartUpload,
  },
  {
    name: 'UploadPart',
    method: 'PUT',
    level: 'object',
    action: 's3:PutObject',
    requires: ['partNumber', 'uploadId'],
    policyHeaders: call => uploadOf(call).headers,
    run: uploadPart,
  },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    level: 'object',
    action: 's3:PutObject',
    requires: ['partNumber', 'uploadId'],
    requiresHeader: 'x-amz-copy-source',
    policyHeaders: call => uploadOf(call).headers,
    run: uploadPartCopy,
  },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    level: 'object',
    action: 's3:PutObject',
    requires: ['uploadId'],
    policyHeaders: call => uploadOf(call).headers,
    run: completeMultipartUpload,
  },
  {
    name: 'AbortMultipartUpload',
    method: 'DELETE',
    level: 'object',
    action: 's3:AbortMultipartUpload',
    requires: ['uploadId'],
    run: abortMultipartUpload,
  },
  {
    name: 'ListParts',
    method: 'GET',
    level: 'object',
    action: 's3:ListMultipartUploadParts',
    requires: ['uploadId'],
    accepts: ['max-parts', 'part-number-marker'],
    run: listParts,
  },
];

async function createMultipartUpload({ state, request, bucketName, key }: S3Call): Promise<S3Response> {
  const bucket = state.bucket(bucketName);
  const attributes = attributesOf(request.headers, bucket, state);
  await requireWrite(state, attributes, bucketName, key, request, true);
  const uploadId = randomBytes(24).toString('base64url');
  bucket.uploads.set(uploadId, { uploadId, key, attributes, headers: request.headers, parts: new Map() });
  const result = element(
    'InitiateMultipartUploadResult',
    element('Bucket', bucketName),
    element('Key', key),
    element('UploadId', uploadId),
  );
  return { status: 200, headers: encryptionHeaders(attributes.encryption), body: xmlDocument(result, true) };
}

async function uploadPart(call: S3Call): Promise<S3Response> {
  const { state, request } = call;
  const number = partNumber(call);
  const { bytes, checksums } = await readEntity(request, state.maximumObjectBytes);
  const upload = uploadOf(call);
  const etag = addPart(call, upload, number, bytes);
  return {
    status: 200,
    headers: { etag: `"${etag}"`, ...encryptionHeaders(upload.attributes.encryption), ...checksums },
  };
}

async function uploadPartCopy(call: S3Call): Promise<S3Response> {
  const number = partNumber(call);
  const { version, bucket } = await copySource(call);
  const upload = uploadOf(call);
  const header = call.request.headers['x-amz-copy-source-range'];
  const [, first = '0', last = String(version.bytes.length - 1)] =
    /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  if (header !== undefined && (Number(last) < Number(first) || Number(last) >= version.bytes.length)) {
    throw invalidArgument('The range is not valid for the source object', 'x-amz-copy-source-range', header);
  }
  const etag = addPart(call, upload, number, version.bytes.subarray(Number(first), Number(last) + 1));
  const result = element(
    'CopyPartResult',
    element('LastModified', call.state.now().toISOString()),
    element('ETag', `"${etag}"`),
  );
  return {
    status: 200,
    headers: bucket.versioned ? { 'x-amz-copy-source-version-id': version.versionId } : {},
    body: xmlDocument(result, true),
  };
}

function addPart({ state }: S3Call, upload: MultipartUpload, number: number, bytes: Buffer): string {
  let total = bytes.length;
  for (const [other, part] of upload.parts) {
    if (other !== number) total += part.bytes.length;
  }
  if (total > state.maximumObjectBytes) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      fields: { ProposedSize: String(total), MaxSizeAllowed: String(state.maximumObjectBytes) },
    });
  }
  const etag = etagOf(bytes, upload.attributes.encryption);
  upload.parts.set(number, { bytes, etag, lastModified: state.now() });
  return etag;
}

async function completeMultipartUpload(call: S3Call): Promise<S3Response> {
  const { state, request, bucketName, key } = call;
  // The checksum headers of this request speak of the object, not of the list of parts that it carries.
  const { 'x-amz-checksum-type': checksumType, ...headers } = request.headers;
  const { bytes: list } = await readEntity({ ...request, headers: withoutChecksums(headers) }, 1024 * 1024);
  const bucket = state.bucket(bucketName);
  const upload = uploadOf(call);
  const parts = listedParts(upload, list.toString('utf8'));
  const bytes = Buffer.concat(parts.map(part => part.bytes));
  const checksums = checksumType === 'FULL_OBJECT' ? verifyChecksums(bytes, headers) : {};
  requireWriteConditions(bucket, key, headers);
  const etag = `${joinedEtag(parts.map(part => part.etag))}-${parts.length}`;
  const version = bucket.add(key, { ...upload.attributes, bytes, checksums, etag }, state.now());
  bucket.uploads.delete(upload.uploadId);
  state.announce('ObjectCreated:CompleteMultipartUpload', bucketName, version, request);
  const result = element(
    'CompleteMultipartUploadResult',
    element('Location', `/${bucketName}/${encodeURIComponent(key)}`),
    element('Bucket', bucketName),
    element('Key', key),
    element('ETag', `"${etag}"`),
  );
  return {
    status: 200,
    headers: { ...versionHeaders(bucket, version), ...encryptionHeaders(version.encryption) },
    body: xmlDocument(result, true),
  };
}

function listedParts(upload: MultipartUpload, list: string): { bytes: Buffer; etag: string }[] {
  const entries = elementsNamed(list, 'Part').map(part => ({
    number: Number(textOf(part, 'PartNumber')),
    etag: textOf(part, 'ETag')?.replaceAll('"', ''),
  }));
  if (entries.length === 0) {
    throw new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate');
  }
  if (entries.some(({ number }, index) => number <= (entries[index - 1]?.number ?? 0))) {
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  return entries.map(({ number, etag }, index) => {
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== etag) {
      throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.', {
        fields: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag ?? '' },
      });
    }
    if (index < entries.length - 1 && part.bytes.length < minimumPartBytes) {
      throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        fields: { ProposedSize: String(part.bytes.length), MinSizeAllowed: String(minimumPartBytes) },
      });
    }
    return part;
  });
}

function abortMultipartUpload(call: S3Call): S3Response {
  call.state.bucket(call.bucketName).uploads.delete(uploadOf(call).uploadId);
  return { status: 204 };
}

function listParts(call: S3Call): S3Response {
  const { request, bucketName, key } = call;
  const upload = uploadOf(call);
  const marker = Number(request.query.get('part-number-marker') ?? 0);
  const maximum = Math.min(Number(request.query.get('max-parts') ?? 1000), 1000);
  const after = [...upload.parts]
    .filter(([number]) => number > marker)
    .sort(([left], [right]) => left - right);
  const page = after.slice(0, maximum);
  const result = element(
    'ListPartsResult',
    element('Bucket', bucketName),
    element('Key', key),
    element('UploadId', upload.uploadId),
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', page.at(-1)?.[0] ?? 0),
    element('MaxParts', maximum),
    element('IsTruncated', after.length > page.length),
    ...page.map(([number, part]) =>
      element(
        'Part',
        element('PartNumber', number),
        element('LastModified', part.lastModified.toISOString()),
        element('ETag', `"${part.etag}"`),
        element('Size', part.bytes.length),
      ),
    ),
  );
  return { status: 200, body: xmlDocument(result, true) };
}

function uploadOf({ state, request, bucketName, key }: S3Call): MultipartUpload {
  const bucket: Bucket = state.bucket(bucketName);
  const upload = bucket.uploads.get(request.query.get('uploadId') ?? '');
  if (upload !== undefined && upload.key === key) return upload;
  throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist.');
}

function partNumber({ request }: S3Call): number {
  const text = request.query.get('partNumber') ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maximumParts) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${maximumParts}, inclusive`,
    'partNumber',
    text,
  );
}

/** The MD5 of the parts' own digests; all that is promised of it is its form, `<hex>-<count>`. */
function joinedEtag(etags: readonly string[]): string {
  return createHash('md5')
    .update(Buffer.from(etags.join(''), 'hex'))
    .digest('hex');
}

function withoutChecksums(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
}
