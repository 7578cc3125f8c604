import * as z from 'zod';
import { canonicalTime, laterBy } from '../../domain/kernel/canonical-time.ts';
import type { IntegrityWatch, WatchReport } from '../../domain/trail/integrity/integrity-watch.ts';
import type { Clock } from '../../ports/clock.ts';
import { asWorkflowError, WorkflowTaskError } from './failure-mapping.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

const instant = z.iso.datetime({ offset: true }).transform(text => canonicalTime(new Date(text)));

/** The event of a schedule, of which `time` is read; or what someone asks for who verifies other hours. */
const verificationInput = z.object({
  time: instant.optional(),
  from: instant.optional(),
  to: instant.optional(),
  accounts: z.array(z.string().regex(/^\d{12}$/)).optional(),
  regions: z.array(z.string().min(1)).optional(),
});

export interface VerifyPorts {
  readonly watch: Pick<IntegrityWatch, 'watch'>;
  readonly clock: Clock;
  /** Where CloudTrail delivers, and what of it is verified where the input does not say. */
  readonly scope: {
    readonly bucket: string;
    /** What stands before `AWSLogs/`, without a slash at its end. */
    readonly prefix: string;
    readonly hours: number;
    readonly accounts?: readonly string[] | undefined;
    readonly regions?: readonly string[] | undefined;
  };
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** Counts of a run, as the function answers them. */
export interface VerificationAnswer {
  readonly outcome: string;
  readonly digests: WatchReport['tally']['digests'];
  readonly logs: WatchReport['tally']['logs'];
  readonly pending: number;
  readonly alerts: number;
}

/** Milliseconds kept, of those there are, to tell what was found. */
const reserve = (whole: number) => Math.min(60_000, whole / 3);

/**
 * Verifies the hours before the time that the event bears.
 *
 * @throws {WorkflowTaskError} `Sallyport.InvalidInput`, or the name of the failed port's failure kind: what could not be
 * announced is announced when the event comes again.
 */
export async function verifyTrailLogs(
  input: unknown,
  { watch, clock, scope, remainingTime }: VerifyPorts,
  { logger, metrics }: Telemetry,
): Promise<VerificationAnswer> {
  const { success, data, error } = verificationInput.safeParse(input ?? {});
  if (!success) throw new WorkflowTaskError('Sallyport.InvalidInput', z.prettifyError(error));
  const begun = clock.now().getTime();
  const to = data.to ?? data.time ?? canonicalTime(clock.now());
  const from = data.from ?? laterBy(to, -scope.hours * 3_600_000);
  if (from >= to) throw new WorkflowTaskError('Sallyport.InvalidInput', 'from must lie before to');
  const kept = reserve(remainingTime());
  const { bucket, prefix } = scope;
  const accounts = data.accounts ?? scope.accounts;
  const regions = data.regions ?? scope.regions;
  const runId = ['trail-verify', bucket, prefix, from, to, accounts?.join('+'), regions?.join('+')]
    .filter(part => part !== undefined && part !== '')
    .join(':');
  try {
    const { tally, isUnfinished, alerts } = await watch.watch(
      {
        bucket,
        prefix: prefix === '' ? '' : `${prefix}/`,
        from,
        to,
        runId,
        ...(accounts === undefined ? {} : { accounts }),
        ...(regions === undefined ? {} : { regions }),
      },
      () => remainingTime() > kept,
    );
    const outcome = isUnfinished ? 'unfinished' : tally.outcome;
    const answer = { outcome, digests: tally.digests, logs: tally.logs, pending: tally.pending, alerts };
    logger.info('Trail verified', { from, to, ...answer });
    for (const [name, verdict] of metricOf) measure(metrics, name, tally.of(verdict));
    const files = [...Object.values(tally.digests), ...Object.values(tally.logs)];
    measure(
      metrics,
      'TrailFilesVerified',
      files.reduce((sum, count) => sum + count, tally.pending),
    );
    measure(metrics, 'TrailVerificationsNotClean', outcome === 'valid' ? 0 : 1);
    measure(metrics, 'TrailVerificationDuration', clock.now().getTime() - begun);
    return answer;
  } catch (failure) {
    logger.error('Trail not verified', { from, to, error: failure as Error });
    throw asWorkflowError(failure);
  }
}

const metricOf = [
  ['TrailFilesTampered', 'tampered'],
  ['TrailFilesMissing', 'missing'],
  ['TrailFilesUnverifiable', 'unverifiable'],
] as const;
