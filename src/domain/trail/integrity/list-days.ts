import type { ObjectListing } from '../../../ports/object-listing.ts';
import { readDay } from './trail-layout.ts';

/**
 * The days for which there are folders below one, `YYYY/MM/DD/`, newest first: the beginnings, in milliseconds. Folders that
 * are called otherwise are left out.
 *
 * @param last The beginning of the last day to look for.
 */
export async function* listDays(
  listing: ObjectListing,
  bucket: string,
  folder: string,
  last: number,
): AsyncGenerator<number, void> {
  for (const year of await newestFirst(listing, bucket, folder, /\/\d{4}\/$/)) {
    for (const month of await newestFirst(listing, bucket, year, /\/\d\d\/$/)) {
      for (const name of await newestFirst(listing, bucket, month, /\/\d\d\/$/)) {
        const at = readDay(name);
        if (at !== undefined && at <= last) yield at;
      }
    }
  }
}

async function newestFirst(
  listing: ObjectListing,
  bucket: string,
  prefix: string,
  form: RegExp,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of listing.folders({ bucket, prefix })) if (form.test(name)) names.push(name);
  return names.sort().reverse();
}
