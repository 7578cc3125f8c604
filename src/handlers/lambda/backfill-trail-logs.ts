import { printableText } from '../../domain/kernel/printable-text.ts';
import {
  BackfillCount,
  type BackfillSummary,
  isComplete,
} from '../../domain/trail/backfill/backfill-summary.ts';
import {
  type BackfillConclusionPorts,
  concludeBackfill,
} from '../../domain/trail/backfill/conclude-backfill.ts';
import type { BackfillResult, TrailBackfill } from '../../domain/trail/backfill/trail-backfill.ts';
import type { BackfillEntry } from '../../ports/backfill-ledger.ts';
import {
  type BackfillBatch,
  type BackfillInput,
  batchOf,
  logsOf,
  readBackfillInput,
} from './backfill-request.ts';
import { asWorkflowError, WorkflowTaskError } from './failure-mapping.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

export interface TrailBackfillPorts {
  /** The backfill that a batch belongs to, by the rules of the moment. */
  readonly backfillOf: (
    batch: BackfillBatch,
    hasTime: () => boolean,
  ) => Promise<Pick<TrailBackfill, 'run' | 'giveUp'>>;
  readonly conclusion: BackfillConclusionPorts;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** What the backfiller answers to the state machine. */
export type BackfillAnswer = BackfillBatch | Pick<BackfillSummary, 'objects' | 'outcomes' | 'tally'>;

/** Milliseconds kept, of those there are, for the logs that are under way when no more are begun. */
const reserve = (whole: number) => Math.min(60_000, whole / 3);

/**
 * One step of a backfill that Step Functions carries out: `begin` makes of the execution's input what its batches have in common;
 * `analyze` analyzes the logs of one batch; `give-up` notes those that no invocation came to the end of; `conclude` sums up.
 *
 * A log that cannot be read fails nothing: it is noted, and makes the conclusion fail.
 *
 * @throws {WorkflowTaskError} `Sallyport.InvalidInput`; `Sallyport.TimedOut`, where a batch is not through yet: the next call
 * goes on; `Sallyport.BackfillIncomplete`; or the name of the failed port's failure kind.
 */
export async function backfillTrailLogs(
  given: unknown,
  ports: TrailBackfillPorts,
  telemetry: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<BackfillAnswer> {
  const input = readBackfillInput(given);
  if (input.step === 'begin') return batchOf(input);
  const facts = { backfill: input.batch.backfill, bucket: printableText(input.batch.bucket) };
  try {
    if (input.step === 'analyze') return await analyzeBatch(input, ports, telemetry);
    if (input.step === 'give-up') return await giveUpBatch(input, ports, telemetry);
    return await concludeAll(input.batch, ports, telemetry);
  } catch (error) {
    telemetry.logger.error('Backfill step failed', { ...facts, step: input.step, error: error as Error });
    throw asWorkflowError(error);
  }
}

async function analyzeBatch(
  input: BackfillInput & { step: 'analyze' },
  { backfillOf, remainingTime }: TrailBackfillPorts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<BackfillAnswer> {
  const logs = logsOf(input);
  const kept = reserve(remainingTime());
  const backfill = await backfillOf(input.batch, () => remainingTime() > kept);
  const count = new BackfillCount();
  const passing: BackfillResult[] = [];
  for await (const result of backfill.run(logs)) {
    count.add(result.entry);
    if (!result.before) measureEntry(result.entry, metrics);
    if (result.entry.outcome !== 'analyzed') logger.error('Log not analyzed', factsOf(result.entry));
    if (result.failure === 'throttled' || result.failure === 'retryable') passing.push(result);
  }
  const { objects, outcomes, tally } = count.summary;
  logger.info('Batch of logs analyzed', { backfill: input.batch.backfill, objects, outcomes, tally });
  const [failed] = passing;
  if (failed !== undefined) {
    const name = failed.failure === 'throttled' ? 'Sallyport.Throttled' : 'Sallyport.Retryable';
    throw new WorkflowTaskError(
      name,
      `${passing.length} logs failed in passing, first ${failed.entry.fault?.code}`,
    );
  }
  if (objects < logs.length) {
    throw new WorkflowTaskError(
      'Sallyport.TimedOut',
      `${objects} of ${logs.length} logs were analyzed in time`,
    );
  }
  return { objects, outcomes, tally };
}

async function giveUpBatch(
  { batch, objects, failure }: BackfillInput & { step: 'give-up' },
  { backfillOf }: TrailBackfillPorts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<BackfillAnswer> {
  const logs = logsOf({ step: 'analyze', batch, objects });
  const backfill = await backfillOf(batch, () => true);
  await backfill.giveUp(logs, { code: failure.Error, message: failure.Cause });
  for (const { key } of logs) {
    logger.error('Log given up', { key: printableText(key, 1024), code: printableText(failure.Error) });
  }
  measure(metrics, 'TrailLogsFailed', logs.length);
  return new BackfillCount().summary;
}

async function concludeAll(
  { backfill, bucket }: BackfillBatch,
  { conclusion }: TrailBackfillPorts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<BackfillAnswer> {
  const { objects, outcomes, tally } = await concludeBackfill({ backfill, bucket }, conclusion);
  logger.info('Backfill concluded', { backfill, objects, outcomes, tally });
  if (isComplete({ objects, outcomes })) {
    measure(metrics, 'TrailBackfillsConcluded');
    return { objects, outcomes, tally };
  }
  measure(metrics, 'TrailBackfillsIncomplete');
  const { unreadable, missing, failed } = outcomes;
  throw new WorkflowTaskError(
    'Sallyport.BackfillIncomplete',
    objects === 0
      ? 'No log was found.'
      : `Of ${objects} logs ${unreadable} are unreadable, ${missing} missing and ${failed} failed.`,
  );
}

function measureEntry({ outcome, tally }: BackfillEntry, metrics: Telemetry['metrics']): void {
  measure(metrics, 'TrailLogBytes', tally.bytes);
  measure(metrics, 'TrailRecords', tally.records);
  measure(metrics, 'TrailMatches', tally.matches);
  measure(metrics, 'TrailEventsStored', tally.stored);
  measure(metrics, 'TrailAlerts', tally.alerts);
  if (outcome === 'analyzed') measure(metrics, 'TrailLogsAnalyzed');
  else if (outcome === 'skipped') measure(metrics, 'TrailObjectsSkipped');
  else measure(metrics, 'TrailLogsFailed');
}

function factsOf({ key, outcome, fault }: BackfillEntry) {
  return {
    key: printableText(key, 1024),
    outcome,
    code: printableText(fault?.code ?? outcome),
    fault: printableText(fault?.message ?? ''),
  };
}
