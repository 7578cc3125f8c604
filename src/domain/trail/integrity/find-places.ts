import type { ObjectListing } from '../../../ports/object-listing.ts';
import type { TrailPlace } from './trail-layout.ts';

/** Where to look for digests and logs. */
export interface TrailSource {
  readonly bucket: string;
  /** What stands before `AWSLogs/` in the keys, with its slash; empty where nothing does. */
  readonly prefix: string;
}

const folders = ['CloudTrail-Digest', 'CloudTrail'];

/** Every account and region that has a folder for digests or for logs, also those of an organization's trail. */
export async function* findPlaces(
  listing: ObjectListing,
  { bucket, prefix }: TrailSource,
): AsyncGenerator<TrailPlace, void> {
  const base = `${prefix}AWSLogs/`;
  for (const name of await namesBelow(listing, bucket, base)) {
    if (isAccount(name)) yield* placesOf(listing, { bucket, base, organization: '', account: name });
    if (!/^o-[a-z0-9]+$/.test(name)) continue;
    const organization = `${name}/`;
    for (const account of await namesBelow(listing, bucket, `${base}${organization}`)) {
      if (isAccount(account)) yield* placesOf(listing, { bucket, base, organization, account });
    }
  }
}

async function* placesOf(
  listing: ObjectListing,
  owner: Omit<TrailPlace, 'region'>,
): AsyncGenerator<TrailPlace, void> {
  const { bucket, base, organization, account } = owner;
  const regions = new Set<string>();
  for (const folder of folders) {
    const names = await namesBelow(listing, bucket, `${base}${organization}${account}/${folder}/`);
    for (const name of names) if (/^[a-z]{2,}(?:-[a-z0-9]+)+$/.test(name)) regions.add(name);
  }
  for (const region of [...regions].sort()) yield { ...owner, region };
}

async function namesBelow(
  listing: ObjectListing,
  bucket: string,
  prefix: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const folder of listing.folders({ bucket, prefix })) {
    names.push(folder.slice(prefix.length, -1));
  }
  return names;
}

function isAccount(name: string): boolean {
  return /^\d{12}$/.test(name);
}
