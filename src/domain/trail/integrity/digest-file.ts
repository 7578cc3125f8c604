import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../kernel/parse-json.ts';

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/i);
const signatureHex = z.string().regex(/^(?:[0-9a-f]{2}){1,1024}$/i);
/** UTC to the second, and as it stands: the signature is over these characters. */
const instant = z.iso.datetime({ precision: 0 });
const bucket = z.string().min(1).max(255);
const key = z.string().min(1).max(1024);

/** "CloudTrail digest file structure", User Guide; what else it holds is not needed, but is signed with it. */
const digestSchema = z.object({
  awsAccountId: z.string().regex(/^\d{12}$/),
  digestStartTime: instant,
  digestEndTime: instant,
  digestS3Bucket: bucket,
  digestS3Object: key,
  digestPublicKeyFingerprint: z.string().min(1).max(128),
  digestSignatureAlgorithm: z.string().max(64).default('SHA256withRSA'),
  previousDigestS3Bucket: bucket.nullish(),
  previousDigestS3Object: key.nullish(),
  previousDigestHashValue: sha256Hex.nullish(),
  previousDigestHashAlgorithm: z.string().max(64).nullish(),
  previousDigestSignature: signatureHex.nullish(),
  logFiles: z.array(
    z.object({
      s3Bucket: bucket,
      s3Object: key,
      hashValue: sha256Hex,
      hashAlgorithm: z.string().max(64).default('SHA-256'),
    }),
  ),
});

export type DigestContent = z.infer<typeof digestSchema>;

export type NamedLog = DigestContent['logFiles'][number];

/** The digest that came before, as one names it. */
export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

/** A digest file, read. */
export interface DigestFile {
  readonly content: DigestContent;
  /** Of the uncompressed bytes, in lower-case hexadecimal. */
  readonly hash: string;
  /** When the hour that it covers begins, in milliseconds. */
  readonly start: number;
  /** `undefined` where it begins a chain: logging or validation was switched on. */
  readonly previous: PreviousDigest | undefined;
}

/** `undefined` where the bytes are no digest file. */
export function readDigestFile(bytes: Uint8Array): DigestFile | undefined {
  const { success, data } = digestSchema.safeParse(parseJson(Buffer.from(bytes).toString()));
  if (!success) return undefined;
  const before = previousOf(data);
  if (before === 'incomplete') return undefined;
  return {
    content: data,
    hash: createHash('sha256').update(bytes).digest('hex'),
    start: Date.parse(data.digestStartTime),
    previous: before,
  };
}

function previousOf(data: DigestContent): PreviousDigest | undefined | 'incomplete' {
  const {
    previousDigestS3Bucket: bucket,
    previousDigestS3Object: key,
    previousDigestHashValue: hash,
    previousDigestSignature: signature,
  } = data;
  const fields = [bucket, key, hash, signature];
  if (fields.every(field => field === undefined || field === null)) return undefined;
  if (bucket == null || key == null || hash == null || signature == null) return 'incomplete';
  return { bucket, key, hash: hash.toLowerCase(), signature: signature.toLowerCase() };
}
