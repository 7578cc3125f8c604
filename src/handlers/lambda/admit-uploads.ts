import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { IntakeOutcome, IntakeStarter } from '../../domain/intake/intake-starter.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { settleAll } from '../../domain/kernel/settle-all.ts';
import { notifiedIdentity } from '../../domain/kernel/upload-identity.ts';
import {
  type ObjectCreated,
  type ObjectNotification,
  readObjectNotifications,
} from './object-notifications.ts';
import { sqsTime } from './sqs-time.ts';
import type { Telemetry } from './telemetry.ts';
import { type UploadFacts, uploadFacts } from './upload-facts.ts';

/** Of one message. S3 sends one record a message; others may send thousands. */
const uploadsAtOnce = 10;
const faultsLogged = 10;

/**
 * Admits or refuses every upload of a batch of messages. A record that fails, or cannot be read, fails its own
 * message after all its neighbours have been dealt with; the message then comes again.
 */
export function admitUploads(
  event: SQSEvent,
  starter: Pick<IntakeStarter, 'admit'>,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const admitMessage = async ({ body, attributes, messageId }: SQSRecord): Promise<void> => {
    const notifications = [...readObjectNotifications(body, sqsTime(attributes.SentTimestamp))];
    const created = notifications.flatMap(it => (it.kind === 'object' ? [it.object] : []));
    const malformed = notifications.flatMap(it => (it.kind === 'malformed' ? [it.error] : []));
    reportSkipped(notifications, messageId, telemetry);
    for (const error of malformed.slice(0, faultsLogged)) {
      telemetry.logger.error('Notification malformed', { messageId, error });
    }

    const failed = await settleAll(created, uploadsAtOnce, upload => admitUpload(upload, starter, telemetry));
    const faults = malformed.length + failed.length;
    if (faults === 0) return;
    telemetry.metrics.addMetric('NotificationsFailed', MetricUnit.Count, faults);
    throw new Error(`${faults} notifications of message ${messageId} failed`);
  };
  return processPartialResponse(event, admitMessage, new BatchProcessor(EventType.SQS));
}

async function admitUpload(
  upload: ObjectCreated,
  starter: Pick<IntakeStarter, 'admit'>,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const facts = uploadFacts(upload, notifiedIdentity(upload));
  const startedAt = performance.now();
  const outcome = await starter.admit(upload).catch((error: unknown) => {
    logger.error('Upload neither admitted nor refused', { ...facts, error: error as Error });
    throw error;
  });
  metrics.addMetric('IntakeDuration', MetricUnit.Milliseconds, performance.now() - startedAt);
  report(outcome, facts, { logger, metrics });
}

function report(
  outcome: IntakeOutcome,
  facts: UploadFacts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (outcome.outcome === 'refused') {
    const codes = [...new Set(outcome.reasons.map(({ code }) => code))];
    metrics.addMetric('UploadsRefused', MetricUnit.Count, 1);
    for (const code of codes) {
      const byCode = metrics.singleMetric();
      byCode.addDimension('Code', code);
      byCode.addMetric('UploadsRefusedByCode', MetricUnit.Count, 1);
    }
    logger.warn('Upload refused', { ...facts, codes });
    return;
  }
  const { executionName } = outcome;
  const admitted = outcome.outcome === 'started';
  metrics.addMetric(admitted ? 'UploadsAdmitted' : 'UploadsAlreadyStarted', MetricUnit.Count, 1);
  logger.info(admitted ? 'Upload admitted' : 'Upload already admitted', { ...facts, executionName });
}

function reportSkipped(
  notifications: readonly ObjectNotification[],
  messageId: string,
  { logger, metrics }: Telemetry,
): void {
  const events = notifications.flatMap(it => (it.kind === 'skipped' ? [it.event] : []));
  if (events.length === 0) return;
  metrics.addMetric('NotificationsSkipped', MetricUnit.Count, events.length);
  logger.info('Notifications skipped', {
    messageId,
    events: [...new Set(events)].slice(0, faultsLogged).map(name => printableText(name)),
  });
}
