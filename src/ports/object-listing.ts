import type { Timestamp } from './clock.ts';

/** A current object, as a listing tells of it. */
export interface ListedObject {
  readonly bucket: string;
  /** The key as stored, not encoded. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The entity tag without its quotes. */
  readonly etag: string;
  /** Cut to whole seconds. */
  readonly lastModified: Timestamp;
}

/** A part of a bucket: the keys that begin with `prefix`. */
export interface ListedPlace {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
}

export interface ListOptions {
  /** Only keys behind this one in the order of their UTF-8 bytes. It need not be there. */
  readonly startAfter?: string;
}

/** What objects there are. An absent bucket is a `PortError` of kind `not-found`. */
export interface ObjectListing {
  /** Every current object of the place, in the order of the keys' UTF-8 bytes. Deleted objects are not listed. */
  list(place: ListedPlace, options?: ListOptions): AsyncIterable<ListedObject>;
  /**
   * The folders right below the place: each prefix that goes on from it to the next `/`, that included, in the order of
   * UTF-8 bytes.
   */
  folders(place: ListedPlace): AsyncIterable<string>;
}
