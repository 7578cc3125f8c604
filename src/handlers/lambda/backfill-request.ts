import * as z from 'zod';
import {
  BackfillSelectionError,
  dayOfLog,
  isDay,
  requireDays,
} from '../../domain/trail/backfill/backfill-selection.ts';
import type { BackfillLog } from '../../domain/trail/backfill/trail-backfill.ts';
import { trailObjectKind } from '../../domain/trail/trail-object-kind.ts';
import { WorkflowTaskError } from './failure-mapping.ts';

const day = z.string().refine(isDay, 'must be a day such as 2026-11-21');
const backfillId = z.string().regex(/^[\w.-]{1,80}$/, 'must be 1 to 80 letters, digits and . _ -');

const keyPrefix = z.string().min(1).max(1024);

/** What an execution of the backfill workflow is started with. */
const request = z.strictObject({
  /** What the keys of the logs begin with; without it, what those of the pipeline's own trail do. */
  prefix: keyPrefix.optional(),
  /** The first and the last day, by the folders of the keys; without them all that the prefix takes in. */
  from: day.nullable().default(null),
  to: day.nullable().default(null),
  /** Whether people are told of matches, as they are of those in new logs. */
  announce: z.boolean().default(false),
  /** The backfill that is to be gone on with; else the execution's name. */
  backfill: backfillId.optional(),
});

const batch = z.object({
  schemaVersion: z.literal(1),
  backfill: backfillId,
  bucket: z.string().min(1),
  prefix: z.string(),
  from: day.nullable(),
  to: day.nullable(),
  announce: z.boolean(),
});

/** What all batches of a backfill have in common. */
export type BackfillBatch = z.infer<typeof batch>;

/** An item of a Map over a bucket, as Step Functions lists it ("ItemReader (Map)", AWS Step Functions Developer Guide). */
const listed = z
  .object({ Key: z.string().min(1), Etag: z.string().optional(), ETag: z.string().optional() })
  .transform(({ Key, Etag, ETag }, context) => {
    const etag = (Etag ?? ETag)?.replaceAll('"', '');
    if (etag !== undefined) return { key: Key, etag };
    context.addIssue('has no entity tag');
    return z.NEVER;
  });

const objects = z.array(listed).min(1);

const input = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('begin'),
    bucket: z.string().min(1),
    execution: z.string().min(1),
    /** What the workflow was deployed with. */
    defaultPrefix: keyPrefix.default('AWSLogs/'),
    request,
  }),
  z.object({ step: z.literal('analyze'), batch, objects }),
  z.object({
    step: z.literal('give-up'),
    batch,
    objects,
    failure: z.object({ Error: z.string(), Cause: z.string().default('') }),
  }),
  z.object({ step: z.literal('conclude'), batch }),
]);

export type BackfillInput = z.infer<typeof input>;

/** @throws {WorkflowTaskError} `Sallyport.InvalidInput`, naming every fault. */
export function readBackfillInput(given: unknown): BackfillInput {
  const parsed = input.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
  throw new WorkflowTaskError('Sallyport.InvalidInput', faults.slice(0, 20).join('; '));
}

/** What the batches of an execution have in common. @throws {WorkflowTaskError} `Sallyport.InvalidInput`. */
export function batchOf(input: BackfillInput & { step: 'begin' }): BackfillBatch {
  const { bucket, execution, defaultPrefix, request } = input;
  const { prefix = defaultPrefix, from, to, announce, backfill } = request;
  try {
    requireDays({ from: from ?? '0001-01-01', to: to ?? '9999-12-31' });
  } catch (error) {
    if (!(error instanceof BackfillSelectionError)) throw error;
    throw new WorkflowTaskError('Sallyport.InvalidInput', error.message, error);
  }
  // Names of executions may hold characters that ids of backfills may not.
  const id = backfill ?? execution.replace(/[^\w.-]/g, '-');
  return { schemaVersion: 1, backfill: id, bucket, prefix, from, to, announce };
}

/** The logs among the listed objects that the backfill is about. Where days were asked for, a key without one is not. */
export function logsOf({
  batch: { bucket, from, to },
  objects: all,
}: BackfillInput & { step: 'analyze' }): readonly BackfillLog[] {
  return all.flatMap(({ key, etag }) => {
    const kind = trailObjectKind(key);
    if (kind !== 'log' && kind !== 'possible-log') return [];
    const at = dayOfLog(key) ?? '';
    const isBefore = from !== null && at < from;
    const isAfter = to !== null && (at === '' || at > to);
    return isBefore || isAfter ? [] : [{ bucket, key, etag }];
  });
}
