import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { TrailPublicKey } from '../../../ports/trail-public-keys.ts';
import type { DigestFile } from './digest-file.ts';

/** The keys of one region, by fingerprint; one that is no RSA key is left out. */
export function usableKeys(keys: readonly TrailPublicKey[]): ReadonlyMap<string, KeyObject> {
  const usable = new Map<string, KeyObject>();
  for (const { fingerprint, value } of keys) {
    const key = publicKeyOf(value);
    if (key !== undefined) usable.set(fingerprint.toLowerCase(), key);
  }
  return usable;
}

/**
 * Whether a signature is CloudTrail's of this digest: RSA PKCS #1 v1.5 with SHA-256 over end time, place, hash and the
 * previous digest's signature ("Custom implementations of CloudTrail log file integrity validation", User Guide).
 *
 * @param signature In hexadecimal; anything else is none.
 */
export function isSignatureOf({ content, hash }: DigestFile, signature: string, key: KeyObject): boolean {
  if (!/^(?:[0-9a-f]{2}){1,1024}$/i.test(signature)) return false;
  const signed = [
    content.digestEndTime,
    `${content.digestS3Bucket}/${content.digestS3Object}`,
    hash,
    content.previousDigestSignature ?? 'null',
  ].join('\n');
  return verify(
    'sha256',
    Buffer.from(signed),
    { key, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(signature, 'hex'),
  );
}

function publicKeyOf(value: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(value), format: 'der', type: 'pkcs1' });
  } catch {
    return undefined;
  }
}
