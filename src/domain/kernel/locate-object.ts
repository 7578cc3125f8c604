import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectHead, ObjectStore } from '../../ports/object-store.ts';
import { judgeUpload, type RefusalReason } from './judge-upload.ts';
import { parseObjectKey } from './object-key.ts';
import type { ObjectKeyPolicy } from './object-key-policy.ts';

/** A piece of work on one object. */
export interface ObjectRequest {
  readonly bucket: string;
  readonly key: string;
  /** Without it, the version that is current when the work begins. */
  readonly versionId?: string;
  /** What the audit entries of the work share. */
  readonly requestId: string;
  /** When the work was asked for; work repeated under the same time and id is audited once. By default now. */
  readonly requestedAt?: Timestamp;
}

export type LocatedObject =
  | { readonly outcome: 'found'; readonly head: ObjectHead }
  | { readonly outcome: 'missing' }
  /** The key breaks the key policy, or the bucket keeps no versions. */
  | { readonly outcome: 'key-refused'; readonly reasons: readonly RefusalReason[] };

/** Finds the version that a request names, once its key has passed the key policy. */
export async function locateObject(
  objects: Pick<ObjectStore, 'head' | 'current'>,
  { bucket, key, versionId }: Pick<ObjectRequest, 'bucket' | 'key' | 'versionId'>,
  policy?: ObjectKeyPolicy,
): Promise<LocatedObject> {
  const parsed = parseObjectKey(key, policy);
  if (parsed.outcome === 'refused') return { outcome: 'key-refused', reasons: parsed.violations };
  const head =
    versionId === undefined
      ? await objects.current({ bucket, key })
      : await objects.head({ bucket, key, versionId });
  if (head === undefined) return { outcome: 'missing' };
  const judgement = judgeUpload(head.ref, policy);
  return judgement.outcome === 'refused'
    ? { outcome: 'key-refused', reasons: judgement.reasons }
    : { outcome: 'found', head };
}
