import { createHash } from 'node:crypto';
import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectRef } from '../../ports/object-store.ts';

/**
 * The identity of an upload: SHA-256 (hex) over the JSON array `[bucket, key, versionId]`. It names the
 * workflow execution and is the correlation id of everything that follows from the upload.
 */
export function uploadIdentity({ bucket, key, versionId }: ObjectRef): string {
  return sha256([bucket, key, versionId]);
}

/**
 * The identity of an upload as it is announced. One without a version has only its place and the time of its event
 * to be told by.
 */
export function notifiedIdentity(upload: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}): string {
  const { bucket, key, versionId, occurredAt } = upload;
  if (versionId === undefined || versionId === 'null') return sha256([bucket, key, null, occurredAt]);
  return uploadIdentity({ bucket, key, versionId });
}

function sha256(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
}
