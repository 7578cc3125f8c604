import type { Timestamp } from './clock.ts';

/** A key with which CloudTrail signed digest files in one region for some time. */
export interface TrailPublicKey {
  /** As digest files name it: hexadecimal. */
  readonly fingerprint: string;
  /** RSA public key, PKCS #1 in DER (RFC 8017, appendix A.1.1). */
  readonly value: Uint8Array;
  readonly validFrom: Timestamp;
  readonly validTo: Timestamp;
}

/** The keys by which digest files are verified. */
export interface TrailPublicKeys {
  /** The keys of a region that were valid at any moment from `from` to `to`; none is an empty list. */
  ofRegion(region: string, from: Timestamp, to: Timestamp): Promise<readonly TrailPublicKey[]>;
}
