import * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';

const reason = z.object({ code: z.string(), explanation: z.string() });

const finding = z.object({
  kind: z.string(),
  start: z.int().min(0),
  end: z.int().min(0),
  masked: z.string(),
  confidence: z.enum(['high', 'medium']),
  reason: z.string(),
  page: z.int().min(1).optional(),
  part: z.string().optional(),
});

const deliverable = ['compliant', 'indeterminate'];

/** What was decided about one version of a document, as the verdict file holds it. */
export const documentVerdictSchema = z
  .object({
    schemaVersion: z.literal(1).default(1),
    correlationId: z.string(),
    /** Card and social-security numbers in the key are masked. */
    object: z.object({ bucket: z.string(), key: z.string(), versionId: z.string().optional() }),
    size: z.int().min(0).optional(),
    /** Media type as which it was read. */
    type: z.string().optional(),
    /** `invalid`: it is not what it says, or holds what may run; `key-refused`: its name breaks the key policy. */
    verdict: z.enum(['compliant', 'non-compliant', 'indeterminate', 'invalid', 'key-refused']),
    reasons: z.array(reason),
    /** The first findings, values masked. */
    findings: z.array(finding),
    /** Of each kind, how many were found in all. */
    counts: z.record(z.string(), z.int().min(0)),
    /** Whether it is to be delivered; otherwise it goes to quarantine. */
    deliver: z.boolean(),
    judgedAt: z.string(),
  })
  .refine(
    ({ deliver, verdict }) => !deliver || deliverable.includes(verdict),
    'delivers what must not be delivered',
  );

export type DocumentVerdict = z.infer<typeof documentVerdictSchema> & { readonly judgedAt: Timestamp };

export interface VerdictPlace {
  readonly bucket: string;
  /** ARN of the KMS key that verdicts are encrypted under. */
  readonly keyId: string;
}

/** Where the verdict on a version stands. */
export function verdictKey(correlationId: string): string {
  return `verdicts/${correlationId}.json`;
}

/**
 * Stores a verdict, once for each version: where one stands already, that one holds and is answered. A judgement that
 * was made twice, by a repetition or a neighbour, thus leads to one act.
 */
export async function settleVerdict(
  objects: Pick<ObjectStore, 'put' | 'current' | 'read'>,
  { bucket, keyId }: VerdictPlace,
  verdict: DocumentVerdict,
): Promise<DocumentVerdict> {
  const target = { bucket, key: verdictKey(verdict.correlationId) };
  const put = await objects.put(target, new TextEncoder().encode(`${JSON.stringify(verdict, null, 2)}\n`), {
    contentType: 'application/json',
    encryption: { algorithm: 'aws:kms', keyId },
    ifAbsent: true,
  });
  if (put.outcome === 'stored') return verdict;
  const head = await objects.current(target);
  const bytes = head === undefined ? undefined : await readObjectBytes(objects, head.ref);
  if (bytes === undefined) throw unusable('retryable', 'it is not there any more');
  const standing = documentVerdictSchema.safeParse(parsed(bytes));
  if (!standing.success || !isOnSameVersion(standing.data, verdict)) {
    throw unusable('permanent', 'it does not have the form of a verdict on this version');
  }
  return standing.data;
}

function isOnSameVersion(a: DocumentVerdict, b: DocumentVerdict): boolean {
  return (
    a.correlationId === b.correlationId &&
    a.object.bucket === b.object.bucket &&
    a.object.key === b.object.key &&
    a.object.versionId === b.object.versionId
  );
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function unusable(kind: 'retryable' | 'permanent', why: string): PortError {
  return new PortError({
    kind,
    operation: 'DocumentProcessor.process',
    code: 'VerdictUnusable',
    message: `the verdict that stands for this version cannot be used: ${why}`,
  });
}
