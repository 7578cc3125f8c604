import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageFailureEntry } from '../../domain/dead-letters/message-failure.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { limitConcurrency } from '../../domain/kernel/limit-concurrency.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { settleAll } from '../../domain/kernel/settle-all.ts';
import type {
  AnnouncedLog,
  TrailAnalysis,
  TrailAnalyzer,
  TrailTally,
} from '../../domain/trail/trail-analyzer.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { sqsTime } from './sqs-time.ts';
import type { Telemetry } from './telemetry.ts';
import { readTrailNotifications } from './trail-notifications.ts';

export interface TrailAnalysisPorts {
  readonly analyzer: Pick<TrailAnalyzer, 'analyze'>;
  /** Where the cause of a failure is noted, for the time when the queue gives the message up. */
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** Over all messages, so that what a log costs in memory does not multiply. */
const logsAtOnce = 2;
const faultsNamed = 5;

/** Milliseconds kept, of those there are, to note causes and to answer which messages failed. */
const reserve = (remaining: number) => Math.min(5000, remaining / 5);

/**
 * Analyzes every log that a batch of messages announces. A log that cannot be read, or a message that announces none,
 * fails its own message after all its neighbours have been dealt with; the message then comes again. So does a log that
 * is not done shortly before the invocation ends: were the function stopped, all messages would come again, and none
 * would say why.
 */
export function analyzeTrailLogs(
  event: SQSEvent,
  ports: TrailAnalysisPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const deadline = deadlineIn(ports.remainingTime());
  const limited = limitConcurrency(logsAtOnce);
  const analyzeMessage = async (message: SQSRecord): Promise<void> => {
    const { body, attributes, messageId } = message;
    const notifications = [...readTrailNotifications(body, sqsTime(attributes.SentTimestamp))];
    const skipped = notifications.flatMap(it => (it.kind === 'skipped' ? [it.event] : []));
    const malformed = notifications.flatMap(it => (it.kind === 'malformed' ? [it.error] : []));
    const logs = notifications.flatMap(it => (it.kind === 'log' ? [it.log] : []));
    reportSkipped(skipped, messageId, telemetry);
    for (const error of malformed.slice(0, faultsNamed)) {
      telemetry.logger.error('Notification malformed', { messageId, error });
    }

    const failed = await settleAll(logs, logs.length, log =>
      deadline.race(
        log,
        limited(() => analyzeLog(log, ports.analyzer, telemetry)),
      ),
    );
    const failures = [...malformed, ...failed];
    if (failures.length === 0) return;
    telemetry.metrics.addMetric('TrailLogsFailed', MetricUnit.Count, failures.length);
    await noteFailure(message, failures, ports, telemetry);
    throw new Error(`${failures.length} logs of message ${messageId} were not analyzed`);
  };
  return processPartialResponse(event, analyzeMessage, new BatchProcessor(EventType.SQS)).finally(
    deadline.clear,
  );
}

/** Fails the logs that are not done when the time is nearly over. */
function deadlineIn(remaining: number) {
  const over = Promise.withResolvers<'over'>();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    over.resolve('over');
  }, remaining - reserve(remaining));
  return {
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
    race: async (log: AnnouncedLog, work: Promise<void>): Promise<void> => {
      if ((await Promise.race([work, over.promise])) !== 'over') return;
      work.catch(() => undefined);
      throw new LogNotAnalyzedError(
        'TimedOut',
        `${placeOf(log)}: was not done within the time of the function`,
      );
    },
  };
}

function placeOf({ bucket, key, versionId }: AnnouncedLog): string {
  const version = versionId === undefined ? '' : ` (version ${printableText(versionId)})`;
  return `s3://${printableText(bucket)}/${printableText(key, 1024)}${version}`;
}

/** A log was not analyzed; `code` says why. */
class LogNotAnalyzedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogNotAnalyzedError';
    this.code = code;
  }
}

async function analyzeLog(
  log: AnnouncedLog,
  analyzer: Pick<TrailAnalyzer, 'analyze'>,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const facts = { bucket: printableText(log.bucket), key: printableText(log.key, 1024) };
  const startedAt = performance.now();
  const place = placeOf(log);
  const analysis = await analyzer.analyze(log).catch((error: unknown) => {
    logger.error('Log not analyzed', { ...facts, error: error as Error });
    throw new LogNotAnalyzedError(codeOf(error), `${place}: ${(error as Error).message}`, { cause: error });
  });
  metrics.addMetric('TrailAnalysisDuration', MetricUnit.Milliseconds, performance.now() - startedAt);
  report(analysis, facts, { logger, metrics });
  if (analysis.outcome === 'missing') {
    throw new LogNotAnalyzedError('missing', `${place}: is not in the bucket (any more)`);
  }
  if (analysis.outcome === 'unreadable') {
    const { code, message } = analysis.fault;
    throw new LogNotAnalyzedError(code, `${place}: ${message}`, { cause: analysis.fault });
  }
}

function report(
  analysis: TrailAnalysis,
  facts: { readonly bucket: string; readonly key: string },
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (analysis.outcome === 'skipped') {
    metrics.addMetric('TrailObjectsSkipped', MetricUnit.Count, 1);
    logger.info('Object skipped', { ...facts, reason: analysis.reason });
  } else if (analysis.outcome === 'missing') {
    logger.error('Log missing', facts);
  } else {
    const { bytes, records, matches, stored, alerts } = analysis;
    const tally: TrailTally = { bytes, records, matches, stored, alerts };
    metrics.addMetric('TrailLogBytes', MetricUnit.Bytes, bytes);
    metrics.addMetric('TrailRecords', MetricUnit.Count, records);
    metrics.addMetric('TrailMatches', MetricUnit.Count, matches);
    metrics.addMetric('TrailEventsStored', MetricUnit.Count, stored);
    metrics.addMetric('TrailAlerts', MetricUnit.Count, alerts);
    if (analysis.outcome === 'analyzed') {
      metrics.addMetric('TrailLogsAnalyzed', MetricUnit.Count, 1);
      logger.info('Log analyzed', { ...facts, ...tally });
    } else {
      const { code, message } = analysis.fault;
      logger.error('Log unreadable', { ...facts, ...tally, code, fault: message });
    }
  }
}

function reportSkipped(
  events: readonly string[],
  messageId: string,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (events.length === 0) return;
  metrics.addMetric('NotificationsSkipped', MetricUnit.Count, events.length);
  const names = [...new Set(events)].slice(0, faultsNamed).map(name => printableText(name));
  logger.info('Notifications skipped', { messageId, events: names });
}

/** Notes why a message fails. Where that fails too, the message comes again all the same, with its cause unknown. */
async function noteFailure(
  { messageId, attributes }: SQSRecord,
  failures: readonly Error[],
  { audit, clock }: TrailAnalysisPorts,
  { logger }: Pick<Telemetry, 'logger'>,
): Promise<void> {
  const named = failures.slice(0, faultsNamed).map(({ message }) => message);
  const rest = failures.length - named.length;
  const entry = messageFailureEntry({
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount) || 1,
    failedAt: canonicalTime(clock.now()),
    cause: {
      code: codeOf(failures[0]),
      message: [...named, ...(rest === 0 ? [] : [`and ${rest} more`])].join('; '),
    },
  });
  await audit.append(entry).catch((error: unknown) => {
    logger.error('Cause not noted', { messageId, details: entry.details, error: error as Error });
  });
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'Unexpected';
}
