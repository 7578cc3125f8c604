import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PortError } from '../../ports/failure.ts';
import type {
  CopyOptions,
  CopyOutcome,
  ObjectBody,
  ObjectContent,
  ObjectEncryption,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  ObjectTarget,
  PutOutcome,
  ReadOptions,
  WriteOptions,
} from '../../ports/object-store.ts';
import { bodyChunks } from './body-chunks.ts';
import {
  namesAbsentVersion,
  namesDeleteMarker,
  namesTooLargeSource,
  statusOf,
  translateS3Failure,
} from './s3-failure.ts';
import { requireBodySize, requireKey, requireMetadata, requireRange, sizeMismatch } from './s3-limits.ts';
import { SizedStream } from './sized-stream.ts';

export interface S3ObjectStoreOptions {
  readonly client: S3Client;
  /**
   * Milliseconds for which a body that is being read may send nothing, before it counts as interrupted: the client's own
   * time-out ends with the head of the answer. @defaultValue 30 000
   */
  readonly idleTimeoutMs?: number;
}

/**
 * Objects in Amazon S3. Needs `s3:GetObjectVersion` to read (`s3:GetObject` for `current`), `s3:PutObject` to write,
 * both (and, for tagged objects, `s3:GetObjectVersionTagging` and `s3:PutObjectTagging`) to copy. Without
 * `s3:ListBucket` S3 answers 403 for an absent object, which is `denied`, not `undefined`.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #idleTimeoutMs: number;

  constructor({ client, idleTimeoutMs = 30_000 }: S3ObjectStoreOptions) {
    this.#client = client;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  async head(ref: ObjectRef): Promise<ObjectHead | undefined> {
    const operation = 'ObjectStore.head';
    const output = await this.#describe(ref, operation);
    return output === undefined ? undefined : headOf(ref, output, operation);
  }

  async current({ bucket, key }: ObjectTarget): Promise<ObjectHead | undefined> {
    const operation = 'ObjectStore.current';
    const target = { bucket, key };
    const output = await this.#describe(target, operation);
    return output === undefined ? undefined : headOf(versionRef(target, output.VersionId), output, operation);
  }

  async read(ref: ObjectRef, options: ReadOptions = {}): Promise<ObjectContent | undefined> {
    const operation = 'ObjectStore.read';
    const { range } = options;
    if (range !== undefined) requireRange(range, operation);
    const output = await this.#get(ref, operation, range && `bytes=${range.first}-${range.last}`);
    if (output === undefined) return undefined;
    const target = { operation, bucket: ref.bucket, idleTimeoutMs: this.#idleTimeoutMs };
    return { head: headOf(ref, output, operation), body: bodyChunks(bodyOf(output), target) };
  }

  async put(target: ObjectTarget, body: ObjectBody, options: WriteOptions = {}): Promise<PutOutcome> {
    const operation = 'ObjectStore.put';
    const { bucket, key } = target;
    const size = body instanceof Uint8Array ? body.length : body.size;
    requireKey(key, operation);
    requireMetadata(options.metadata, operation);
    requireBodySize(size, operation);
    const payload =
      body instanceof Uint8Array
        ? body
        : new SizedStream({ source: body.stream, size, mismatch: () => sizeMismatch(size, operation) });
    const stream = payload instanceof SizedStream ? payload : undefined;
    const request = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: payload,
      ContentLength: size,
      ContentType: options.contentType,
      Metadata: options.metadata,
      IfNoneMatch: options.ifAbsent === true ? '*' : undefined,
      ...encryptionInput(options.encryption),
    });
    try {
      const output = await this.#send(request, stream);
      return { outcome: 'stored', ref: versionRef(target, output.VersionId), etag: unquoted(output.ETag) };
    } catch (error) {
      if (stream?.sourceFailure !== undefined) throw stream.sourceFailure.error;
      if (options.ifAbsent === true && statusOf(error) === 412) return { outcome: 'already-exists' };
      throw translateS3Failure(error, operation, bucket);
    }
  }

  async copy(source: ObjectRef, target: ObjectTarget, options: CopyOptions = {}): Promise<CopyOutcome> {
    const operation = 'ObjectStore.copy';
    requireKey(source.key, operation);
    requireKey(target.key, operation);
    requireMetadata(options.metadata, operation);
    const replaced = options.metadata && (await this.#describe(source, operation));
    if (options.metadata !== undefined && replaced === undefined) return { outcome: 'source-missing' };
    try {
      const output = await this.#client.send(
        new CopyObjectCommand({
          Bucket: target.bucket,
          Key: target.key,
          CopySource: copySource(source),
          ...encryptionInput(options.encryption),
          // Replacing the metadata drops the other headers of the object, unless they are sent along.
          ...(replaced && {
            MetadataDirective: 'REPLACE',
            Metadata: options.metadata,
            CacheControl: replaced.CacheControl,
            ContentDisposition: replaced.ContentDisposition,
            ContentEncoding: replaced.ContentEncoding,
            ContentLanguage: replaced.ContentLanguage,
            ContentType: replaced.ContentType,
          }),
        }),
      );
      const etag = unquoted(output.CopyObjectResult?.ETag);
      return { outcome: 'copied', ref: versionRef(target, output.VersionId), etag };
    } catch (error) {
      if (namesAbsentVersion(error) || namesDeleteMarker(error)) return { outcome: 'source-missing' };
      if (namesTooLargeSource(error)) throw tooLargeToCopy(error, operation, source);
      throw translateS3Failure(error, operation, `${source.bucket} and ${target.bucket}`);
    }
  }

  async #send(request: PutObjectCommand, stream: SizedStream | undefined): Promise<PutObjectCommandOutput> {
    if (stream === undefined) return this.#client.send(request);
    const stop = new AbortController();
    try {
      return await Promise.race([this.#client.send(request, { abortSignal: stop.signal }), stream.failed]);
    } finally {
      stop.abort();
      stream.destroy();
    }
  }

  /**
   * Heads a version, or the current one where none is named. Answers to HEAD have no body, so that an absent version, an absent bucket and an expired token
   * look alike; the same request as GET, which takes the same permission, tells them apart.
   */
  async #describe(
    ref: ObjectRef | ObjectTarget,
    operation: string,
  ): Promise<HeadObjectCommandOutput | GetObjectCommandOutput | undefined> {
    const { bucket, key } = ref;
    const versionId = 'versionId' in ref ? ref.versionId : undefined;
    requireKey(key, operation);
    try {
      return await this.#client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
    } catch (error) {
      const status = statusOf(error);
      // A delete marker.
      if (status === 405) return undefined;
      if (status === undefined || status >= 500) throw translateS3Failure(error, operation, bucket);
    }
    const output = await this.#get(ref, operation, undefined);
    if (output !== undefined) bodyOf(output).destroy();
    return output;
  }

  async #get(
    ref: ObjectRef | ObjectTarget,
    operation: string,
    range: string | undefined,
  ): Promise<GetObjectCommandOutput | undefined> {
    const { bucket, key } = ref;
    const versionId = 'versionId' in ref ? ref.versionId : undefined;
    requireKey(key, operation);
    const request = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range: range });
    try {
      return await this.#client.send(request);
    } catch (error) {
      if (namesAbsentVersion(error)) return undefined;
      throw translateS3Failure(error, operation, bucket);
    }
  }
}

