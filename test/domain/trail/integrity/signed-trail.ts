import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ManualClock } from '../../../../src/adapters/memory/manual-clock.ts';
import { MemoryObjectListing } from '../../../../src/adapters/memory/memory-object-listing.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTrailPublicKeys } from '../../../../src/adapters/memory/memory-trail-public-keys.ts';
import type { IntegrityFinding } from '../../../../src/domain/trail/integrity/integrity-finding.ts';
import { IntegrityTally } from '../../../../src/domain/trail/integrity/integrity-tally.ts';
import {
  TrailVerifier,
  type VerificationRequest,
} from '../../../../src/domain/trail/integrity/trail-verifier.ts';

export interface SigningKey {
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
  /** PKCS #1 in DER, as CloudTrail lists it. */
  readonly value: Uint8Array;
}

export function signingKey(fingerprint: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { fingerprint, privateKey, value: publicKey.export({ type: 'pkcs1', format: 'der' }) };
}

export const trailKey = signingKey('31e8b5433410dfb61a9dc45cc65b22ff');
export const otherKey = signingKey('8eba5db5bea9b640d1c96a77256fe7f2');

export const account = '111122223333';
export const bucket = 'trail-logs';
export const firstHour = Date.parse('2026-11-20T20:01:31.000Z');
const hour = 3_600_000;

/** The content of a digest file, as it is written. */
export interface DigestJson {
  [field: string]: unknown;
  awsAccountId: string;
  digestStartTime: string;
  digestEndTime: string;
  digestS3Bucket: string;
  digestS3Object: string;
  digestPublicKeyFingerprint: string;
  previousDigestS3Bucket: string | null;
  previousDigestS3Object: string | null;
  previousDigestHashValue: string | null;
  previousDigestSignature: string | null;
  logFiles: { s3Bucket: string; s3Object: string; hashValue: string; hashAlgorithm: string }[];
}

export interface WrittenDigest {
  readonly key: string;
  readonly json: DigestJson;
  readonly bytes: Uint8Array;
  readonly signature: string;
  readonly logs: readonly string[];
}

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export function signDigest(json: DigestJson, bytes: Uint8Array, key = trailKey): string {
  const signed = [
    json.digestEndTime,
    `${json.digestS3Bucket}/${json.digestS3Object}`,
    sha256(bytes),
    json.previousDigestSignature ?? 'null',
  ].join('\n');
  return sign('sha256', Buffer.from(signed), key.privateKey).toString('hex');
}

const seconds = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const stamp = (time: number) => seconds(time).replaceAll(/[-:]/g, '');
const dayOf = (time: number) => seconds(time).slice(0, 10).replaceAll('-', '/');

export interface ChainOptions {
  readonly region?: string;
  readonly account?: string;
  readonly trail?: string;
  readonly prefix?: string;
  readonly organization?: string;
  readonly bucket?: string;
  readonly key?: SigningKey;
}

/** Writes logs and digests as CloudTrail does. */
export class SignedChain {
  readonly digests: WrittenDigest[] = [];
  readonly #world: TrailWorld;
  readonly #options: Required<ChainOptions>;
  #logs = 0;

