import type { Timestamp } from '../../../ports/clock.ts';

/**
 * What is known of a file:
 *
 * - `valid`: it is what CloudTrail delivered, at the place where it delivered it.
 * - `tampered`: it is not.
 * - `missing`: it was delivered, and is not there.
 * - `unverifiable`: nothing proves it, nor the contrary.
 */
export const integrityVerdicts = ['valid', 'tampered', 'missing', 'unverifiable'] as const;

export type IntegrityVerdict = (typeof integrityVerdicts)[number];

/** Why a file, or a time, is not valid. */
export type IntegrityReason =
  /** `tampered`: it cannot be inflated, or is no digest. */
  | 'damaged'
  /** `tampered`: a digest that was written for another place, or replaced by one that was. */
  | 'moved'
  /** `tampered`: the signature is not that of these bytes. */
  | 'signature-mismatch'
  /** `tampered`: a proven digest names another hash. */
  | 'hash-mismatch'
  /** `missing`: a digest names it. */
  | 'deleted'
  /** `missing`: a digest of an hour that the chain has, or should have, gone through. */
  | 'expected'
  /** `unverifiable`: CloudTrail has no usable key of that fingerprint in the region. */
  | 'unknown-key'
  /** `unverifiable`: neither the object's metadata nor a proven next digest holds its signature. */
  | 'no-signature'
  /** `unverifiable`: signed or hashed in a way that is not known. */
  | 'unknown-algorithm'
  /** `unverifiable`: a log that only a digest names which is itself not proven. */
  | 'digest-not-valid'
  /** `unverifiable`: a log that no digest names. */
  | 'not-in-digest'
  /** `unverifiable`, and to be expected: a log younger than the last digest. */
  | 'pending'
  /** `unverifiable`: larger than the verifier reads. */
  | 'too-large'
  /** `unverifiable`: it could not be read, or the keys, or the folder. */
  | 'unreadable'
  /** `unverifiable`: a time before the chain begins. */
  | 'chain-begins'
  /** `unverifiable`: a time between two digests, of which the later begins a chain: logging or validation was off. */
  | 'chain-restarted'
  /** `unverifiable`: a time between two digests that follow one another. */
  | 'gap'
  /** `unverifiable`: a time of which there are no digests at all. */
  | 'no-digests';

interface Found {
  readonly verdict: IntegrityVerdict;
  readonly reason?: IntegrityReason;
  /** One line for people: what differs. Holds nothing of the files but names and hashes. */
  readonly detail?: string;
  readonly account?: string;
  readonly region?: string;
}

/** The verdict on a digest or a log. */
export interface FileFinding extends Found {
  readonly kind: 'digest' | 'log';
  readonly bucket: string;
  readonly key: string;
}

/** Time of which nothing is proven. */
export interface TimeFinding extends Found {
  readonly kind: 'time';
  readonly verdict: 'unverifiable';
  readonly from?: Timestamp;
  readonly to?: Timestamp;
}

export type IntegrityFinding = FileFinding | TimeFinding;
