import type { TrailSummarizer } from '../../domain/trail/trail-summarizer.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

export interface TrailSummaryPorts {
  readonly summarizer: Pick<TrailSummarizer, 'summarize'>;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** Milliseconds kept to finish the windows that are begun. */
const reserve = 10_000;

/** Failures that are logged one by one. */
const mostFailures = 5;

/**
 * Tells of every window that is due. Rejects where a window is not settled, after all others: the next run tells of it, and
 * the alarm on errors of this function tells that somebody waits.
 */
export async function summarizeTrailAlerts(
  { summarizer, remainingTime }: TrailSummaryPorts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<void> {
  const summaries = await summarizer.summarize(() => remainingTime() < reserve);
  const { windows, alerts, postponed, failures, unfinished } = summaries;
  measure(metrics, 'TrailWindowsTold', windows);
  measure(metrics, 'TrailSummaryAlerts', alerts);
  measure(metrics, 'TrailWindowsPostponed', postponed);
  measure(metrics, 'TrailSummariesFailed', failures.length);
  logger.info('Windows told', { windows, alerts, postponed, failed: failures.length, unfinished });
  for (const error of failures.slice(0, mostFailures)) logger.error('Window not told', { error });
  const [failure] = failures;
  if (failure === undefined) return;
  throw new Error(`${failures.length} windows are not told`, { cause: failure });
}
