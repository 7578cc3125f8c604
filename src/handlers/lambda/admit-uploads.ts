import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { IntakeOutcome, IntakeStarter } from '../../domain/intake/intake-starter.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { type ObjectCreated, readObjectNotifications } from './object-notifications.ts';
import { settleAll } from './settle-all.ts';
import type { Telemetry } from './telemetry.ts';

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
    const sentAt = canonicalTime(new Date(Number(attributes.SentTimestamp)));
    const notifications = [...readObjectNotifications(body, sentAt)];
    const skipped = notifications.filter(({ kind }) => kind === 'test-event' || kind === 'ignored').length;
    if (skipped > 0) telemetry.logger.info('Notifications skipped', { messageId, skipped });

    const created = notifications.flatMap(it => (it.kind === 'created' ? [it.object] : []));
    const malformed = notifications.flatMap(it => (it.kind === 'malformed' ? [it.error] : []));
    const failed = await settleAll(created, uploadsAtOnce, upload => admitUpload(upload, starter, telemetry));
    const faults = [...malformed, ...failed];
    if (faults.length === 0) return;
    for (const error of faults.slice(0, faultsLogged)) {
      telemetry.logger.error('Notification failed', { messageId, error });
    }
    telemetry.metrics.addMetric('NotificationsFailed', MetricUnit.Count, faults.length);
    throw new Error(`${faults.length} notifications of message ${messageId} failed`, { cause: faults[0] });
  };
  return processPartialResponse(event, admitMessage, new BatchProcessor(EventType.SQS));
}

async function admitUpload(
  upload: ObjectCreated,
  starter: Pick<IntakeStarter, 'admit'>,
  telemetry: Telemetry,
): Promise<void> {
  const startedAt = performance.now();
  const outcome = await starter.admit(upload);
  telemetry.metrics.addMetric('IntakeDuration', MetricUnit.Milliseconds, performance.now() - startedAt);
  report(upload, outcome, telemetry);
}

function report(upload: ObjectCreated, outcome: IntakeOutcome, { logger, metrics }: Telemetry): void {
  const facts = {
    correlationId: outcome.correlationId,
    bucket: upload.bucket,
    key: printableText(upload.key),
    versionId: upload.versionId,
  };
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
  const admitted = outcome.outcome === 'started';
  metrics.addMetric(admitted ? 'UploadsAdmitted' : 'UploadsAlreadyStarted', MetricUnit.Count, 1);
  logger.info(admitted ? 'Upload admitted' : 'Upload already admitted', {
    ...facts,
    executionName: outcome.executionName,
  });
}
