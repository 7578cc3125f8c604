import type { Timestamp } from './clock.ts';

/** One immutable version of an object. What was judged is what is moved, so a reader always names the version. */
export interface ObjectRef {
  readonly bucket: string;
  /** The key as stored, not encoded. */
  readonly key: string;
  readonly versionId: string;
}

/** Where a new version is to be written. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
}

/** Server-side encryption of an object at rest. */
export type ObjectEncryption =
  | { readonly algorithm: 'aws:kms'; readonly keyId: string }
  | { readonly algorithm: 'AES256' };

export interface ObjectHead {
  readonly ref: ObjectRef;
  /** Bytes. */
  readonly size: number;
  /** The entity tag without its quotes. */
  readonly etag: string;
  /** When the version was written, cut to whole seconds: HTTP dates carry no more (RFC 9110, 5.6.7). */
  readonly lastModified: Timestamp;
  readonly contentType?: string;
  /** User metadata; names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption?: ObjectEncryption;
}

/** A range of bytes, both ends included, as in RFC 9110; an end beyond the object's is cut. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface ReadOptions {
  readonly range?: ByteRange;
}

export interface ObjectContent {
  /** Of the whole object, also where a range was read. */
  readonly head: ObjectHead;
  /**
   * The bytes (of the range), in order; read once, and held open until then. Leaving the loop early releases the
   * connection. A connection lost on the way is a `PortError` (`retryable`).
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes to store: whole, or as a stream whose size in bytes is known beforehand. */
export type ObjectBody = Uint8Array | { readonly stream: AsyncIterable<Uint8Array>; readonly size: number };

export interface WriteOptions {
  readonly contentType?: string;
  /**
   * At most 2,048 bytes. Names are HTTP tokens in lower case, values printable ASCII without outer spaces: other
   * characters come back from S3 changed. Anything else is a `PortError` (`permanent`, `InvalidMetadata` or
   * `MetadataTooLarge`).
   */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Without it the default of the bucket applies. */
  readonly encryption?: ObjectEncryption;
  /**
   * Write only where no current version of the key exists. A caller that tries again after a fault may meet its own
   * write as `already-exists`.
   */
  readonly ifAbsent?: boolean;
}

export type CopyOptions = Pick<WriteOptions, 'encryption'> & {
  /** Replaces the source's metadata; without it that is kept. The content type is kept in either case. */
  readonly metadata?: Readonly<Record<string, string>>;
};

export type PutOutcome =
  | { readonly outcome: 'stored'; readonly ref: ObjectRef; readonly etag: string }
  | { readonly outcome: 'already-exists' };

export type CopyOutcome =
  | { readonly outcome: 'copied'; readonly ref: ObjectRef; readonly etag: string }
  | { readonly outcome: 'source-missing' };

/**
 * Versioned storage of objects. An absent object or version (a delete marker too) is `undefined`;
 * an absent bucket is a `PortError` of kind `not-found`. Buckets are versioned. A key is 1 to 1,024 bytes of UTF-8:
 * another one is a `PortError` (`permanent`, `InvalidKey` or `KeyTooLongError`).
 */
export interface ObjectStore {
  /** Facts about one version, without its bytes. */
  head(ref: ObjectRef): Promise<ObjectHead | undefined>;
  /**
   * Facts about the current version of a key, for who knows its name alone; the ref that it bears is then what is read.
   * In a bucket without versions that is the version `null`.
   */
  current(target: ObjectTarget): Promise<ObjectHead | undefined>;
  /** Streams one version. A range that starts beyond the end is a `PortError` (`permanent`, `InvalidRange`). */
  read(ref: ObjectRef, options?: ReadOptions): Promise<ObjectContent | undefined>;
  /**
   * Writes a new version. A stream of another size than it said is a `PortError` (`permanent`, `SizeMismatch`); one
   * that fails rejects with its own error. Neither leaves a version.
   */
  put(target: ObjectTarget, body: ObjectBody, options?: WriteOptions): Promise<PutOutcome>;
  /**
   * Copies one version within the store, without its bytes passing through the caller. Above the size that the store
   * copies at once: `PortError` (`permanent`, `EntityTooLarge`).
   */
  copy(source: ObjectRef, target: ObjectTarget, options?: CopyOptions): Promise<CopyOutcome>;
}
