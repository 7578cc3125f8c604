import type { Timestamp } from './clock.ts';
import type { ObjectTarget } from './object-store.ts';

/** What a holder of a permit may upload: one object, once or more, until the permit expires. */
export interface UploadTerms {
  readonly target: ObjectTarget;
  /** The one content type that the form may declare. */
  readonly contentType: string;
  /** Bytes, both ends included. */
  readonly size: { readonly minimum: number; readonly maximum: number };
  /** ARN or id of the key that the object is encrypted under (SSE-KMS). */
  readonly keyId: string;
  /** User metadata fixed by the permit; names in lower case. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whole seconds from now, 1 to 604,800 (seven days). */
  readonly expiresInSeconds: number;
}

/**
 * A form that uploads without credentials (`multipart/form-data`, RFC 7578): all `fields` in their order, then the
 * file as the field `file`.
 */
export interface UploadPermit {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly expiresAt: Timestamp;
}

/** Lets a client without credentials upload one object under terms that the store itself enforces. */
export interface UploadSigner {
  /** Terms that no store can enforce are a `PortError` (`permanent`, `InvalidTerms`). */
  permit(terms: UploadTerms): Promise<UploadPermit>;
}
