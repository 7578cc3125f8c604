import type { ObjectTarget } from '../../../ports/object-store.ts';
import { keyFromRoot, type TrailPlace } from './trail-layout.ts';

/**
 * Where a file stands that a digest names. In a copy, bucket and prefix are no longer those that it names; `undefined` where
 * the key is none of CloudTrail's then.
 */
export function resolveNamed(
  place: TrailPlace,
  named: ObjectTarget,
  isCopy: boolean,
): ObjectTarget | undefined {
  if (!isCopy) return { bucket: named.bucket, key: named.key };
  const tail = keyFromRoot(named.key);
  return tail === undefined ? undefined : { bucket: place.bucket, key: `${place.base}${tail}` };
}
