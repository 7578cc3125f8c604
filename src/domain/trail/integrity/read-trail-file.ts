import { createHash } from 'node:crypto';
import { isPortError } from '../../../ports/failure.ts';
import type { ObjectContent, ObjectStore, ObjectTarget } from '../../../ports/object-store.ts';
import { type DigestFile, type NamedLog, readDigestFile } from './digest-file.ts';
import type { IntegrityReason, IntegrityVerdict } from './integrity-finding.ts';
import { readBounded } from './read-bounded.ts';

/** Reading is all that a verification does to files. */
export type TrailFiles = Pick<ObjectStore, 'current' | 'read'>;

/** A verdict that reading alone comes to. */
export interface ReadingVerdict {
  readonly verdict: IntegrityVerdict;
  readonly reason?: IntegrityReason;
  readonly detail?: string;
}

export interface DigestReading {
  readonly file: DigestFile;
  readonly signature: string | undefined;
  readonly algorithm: string | undefined;
}

/** Reads a digest whole; where that is not possible, says what this makes of it. */
export function readDigest(
  files: TrailFiles,
  target: ObjectTarget,
  mostBytes: number,
): Promise<DigestReading | ReadingVerdict> {
  return reading(files, target, async ({ head, body }) => {
    const chunks: Uint8Array[] = [];
    const end = await readBounded(body, mostBytes, chunk => void chunks.push(Uint8Array.from(chunk)));
    if (end === 'too-large') return tooLarge(mostBytes);
    const file = end === 'whole' ? readDigestFile(Buffer.concat(chunks)) : undefined;
    if (file === undefined) return damaged(end === 'whole' ? 'it is no digest' : cannotInflate);
    const { signature, 'signature-algorithm': algorithm } = head.metadata;
    return { file, signature, algorithm };
  });
}

/** Judges a log by the hash that a digest names. The hash is over the uncompressed bytes; they are streamed. */
export async function verifyLog(
  files: TrailFiles,
  target: ObjectTarget,
  { hashAlgorithm, hashValue }: NamedLog,
  mostBytes: number,
): Promise<ReadingVerdict> {
  if (hashAlgorithm !== 'SHA-256') {
    return {
      verdict: 'unverifiable',
      reason: 'unknown-algorithm',
      detail: `hashed by ${hashAlgorithm}`,
    };
  }
  return reading(files, target, async ({ body }) => {
    const hash = createHash('sha256');
    const end = await readBounded(body, mostBytes, chunk => void hash.update(chunk));
    if (end === 'too-large') return tooLarge(mostBytes);
    if (end === 'damaged') return damaged(cannotInflate);
    const found = hash.digest('hex');
    if (found === hashValue.toLowerCase()) return { verdict: 'valid' };
    const detail = `its digest names the hash ${hashValue.toLowerCase()}, not ${found}`;
    return { verdict: 'tampered', reason: 'hash-mismatch', detail };
  });
}

/** Reads one current object; an absent one, and a port that fails, are verdicts. */
async function reading<Answer>(
  files: TrailFiles,
  target: ObjectTarget,
  read: (content: ObjectContent) => Promise<Answer>,
): Promise<Answer | ReadingVerdict> {
  try {
    const head = await files.current(target);
    const content = head && (await files.read(head.ref));
    if (content === undefined) return { verdict: 'missing', reason: 'deleted' };
    return await read(content);
  } catch (error) {
    if (!isPortError(error)) throw error;
    return { verdict: 'unverifiable', reason: 'unreadable', detail: `${error.kind}: ${error.code}` };
  }
}

const cannotInflate = 'its compressed bytes cannot be inflated to their end';

function damaged(detail: string): ReadingVerdict {
  return { verdict: 'tampered', reason: 'damaged', detail };
}

function tooLarge(mostBytes: number): ReadingVerdict {
  return { verdict: 'unverifiable', reason: 'too-large', detail: `more than ${mostBytes} bytes` };
}
