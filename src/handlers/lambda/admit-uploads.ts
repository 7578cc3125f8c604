import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { IntakeOutcome, IntakeStarter } from '../../domain/intake/intake-starter.ts';
import { notifiedIdentity } from '../../domain/kernel/upload-identity.ts';
import { type ConsumptionPorts, codeOf, ItemFailedError } from './consume-messages.ts';
import { consumeObjects, placeOf } from './consume-objects.ts';
import { measure } from './measure.ts';
import { type ObjectCreated, readObjectNotifications } from './object-notifications.ts';
import type { Telemetry } from './telemetry.ts';
import { type UploadFacts, uploadFacts } from './upload-facts.ts';

export interface AdmissionPorts extends ConsumptionPorts {
  readonly starter: Pick<IntakeStarter, 'admit'>;
}

/** Admits or refuses every upload that a batch of messages announces. One that fails, fails its own message alone. */
export function admitUploads(
  event: SQSEvent,
  ports: AdmissionPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const consumption = {
    read: readObjectNotifications,
    work: (upload: ObjectCreated) => admitUpload(upload, ports.starter, telemetry),
    atOnce: 10,
    failureMetric: 'NotificationsFailed' as const,
  };
  return consumeObjects(event, consumption, ports, telemetry);
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
    throw new ItemFailedError(codeOf(error), `${placeOf(upload)}: ${(error as Error).message}`, {
      cause: error,
    });
  });
  measure(metrics, 'IntakeDuration', performance.now() - startedAt);
  report(outcome, facts, { logger, metrics });
}

function report(
  outcome: IntakeOutcome,
  facts: UploadFacts,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (outcome.outcome === 'refused') {
    const codes = [...new Set(outcome.reasons.map(({ code }) => code))];
    measure(metrics, 'UploadsRefused');
    for (const code of codes) {
      const byCode = metrics.singleMetric();
      byCode.addDimension('Code', code);
      measure(byCode, 'UploadsRefusedByCode');
    }
    logger.warn('Upload refused', { ...facts, codes });
    return;
  }
  const { executionName } = outcome;
  const admitted = outcome.outcome === 'started';
  measure(metrics, admitted ? 'UploadsAdmitted' : 'UploadsAlreadyStarted');
  logger.info(admitted ? 'Upload admitted' : 'Upload already admitted', { ...facts, executionName });
}
