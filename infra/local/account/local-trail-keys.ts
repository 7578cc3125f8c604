import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key that CloudTrail signs the digests of a region with. */
export interface LocalTrailKey {
  /** Hexadecimal. */
  readonly fingerprint: string;
  /** RSA public key, PKCS #1 in DER. */
  readonly value: Buffer;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** The keys of the emulated CloudTrail, one for each region. No trail writes digests here: who plays one signs by this. */
export class LocalTrailKeys {
  readonly #keys = new Map<string, LocalTrailKey & { readonly privateKey: KeyObject }>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** The key of a region, made when somebody asks for the first time: valid for a year around that time. */
  of(region: string): LocalTrailKey {
    return this.#keyOf(region);
  }

  /** Signs a digest's text as CloudTrail does (RSASSA-PKCS1-v1_5 with SHA-256); hexadecimal. */
  sign(region: string, text: string): string {
    return sign('sha256', Buffer.from(text), this.#keyOf(region).privateKey).toString('hex');
  }

  #keyOf(region: string): LocalTrailKey & { readonly privateKey: KeyObject } {
    const known = this.#keys.get(region);
    if (known !== undefined) return known;
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const value = publicKey.export({ type: 'pkcs1', format: 'der' });
    const halfAYear = 183 * 86_400_000;
    const now = this.#now().getTime();
    const key = {
      fingerprint: createHash('md5').update(value).digest('hex'),
      value,
      validFrom: new Date(now - halfAYear),
      validTo: new Date(now + halfAYear),
      privateKey,
    };
    this.#keys.set(region, key);
    return key;
  }
}
