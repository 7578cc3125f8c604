import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { printableText } from '../../domain/kernel/printable-text.ts';
import type { BusEvent } from '../../domain/trail/bus-event.ts';
import type {
  AnnouncedLog,
  TrailAnalysis,
  TrailAnalyzer,
  TrailTally,
} from '../../domain/trail/trail-analyzer.ts';
import { type ConsumptionPorts, codeOf, consumeMessages, ItemFailedError } from './consume-messages.ts';
import { placeOf } from './consume-objects.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';
import { readTrailNotifications, type TrailItem } from './trail-notifications.ts';

export interface TrailAnalysisPorts extends ConsumptionPorts {
  readonly analyzer: Pick<TrailAnalyzer, 'analyze' | 'analyzeEvent'>;
}

/**
 * Analyzes every log that a batch of messages announces, and every record of CloudTrail that an event bus delivered. What
 * cannot be read fails its own message alone.
 */
export function analyzeTrailLogs(
  event: SQSEvent,
  ports: TrailAnalysisPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const { analyzer } = ports;
  const consumption = {
    read: readTrailNotifications,
    work: (item: TrailItem) =>
      item.kind === 'log'
        ? analyzeLog(item.log, analyzer, telemetry)
        : analyzeEvent(item.event, analyzer, telemetry),
    nameOf: (item: TrailItem) => (item.kind === 'log' ? placeOf(item.log) : nameOfEvent(item.event)),
    atOnce: 2,
    failureMetric: 'TrailLogsFailed' as const,
  };
  return consumeMessages(event, consumption, ports, telemetry);
}

async function analyzeEvent(
  event: BusEvent,
  analyzer: Pick<TrailAnalyzer, 'analyzeEvent'>,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const name = nameOfEvent(event);
  const { matches, stored, suppressed, alerts } = await analyzer.analyzeEvent(event).catch(error => {
    logger.error('Event not analyzed', { event: name, error: error as Error });
    throw new ItemFailedError(codeOf(error), `${name}: ${(error as Error).message}`, { cause: error });
  });
  measure(metrics, 'TrailBusEvents');
  measure(metrics, 'TrailMatches', matches);
  measure(metrics, 'TrailMatchesSuppressed', suppressed);
  measure(metrics, 'TrailEventsStored', stored);
  measure(metrics, 'TrailAlerts', alerts);
  // Most events match nothing; a line for each would cost more than it tells.
  if (matches > 0) logger.info('Event analyzed', { event: name, matches, stored, suppressed, alerts });
}

function nameOfEvent({ id, account, region }: BusEvent): string {
  return `event ${printableText(id)} of the bus (${account}, ${region})`;
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
    throw new ItemFailedError(codeOf(error), `${place}: ${(error as Error).message}`, { cause: error });
  });
  measure(metrics, 'TrailAnalysisDuration', performance.now() - startedAt);
  report(analysis, facts, { logger, metrics });
  if (analysis.outcome === 'missing') {
    throw new ItemFailedError('missing', `${place}: is not in the bucket (any more)`);
  }
  if (analysis.outcome === 'unreadable') {
    const { code, message } = analysis.fault;
    throw new ItemFailedError(code, `${place}: ${message}`, { cause: analysis.fault });
  }
}

function report(
  analysis: TrailAnalysis,
  facts: { readonly bucket: string; readonly key: string },
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (analysis.outcome === 'skipped') {
    measure(metrics, 'TrailObjectsSkipped');
    logger.info('Object skipped', { ...facts, reason: analysis.reason });
  } else if (analysis.outcome === 'missing') {
    logger.error('Log missing', facts);
  } else {
    const { bytes, records, matches, stored, suppressed, alerts } = analysis;
    const tally: TrailTally = { bytes, records, matches, stored, suppressed, alerts };
    measure(metrics, 'TrailLogBytes', bytes);
    measure(metrics, 'TrailRecords', records);
    measure(metrics, 'TrailMatches', matches);
    measure(metrics, 'TrailMatchesSuppressed', suppressed);
    measure(metrics, 'TrailEventsStored', stored);
    measure(metrics, 'TrailAlerts', alerts);
    if (analysis.outcome === 'analyzed') {
      measure(metrics, 'TrailLogsAnalyzed');
      logger.info('Log analyzed', { ...facts, ...tally });
    } else {
      const { code, message } = analysis.fault;
      logger.error('Log unreadable', { ...facts, ...tally, code, fault: message });
    }
  }
}