  constructor(world: TrailWorld, options: ChainOptions = {}) {
    this.#world = world;
    this.#options = {
      region: 'eu-central-1',
      account,
      trail: 'management_events',
      prefix: '',
      organization: '',
      bucket,
      key: trailKey,
      ...options,
    };
  }

  digestKey(end: number, suffix = ''): string {
    const { account: owner, region, trail, prefix, organization } = this.#options;
    const name = `${owner}_CloudTrail-Digest_${region}_${trail}_eu-central-1_${stamp(end)}${suffix}.json.gz`;
    return `${prefix}AWSLogs/${organization}${owner}/CloudTrail-Digest/${region}/${dayOf(end)}/${name}`;
  }

  logKey(time: number, unique: string): string {
    const { account: owner, region, prefix, organization } = this.#options;
    const name = `${owner}_CloudTrail_${region}_${stamp(time).replace(/\d\dZ$/, 'Z')}_${unique}.json.gz`;
    return `${prefix}AWSLogs/${organization}${owner}/CloudTrail/${region}/${dayOf(time)}/${name}`;
  }

  async putLog(time: number): Promise<{ key: string; hash: string }> {
    this.#logs += 1;
    const key = this.logKey(
      time,
      `${this.#options.trail}${this.#logs}`.replaceAll(/\W|_/g, '').padStart(16, '0'),
    );
    const text = JSON.stringify({ Records: [{ eventID: key, eventName: 'ConsoleLogin' }] });
    await this.#world.objects.put({ bucket: this.#options.bucket, key }, gzipSync(text));
    return { key, hash: sha256(text) };
  }

  /** Delivers the digest of an hour, and its logs before it. */
  async deliver(
    start: number,
    changes: { logs?: number; restart?: boolean; suffix?: string; end?: number } = {},
  ): Promise<WrittenDigest> {
    const { logs: count = 2, restart = false, suffix = '', end = start + hour } = changes;
    const logs: { key: string; hash: string }[] = [];
    for (let index = 0; index < count; index += 1)
      logs.push(await this.putLog(start + (5 + 5 * index) * 60_000));
    const previous = restart ? undefined : this.digests.at(-1);
    const { key: signing, bucket: at, account: owner } = this.#options;
    const json: DigestJson = {
      awsAccountId: owner,
      digestStartTime: seconds(start),
      digestEndTime: seconds(end),
      digestS3Bucket: at,
      digestS3Object: this.digestKey(end, suffix),
      digestPublicKeyFingerprint: signing.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: seconds(end),
      oldestEventTime: seconds(start),
      previousDigestS3Bucket: previous ? previous.json.digestS3Bucket : null,
      previousDigestS3Object: previous ? previous.key : null,
      previousDigestHashValue: previous ? sha256(previous.bytes) : null,
      previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
      previousDigestSignature: previous ? previous.signature : null,
      logFiles: logs.map(log => ({
        s3Bucket: at,
        s3Object: log.key,
        hashValue: log.hash,
        hashAlgorithm: 'SHA-256',
      })),
    };
    const bytes = Buffer.from(JSON.stringify(json));
    const digest = {
      key: json.digestS3Object,
      json,
      bytes,
      signature: signDigest(json, bytes, signing),
      logs: logs.map(log => log.key),
    };
    await this.#world.putDigest(digest.key, bytes, digest.signature, at);
    this.digests.push(digest);
    return digest;
  }

  async deliverHours(count: number, from = firstHour): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.deliver(from + index * hour);
  }

  digest(index: number): WrittenDigest {
    const digest = this.digests.at(index);
    if (digest === undefined) throw new RangeError(`there is no digest ${index}`);
    return digest;
  }
}

/** A bucket, the keys, and a verifier of them. */
export class TrailWorld {
  readonly clock = new ManualClock('2026-11-21T12:00:00.000Z');
  readonly objects: MemoryObjectStore;
  readonly listing: MemoryObjectListing;
  readonly keys = new MemoryTrailPublicKeys();

  constructor(buckets: readonly string[] = [bucket, 'elsewhere']) {
    this.objects = new MemoryObjectStore({ clock: this.clock, buckets });
    this.listing = new MemoryObjectListing(this.objects);
    for (const region of ['eu-central-1', 'us-east-1']) this.addKey(region, trailKey);
  }

  addKey(region: string, { fingerprint, value }: SigningKey): void {
    const validity = { validFrom: '2026-11-01T00:00:00.000Z', validTo: '2026-12-01T00:00:00.000Z' };
    this.keys.add(region, { fingerprint, value, ...validity });
  }

  async putDigest(key: string, bytes: Uint8Array, signature?: string, at = bucket): Promise<void> {
    const metadata: Record<string, string> =
      signature === undefined ? {} : { signature, 'signature-algorithm': 'SHA256withRSA' };
    await this.objects.put({ bucket: at, key }, gzipSync(bytes), { metadata });
  }

  async remove(key: string): Promise<void> {
    this.objects.hide({ bucket, key });
  }

  verifier(): TrailVerifier {
    const { listing, objects: files, keys, clock } = this;
    return new TrailVerifier({ listing, files, keys, clock });
  }

  async verify(request: Partial<VerificationRequest> = {}): Promise<Verification> {
    const findings: IntegrityFinding[] = [];
    const tally = new IntegrityTally();
    for await (const finding of this.verifier().verify({ bucket, prefix: '', ...request })) {
      findings.push(finding);
      tally.add(finding);
    }
    return { findings, tally, faults: faultsOf(findings) };
  }
}

export interface Verification {
  readonly findings: readonly IntegrityFinding[];
  readonly tally: IntegrityTally;
  /** `verdict reason` by key, or by `time`, of all that is not valid. */
  readonly faults: Readonly<Record<string, string>>;
}

function faultsOf(findings: readonly IntegrityFinding[]): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const finding of findings) {
    if (finding.verdict === 'valid') continue;
    const name = finding.kind === 'time' ? `time ${finding.from ?? ''}-${finding.to ?? ''}` : finding.key;
    if (faults[name] !== undefined) throw new Error(`${name} has two verdicts`);
    faults[name] = `${finding.verdict} ${finding.reason}`;
  }
  return faults;
}
