import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type _Object as ObjectEntry,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PortError } from '../../ports/failure.ts';
import type { ListedObject, ListedPlace, ListOptions, ObjectListing } from '../../ports/object-listing.ts';
import { translateS3Failure } from './s3-failure.ts';

export interface S3ObjectListingOptions {
  readonly client: S3Client;
  /** Keys or folders that one request asks for, at most. @defaultValue 1000, which is S3's most */
  readonly pageSize?: number;
}

interface PageRequest {
  readonly place: ListedPlace;
  readonly startAfter?: string | undefined;
  readonly delimiter?: string;
  readonly operation: string;
}

/**
 * What stands in buckets of Amazon S3 (ListObjectsV2): a request for every thousand keys. Needs `s3:ListBucket`. Not for
 * directory buckets, which list in no order.
 *
 * @example
 * const listing = new S3ObjectListing({ client: new S3Client() });
 * for await (const { key, size } of listing.list({ bucket: 'logs', prefix: 'AWSLogs/' })) count(key, size);
 */
export class S3ObjectListing implements ObjectListing {
  readonly #client: S3Client;
  readonly #pageSize: number | undefined;

  constructor({ client, pageSize }: S3ObjectListingOptions) {
    this.#client = client;
    this.#pageSize = pageSize;
  }

  async *list(place: ListedPlace, { startAfter }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const operation = 'ObjectListing.list';
    for await (const { Contents = [] } of this.#pages({ place, startAfter, operation })) {
      for (const entry of Contents) yield listedObject(entry, place, operation);
    }
  }

  async *folders(place: ListedPlace): AsyncGenerator<string> {
    const operation = 'ObjectListing.folders';
    for await (const { CommonPrefixes = [] } of this.#pages({ place, delimiter: '/', operation })) {
      for (const { Prefix = '' } of CommonPrefixes) yield decoded(Prefix, place, operation);
    }
  }

  async *#pages({
    place,
    startAfter,
    delimiter,
    operation,
  }: PageRequest): AsyncGenerator<ListObjectsV2CommandOutput> {
    let continuation: string | undefined;
    do {
      const request = new ListObjectsV2Command({
        Bucket: place.bucket,
        Prefix: place.prefix,
        Delimiter: delimiter,
        StartAfter: startAfter,
        MaxKeys: this.#pageSize,
        ContinuationToken: continuation,
        // XML 1.0 cannot carry every character that a key may hold.
        EncodingType: 'url',
      });
      const page = await this.#client.send(request).catch((error: unknown) => {
        throw translateS3Failure(error, operation, place.bucket);
      });
      continuation = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (page.IsTruncated === true && continuation === undefined) {
        throw incomplete(place, operation, 'says that there is more, but not where');
      }
      yield page;
    } while (continuation !== undefined);
  }
}

function listedObject(entry: ObjectEntry, place: ListedPlace, operation: string): ListedObject {
  const { Key, Size, ETag, LastModified } = entry;
  if (Key === undefined || Size === undefined || ETag === undefined || LastModified === undefined) {
    throw incomplete(place, operation, 'lacks a fact of an object');
  }
  return {
    bucket: place.bucket,
    key: decoded(Key, place, operation),
    size: Size,
    etag: ETag.replaceAll('"', ''),
    lastModified: `${LastModified.toISOString().slice(0, 19)}.000Z`,
  };
}

/** As in forms, a space is a plus, and a plus is encoded ("ListObjectsV2", `encoding-type`, Amazon S3 API Reference). */
function decoded(text: string, place: ListedPlace, operation: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw incomplete(place, operation, 'holds a key that cannot be decoded', error);
  }
}

function incomplete({ bucket }: ListedPlace, operation: string, what: string, cause?: unknown): PortError {
  return new PortError({
    kind: 'retryable',
    operation,
    code: 'IncompleteAnswer',
    message: `${operation} on ${bucket} failed: the answer ${what}`,
    cause,
  });
}
