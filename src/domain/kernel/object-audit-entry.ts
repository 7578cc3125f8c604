import type { AuditEntry } from '../../ports/audit-log.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import { maskNumbers } from './mask-numbers.ts';
import { notifiedIdentity } from './upload-identity.ts';

/** What was done with an object, or decided about it. */
export interface ObjectAct {
  /** What the entries of one piece of work share. */
  readonly requestId: string;
  readonly timestamp: Timestamp;
  /** Dotted verb; under one request and time each verb stands once. */
  readonly action: string;
  readonly outcome: string;
  readonly object: { readonly bucket: string; readonly key: string; readonly versionId?: string };
  readonly details: JsonObject;
}

/**
 * The audit entry of an act on an object. A card or social-security number in the key is masked, and in a version that a caller made up; the correlation id,
 * made of the whole name, still tells which object it was.
 */
export function objectAuditEntry({
  requestId,
  timestamp,
  action,
  outcome,
  object,
  details,
}: ObjectAct): AuditEntry {
  return {
    schemaVersion: 1,
    id: `${requestId}:${action}`,
    requestId,
    timestamp,
    action,
    outcome,
    object: auditedObject(object),
    correlationId: notifiedIdentity({ ...object, occurredAt: timestamp }),
    details,
  };
}

/** The name of an object as audit entries and announcements carry it: masked, and bounded in length. */
export function auditedObject({ bucket, key, versionId }: ObjectAct['object']): ObjectAct['object'] {
  return {
    // No name S3 gives is longer; a forged one must not outgrow the log's entries.
    bucket: bucket.slice(0, 255),
    key: maskNumbers(key.slice(0, 1024)),
    ...(versionId === undefined ? {} : { versionId: maskNumbers(versionId.slice(0, 1024)) }),
  };
}
