import { createHash, randomBytes } from 'node:crypto';
import type { Bucket, Encryption, ObjectAttributes, ObjectVersion } from './bucket.ts';
import { S3Error } from './s3-error.ts';
import type { S3State } from './s3-state.ts';

type Headers = Readonly<Record<string, string>>;

const systemHeaderNames = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** Headers that would change what is stored in ways that this server does not know. */
const unsupportedHeaders =
  /^x-amz-(server-side-encryption-(customer-|context|bucket-key-enabled)|object-lock-|website-redirect|write-offset)/;

/** The one ACL that says what holds anyway. */
const ownersAcl = 'bucket-owner-full-control';

const metadataPrefix = 'x-amz-meta-';
const maximumMetadataBytes = 2048;

/** What the headers of a write say of the object. */
export function attributesOf(headers: Headers, bucket: Bucket, state: S3State): ObjectAttributes {
  requireSupportedHeaders(headers);
  requireNoAcl(headers);
  return {
    ...describedBy(headers),
    encryption: requestedEncryption(headers, state) ?? bucket.defaultEncryption,
    tags: parseTagging(headers['x-amz-tagging'] ?? ''),
  };
}

/** Content type, its kin, and user metadata. */
export function describedBy(headers: Headers): Pick<ObjectAttributes, 'systemHeaders' | 'metadata'> {
  const systemHeaders: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of systemHeaderNames) {
    const value = name === 'content-encoding' ? withoutAwsChunked(headers[name]) : headers[name];
    if (value !== undefined && value !== '') systemHeaders[name] = value;
  }
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(metadataPrefix)) continue;
    metadata[name.slice(metadataPrefix.length)] = value;
    bytes += name.length - metadataPrefix.length + Buffer.byteLength(value, 'latin1');
  }
  if (bytes > maximumMetadataBytes) {
    throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      fields: { Size: String(bytes), MaxSizeAllowed: String(maximumMetadataBytes) },
    });
  }
  return { systemHeaders, metadata };
}

export function requireSupportedHeaders(headers: Headers): void {
  const unsupported = Object.keys(headers).find(name => unsupportedHeaders.test(name));
  if (unsupported !== undefined) {
    throw new S3Error('NotImplemented', `The local S3 does not implement the header ${unsupported}`, {
      fields: { Header: unsupported },
    });
  }
}

/**
 * Throws `AccessControlListNotSupported` for an ACL, as a bucket does whose owner owns all in it, which is the default:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function requireNoAcl(headers: Headers): void {
  const acl = headers['x-amz-acl'] ?? ownersAcl;
  if (acl === ownersAcl && !Object.keys(headers).some(name => name.startsWith('x-amz-grant-'))) return;
  throw new S3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

/** The encryption that a request asks for, or `undefined` where it leaves it to the bucket. */
export function requestedEncryption(headers: Headers, state: S3State): Encryption | undefined {
  const algorithm = headers['x-amz-server-side-encryption'];
  const kmsKeyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  if (algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse') {
    return state.encryptionOf({ algorithm, ...(kmsKeyId === undefined ? {} : { kmsKeyId }) });
  }
  if (kmsKeyId !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      'x-amz-server-side-encryption',
      algorithm ?? 'null',
    );
  }
  if (algorithm === undefined) return undefined;
  if (algorithm === 'AES256') return { algorithm };
  throw invalidArgument(
    'The encryption method specified is not supported',
    'x-amz-server-side-encryption',
    algorithm,
  );
}

/** Tags in the form of `x-amz-tagging`, `a=1&b=2`. */
export function parseTagging(encoded: string): Map<string, string> {
  return checkedTags([...new URLSearchParams(encoded)]);
}

/** At most ten tags, each name once ("Categorizing your storage using tags", S3 User Guide). */
export function checkedTags(tags: readonly (readonly [string, string])[]): Map<string, string> {
  const checked = new Map(tags);
  if (checked.size !== tags.length) {
    throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  if (
    checked.size > 10 ||
    tags.some(([name, value]) => name === '' || name.length > 128 || value.length > 256)
  ) {
    throw new S3Error('InvalidTag', 'An object takes up to 10 tags of up to 128 and 256 characters');
  }
  return checked;
}

/** An MD5 of the bytes, but under a KMS key, where S3 promises no such thing. */
export function etagOf(bytes: Buffer, encryption: Encryption): string {
  if (encryption.algorithm !== 'AES256') return randomBytes(16).toString('hex');
  return createHash('md5').update(bytes).digest('hex');
}

export function encryptionHeaders({ algorithm, kmsKeyId }: Encryption): Record<string, string> {
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId }),
  };
}

export function versionHeaders(
  bucket: Bucket,
  version: { readonly versionId: string },
): Record<string, string> {
  return bucket.versioned ? { 'x-amz-version-id': version.versionId } : {};
}

/** The headers of an answer that describes a version. */
export function describingHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  const metadata = Object.entries(version.metadata).map(([name, value]) => [
    `${metadataPrefix}${name}`,
    value,
  ]);
  return {
    ...version.systemHeaders,
    ...(Object.fromEntries(metadata) as Record<string, string>),
    ...versionHeaders(bucket, version),
    ...encryptionHeaders(version.encryption),
    ...(version.tags.size === 0 ? {} : { 'x-amz-tagging-count': String(version.tags.size) }),
    ...(version.replicationStatus === undefined
      ? {}
      : { 'x-amz-replication-status': version.replicationStatus }),
    'last-modified': version.lastModified.toUTCString(),
    etag: `"${version.etag}"`,
    'accept-ranges': 'bytes',
  };
}

export function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', message, { fields: { ArgumentName: name, ArgumentValue: value } });
}

function withoutAwsChunked(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(',')
    .map(coding => coding.trim())
    .filter(coding => coding !== 'aws-chunked')
    .join(',');
}
