import type { ListedObject, ObjectListing } from '../../../ports/object-listing.ts';
import { trailObjectKind } from '../trail-object-kind.ts';
import {
  type BackfillSelection,
  BackfillSelectionError,
  dayOfLog,
  requireDays,
} from './backfill-selection.ts';
import { findTrailRegions, type RegionSearch, type TrailRegion } from './find-trail-regions.ts';

/** What a listing has come to. */
export interface TrailListingProgress extends RegionSearch {
  /** Regions of accounts in which logs were looked for. */
  regions: number;
  /** Logs found. */
  logs: number;
}

export function newListingProgress(): TrailListingProgress {
  return { folders: 0, passedOver: 0, regions: 0, logs: 0 };
}

/**
 * The logs of CloudTrail that a selection takes in, account by account and region by region. Of each region only the days
 * that were asked for are listed, however long the trail is.
 *
 * @param progress Told along the way.
 * @throws {BackfillSelectionError} where the days make no sense, or there is no trail: nothing found is not the same as
 * nothing to be found.
 *
 * @example
 * const selection = { bucket: 'logs', prefix: 'AWSLogs/', from: '2026-11-01', to: '2026-11-21' };
 * for await (const { key } of listTrailLogs(listing, selection)) keys.push(key);
 */
export async function* listTrailLogs(
  listing: ObjectListing,
  selection: BackfillSelection,
  progress: TrailListingProgress = newListingProgress(),
): AsyncGenerator<ListedObject> {
  requireDays(selection);
  for await (const region of findTrailRegions(listing, selection, progress)) {
    progress.regions += 1;
    for await (const log of logsOfRegion(listing, selection, region)) {
      progress.logs += 1;
      yield log;
    }
  }
  if (progress.regions === 0) {
    throw new BackfillSelectionError(
      'NoTrail',
      'no folder AWSLogs/<account>/CloudTrail/<region>/ was found there: is it the right bucket and prefix?',
    );
  }
}

async function* logsOfRegion(
  listing: ObjectListing,
  { bucket, from, to }: BackfillSelection,
  { folder, prefix }: TrailRegion,
): AsyncGenerator<ListedObject> {
  // Behind this stand the keys of the first day, and before it those of the days before.
  const startAfter = `${folder}${from.replaceAll('-', '/')}`;
  for await (const object of listing.list({ bucket, prefix }, { startAfter })) {
    const day = dayOfLog(object.key);
    // Keys come in order, and so do the days in them.
    if (day !== undefined && day > to) return;
    if (day !== undefined && day >= from && trailObjectKind(object.key) === 'log') yield object;
  }
}
