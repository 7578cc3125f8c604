import type { ObjectListing } from '../../../ports/object-listing.ts';
import { printableText } from '../../kernel/printable-text.ts';
import { type BackfillSelection, BackfillSelectionError, regionFolderOf } from './backfill-selection.ts';

/** Where the logs of one region are to be listed. */
export interface TrailRegion {
  /** The folder of the region, below which the days stand. */
  readonly folder: string;
  /** What the keys begin with: the folder, or more where the selection says more. */
  readonly prefix: string;
}

/** What the search has done. */
export interface RegionSearch {
  /** Folders whose contents were asked for. */
  folders: number;
  /** Folders that lie too deep to be searched for a trail. */
  passedOver: number;
}

/** Folders between the selection's prefix and `AWSLogs/` that are searched, one within the other. */
const deepest = 4;

/** Folders that are searched for `AWSLogs/`: a bucket of other things may have millions. */
const mostSearched = 1000;

/** `AWSLogs/`, and below it organization and account: whatever stands there is looked at. */
const onTheWay = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(?:\d{12}\/)?$/;

/** A service's folder of an account. */
const serviceFolder = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/([^/]+)\/$/;

/**
 * The regions in which the selected part of a bucket holds logs of CloudTrail: of all accounts, organizations and trails.
 * Asks for folders only, and not for those of other services.
 *
 * @throws {BackfillSelectionError} `TooManyFolders`, where `AWSLogs/` would have to be searched for among too many.
 */
export async function* findTrailRegions(
  listing: Pick<ObjectListing, 'folders'>,
  { bucket, prefix }: Pick<BackfillSelection, 'bucket' | 'prefix'>,
  search: RegionSearch = { folders: 0, passedOver: 0 },
): AsyncGenerator<TrailRegion> {
  let searched = 0;

  async function* visit(place: string, depth: number): AsyncGenerator<TrailRegion> {
    const folder = regionFolderOf(place);
    if (folder !== undefined) {
      yield { folder, prefix: place };
      return;
    }
    const service = serviceFolder.exec(place)?.[1];
    if (service !== undefined && !isTrail(service)) return;
    const isSearch = service === undefined && !onTheWay.test(place);
    if (isSearch && depth > deepest) {
      search.passedOver += 1;
      return;
    }
    if (isSearch) {
      searched += 1;
      if (searched > mostSearched) throw tooManyFolders(place);
    }
    search.folders += 1;
    for await (const child of listing.folders({ bucket, prefix: place })) {
      yield* visit(child, isSearch ? depth + 1 : depth);
    }
  }

  yield* visit(prefix, 0);
}

function isTrail(service: string): boolean {
  return service.startsWith('CloudTrail') && service !== 'CloudTrail-Digest';
}

function tooManyFolders(place: string): BackfillSelectionError {
  return new BackfillSelectionError(
    'TooManyFolders',
    `more than ${mostSearched} folders would have to be searched for AWSLogs/ (the last one: ${printableText(place, 1024)}): give the prefix up to AWSLogs/`,
  );
}
