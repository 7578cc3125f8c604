import type { ObjectListing } from '../../ports/object-listing.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TrailPublicKeys } from '../../ports/trail-public-keys.ts';

/** The files of a trail, for reading. */
export interface TrailFilesSource {
  readonly listing: ObjectListing;
  readonly files: Pick<ObjectStore, 'current' | 'read'>;
  close(): void;
}

/** What a command that reads a trail in AWS opens, once it is known to be needed. */
export interface TrailOpeners {
  readonly openFiles: () => Promise<TrailFilesSource>;
  readonly openKeys: () => Promise<TrailPublicKeys>;
}
