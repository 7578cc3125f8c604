import type { KeyObject } from 'node:crypto';
import type { DigestFile, PreviousDigest } from './digest-file.ts';
import { isSignatureOf } from './digest-signature.ts';
import type { IntegrityReason, IntegrityVerdict } from './integrity-finding.ts';
import { keyFromRoot } from './trail-layout.ts';

/** A digest's bytes as they were read. */
export interface ReadDigest {
  readonly bucket: string;
  readonly key: string;
  readonly file: DigestFile;
  /** What the object's metadata says of its signature. */
  readonly signature: string | undefined;
  readonly algorithm: string | undefined;
}

/** What is known from elsewhere when a digest is judged. */
export interface DigestEvidence {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** What the next digest says of this one, if it names this one. */
  readonly next: NamedByNext | undefined;
  /** Files are copies: bucket and prefix are no longer those they were delivered to. */
  readonly isCopy: boolean;
}

export interface NamedByNext extends Pick<PreviousDigest, 'hash' | 'signature'> {
  /** Whether the one that says so is what CloudTrail wrote. */
  readonly isProven: boolean;
}

export interface DigestJudgement {
  readonly verdict: IntegrityVerdict;
  readonly reason?: IntegrityReason;
  readonly detail?: string;
  /** Whether the bytes are what CloudTrail wrote for this place, by its own signature or by a proven digest's word. */
  readonly isProven: boolean;
}

/** Judges one digest by its signature, its place and what the next one says of it. */
export function judgeDigest(digest: ReadDigest, evidence: DigestEvidence): DigestJudgement {
  const { file, key } = digest;
  const { content } = file;
  const { next, keys } = evidence;
  if (!standsWhereWritten(digest, evidence.isCopy)) {
    return broken('moved', `written for s3://${content.digestS3Bucket}/${content.digestS3Object}`);
  }
  const vouched = next?.isProven === true;
  if (vouched && next.hash !== file.hash) {
    return broken('hash-mismatch', `the next digest names the hash ${next.hash}, not ${file.hash}`);
  }
  const algorithms = [content.digestSignatureAlgorithm, digest.algorithm ?? signatureAlgorithm];
  const unknown = algorithms.find(algorithm => algorithm !== signatureAlgorithm);
  if (unknown !== undefined) {
    return open('unknown-algorithm', `signed by ${unknown.slice(0, 64)}`, vouched);
  }
  const fingerprint = content.digestPublicKeyFingerprint;
  const publicKey = keys.get(fingerprint.toLowerCase());
  if (publicKey === undefined) return open('unknown-key', `no key ${fingerprint} in the region`, vouched);
  const signature = digest.signature ?? next?.signature;
  if (signature === undefined) return open('no-signature', noSignature, vouched);
  if (isSignatureOf(file, signature, publicKey)) return { verdict: 'valid', isProven: true };
  if (digest.signature === undefined && !vouched) {
    // What the next one says may be what was tampered with.
    return open('no-signature', 'the next digest, not proven itself, holds another signature', false);
  }
  const whose = digest.signature === undefined ? "the next digest's" : 'its own';
  return { ...broken('signature-mismatch', `${whose} signature is not of ${key}`), isProven: vouched };
}

const signatureAlgorithm = 'SHA256withRSA';
const noSignature = 'no signature in its metadata, and no next digest that holds it';

function standsWhereWritten({ bucket, key, file }: ReadDigest, isCopy: boolean): boolean {
  const { digestS3Bucket, digestS3Object } = file.content;
  if (!isCopy) return digestS3Bucket === bucket && digestS3Object === key;
  const tail = keyFromRoot(key);
  return tail !== undefined && tail === keyFromRoot(digestS3Object);
}

function broken(reason: IntegrityReason, detail: string): DigestJudgement {
  return { verdict: 'tampered', reason, detail, isProven: false };
}

function open(reason: IntegrityReason, detail: string, isProven: boolean): DigestJudgement {
  return { verdict: 'unverifiable', reason, detail, isProven };
}