function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  return Body instanceof Readable ? Body : Readable.from([]);
}

function headOf(
  ref: ObjectRef,
  output: HeadObjectCommandOutput | GetObjectCommandOutput,
  operation: string,
): ObjectHead {
  const encryption = encryptionOf(output);
  const total = /\/(\d+)$/.exec(output.ContentRange ?? '')?.[1];
  if (output.LastModified === undefined) {
    throw new PortError({
      kind: 'retryable',
      operation,
      code: 'IncompleteAnswer',
      message: `${operation} on ${ref.bucket} failed: the answer has no Last-Modified`,
    });
  }
  return {
    ref,
    size: total === undefined ? (output.ContentLength ?? 0) : Number(total),
    etag: unquoted(output.ETag),
    lastModified: output.LastModified.toISOString(),
    ...(output.ContentType === undefined ? {} : { contentType: output.ContentType }),
    metadata: output.Metadata ?? {},
    ...(encryption === undefined ? {} : { encryption }),
  };
}

function encryptionOf(
  output: HeadObjectCommandOutput | GetObjectCommandOutput,
): ObjectEncryption | undefined {
  const { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId } = output;
  if (algorithm === 'AES256') return { algorithm };
  // `aws:kms:dsse` encrypts twice under the same key.
  return algorithm?.startsWith('aws:kms') && keyId !== undefined
    ? { algorithm: 'aws:kms', keyId }
    : undefined;
}

function encryptionInput(encryption: ObjectEncryption | undefined) {
  if (encryption === undefined) return {};
  if (encryption.algorithm === 'AES256') return { ServerSideEncryption: encryption.algorithm };
  return { ServerSideEncryption: encryption.algorithm, SSEKMSKeyId: encryption.keyId };
}

/** A bucket without versioning gives no version id; the one version it keeps answers to `null`. */
function versionRef({ bucket, key }: ObjectTarget, versionId = 'null'): ObjectRef {
  return { bucket, key, versionId };
}

/** The header is URL-encoded by the caller of the SDK (CopyObject, `x-amz-copy-source`). */
function copySource({ bucket, key, versionId }: ObjectRef): string {
  const path = key.split('/').map(encodeStrictly).join('/');
  return `${bucket}/${path}?versionId=${encodeStrictly(versionId)}`;
}

/** All but the unreserved characters of RFC 3986, which `encodeURIComponent` does not wholly follow. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function tooLargeToCopy(cause: unknown, operation: string, { bucket }: ObjectRef): PortError {
  return new PortError({
    kind: 'permanent',
    operation,
    code: 'EntityTooLarge',
    message: `${operation} from ${bucket} failed: CopyObject copies at most 5 GiB`,
    cause,
  });
}

function unquoted(etag = ''): string {
  return etag.replaceAll('"', '');
}
