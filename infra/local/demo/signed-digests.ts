import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SampleLog } from './sample-logs.ts';

/** A digest, with the signature that CloudTrail puts into its object's metadata. */
export interface SignedDigest extends SampleLog {
  readonly signature: string;
}

export interface SignedHour {
  readonly digest: SignedDigest;
  readonly log: SampleLog;
}

export interface SigningTrail {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly fingerprint: string;
  /** Answers the signature of a text, hexadecimal. */
  readonly sign: (text: string) => string;
}

const hour = 3_600_000;

/**
 * What CloudTrail delivers in some hours, each with one log and the digest that vouches for it, oldest first ("CloudTrail
 * digest file structure", User Guide). The first one begins the chain.
 *
 * @param end When the last hour ends.
 */
export function signedHours(trail: SigningTrail, end: Date, count: number): readonly SignedHour[] {
  const hours: SignedHour[] = [];
  let previous: SignedDigest | undefined;
  for (let index = count - 1; index >= 0; index -= 1) {
    const log = logOfHour(trail, end.getTime() - index * hour - hour / 2);
    const digest = digestOf(trail, end.getTime() - index * hour, log, previous);
    hours.push({ digest, log });
    previous = digest;
  }
  return hours;
}

function logOfHour({ account, region }: SigningTrail, time: number): SampleLog {
  const name = `${account}_CloudTrail_${region}_${stampOf(time).slice(0, 13)}Z_aB3dE5gH7jK9mN1p.json.gz`;
  const record = {
    eventVersion: '1.11',
    eventID: stampOf(time),
    eventName: 'ListBuckets',
    awsRegion: region,
  };
  return {
    key: `AWSLogs/${account}/CloudTrail/${region}/${dayOf(time)}/${name}`,
    body: gzipSync(JSON.stringify({ Records: [record] })),
  };
}

function digestOf(
  { account, region, bucket, fingerprint, sign }: SigningTrail,
  end: number,
  log: SampleLog,
  previous: SignedDigest | undefined,
): SignedDigest {
  const name = `${account}_CloudTrail-Digest_${region}_demo_${region}_${stampOf(end)}.json.gz`;
  const key = `AWSLogs/${account}/CloudTrail-Digest/${region}/${dayOf(end)}/${name}`;
  const endTime = secondsOf(end);
  const text = JSON.stringify({
    awsAccountId: account,
    digestStartTime: secondsOf(end - hour),
    digestEndTime: endTime,
    digestS3Bucket: bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    previousDigestS3Bucket: previous === undefined ? null : bucket,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous === undefined ? null : hashOf(gunzipSync(previous.body)),
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: [
      {
        s3Bucket: bucket,
        s3Object: log.key,
        hashValue: hashOf(gunzipSync(log.body)),
        hashAlgorithm: 'SHA-256',
      },
    ],
  });
  // "Custom implementations of CloudTrail log file integrity validation", User Guide.
  const signature = sign(
    [endTime, `${bucket}/${key}`, hashOf(text), previous?.signature ?? 'null'].join('\n'),
  );
  return { key, body: gzipSync(text), signature };
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `2026-11-21T08:00:00Z` */
function secondsOf(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `20261121T080000Z` */
function stampOf(time: number): string {
  return secondsOf(time).replaceAll(/[-:]/g, '');
}

/** `2026/11/21` */
function dayOf(time: number): string {
  return secondsOf(time).slice(0, 10).replaceAll('-', '/');
}
