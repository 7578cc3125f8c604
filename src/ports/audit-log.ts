import type { Timestamp } from './clock.ts';
import type { JsonObject } from './json.ts';

/** The object an audit entry speaks of; a refused one may have no version. */
export interface AuditedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** One thing that was decided or done. */
export interface AuditEntry {
  readonly schemaVersion: 1;
  /** Identity of the entry: appending the same id again under one request and timestamp changes nothing. */
  readonly id: string;
  /** What the entries of one piece of work share. */
  readonly requestId: string;
  readonly timestamp: Timestamp;
  /** Dotted verb, for example `upload.refuse`. */
  readonly action: string;
  readonly outcome: string;
  readonly object?: AuditedObject;
  readonly correlationId?: string;
  readonly details: JsonObject;
}

export type AppendOutcome = { readonly outcome: 'appended' } | { readonly outcome: 'duplicate' };

/**
 * Append-only record of decisions. The key is `requestId` + `timestamp#sequence`, written conditionally:
 * two entries never collide, none is ever overwritten.
 */
export interface AuditLog {
  append(entry: AuditEntry): Promise<AppendOutcome>;
  /** The entries of one request in order of time and sequence. */
  entriesOf(requestId: string): AsyncIterable<AuditEntry>;
}
