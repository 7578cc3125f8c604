import type { Timestamp } from './clock.ts';

/** One recorded upload. Its identity is `filename` + `uploadTimestamp`. */
export interface UploadRecord {
  readonly schemaVersion: 1;
  /** The object's key. */
  readonly filename: string;
  readonly uploadTimestamp: Timestamp;
  readonly bucket: string;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  readonly contentType?: string;
  readonly correlationId: string;
}

export type LedgerOutcome =
  | { readonly outcome: 'recorded' }
  /** The slot is held; the record that holds it is left as it was. */
  | { readonly outcome: 'taken'; readonly by: UploadRecord };

/** The table of uploads. It keeps copies: a record that its caller changes afterwards stays as it was written. */
export interface UploadLedger {
  /** Writes the record if its slot (`filename`, `uploadTimestamp`) is free; atomic. */
  record(upload: UploadRecord): Promise<LedgerOutcome>;
}
